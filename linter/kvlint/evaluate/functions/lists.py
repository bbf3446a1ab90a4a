"""Functions of lists, some of which take sets, maps or texts too.

A collection that may have more elements (``rest``) stays useful where a true answer can
be given: what is there is there, and only absence and number are not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from kvlint.evaluate.combine import first_unknown, unknown_of
from kvlint.evaluate.conversion import Collection, Primitive, convert, unify_all
from kvlint.evaluate.functions.arguments import (
    MAX_ITEMS,
    Arguments,
    NotKnown,
    Result,
    Wrong,
    anything,
    arity,
    inside,
    list_of,
    no_failure,
    not_null,
    number,
    plain,
    sequence,
    special,
    text,
    too_big,
    whole,
    whole_sequence,
)
from kvlint.evaluate.functions.strings import graphemes
from kvlint.evaluate.numbers import Number, rounded
from kvlint.evaluate.operators import as_boolean, equal
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import (
    ListKind,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    choice,
    is_null,
)


def _unified(items: Sequence[Value]) -> list[Value]:
    found = unify_all(items)
    if found is None:
        raise Wrong("the elements have different types")
    return found


def _truths(value: ListValue) -> tuple[list[bool], Value | None]:
    """The known elements as booleans, and the first element that is not known."""
    truths, unknown = [], value.rest
    doubt: Value | None = unknown
    for item in value.items:
        if isinstance(item, Scalar):
            truth = as_boolean(item.data)
            if truth is None and not is_null(item):
                raise Wrong("an element is not a boolean")
            truths.append(bool(truth))
        elif isinstance(item, ListValue | MapValue):
            raise Wrong("an element is not a boolean")
        else:
            doubt = doubt or item
    return truths, doubt


def _all_true(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    truths, doubt = _truths(sequence(arguments[0]))
    if doubt is not None and all(truths):
        raise NotKnown("", doubt)
    return Scalar(all(truths), span=call.span)


def _any_true(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    truths, doubt = _truths(sequence(arguments[0]))
    if doubt is not None and not any(truths):
        raise NotKnown("", doubt)
    return Scalar(any(truths), span=call.span)


def _chunklist(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2)
    items, size = inside(whole_sequence(arguments[0])), whole(arguments[1])
    if size < 0:
        raise Wrong("the size is negative")
    size = size or max(len(items), 1)
    return list_of([list_of(items[start : start + size], call) for start in range(0, len(items), size)], call)


def _compact(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    found = sequence(arguments[0])
    kept: list[Value] = []
    rest = found.rest
    for element in inside(found):
        item = convert(element, Primitive.STRING)
        if isinstance(item, Scalar):
            if item.data not in (None, ""):
                kept.append(item)
            continue
        kept.append(item)
        if isinstance(item, Unknown | Symbol):
            rest = rest or unknown_of((item,), call.span)
    failed = first_unknown(kept)
    if isinstance(failed, Unknown) and failed.failed:
        raise NotKnown("", failed)
    return list_of(kept, call, rest)


def _concat(arguments: Arguments, call: FunctionCall) -> Value:
    if not arguments and call.rest is None:
        raise Wrong("there is no argument")
    items: list[Value] = []
    rest = call.rest
    for argument in arguments:
        found = anything(argument)
        if isinstance(found, ListValue) and found.kind is not ListKind.SET:
            items += inside(found)
            rest = rest or found.rest
        elif isinstance(found, Unknown | Symbol):
            rest = rest or unknown_of((found,), call.span)
        else:
            raise Wrong("an argument is not a list")
    no_failure(rest)
    kinds = {argument.kind for argument in arguments if isinstance(argument, ListValue)}
    kind = ListKind.TUPLE if ListKind.TUPLE in kinds else ListKind.LIST
    return list_of(items, call, rest, kind)


def _contains(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2)
    found = sequence(arguments[0])
    doubt: Unknown | None = found.rest
    wanted = not_null(arguments[1])
    for item in found.items:
        same = equal(item, wanted)
        if same is True:
            return Scalar(True, span=call.span)
        if isinstance(same, Unknown):
            doubt = doubt or same
    if doubt is not None:
        raise NotKnown("", doubt)
    return Scalar(False, span=call.span)


def _distinct(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    found = sequence(arguments[0])
    kept: list[Value] = []
    seen: set[tuple[bool, object]] = set()
    for item in _unified(inside(found)):
        if isinstance(item, Scalar):
            mark = (isinstance(item.data, bool), item.data)
            if mark in seen:
                continue
            seen.add(mark)
        elif any(equal(item, other) is True for other in kept if not isinstance(other, Scalar)):
            continue
        kept.append(item)
    rest = found.rest
    part = first_unknown(kept)
    if part is not None and len(kept) > 1:
        rest = rest or unknown_of((part,), call.span)
        no_failure(rest)
    return list_of(kept, call, rest)


def _element(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2)
    found = sequence(arguments[0])
    if found.kind is ListKind.SET:
        raise Wrong("a set has no positions")
    if found.rest is not None:
        raise NotKnown("", found.rest)
    position = whole(arguments[1])
    if not found.items:
        raise Wrong("the list is empty")
    if position < 0:
        raise NotKnown("older and newer versions of Terraform differ for a negative position")
    return inside(found)[position % len(found.items)]


def _flatten(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    items: list[Value] = []
    rest: Unknown | None = None
    top = sequence(arguments[0])
    stack: list[Value] = [top]
    while stack:
        current = anything(stack.pop())
        if isinstance(current, ListValue):
            rest = rest or current.rest
            stack.extend(reversed(inside(current)))
        elif isinstance(current, Unknown):
            rest = rest or unknown_of((current,), call.span)
        else:
            items.append(current)
        if len(items) + len(stack) > MAX_ITEMS:
            raise too_big()
    no_failure(rest)
    return list_of(items, call, rest, ListKind.TUPLE)


def _index(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2)
    found = sequence(arguments[0])
    for number_, item in enumerate(found.items):
        same = equal(item, arguments[1])
        if isinstance(same, Unknown):
            raise NotKnown("", same)
        if same:
            return Scalar(number_, span=call.span)
    if found.rest is not None:
        raise NotKnown("", found.rest)
    raise Wrong("the list does not have the element")


def _length(value: Value) -> Result:
    value = anything(value)
    match value:
        case ListValue(rest=None, items=items):
            if value.kind is ListKind.SET:
                part = first_unknown(items)
                if part is not None and len(items) > 1:
                    raise NotKnown("", part)
            return len(items)
        case MapValue(rest=None, entries=entries):
            return len(entries)
        case ListValue(rest=Unknown() as rest) | MapValue(rest=Unknown() as rest):
            raise NotKnown("", rest)
        case Scalar(data=str() as written):
            return len(graphemes(written))
        case Scalar():
            raise Wrong("it has no length")
    raise NotKnown("", value)


def _matchkeys(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 3)
    held, keys, wanted = (whole_sequence(argument) for argument in arguments)
    if len(held.items) != len(keys.items):
        raise Wrong("the lists have different lengths")
    kept = []
    converted = _unified([*keys.items, *wanted.items])
    wanted_items = converted[len(keys.items) :]
    for item, key in zip(inside(held), converted, strict=False):
        results = [equal(key, other) for other in wanted_items]
        doubt = next((result for result in results if isinstance(result, Unknown)), None)
        if True in results:
            kept.append(item)
        elif doubt is not None:
            raise NotKnown("", doubt)
    return list_of(kept, call)


def _one(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    found = anything(arguments[0])
    if isinstance(found, Scalar | MapValue):
        if is_null(found):
            raise Wrong("the list is null")
        raise Wrong("it is not a list")
    if not isinstance(found, ListValue):
        raise NotKnown("", found)
    if found.rest is not None:
        if len(found.items) > 1:
            raise NotKnown("", found.rest)
        # One element with a rest is that element or, where even it is not certain, null.
        options = [*inside(found), Unknown(found.rest.reason, span=call.span)]
        return choice(options, call.span)
    if len(found.items) > 1:
        raise Wrong("the list has more than one element")
    return inside(found)[0] if found.items else Scalar(None, span=call.span)


def _range(*numbers: Number) -> Result:
    if not 1 <= len(numbers) <= 3:
        raise Wrong("the number of arguments is wrong")
    start, limit = (0, numbers[0]) if len(numbers) == 1 else numbers[:2]
    step = numbers[2] if len(numbers) == 3 else (1 if limit >= start else -1)
    if not all(isinstance(each, int) for each in (start, limit, step)):
        raise NotKnown("the bounds are not whole numbers")
    if step == 0 or (limit > start and step < 0) or (limit < start and step > 0):
        raise Wrong("the step does not lead to the end")
    found = range(int(start), int(limit), int(step))
    # Terraform itself gives up beyond 1024 elements.
    if len(found) > 1024:
        raise Wrong("more than 1024 numbers")
    return ListValue(tuple([Scalar(each) for each in found]), ListKind.LIST)


def _reverse(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    found = whole_sequence(arguments[0])
    kind = ListKind.LIST if found.kind is ListKind.SET else found.kind
    return list_of(inside(found)[::-1], call, kind=kind)


def _slice(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 3)
    found = whole_sequence(arguments[0])
    if found.kind is ListKind.SET:
        raise Wrong("a set has no positions")
    start, end = whole(arguments[1]), whole(arguments[2])
    if not 0 <= start <= end <= len(found.items):
        raise Wrong("the bounds are not inside of the list")
    return list_of(inside(found)[start:end], call, kind=found.kind)


def _sort(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    converted = convert(arguments[0], Collection(ListKind.LIST, Primitive.STRING))
    found = whole_sequence(converted)
    ordered = sorted(((text(item), number_) for number_, item in enumerate(found.items)))
    held = inside(found)
    return list_of([held[number_] for _, number_ in ordered], call)


def _sum(value: Value) -> Result:
    found = whole_sequence(value)
    if not found.items:
        raise Wrong("the list is empty")
    total = Fraction(0)
    for item in found.items:
        total = Fraction(rounded(total + Fraction(number(item))))
    return rounded(total)


def _coalescelist(arguments: Arguments, call: FunctionCall) -> Value:
    for argument in arguments:
        if is_null(argument):
            # A null list counts as empty; what is only null without a type, Terraform rejects.
            raise NotKnown("an argument is null", argument)
        found = anything(argument)
        if isinstance(found, ListValue) and found.kind is not ListKind.SET:
            if found.items:
                return argument
            if found.rest is not None:
                raise NotKnown("", found.rest)
        elif isinstance(found, Scalar | PartialText | ListValue | MapValue):
            raise Wrong("an argument is not a list")
        else:
            raise NotKnown("", found)
    raise Wrong("no list has an element")


LISTS: Mapping[str, Function] = {
    "alltrue": special(_all_true),
    "anytrue": special(_any_true),
    "chunklist": special(_chunklist, deep=False),
    "coalescelist": special(_coalescelist, deep=False),
    "compact": special(_compact),
    "concat": special(_concat, open_ended=True),
    "contains": special(_contains),
    "distinct": special(_distinct),
    "element": special(_element, deep=False),
    "flatten": special(_flatten),
    "index": special(_index),
    "length": plain(_length, anything),
    "matchkeys": special(_matchkeys),
    "one": special(_one, deep=False),
    "range": plain(_range, more=number),
    "reverse": special(_reverse),
    "slice": special(_slice),
    "sort": special(_sort),
    "sum": plain(_sum, anything),
}
