"""Numeric functions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from kvlint.evaluate.functions.arguments import NotKnown, Wrong, number, plain, text, whole
from kvlint.evaluate.numbers import Number, number_of
from kvlint.evaluate.scope import Function
from kvlint.evaluate.values import Scalar, Value

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: Powers and logarithms are computed in doubles, exact up to here.
_MAX_EXACT = 2**53


def _log(value: Number, base: Number) -> Number:
    if value <= 0 or base <= 0 or base == 1:
        raise NotKnown("it is a logarithm without a value")
    return _double(math.log(value) / math.log(base))


def _double(value: float) -> Number:
    if value.is_integer() and abs(value) < _MAX_EXACT:
        return int(value)
    found = number_of(Decimal(repr(value)))
    if found is None:
        raise NotKnown("it is out of bounds")
    return found


def _pow(value: Number, power: Number) -> Number:
    if isinstance(value, int) and isinstance(power, int) and 0 <= power <= 53:
        result: int = value**power
        if abs(result) < _MAX_EXACT:
            return result
    raise NotKnown("it is not a whole number of moderate size")


def _written(value: Value) -> str:
    """A text; what is a number already cannot be parsed."""
    if isinstance(value, Scalar) and not isinstance(value.data, str):
        raise Wrong("it is not a text")
    return text(value)


def _parse_int(written: str, base: int) -> int:
    if not 2 <= base <= 62:
        raise Wrong("the base is not between 2 and 62")
    digits = written.removeprefix("-") if written.startswith("-") else written.removeprefix("+")
    if base <= 36:
        digits = digits.lower()
    if not digits or len(digits) > 400:
        raise Wrong("it is not a number in this base")
    result = 0
    for digit in digits:
        place = _DIGITS.find(digit)
        if not 0 <= place < base:
            raise Wrong("it is not a number in this base")
        result = result * base + place
    if result.bit_length() > 512:
        raise NotKnown("it is out of bounds")
    return -result if written.startswith("-") else result


def _extreme(pick: object) -> Function:
    def compute(*numbers: Number) -> Number:
        if not numbers:
            raise Wrong("there is no argument")
        return max(numbers) if pick is max else min(numbers)

    return plain(compute, more=number)


NUMBERS: Mapping[str, Function] = {
    "abs": plain(lambda value: abs(value) if isinstance(value, int) else value.copy_abs(), number),
    "ceil": plain(lambda value: _to_integer(value, ROUND_CEILING), number),
    "floor": plain(lambda value: _to_integer(value, ROUND_FLOOR), number),
    "log": plain(_log, number, number),
    "max": _extreme(max),
    "min": _extreme(min),
    "parseint": plain(_parse_int, _written, whole),
    "pow": plain(_pow, number, number),
    "signum": plain(lambda value: (value > 0) - (value < 0), whole),
}


def _to_integer(value: Number, rounding: str) -> int:
    return value if isinstance(value, int) else int(value.to_integral_value(rounding))
