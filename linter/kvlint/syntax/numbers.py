"""Numbers as they are written in data formats, read exactly."""

from __future__ import annotations

from decimal import Decimal, DecimalException

#: Powers of ten beyond this stay a :class:`Decimal`: the digits of the integer would fill memory.
_MAX_INTEGER_DIGITS = 1_000


def exact_number(text: str) -> int | Decimal | None:
    """The number that a decimal text such as ``-1.50e3`` writes.

    ``int`` where it is integral and of sensible size, else ``Decimal``; None for a number
    whose exponent is beyond what can be represented.
    """
    if len(text) <= _MAX_INTEGER_DIGITS and not any(mark in text for mark in ".eE"):
        return int(text)
    try:
        number = Decimal(text)
    except DecimalException:
        return None
    if not number.is_finite():
        return None
    if (
        -_MAX_INTEGER_DIGITS < number.adjusted() < _MAX_INTEGER_DIGITS
        and number == number.to_integral_value()
    ):
        return int(number)
    return number
