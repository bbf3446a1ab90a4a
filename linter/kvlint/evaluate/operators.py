"""The operators, the joining of texts, and equality."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kvlint.evaluate.combine import (
    failure,
    first_unknown,
    key_of,
    keyed,
    sources_of,
    too_large,
    unknown_of,
    weight,
)
from kvlint.evaluate.numbers import (
    MAX_EXPONENT,
    Number,
    as_number,
    binary_fraction,
    number_text,
    rounded,
)
from kvlint.evaluate.values import (
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    is_null,
)
from kvlint.source import Span
from kvlint.syntax.expr import ScalarData

#: Longer texts are not made.
MAX_TEXT = 1_000_000


def scalar_text(data: ScalarData) -> str | None:
    """How a text, number or boolean appears in text; ``None`` for null."""
    if data is None:
        return None
    if isinstance(data, bool):
        return "true" if data else "false"
    return data if isinstance(data, str) else number_text(data)


def as_boolean(data: ScalarData) -> bool | None:
    """A scalar as a boolean, ``None`` where it cannot be one."""
    if isinstance(data, bool):
        return data
    return {"true": True, "false": False}.get(data) if isinstance(data, str) else None


def joined_text(parts: Sequence[Value], span: Span) -> Value:
    """The text of a template's parts; partial where some are not known."""
    pieces: list[Value] = []
    size = 0
    for part in parts:
        for piece in part.parts if isinstance(part, PartialText) else (part,):
            if isinstance(piece, ListValue | MapValue):
                return failure("a text cannot hold a collection", span, parts)
            if isinstance(piece, Unknown) and piece.failed:
                return Unknown(piece.reason, failed=True, span=span, sources=sources_of(parts))
            if isinstance(piece, Scalar):
                text = scalar_text(piece.data)
                if text is None:
                    return failure("a text cannot hold null", span, parts)
                size += len(text)
            pieces.append(piece)
    if size > MAX_TEXT:
        return too_large(span, parts)
    merged = _merge_text(pieces, span)
    if not merged:
        return Scalar("", span=span)
    if len(merged) == 1 and isinstance(merged[0], Scalar):
        return Scalar(merged[0].data, span=span, sources=sources_of(parts))
    if len(merged) == 1 and isinstance(merged[0], Symbol | Unknown):
        return merged[0]  # a text that is all there is
    return PartialText(tuple(merged), span=span)


def _merge_text(pieces: Sequence[Value], span: Span) -> list[Value]:
    """The same pieces with neighbouring known texts made one."""
    merged: list[Value] = []
    run: list[Scalar] = []

    def close() -> None:
        if len(run) == 1 and isinstance(run[0].data, str):
            merged.append(run[0])
        elif run:
            text = "".join(scalar_text(piece.data) or "" for piece in run)
            merged.append(Scalar(text, span=span, sources=sources_of(run)))
        run.clear()

    for piece in pieces:
        if isinstance(piece, Scalar):
            if piece.data != "":
                run.append(piece)
        else:
            close()
            merged.append(piece)
    close()
    return merged


def unary(operator: str, operand: Value, span: Span) -> Value:
    """``-x`` or ``!x``; the operand is not a choice."""
    if not isinstance(operand, Scalar):
        return _not_scalar((operand,), span)
    if operator == "!":
        truth = as_boolean(operand.data)
        return (
            failure("it negates what is not a boolean", span)
            if truth is None
            else Scalar(not truth, span=span)
        )
    number = as_number(operand.data)
    if number is None:
        return failure("it negates what is not a number", span)
    return Scalar(
        number.copy_negate() if isinstance(number, Decimal) else -number,
        span=span,
        sources=sources_of((operand,)),
    )


def _not_scalar(operands: Sequence[Value], span: Span) -> Unknown:
    """The result of an operator on something that is no known scalar."""
    for operand in operands:
        if isinstance(operand, ListValue | MapValue):
            return failure("an operand is a collection", span, operands)
        if is_null(operand):
            return failure("an operand is null", span, operands)
    return unknown_of(operands, span)


def binary(operator: str, left: Value, right: Value, span: Span) -> Value:
    """``left operator right``; the operands are not choices."""
    if operator in ("==", "!="):
        same = equal(left, right)
        if isinstance(same, Unknown):
            return Unknown(same.reason, failed=same.failed, span=span, sources=sources_of((left, right)))
        return Scalar(same == (operator == "=="), span=span)
    if operator in ("&&", "||"):
        return _logical(operator == "&&", left, right, span)
    if not isinstance(left, Scalar) or not isinstance(right, Scalar):
        return _not_scalar((left, right), span)
    first, second = as_number(left.data), as_number(right.data)
    if first is None or second is None:
        return failure("an operand is not a number", span, (left, right))
    if operator in _COMPARISONS:
        return Scalar(_COMPARISONS[operator]((first > second) - (first < second)), span=span)
    return _arithmetic(operator, first, second, (left, right), span)


