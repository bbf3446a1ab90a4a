"""Literal secrets: what variable files and ``TF_VAR_…`` hold, and the secret arguments it reaches."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from posixpath import dirname
from typing import NamedTuple

from kvlint.evaluate.resources import Deployment, EvaluatedResource, Language
from kvlint.evaluate.terraform.configuration import Module
from kvlint.evaluate.terraform.variables import Assignment, VariableFile
from kvlint.evaluate.values import (
    Choice,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Value,
    alternatives,
    following,
    leaves,
    text_of,
)
from kvlint.graph.adapters.scripts import VariableSetting
from kvlint.graph.entities import LiteralOrigin, LiteralSecret
from kvlint.graph.facts import Facts
from kvlint.secrets import (
    MIN_LENGTH,
    find_secrets,
    is_placeholder,
    is_random,
    looks_secret,
    secret_name,
)
from kvlint.source import Span
from kvlint.syntax.expr import Literal

#: The shortest literal that counts where it reaches a secret argument.
_MIN_SINK_LENGTH = 4
#: Words in lower case are the name of a secret more often than a secret.
_WORDS = re.compile(r"[a-z]+(?:[-_.][a-z]+)*\Z")
#: Too short to tell elsewhere, but not in what becomes a secret.
_SHORT_NAME = re.compile(r"(?:^|[_-])(?:pw|pass)$|[a-z0-9](?:Pw|Pass)$", re.ASCII)
_VARIABLE_FILES = (".tfvars", ".tfvars.json")


@cache
def _arguments() -> dict[str, list[tuple[str, ...]]]:
    """The secret arguments of each resource type."""
    table: dict[str, list[tuple[str, ...]]] = {}
    text = files("kvlint.graph.adapters").joinpath("secret_arguments.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            resource_type, path = line.split("\t")
            table.setdefault(resource_type, []).append(tuple(path.split(".")))
    return table


def has_sinks(resource_type: str) -> bool:
    """Whether resources of this type have secret arguments."""
    return resource_type in _arguments()


def names_of_literals(variable_files: Iterable[VariableFile]) -> dict[Span, str]:
    """What each text of the variable files is called: the nearest key that it stands under."""
    return {
        leaf.span: name
        for file in variable_files
        for assignment in file.assignments.values()
        for name, leaf in _texts(assignment)
        if leaf.span is not None
    }


def add_sinks(resource: EvaluatedResource, names: Mapping[Span, str], facts: Facts) -> None:
    """What variable files give the secret arguments of a resource.

    The value itself is the secret. Of a text that was made of several, only what its name
    or its place in the text says to be secret is one: a host name in a connection string is
    not. ``names`` are those of :func:`names_of_literals`.
    """
    for path in _arguments().get(resource.type, ()):
        for place in _at(resource, path):
            for leaf, direct in _literals(place.value):
                text = str(leaf.data)
                # The keys of a map are free: what they hold is secret only if its name says so.
                # They are no names of the parts of a text.
                own_name = names.get(leaf.span) if leaf.span is not None else None
                key = "" if _is_part(text, place.value) else place.key
                name = key or own_name or _step_name(leaf)
                if (
                    (direct and not place.key)
                    or _named_secret(name, text)
                    or (_SHORT_NAME.search(name) and _could_be_secret(text))
                    or (not direct and _is_secret_part(text, place.value))
                ):
                    sink = f"{resource.display}.{'.'.join(path)}"
                    _add(leaf, resource.deployment, facts, sink=sink, at=place.span)


def _literals(value: Value) -> Iterator[tuple[Scalar, bool]]:
    """The texts out of variable files in a value, and whether one is all of it."""
    for leaf in leaves(value):
        if (
            isinstance(leaf, Scalar)
            and isinstance(leaf.data, str)
            and leaf.span is not None
            and leaf.span.path.endswith(_VARIABLE_FILES)
            and len(leaf.data) >= _MIN_SINK_LENGTH
            and not is_placeholder(leaf.data)
            and not _plain_url(leaf.data)
        ):
            yield leaf, not _derived(value)


def _derived(value: Value) -> bool:
    """Whether a value was computed from others, not just passed on."""
    if isinstance(value, ListValue | MapValue | Choice):
        return False
    return bool(value.sources) or not isinstance(value, Scalar)


def _step_name(leaf: Value) -> str:
    """The name of the variable through which a literal came."""
    for step in leaf.steps:
        if step.label.startswith('variable "'):
            return step.label.removeprefix('variable "').rstrip('"')
    return ""


def _is_part(text: str, value: Value) -> bool:
    """Whether a text is one of several that make up a value."""
    return _derived(value) and (text_of(value) is None or text in _shown_text(value))


def _is_secret_part(text: str, value: Value) -> bool:
    """Whether a text is what a computed value shows as its secret: the password of a url."""
    for option in alternatives(value):
        whole = _shown_text(option)
        for start, end, _ in find_secrets(whole):
            secret = whole[start:end]
            if text == secret or (len(text) >= MIN_LENGTH and text in secret):
                return True
    return False


def _shown_text(value: Value) -> str:
    """The text of a value with a stand-in for each part that is not known."""
    if isinstance(value, PartialText):
        return "".join(map(_shown_text, value.parts))
    return text_of(value) or "_"


class _Place(NamedTuple):
    """A value of a secret argument: its key where it is an entry of a map, and the argument's own place."""

    value: Value
    span: Span
    key: str = ""


