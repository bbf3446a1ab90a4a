"""Literal secrets: what variable files and ``TF_VAR_…`` hold, and the secret arguments it reaches."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from posixpath import dirname
from typing import NamedTuple

from kvlint.evaluate.resources import Deployment, EvaluatedResource, Language
from kvlint.evaluate.terraform.configuration import Module
from kvlint.evaluate.terraform.variables import Assignment, VariableFile
from kvlint.evaluate.values import (
    ListValue,
    MapValue,
    Scalar,
    Value,
    alternatives,
    following,
    leaves,
    text_of,
)
from kvlint.graph.adapters.literal_texts import (
    could_be_secret,
    fits_sink,
    is_derived,
    is_description,
    is_naming,
    is_part,
    is_secret_part,
    is_several_words,
    named_or_random,
    named_secret,
    shape_of,
    short_named_secret,
    sink_table,
)
from kvlint.graph.adapters.recorded_literals import add_literal
from kvlint.graph.adapters.scripts import VariableSetting
from kvlint.graph.entities import LiteralOrigin
from kvlint.graph.facts import Facts
from kvlint.secrets import harmless_name
from kvlint.source import Span
from kvlint.syntax.expr import Literal

#: The last is Terragrunt's: its inputs are variables.
_VARIABLE_FILES = (".tfvars", ".tfvars.json", ".hcl")
_CONFIGURATION_FILES = (".tf", ".tf.json")
#: Providers whose secrets are judged where they are written; those of Kubernetes are another matter.
_AZURE = ("azurerm_", "azuread_")


@cache
def _arguments() -> dict[str, list[tuple[str, ...]]]:
    """The secret arguments of each resource type."""
    return sink_table("secret_arguments.tsv")


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
    """What literals of variable files, and of the configuration itself, the secret arguments of a resource get.

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
                key = "" if is_part(text, place.value) else place.key
                name = key or own_name or _step_name(leaf)
                if (
                    (direct and not place.key)
                    or named_secret(name, text)
                    or short_named_secret(name, text)
                    or (not direct and is_secret_part(text, place.value))
                ):
                    sink = f"{resource.display}.{'.'.join(path)}"
                    _add(leaf, resource.deployment, facts, sink=sink, at=place.span)
            if resource.type.startswith(_AZURE):
                _add_written(resource, path, place, facts)


def _add_written(resource: EvaluatedResource, path: tuple[str, ...], place: _Place, facts: Facts) -> None:
    """A literal of the configuration that is all of a secret argument.

    The value of a secret that has a name may be anything, and is none if its name says so.
    """
    for option in alternatives(place.value):
        text = text_of(option)
        span = option.span
        if text is None or span is None or option.sources or not isinstance(option, Scalar):
            continue
        if not span.path.endswith(_CONFIGURATION_FILES) or not fits_sink(text) or is_description(text):
            continue
        name = place.key or place.name
        if path[-1] != "value":
            secret = not is_several_words(text)
        elif harmless_name(name) or harmless_name(_step_name(option)):
            secret = bool(shape_of(text, name))
        else:
            secret = not is_naming(text) and named_or_random(name, text)
        if secret:
            sink = f"{resource.display}.{'.'.join(path)}"
            _add(
                option,
                resource.deployment,
                facts,
                origin=LiteralOrigin.CONFIGURATION,
                variable=f'variable "{owner}"' if (owner := _step_name(option)) else "",
                sink=sink,
                at=place.span,
            )


def _literals(value: Value) -> Iterator[tuple[Scalar, bool]]:
    """The texts out of variable files in a value, and whether one is all of it."""
    for leaf in leaves(value):
        if (
            isinstance(leaf, Scalar)
            and isinstance(leaf.data, str)
            and leaf.span is not None
            and leaf.span.path.endswith(_VARIABLE_FILES)
            and fits_sink(leaf.data)
        ):
            yield leaf, not is_derived(value)


def _step_name(leaf: Value) -> str:
    """The name of the variable through which a literal came."""
    for step in leaf.steps:
        if step.label.startswith('variable "'):
            return step.label.removeprefix('variable "').rstrip('"')
    return ""


class _Place(NamedTuple):
    """A value of a secret argument: its key where it is an entry of a map, and the argument's own place.

    ``name`` is that of the block it stands in, or of the resource.
    """

    value: Value
    span: Span
    key: str = ""
    name: str = ""


def _at(resource: EvaluatedResource, path: tuple[str, ...]) -> Iterator[_Place]:
    """The values of an argument; the blocks on the way to it may repeat."""
    stack: list[tuple[Value, tuple[str, ...], Span, str]] = [(resource.config, path, resource.span, "")]
    while stack:
        config, rest, span, name = stack.pop()
        if not rest:
            yield from _entries(config, span, name)
        elif isinstance(config, ListValue):
            stack.extend((following(item, config), rest, span, name) for item in config.items)
        elif isinstance(config, MapValue) and rest[0] in config.entries:
            inner = following(config.entries[rest[0]], config)
            name = text_of(config.entries.get("name")) or name
            stack.append((inner, rest[1:], _nearer(config, rest[0], span), name))


def _entries(config: Value, span: Span, name: str) -> Iterator[_Place]:
    """The argument's value, or those of its entries where it is a map."""
    if not isinstance(config, MapValue):
        yield _Place(config, span, name=name)
        return
    for key, entry in config.entries.items():
        yield _Place(following(entry, config), _nearer(config, key, span), key, name)


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
                shape = shape_of(text, name)
                if shape or named_secret(name, text):
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
        shape = shape_of(setting.text, setting.name)
        declared = setting.name in sensitive and could_be_secret(setting.text)
        if shape or declared or named_secret(setting.name, setting.text):
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
    """Record a literal under the name that it is given, else that of the variable it comes from."""
    add_literal(
        facts,
        leaf,
        deployment,
        origin,
        variable=variable or _step_name(leaf),
        sink=sink,
        at=at,
        shape=shape,
        declared=declared,
    )