#: Collections with the same elements are not equal where their types are not.
_TYPES = "the types of the two collections differ"

_COMPARISONS = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


def _logical(conjunction: bool, left: Value, right: Value, span: Span) -> Value:
    truths: list[bool | None] = []
    for operand in (left, right):
        if isinstance(operand, Scalar):
            truth = as_boolean(operand.data)
            if truth is None:
                return failure("an operand is not a boolean", span)
            truths.append(truth)
        elif isinstance(operand, ListValue | MapValue):
            return failure("an operand is a collection", span)
        else:
            truths.append(None)
    part = first_unknown((left, right))
    # Since 1.12 Terraform does not look at the right operand if the left decides.
    if isinstance(part, Unknown) and part.failed:
        decided = truths[0] is not None and truths[0] is not conjunction
        return Unknown(part.reason, failed=not decided, span=span)
    if (not conjunction) in truths:
        return Scalar(not conjunction, span=span)
    return Scalar(conjunction, span=span) if part is None else unknown_of((left, right), span)


def _arithmetic(
    operator: str, first: Number, second: Number, operands: tuple[Value, ...], span: Span
) -> Value:
    a, b = binary_fraction(first), binary_fraction(second)
    match operator:
        case "+":
            exact = a + b
        case "-":
            exact = a - b
        case "*":
            exact = a * b
        case "/" | "%" if b == 0:
            return Unknown("it divides by zero", span=span, sources=sources_of(operands))
        case "/":
            exact = a / b
        case "%":
            exact = a - b * int(a / b)
        case _:
            return Unknown(f"the operator {operator} is not known", span=span, sources=sources_of(operands))
    if abs(exact.numerator.bit_length() - exact.denominator.bit_length()) > 3 * MAX_EXPONENT:
        return too_large(span, operands)
    return Scalar(rounded(exact), span=span, sources=sources_of(operands))


def equal(left: Value, right: Value) -> bool | Unknown:
    """Whether two values are certainly the same or certainly not; unknown with a reason.

    As in Terraform values of different types are not equal, and nothing is converted.
    """
    if weight(left, 200_000) + weight(right, 200_000) > 200_000:
        return too_large()
    return _equal(left, right)


def _equal(left: Value, right: Value) -> bool | Unknown:
    match left, right:
        case (Scalar(), Scalar()):
            return _same_data(left.data, right.data)
        case (Unknown(), _) | (_, Unknown()):
            return _same_key(left, right) or unknown_of((left, right))
        case (Symbol(), Symbol()) if left.key == right.key and left.spelling == right.spelling:
            return True
        case (Symbol(path=()), Scalar(data=None)) | (Scalar(data=None), Symbol(path=())):
            return False
        case (PartialText(), Scalar()) | (Scalar(), PartialText()):
            return unknown_of((left, right)) if _may_be(left, right) or _may_be(right, left) else False
        case (PartialText(), PartialText()) if _same_key(left, right):
            return True
        case (ListValue(), ListValue()):
            return _same_items(left, right)
        case (MapValue(), MapValue()):
            return _same_entries(left, right)
    if isinstance(left, Scalar | ListValue | MapValue) and isinstance(right, Scalar | ListValue | MapValue):
        return False
    return unknown_of((left, right))


def _same_key(left: Value, right: Value) -> bool:
    """Whether two values that are not known are certainly the same."""
    key = key_of(left)
    return key is not None and key == key_of(right)


def _same_data(left: ScalarData, right: ScalarData) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) or isinstance(right, str):
        return isinstance(left, str) and isinstance(right, str) and left == right
    return left == right


def _may_be(partial: Value, text: Value) -> bool:
    """Whether the first is a partly known text that can be the second: begins and ends as it does."""
    if not isinstance(partial, PartialText) or not isinstance(text, Scalar) or not isinstance(text.data, str):
        return False
    first, last = partial.parts[0], partial.parts[-1]
    begins = first.data if isinstance(first, Scalar) and isinstance(first.data, str) else ""
    ends = last.data if isinstance(last, Scalar) and isinstance(last.data, str) else ""
    return (
        text.data.startswith(begins)
        and text.data.endswith(ends)
        and len(text.data) >= len(begins) + len(ends)
    )


