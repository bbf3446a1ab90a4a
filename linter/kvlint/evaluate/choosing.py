"""What decides between values by the rules of Azure Resource Manager: conditions, ``??``, ``&&``.

What is decided between comes as functions, so that only what is needed is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kvlint.evaluate.combine import failure, keyed, one_of, unknown_of
from kvlint.evaluate.values import (
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    alternatives,
    is_null,
    truth_of,
)
from kvlint.source import Span

#: Evaluates one operand.
Operand = Callable[[], Value]

#: What every resource has.
_ALWAYS_THERE = frozenset(("id", "name", "type", "apiVersion"))


def either(condition: Value, then: Operand, otherwise: Operand, span: Span) -> Value:
    """``condition ? then : otherwise``: both, where the condition is not known."""
    truths: set[bool] = set()
    failed: Unknown | None = None
    for option in alternatives(condition):
        truth = truth_of(option)
        if truth is not None:
            truths.add(truth)
        elif isinstance(option, Scalar | ListValue | MapValue | PartialText):
            failed = failure("the condition is not a boolean", span, (option,))
        elif isinstance(option, Unknown) and option.failed:
            failed = option
        else:
            truths |= {True, False}
    if not truths and failed is not None:
        return failed
    return one_of([branch() for truth, branch in ((True, then), (False, otherwise)) if truth in truths], span)


def coalesced(operands: Sequence[Operand], span: Span) -> Value:
    """The first that is not null, null where all are; of unknown ones each that it may be."""
    found: list[Value] = []
    for position, operand in enumerate(operands):
        certain = True
        for option in alternatives(operand()):
            last = position == len(operands) - 1
            if not is_null(option) or last:
                found.append(option)
            certain = certain and _surely_there(option)
        if certain:
            break
    return one_of(found, span) if found else Scalar(None, span=span)


def _surely_there(value: Value) -> bool:
    """Whether it is certainly not null."""
    if isinstance(value, Symbol):
        return not value.path or (len(value.path) == 1 and value.path[0] in _ALWAYS_THERE)
    if isinstance(value, Unknown):
        return value.failed
    return not is_null(value)


def logical(conjunction: bool, operands: Sequence[Operand], span: Span) -> Value:
    """``&&`` or ``||`` of all operands, of which none behind one that decides is looked at."""
    doubts: list[Value] = []
    for operand in operands:
        value = operand()
        truths: set[bool | None] = set()
        for option in alternatives(value):
            truth = truth_of(option)
            if truth is None and isinstance(option, Scalar | ListValue | MapValue | PartialText):
                return failure("an operand is not a boolean", span, (option,))
            if isinstance(option, Unknown) and option.failed and not doubts:
                return option
            truths.add(truth)
        if truths == {not conjunction}:
            return Scalar(not conjunction, span=span)
        if truths != {conjunction}:
            doubts.append(value)
    if not doubts:
        return Scalar(conjunction, span=span)
    return keyed(unknown_of(doubts, span), "and" if conjunction else "or", doubts)
