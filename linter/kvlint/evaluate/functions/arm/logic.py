"""Functions that decide, compare and compute with whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from kvlint.evaluate.choosing import coalesced, either, logical
from kvlint.evaluate.combine import failure
from kvlint.evaluate.functions.arguments import (
    Arguments,
    NotKnown,
    Wrong,
    arity,
    plain,
    sequence,
    special,
)
from kvlint.evaluate.functions.arm.common import boolean, scalar, whole
from kvlint.evaluate.numbers import Number, number_of, parse_number
from kvlint.evaluate.operators import arm_binary
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import ListValue, Scalar, Value, following
from kvlint.syntax.expr import GetAttribute, Index, Literal, NestedResource, Reference, Safe, ScalarData


def _lazy(compute: Function) -> Function:
    return Function(compute.compute, lazy=True)


def _if(_: Arguments, call: FunctionCall) -> Value:
    nodes = call.node.arguments
    arity_of_nodes(call, 3)
    condition = call.evaluate(nodes[0], call.scope)
    then, otherwise = (partial(call.evaluate, node, call.scope) for node in nodes[1:])
    return either(condition, then, otherwise, call.span)


def arity_of_nodes(call: FunctionCall, least: int, most: int | None = None) -> None:
    """The same as :func:`arity` for a lazy function."""
    if not least <= len(call.node.arguments) <= (least if most is None else most):
        raise Wrong("the number of arguments is wrong")


def _coalesce(_: Arguments, call: FunctionCall) -> Value:
    if not call.node.arguments:
        raise Wrong("there is no argument")
    return coalesced([partial(call.evaluate, node, call.scope) for node in call.node.arguments], call.span)


def _logical(*, conjunction: bool) -> Function:
    def compute(_: Arguments, call: FunctionCall) -> Value:
        if not call.node.arguments:
            raise Wrong("there is no argument")
        operands = [partial(call.evaluate, node, call.scope) for node in call.node.arguments]
        return logical(conjunction, operands, call.span)

    return _lazy(special(compute))


def _operator(operator: str) -> Function:
    def compute(arguments: Arguments, call: FunctionCall) -> Value:
        arity(arguments, 2)
        return arm_binary(operator, arguments[0], arguments[1], call.span)

    return special(compute)


def _constant(data: ScalarData) -> Function:
    return plain(lambda: data)


def _bool(value: Value) -> bool:
    data = scalar(value).data
    if isinstance(data, str):
        folded = data.strip().lower()
        if folded in ("true", "1"):
            return True
        if folded in ("false", "0"):
            return False
        raise Wrong("the text is not a boolean")
    return bool(data)


def _int(value: Value) -> int:
    data = scalar(value).data
    if isinstance(data, str):
        found = parse_number(data.strip())
        if not isinstance(found, int):
            raise Wrong("the text is not a whole number")
        return found
    if isinstance(data, bool) or not isinstance(data, int):
        raise NotKnown("it is a number with a fraction")
    return data


def _float(value: Value) -> Number:
    data = scalar(value).data
    found = parse_number(data.strip()) if isinstance(data, str) else data
    if isinstance(found, int) and not isinstance(found, bool):
        return found
    if found is None or isinstance(found, bool):
        raise Wrong("it is not a number")
    number = number_of(found)
    if number is None:
        raise NotKnown("it is out of bounds")
    return number


def _extreme(*, largest: bool) -> Function:
    def compute(arguments: Arguments, call: FunctionCall) -> Value:
        if len(arguments) == 1 and not isinstance(arguments[0], Scalar):
            held = sequence(arguments[0])
            if held.rest is not None:
                raise NotKnown("", held.rest)
            arguments = tuple([following(item, held) for item in held.items])
        if not arguments:
            raise Wrong("there is no number")
        numbers = [(whole(argument), argument) for argument in arguments]
        picked = (max if largest else min)(numbers, key=lambda pair: pair[0])
        return picked[1]

    return special(compute)


def _fail(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    message = arguments[0].data if isinstance(arguments[0], Scalar) else None
    return failure(f"the template fails here: {message}" if message else "the template fails here", call.span)


def _any(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    return arguments[0]


def _nameof(_: Arguments, call: FunctionCall) -> Value:
    arity_of_nodes(call, 1)
    node = call.node.arguments[0]
    if isinstance(node, Safe):
        node = node.access
    match node:
        case Reference(name=name) | GetAttribute(name=name) | NestedResource(name=name):
            return Scalar(name, span=call.span)
        case Index(key=Literal(value=str() as name)):
            return Scalar(name, span=call.span)
        case Index(target=Reference(name=name) | GetAttribute(name=name)):
            return Scalar(name, span=call.span)
    raise Wrong("it has no name")


def _range(start: int, count: int) -> Value:
    if not 0 <= count <= 10_000:
        raise Wrong("the count is not between 0 and 10000")
    if start + count > 2**31 - 1:
        raise Wrong("the numbers are out of range")
    return ListValue(tuple([Scalar(number) for number in range(start, start + count)]))


LOGIC: Mapping[str, Function] = {
    "add": _operator("+"),
    "and": _logical(conjunction=True),
    "any": Function(special(_any).compute, deep=False, choices=True),
    "bool": plain(_bool, scalar),
    "coalesce": _lazy(special(_coalesce)),
    "div": _operator("/"),
    "equals": _operator("=="),
    "fail": special(_fail),
    "false": _constant(False),
    "float": plain(_float, scalar),
    "greater": _operator(">"),
    "greaterorequals": _operator(">="),
    "if": _lazy(special(_if)),
    "int": plain(_int, scalar),
    "less": _operator("<"),
    "lessorequals": _operator("<="),
    "max": _extreme(largest=True),
    "min": _extreme(largest=False),
    "mod": _operator("%"),
    "mul": _operator("*"),
    "nameof": _lazy(special(_nameof)),
    "not": plain(lambda value: not value, boolean),
    "null": _constant(None),
    "or": _logical(conjunction=False),
    "range": plain(_range, whole, whole),
    "sub": _operator("-"),
    "true": _constant(True),
}