def _same_items(left: ListValue, right: ListValue) -> bool | Unknown:
    rest = left.rest or right.rest
    if rest is None and len(left.items) != len(right.items):
        return False
    if rest is not None:
        return unknown_of((rest,))
    same = _all([_equal(a, b) for a, b in zip(left.items, right.items, strict=True)])
    return Unknown(_TYPES) if same is True and left.kind is not right.kind else same


def _same_entries(left: MapValue, right: MapValue) -> bool | Unknown:
    rest = left.rest or right.rest
    if rest is None and left.entries.keys() != right.entries.keys():
        return False
    if rest is not None:
        return unknown_of((rest,))
    same = _all([_equal(value, right.entries[name]) for name, value in left.entries.items()])
    return Unknown(_TYPES) if same is True and left.is_map is not right.is_map else same


def _all(results: Sequence[bool | Unknown]) -> bool | Unknown:
    """False if one is false, else the first unknown, else true."""
    if False in results:
        return False
    return next((result for result in results if isinstance(result, Unknown)), True)


# Azure Resource Manager

_MAX_INTEGER = 2**63 - 1
#: Texts of these are ordered the same way whatever rules are used.
_PLAIN = frozenset("0123456789abcdefghijklmnopqrstuvwxyz")


def arm_binary(operator: str, left: Value, right: Value, span: Span) -> Value:
    """``left operator right`` by the rules of Azure Resource Manager; the operands are not choices.

    ``&&``, ``||`` and ``??`` are not among them: see :mod:`~kvlint.evaluate.choosing`.
    """
    return keyed(_arm_binary(operator, left, right, span), operator, (left, right))


def _arm_binary(operator: str, left: Value, right: Value, span: Span) -> Value:
    if operator in ("==", "!="):
        return binary(operator, left, right, span)
    if operator in ("=~", "!~"):
        for operand in (left, right):
            if isinstance(operand, ListValue | MapValue) or (
                isinstance(operand, Scalar) and not isinstance(operand.data, str | None)
            ):
                return failure("an operand is not a text", span, (left, right))
        return binary("==" if operator == "=~" else "!=", folded_text(left), folded_text(right), span)
    if not isinstance(left, Scalar) or not isinstance(right, Scalar):
        return _not_scalar((left, right), span)
    if operator in _COMPARISONS and isinstance(left.data, str) and isinstance(right.data, str):
        return _ordered_texts(operator, left.data, right.data, span)
    numbers = [operand.data for operand in (left, right) if not isinstance(operand.data, bool)]
    whole = [number for number in numbers if isinstance(number, int)]
    if len(whole) == 2:
        if operator in _COMPARISONS:
            return Scalar(_COMPARISONS[operator]((whole[0] > whole[1]) - (whole[0] < whole[1])), span=span)
        return _integers(operator, whole[0], whole[1], (left, right), span)
    if len([number for number in numbers if isinstance(number, int | Decimal)]) == 2:
        return Unknown("it computes with fractions", span=span, sources=sources_of((left, right)))
    return failure("an operand is not a number", span, (left, right))


def folded_text(value: Value) -> Value:
    """A text with its known letters made small, for comparison."""
    if isinstance(value, Scalar) and isinstance(value.data, str):
        return Scalar(value.data.lower(), span=value.span)
    if isinstance(value, PartialText):
        return PartialText(tuple([folded_text(part) for part in value.parts]), span=value.span)
    return value


def _ordered_texts(operator: str, left: str, right: str, span: Span) -> Value:
    if left != right and not (_PLAIN.issuperset(left) and _PLAIN.issuperset(right)):
        return Unknown("how Azure orders these texts is not known", span=span)
    return Scalar(_COMPARISONS[operator]((left > right) - (left < right)), span=span)


def _integers(operator: str, left: int, right: int, operands: Sequence[Value], span: Span) -> Value:
    match operator:
        case "+":
            found = left + right
        case "-":
            found = left - right
        case "*":
            found = left * right
        case "/" | "%" if right == 0:
            return failure("it divides by zero", span, operands)
        case "/":
            found = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        case "%":
            found = abs(left) % abs(right) * (-1 if left < 0 else 1)
        case _:
            return Unknown(f"the operator {operator} is not known", span=span, sources=sources_of(operands))
    if not -_MAX_INTEGER - 1 <= found <= _MAX_INTEGER:
        return failure("the number is out of range", span, operands)
    return Scalar(found, span=span, sources=sources_of(operands))
