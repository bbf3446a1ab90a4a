"""What references to repeated blocks come to: one thing, several by key, or one for all."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kvlint.evaluate.expansion import Expansion, Instance
from kvlint.evaluate.resources import value_at
from kvlint.evaluate.scope import Namespace
from kvlint.evaluate.values import ListValue, MapValue, Symbol, Unknown, Value
from kvlint.source import Span
from kvlint.syntax.expr import GetAttribute, Index

_SPECIAL = re.compile(r'["\\\n\r\t|]|[$%](?=\{)')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "|": "\\u007c"}


K = TypeVar("K")
T = TypeVar("T")


def once(memo: dict[K, T], key: K, meanwhile: T, compute: Callable[[], T]) -> T:
    """What is computed for a key, once; ``meanwhile`` is what the computation itself gets for it."""
    known = memo.get(key)
    if known is not None:
        return known
    memo[key] = meanwhile
    try:
        memo[key] = found = compute()
    except RecursionError:
        # Whoever asks from less deep gets a better answer.
        del memo[key]
        raise
    return found


class Outputs(Protocol):
    """An instance of a module, as its caller sees it."""

    def output(self, name: str) -> Value:
        """An output value."""

    def outputs(self) -> MapValue:
        """All outputs as one object."""


@dataclass(slots=True, frozen=True)
class Names:
    """A namespace of which every member is looked up by a function."""

    find: Callable[[str], Value | Namespace]
    all: Callable[[], Value]
    #: Set where what they belong to may not be there.
    conditional: Unknown | None = None

    def member(self, name: str, node: GetAttribute | Index) -> Value | Namespace:
        """What the name stands for."""
        return self.find(name)

    def whole(self) -> Value:
        """All members as one value."""
        return self.all()


@dataclass(slots=True, eq=False)
class ModuleSymbol:
    """What stands for every instance of a module call whose for_each is not known."""

    address: str
    instance: Outputs
    type: str = ""
    managed: bool = True

    def configured(self, path: tuple[str | int, ...]) -> Value | None:
        """The output that the path begins with, and what it holds at the rest of the path."""
        if not path or not isinstance(path[0], str):
            return None
        return value_at(self.instance.output(path[0]), path[1:])


def suffix(instance: Instance, expansion: Expansion) -> str:
    """The key of an instance as it stands in an address."""
    if not expansion.repeated:
        return ""
    if instance.key is None:
        return "[*]"
    return f"[{instance.key}]" if isinstance(instance.key, int) else f"[{_quoted(instance.key)}]"


def _quoted(key: str) -> str:
    """A key as Terraform writes it; a bar is escaped, for it ends the deployment in an address."""
    return '"' + _SPECIAL.sub(lambda found: _ESCAPES.get(found[0], found[0][0] + found[0]), key) + '"'


def as_value(expansion: Expansion, symbols: list[Symbol], span: Span) -> Value:
    """What a reference to a block with these instances comes to."""
    if not expansion.repeated:
        return symbols[0]
    if [instance.key for instance in expansion.instances] == [None]:
        return symbols[0]
    doubt = next((i.conditional for i in expansion.instances if i.conditional is not None), None)
    if expansion.by_position:
        return ListValue(tuple(symbols), rest=doubt, span=span)
    entries: dict[str, Value] = {
        str(instance.key): symbol
        for instance, symbol in zip(expansion.instances, symbols, strict=True)
        if instance.key is not None
    }
    return MapValue(entries, rest=doubt, span=span)


def call_value(expansion: Expansion, made: Sequence[Outputs], address: str, span: Span) -> Value | Namespace:
    """What ``module.NAME`` comes to: outputs, or instances of outputs by key."""
    if not expansion.repeated:
        return Names(made[0].output, made[0].outputs)
    if [instance.key for instance in expansion.instances] == [None]:
        return Symbol(ModuleSymbol(f"{address}[*]", made[0]), span=span)
    doubt = next((i.conditional for i in expansion.instances if i.conditional is not None), None)
    by_key = {str(i.key): one for i, one in zip(expansion.instances, made, strict=True) if i.key is not None}

    def one(key: str) -> Value | Namespace:
        found = by_key.get(key)
        if found is not None:
            return Names(found.output, found.outputs)
        return Unknown(
            doubt.reason if doubt else f"there is no instance {key!r}", failed=doubt is None, span=span
        )

    def whole() -> Value:
        if expansion.by_position:
            return ListValue(tuple(instance.outputs() for instance in made), rest=doubt, span=span)
        return MapValue({key: instance.outputs() for key, instance in by_key.items()}, rest=doubt, span=span)

    return Names(one, whole)