def _at(resource: EvaluatedResource, path: tuple[str, ...]) -> Iterator[_Place]:
    """The values of an argument; the blocks on the way to it may repeat."""
    stack: list[tuple[Value, tuple[str, ...], Span]] = [(resource.config, path, resource.span)]
    while stack:
        config, rest, span = stack.pop()
        if not rest:
            yield from _entries(config, span)
        elif isinstance(config, ListValue):
            stack.extend((following(item, config), rest, span) for item in config.items)
        elif isinstance(config, MapValue) and rest[0] in config.entries:
            inner = following(config.entries[rest[0]], config)
            stack.append((inner, rest[1:], _nearer(config, rest[0], span)))


def _entries(config: Value, span: Span) -> Iterator[_Place]:
    """The argument's value, or those of its entries where it is a map."""
    if not isinstance(config, MapValue):
        yield _Place(config, span)
        return
    for name, entry in config.entries.items():
        yield _Place(following(entry, config), _nearer(config, name, span), name)


def _nearer(config: MapValue, key: str, span: Span) -> Span:
    """The place of a key, or the one around it where the key is written in another file."""
    found = config.keys.get(key)
    return found if found is not None and found.source is span.source else span


def add_variable_files(variable_files: Iterable[VariableFile], facts: Facts) -> None:
    """What a variable file shows by itself: values of a known shape, and names that say secret."""
    for file in variable_files:
        deployment = Deployment(Language.TERRAFORM, file.folder, file.source.path)
        for assignment in file.assignments.values():
            for name, leaf in _texts(assignment):
                text = str(leaf.data)
                shape = "" if is_placeholder(text) else looks_secret(text, name) or ""
                if shape or _named_secret(name, text):
                    _add(leaf, deployment, facts, variable=assignment.name, shape=shape)


def _texts(assignment: Assignment) -> Iterator[tuple[str, Scalar]]:
    """Every text of an assignment with the nearest name that it stands under."""
    stack: list[tuple[str, Value]] = [(assignment.name, assignment.value())]
    while stack:
        name, value = stack.pop()
        if isinstance(value, MapValue):
            stack.extend((key, item) for key, item in value.entries.items())
        elif isinstance(value, ListValue):
            stack.extend((name, item) for item in value.items)
        elif isinstance(value, Scalar) and isinstance(value.data, str) and value.span is not None:
            yield name, value


def add_settings(settings: Iterable[VariableSetting], sensitive: Container[str], facts: Facts) -> None:
    """What scripts and pipelines give Terraform's variables through ``TF_VAR_…``.

    A value is secret by its shape, by the name of its variable, or because the variable is
    among the ``sensitive`` ones that the root modules of the set declare.
    """
    for setting in settings:
        shape = "" if is_placeholder(setting.text) else looks_secret(setting.text, setting.name) or ""
        declared = setting.name in sensitive and _could_be_secret(setting.text)
        if shape or declared or _named_secret(setting.name, setting.text):
            path = setting.span.path
            _add(
                Scalar(setting.text, span=setting.span),
                Deployment(Language.TERRAFORM, dirname(path), path),
                facts,
                origin=LiteralOrigin.ENVIRONMENT,
                variable=setting.name,
                shape=shape,
                declared=declared,
            )


def sensitive_variables(module: Module) -> Iterator[str]:
    """The variables that a module declares ``sensitive``."""
    for name, block in module.variables.items():
        expression = block.body.expression("sensitive")
        if isinstance(expression, Literal) and expression.value is True:
            yield name


def _named_secret(name: str, text: str) -> bool:
    """Whether a name says secret and the value could be one."""
    return secret_name(name) and _could_be_secret(text)


def _could_be_secret(text: str) -> bool:
    """Whether a value can be the secret that something else says it is."""
    if len(text) < MIN_LENGTH or _WORDS.match(text) or " " in text or _plain_url(text):
        return False
    return not is_placeholder(text) and is_random(text)


def _plain_url(text: str) -> bool:
    """Whether it is a url that carries no credential."""
    return text.startswith(("https://", "http://")) and looks_secret(text) is None


def _add(
    leaf: Scalar,
    deployment: Deployment,
    facts: Facts,
    *,
    origin: LiteralOrigin = LiteralOrigin.VARIABLES_FILE,
    variable: str = "",
    sink: str = "",
    at: Span | None = None,
    shape: str = "",
    declared: bool = False,
) -> None:
    span = leaf.span
    if span is None:
        return
    span.source.secrets.add((span.start, span.end))
    facts.literals.append(
        LiteralSecret(
            address=f"{span}",
            display=variable or _step_name(leaf),
            span=span,
            deployment=deployment,
            language=Language.TERRAFORM,
            value=leaf,
            origin=origin,
            variable=variable or _step_name(leaf),
            sink=sink,
            sink_span=at,
            shape=shape,
            declared=declared,
        )
    )
