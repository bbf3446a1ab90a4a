"""Functions of sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from math import prod

from kvlint.evaluate.combine import first_unknown
from kvlint.evaluate.conversion import as_set, unify_all
from kvlint.evaluate.functions.arguments import (
    MAX_ITEMS,
    NotKnown,
    Wrong,
    inside,
    special,
    too_big,
    whole_sequence,
)
from kvlint.evaluate.operators import equal
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import ListKind, ListValue, Unknown, Value


def _members(arguments: tuple[Value, ...]) -> list[Sequence[Value]]:
    """The elements of every argument, all converted to one type and all known."""
    groups = [inside(whole_sequence(argument)) for argument in arguments]
    part = first_unknown([item for group in groups for item in group])
    if part is not None:
        raise NotKnown("", part)
    converted = unify_all([item for group in groups for item in group])
    if converted is None:
        raise Wrong("the elements have different types")
    following = iter(converted)
    return [[next(following) for _ in group] for group in groups]


def _combined(pick: Callable[[Sequence[Value], Sequence[Value]], Sequence[Value]]) -> Function:
    def compute(arguments: tuple[Value, ...], call: FunctionCall) -> Value:
        if not arguments:
            raise Wrong("there is no argument")
        first, *others = _members(arguments)
        kept = first
        for other in others:
            if not call.evaluator.charge(len(kept) * len(other)):
                raise too_big()
            kept = pick(kept, other)
        return ListValue(tuple(as_set(kept)), ListKind.SET, span=call.span)

    return special(compute)


def _has(group: Sequence[Value], item: Value) -> bool:
    return any(equal(item, other) is True for other in group)


def _union(arguments: tuple[Value, ...], call: FunctionCall) -> Value:
    """All elements; what is not known is kept beside what is."""
    if not arguments:
        raise Wrong("there is no argument")
    found = [whole_sequence(argument) for argument in arguments]
    items = [item for each in found for item in inside(each)]
    part = first_unknown(items)
    if isinstance(part, Unknown) and part.failed:
        raise NotKnown("", part)
    converted = unify_all(items)
    if converted is None:
        raise Wrong("the elements have different types")
    return ListValue(tuple(as_set(converted)), ListKind.SET, span=call.span)


def _setproduct(arguments: tuple[Value, ...], call: FunctionCall) -> Value:
    if len(arguments) < 2:
        raise Wrong("the number of arguments is wrong")
    found = [whole_sequence(argument) for argument in arguments]
    groups = []
    for each in found:
        converted = unify_all(inside(each))
        if converted is None:
            raise Wrong("the elements have different types")
        groups.append(converted)
    total = prod(map(len, groups))
    if total > MAX_ITEMS or not call.evaluator.charge(total * len(groups)):
        raise too_big()
    items = [ListValue(way, span=call.span) for way in product(*groups)]
    kinds = {each.kind for each in found}
    if kinds == {ListKind.SET}:
        return ListValue(tuple(as_set(items)), ListKind.SET, span=call.span)
    return ListValue(tuple(items), ListKind.LIST, span=call.span)


SETS: Mapping[str, Function] = {
    "setintersection": _combined(lambda kept, other: [item for item in kept if _has(other, item)]),
    "setproduct": special(_setproduct),
    "setsubtract": _combined(lambda kept, other: [item for item in kept if not _has(other, item)]),
    "setunion": special(_union),
}
