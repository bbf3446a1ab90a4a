"""Where resources of the Azure Resource Manager keep secrets: the values of their secret properties."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from kvlint.evaluate.access import spelled
from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.values import (
    Choice,
    ListValue,
    MapValue,
    Symbol,
    Unknown,
    Value,
    following,
    text_of,
)
from kvlint.graph.adapters.literal_texts import sink_table
from kvlint.source import Span

#: Last segments of paths whose value belongs to a name beside it: it is secret if that does not deny it.
_NAMED_VALUES = frozenset({"value", "securevalue", "secretvalue"})
#: What functions that read keys give beside the keys.
_NO_KEYS = frozenset({"creationtime", "expirationtime", "id", "keyname", "name", "permissions", "username"})


class Sink(NamedTuple):
    """A value that is a secret: what it belongs to, and its own place.

    ``name`` is what the secret is called, and ``free`` is set, where the property may hold
    anything: the value of a named secret. Others hold a secret of one kind.
    """

    value: Value
    label: str
    span: Span
    free: bool = False
    name: str = ""
    #: Whether it is a secure parameter of a module.
    is_parameter: bool = False


@cache
def _properties() -> dict[str, list[tuple[str, ...]]]:
    """The secret properties of each resource type, in lower case."""
    return sink_table("arm_secret_arguments.tsv")


def has_sinks(resource_type: str) -> bool:
    """Whether resources of this type, in any case, have secret properties."""
    return resource_type.casefold() in _properties()


def sinks_of(resource: EvaluatedResource) -> Iterator[Sink]:
    """The values of the secret properties of a resource."""
    for path in _properties().get(resource.type.casefold(), ()):
        free = path[-1].casefold() in _NAMED_VALUES
        label = f"{resource.display}.{'.'.join(path)}"
        own = text_of(resource.config.entries.get("name"))
        for value, span, name in _at(resource, path):
            yield Sink(value, f'{label} of "{name}"' if name not in ("", own) else label, span, free, name)


def _at(resource: EvaluatedResource, path: tuple[str, ...]) -> Iterator[tuple[Value, Span, str]]:
    """The values at a path with their places, and the nearest name around each."""
    stack: list[tuple[Value, tuple[str, ...], Span, str]] = [(resource.config, path, resource.span, "")]
    while stack:
        config, rest, span, name = stack.pop()
        if not rest:
            yield config, span, name
        elif isinstance(config, ListValue):
            stack.extend((following(item, config), rest, span, name) for item in reversed(config.items))
        elif isinstance(config, Choice):
            stack.extend((following(one, config), rest, span, name) for one in reversed(config.options))
        elif isinstance(config, MapValue):
            name = text_of(config.entries.get("name")) or name
            keys = list(config.entries) if rest[0] == "*" else [spelled(config, rest[0])]
            for key in keys:
                if key in config.entries:
                    inner = following(config.entries[key], config)
                    stack.append((inner, rest[1:], _nearer(config, key, span), name))


def _nearer(config: MapValue, key: str, span: Span) -> Span:
    """The place of a key, or the one around it where the key is written in another file."""
    found = config.keys.get(key)
    return found if found is not None and found.source is span.source else span


def secret_of(symbol: Symbol) -> str:
    """What secret a symbol stands for: ``stg.listKeys()``, ``app.properties…``; empty for none."""
    path = symbol.path
    name = symbol.resource.address.rpartition("|")[2]
    words = [one.casefold() for one in path if isinstance(one, str)]
    for number, step in enumerate(path):
        if isinstance(step, str) and reads_keys(step):
            below = [one for one in path[number + 1 :] if isinstance(one, str)]
            return "" if below and below[-1].casefold() in _NO_KEYS else f"{name}.{step}()"
        if step == "getSecret":
            return f"{name}.getSecret()"
    for secret in _properties().get(symbol.resource.type.casefold(), ()):
        if [one.casefold() for one in secret] == words:
            return f"{name}.{'.'.join(secret)}"
    return ""


def reads_keys(function: str) -> bool:
    """Whether a function of resources gives secrets, as ``listKeys`` and ``listCredentials`` do."""
    return function.casefold().startswith("list") and len(function) > len("list")


def is_no_key(name: str) -> bool:
    """Whether an attribute of what such a function gives is no secret: a user's name."""
    return name.casefold() in _NO_KEYS


def may_be_given(value: Unknown) -> bool:
    """Whether a value is not known because somebody gives it later: an input, a placeholder."""
    key = value.key
    while isinstance(key, tuple) and key and isinstance(key[0], tuple):
        key = key[0]  # an element of such a value
    return isinstance(key, tuple) and bool(key) and key[0] in ("parameter", "placeholder")
