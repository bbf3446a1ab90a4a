"""A file of Terragrunt as a scope: its local values, dependencies, inputs and functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from posixpath import basename, dirname, join, normpath, relpath
from typing import Protocol

from kvlint.evaluate.combine import reason_of
from kvlint.evaluate.functions.table import TERRAFORM_FUNCTIONS
from kvlint.evaluate.instances import Names, once
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.scope import Dialect, Files, Function, FunctionCall, Namespace
from kvlint.evaluate.terraform.remote_state import DEPENDENCY
from kvlint.evaluate.values import MapValue, PartialText, Scalar, Step, Symbol, Unknown, Value, moved, text_of
from kvlint.syntax.body import Block
from kvlint.syntax.expr import Expr, Reference
from kvlint.syntax.hcl import HclFile

#: The file that makes a folder a unit.
UNIT_FILE = "terragrunt.hcl"
#: Where the set lies; the paths that Terragrunt's functions give are absolute.
_CHECKOUT = Unknown("where the repository is checked out is not known", key=("checkout",))


class Units(Protocol):
    """The units of the set, and its files."""

    def output(self, folder: str, name: str) -> Value | None:
        """An output of the unit in a folder, ``None`` where that is not known."""

    def read(self, folder: str, path: str) -> str | None:
        """The text of a file relative to a folder."""

    def parsed(self, path: str) -> HclFile | None:
        """A file of Terragrunt, ``None`` where there is none."""

    def config(self, path: str) -> Config | None:
        """The same, evaluated for its own folder."""


@dataclass(slots=True, eq=False)
class Dependency:
    """The outputs of another unit, as a resource that is looked up."""

    address: str
    type: str = DEPENDENCY
    managed: bool = False

    def configured(self, path: tuple[str | int, ...]) -> Value | None:
        """Nothing: what is known of the outputs is read from the unit itself."""
        return None


@dataclass(slots=True, frozen=True)
class Include:
    """An ``include`` block, and the file that it names where that can be read."""

    block: Block
    config: Config | None


@dataclass(slots=True, eq=False)
class _Files:
    folder: str
    units: Units

    def read(self, path: str) -> str | None:
        """The text of a file relative to the folder."""
        return self.units.read(self.folder, path)


class Config:
    """What a file says. ``folder`` is that of the unit for which it is evaluated."""

    def __init__(self, file: HclFile, folder: str, units: Units, *, included: bool = False) -> None:
        self.body = file.body
        self.path = file.source.path
        self.folder = folder
        self._units = units
        self._included = included
        self._includes: list[Include] | None = None
        self._dependencies = {
            block.labels[0].text: block for block in file.body.blocks_of("dependency") if block.labels
        }
        self._locals = {
            name: attribute
            for block in file.body.blocks_of("locals")
            for name, attribute in block.body.attributes.items()
        }
        self._memo: dict[str, Value] = {}

    # --- What it says ---------------------------------------------------------------------

    @property
    def includes(self) -> list[Include]:
        """The files that it includes; an included one includes no others."""
        if self._includes is None:
            self._includes = []
            blocks = () if self._included else self.body.blocks_of("include")
            self._includes = [Include(block, self._include(block)) for block in blocks]
        return self._includes

    def _include(self, block: Block) -> Config | None:
        path = self.place(block.body.expression("path"))
        file = self._units.parsed(path) if path is not None else None
        return Config(file, self.folder, self._units, included=True) if file is not None else None

    @property
    def inputs(self) -> MapValue:
        """The inputs that stand in this very file."""
        written = self.body.expression("inputs")
        if written is None:
            return MapValue({})
        itself = Unknown("the inputs refer to themselves")
        return as_map(once(self._memo, "inputs", itself, lambda: evaluate(written, self)))

    def place(self, node: Expr | None) -> str | None:
        """The path in the set that an expression comes to, ``None`` where that is not known."""
        if node is None:
            return None
        value = evaluate(node, self)
        path = _path_of(value)
        if path is not None:
            return path
        text = text_of(value)
        return _normal(join(self.folder, text)) if text else None

    def as_value(self) -> Value:
        """What ``read_terragrunt_config`` gives."""
        return once(self._memo, "", Unknown(f"{self.path} reads itself"), self._as_value)

    def _as_value(self) -> Value:
        values = MapValue({name: self._local(name) for name in self._locals})
        rest = Unknown("only local values and inputs are read from other files")
        return MapValue({"locals": values, "inputs": self.inputs}, rest=rest)

    # --- Scope ----------------------------------------------------------------------------

    @property
    def dialect(self) -> Dialect:
        """Terraform's rules."""
        return Dialect.TERRAFORM

    @property
    def files(self) -> Files:
        """Files are read relative to the unit."""
        return _Files(self.folder, self._units)

    def lookup(self, name: str, node: Reference) -> Value | Namespace:
        """What a root name stands for."""
        match name:
            case "local":
                return Names(self._local, lambda: Unknown("it names all local values", span=node.span))
            case "dependency":
                return Names(self._dependency, lambda: Unknown("it names all dependencies", span=node.span))
            case "include":
                return self._included_values()
        return Unknown(f"there is no {name} here", span=node.span)

    def _local(self, name: str) -> Value:
        attribute = self._locals.get(name)
        if attribute is None:
            return Unknown(f'local value "{name}" is not declared')
        itself = Unknown(f"local.{name} refers to itself")
        value = once(self._memo, f"local.{name}", itself, lambda: evaluate(attribute.value, self))
        return moved(value, Step(attribute.name_span, f"local.{name}"))

    def _included_values(self) -> Value:
        """Included files by name; the only one may have none."""
        found: dict[str, Value] = {}
        for include in self.includes:
            reason = Unknown("the included file cannot be read", span=include.block.header)
            value = include.config.as_value() if include.config is not None else MapValue({}, rest=reason)
            if not include.block.labels:
                return value
            found[include.block.labels[0].text] = value
        return MapValue(found)

    def _dependency(self, name: str) -> Value | Namespace:
        block = self._dependencies.get(name)
        if block is None:
            for include in self.includes:
                if include.config is not None and name in include.config._dependencies:
                    return include.config._dependency(name)
            return Unknown(f'dependency "{name}" is not declared here')
        every = Unknown(f"it names all outputs of dependency.{name}", span=block.header)
        outputs = Names(lambda output: self._output(name, block, output), lambda: every)
        other = Unknown(f"dependency.{name} has outputs only", span=block.header)
        return Names(lambda attribute: outputs if attribute == "outputs" else other, lambda: every)

    def _output(self, name: str, block: Block, output: str) -> Value:
        folder = self.place(block.body.expression("config_path"))
        found = self._units.output(folder, output) if folder is not None else None
        if found is not None:
            return found
        itself = Symbol(Dependency(f"{self.folder}|{self.path}|dependency.{name}"), ("outputs", output))
        reason = f"the unit of dependency.{name} is not in the analysed set, or has no output {output!r}"
        return Unknown(reason, span=block.header, key=itself.key, sources=(itself,))

    # --- Functions ------------------------------------------------------------------------

    def function(self, name: str) -> Function | None:
        """Terragrunt's functions about files, and Terraform's."""
        own: dict[str, Callable[[tuple[Value, ...]], Value]] = {
            "basename": lambda given: _of_path(given, lambda path: Scalar(basename(path))),
            "dirname": lambda given: _of_path(given, lambda path: _absolute(dirname(path))),
            "find_in_parent_folders": self._find,
            "get_original_terragrunt_dir": lambda given: _absolute(self.folder),
            "get_parent_terragrunt_dir": lambda given: _absolute(self._above),
            "get_repo_root": lambda given: self._top(),
            "get_terragrunt_dir": lambda given: _absolute(self.folder),
            "path_relative_from_include": lambda given: Scalar(relpath(f"/{self._above}", f"/{self.folder}")),
            "path_relative_to_include": lambda given: Scalar(relpath(f"/{self.folder}", f"/{self._above}")),
            "read_terragrunt_config": self._read,
        }
        compute, known = own.get(name), TERRAFORM_FUNCTIONS.get(name)
        if compute is None:
            return known

        def computed(arguments: tuple[Value, ...], call: FunctionCall) -> Value:
            if known is not None and _path_of(arguments[0] if arguments else None) is None:
                return known.compute(arguments, call)
            return compute(arguments)

        return Function(computed)

    @property
    def _above(self) -> str:
        """The folder of the file that the unit includes; of several, that of the first."""
        if self._included:
            return dirname(self.path)
        found = [include.config.path for include in self.includes if include.config is not None]
        return dirname(found[0]) if found else self.folder

    def _top(self) -> Value:
        """The set itself, where it surely is a whole repository."""
        if self._units.read("", ".git/HEAD") is None:
            return Unknown("where the repository begins is not known")
        return _absolute("")

    def _find(self, given: tuple[Value, ...]) -> Value:
        """A file in the nearest folder above."""
        name = text_of(given[0]) if given else UNIT_FILE
        if name is None:
            return Unknown(f"which file it looks for is not known: {reason_of(given[0])}")
        folder = self.folder
        while folder not in ("", ".."):
            folder = dirname(folder)
            if self._units.read(folder, name) is not None:
                return _absolute(join(folder, name))
        return given[1] if len(given) > 1 else Unknown(f"there is no {name} in a folder above")

    def _read(self, given: tuple[Value, ...]) -> Value:
        """Another file, evaluated for its own folder."""
        if not given:
            return Unknown("no file is named")
        text = text_of(given[0])
        path = _path_of(given[0]) or (_normal(join(self.folder, text)) if text else None)
        config = self._units.config(path) if path is not None else None
        if config is None:
            why = reason_of(given[0]) if path is None else f"{path} is not in the analysed set"
            return given[1] if len(given) > 1 else Unknown(f"the file cannot be read: {why}")
        return config.as_value()


def as_map(value: Value) -> MapValue:
    """A map, of which nothing is known where the value is none."""
    if isinstance(value, MapValue):
        return value
    return MapValue({}, rest=Unknown(reason_of(value), span=value.span, sources=value.sources))


def _normal(path: str) -> str:
    """A path in the set; ``//`` only tells what Terragrunt copies."""
    found = normpath(path)
    return "" if found == "." else found


def _absolute(path: str) -> Value:
    """A path in the set, as Terragrunt's functions give it."""
    return PartialText((_CHECKOUT, Scalar(f"/{path}")))


def _path_of(value: Value | None) -> str | None:
    """The path in the set of a text that such a path begins."""
    if not isinstance(value, PartialText) or not isinstance(value.parts[0], Unknown):
        return None
    texts = [text_of(part) for part in value.parts[1:]]
    if value.parts[0].key != _CHECKOUT.key or None in texts:
        return None
    return _normal("".join(filter(None, texts)).lstrip("/"))


def _of_path(given: tuple[Value, ...], change: Callable[[str], Value]) -> Value:
    path = _path_of(given[0])
    return change(path) if path else Unknown(_CHECKOUT.reason)
