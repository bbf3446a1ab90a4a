"""A Terragrunt unit: a module deployed with the inputs of a ``terragrunt.hcl`` and what it includes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename, dirname, normpath

from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.terraform.configuration import is_local
from kvlint.evaluate.terraform.terragrunt_config import Config, Include, Units
from kvlint.evaluate.values import (
    ListValue,
    MapValue,
    PartialText,
    Step,
    Unknown,
    Value,
    choice,
    known_text,
    moved,
    text_of,
)
from kvlint.source import Span
from kvlint.syntax.body import Block
from kvlint.syntax.expr import Literal
from kvlint.syntax.hcl import HclFile

#: Arguments of ``extra_arguments`` by which Terraform gets values that come before the inputs.
_VALUES = ("arguments", "env_vars", "optional_var_files", "required_var_files")
#: Blocks that run a command around Terraform's own, and programs that only look, format or print.
_HOOKS = frozenset({"after_hook", "before_hook", "error_hook"})
_HARMLESS = frozenset({"checkov", "echo", "terraform", "terraform-docs", "tflint", "tfsec", "tofu", "trivy"})
#: What a generated file holds that adds something to the module.
_DECLARES = re.compile(r"^\s*(?:resource|module)\b", re.MULTILINE)


class Unit:
    """What a ``terragrunt.hcl`` deploys."""

    def __init__(self, file: HclFile, units: Units) -> None:
        self.path = file.source.path
        self.folder = dirname(self.path)
        self._config = Config(file, self.folder, units)
        self._start = Span(file.source, 0, 0)

    # --- Its module -----------------------------------------------------------------------

    @property
    def includes(self) -> bool:
        """Whether it includes another file."""
        return bool(self._config.includes)

    def included_paths(self) -> Iterator[str]:
        """The files that it includes."""
        return (config.path for config in self._included())

    @property
    def source(self) -> Value | None:
        """Where its module is, ``None`` where nothing names one: then it is that of its own folder."""
        for config, block in self._settings():
            written = block.body.expression("source")
            if written is not None:
                return evaluate(written, config)
        return None

    @property
    def module_folder(self) -> str | None:
        """The folder of its module, ``None`` where that is not a known path in the same tree."""
        for config, block in self._settings():
            written = block.body.expression("source")
            if written is not None:
                text = text_of(evaluate(written, config))
                return config.place(written) if text is None or is_local(text) else None
        return self.folder

    def may_deploy(self, folder: str) -> bool:
        """Whether its source, of which the beginning is not known, ends like the path of a folder."""
        source = self.source
        if not isinstance(source, PartialText):
            return False
        end = (known_text(source.parts[-1]) or "").partition("?")[0]
        return "/" in end and basename(normpath(end)) == basename(folder)

    @property
    def place(self) -> Span:
        """Where it says what it deploys."""
        return next((block.header for _, block in self._settings()), self._start)

    def _settings(self) -> Iterator[tuple[Config, Block]]:
        """The blocks about Terraform, its own first."""
        for config in (self._config, *self._included()):
            for block in config.body.blocks_of("terraform"):
                yield config, block

    def _included(self) -> Iterator[Config]:
        for include in self._config.includes:
            if include.config is not None:
                yield include.config

    # --- Its inputs -----------------------------------------------------------------------

    def told(self) -> list[Value]:
        """What the module is told, by each of the files."""
        return [config.inputs for config in (self._config, *self._included())]

    def given(self, name: str) -> Value | None:
        """What a variable of the module gets, ``None`` where that surely is its default."""
        overruled = self._overruled()
        if overruled is not None:
            return overruled
        merged = [one for one in self._config.includes if _text(one.block, "merge_strategy") != "no_merge"]
        own = _input(self._config, name)
        if own is not None:
            return self._merged(own, name, merged)
        others = [_from(include, name) for include in merged]
        found = [value for value in others if value is not None]
        return choice(found) if found else self._generated()

    def _merged(self, own: Value, name: str, includes: list[Include]) -> Value:
        """Its own input; an object or list may be merged with that of an included file."""
        deep = [one for one in includes if _text(one.block, "merge_strategy") not in (None, "shallow")]
        deep += [one for one in includes if _is_computed(one.block, "merge_strategy")]
        if isinstance(own, MapValue | ListValue) and any(_from(one, name) is not None for one in deep):
            return Unknown("it is merged with that of an included file", span=own.span, sources=(own,))
        return own

    def _generated(self) -> Unknown | None:
        """Why a generated file may give a variable a value."""
        for config in (self._config, *self._included()):
            for block in config.body.blocks_of("generate"):
                if not (_text(block, "path") or "").endswith(".tf"):
                    return Unknown("generate may give it a value", span=block.header)
        return None

    def additions(self) -> Iterator[Block]:
        """The blocks that may add to what the module deploys: generated files, and hooks that run commands."""
        for config in (self._config, *self._included()):
            for settings in config.body.blocks_of("terraform"):
                for block in settings.body.blocks:
                    execute = block.body.expression("execute") if block.kind in _HOOKS else None
                    if execute is not None and _may_act(evaluate(execute, config)):
                        yield block
            for block in config.body.blocks_of("generate"):
                contents = block.body.expression("contents")
                if contents is not None and _may_declare(evaluate(contents, config)):
                    yield block

    def _overruled(self) -> Unknown | None:
        """Why none of the inputs may count: files and arguments come before them."""
        for config, settings in self._settings():
            for block in settings.body.blocks_of("extra_arguments"):
                for name in _VALUES:
                    value = block.body.expression(name)
                    if value is not None and _sets_variables(evaluate(value, config), name):
                        return Unknown(f"{name} may give it another value", span=block.header)
        return None


def _input(config: Config, name: str) -> Value | None:
    inputs = config.inputs
    value = inputs.entries.get(name)
    if value is None:
        return inputs.rest
    place = inputs.keys.get(name)
    return moved(value, Step(place, f"input {name}")) if place is not None else value


def _from(include: Include, name: str) -> Value | None:
    """What an included file gives a variable, unknown where that cannot be read."""
    if include.config is None:
        return Unknown("include may give it a value", span=include.block.header)
    return _input(include.config, name)


def _text(block: Block, name: str) -> str | None:
    written = block.body.expression(name)
    return written.value if isinstance(written, Literal) and isinstance(written.value, str) else None


def _is_computed(block: Block, name: str) -> bool:
    return block.body.expression(name) is not None and _text(block, name) is None


def _sets_variables(value: Value, name: str) -> bool:
    """Whether an argument of ``extra_arguments`` may set a variable."""
    if name == "arguments" and isinstance(value, ListValue) and value.rest is None:
        texts = [text_of(item) for item in value.items]
        return any(text is None or text.startswith("-var") for text in texts)
    if name == "env_vars" and isinstance(value, MapValue) and value.rest is None:
        return any(variable.startswith("TF_VAR_") for variable in value.entries)
    return not (isinstance(value, ListValue | MapValue) and value.rest is None and not _size(value))


def _may_act(execute: Value) -> bool:
    """Whether a command may do anything to what is deployed: all but programs that surely do not."""
    first = execute.items[0] if isinstance(execute, ListValue) and execute.items else execute
    return known_text(first) not in _HARMLESS


def _may_declare(contents: Value) -> bool:
    """Whether the text of a file may add something; a part that is not known may where it begins a line."""
    parts = contents.parts if isinstance(contents, PartialText) else (contents,)
    return _DECLARES.search("".join(known_text(part) or "resource" for part in parts)) is not None


def _size(value: ListValue | MapValue) -> int:
    return len(value.items) if isinstance(value, ListValue) else len(value.entries)
