"""How Terraform holds, computes, reads and prints numbers.

Terraform computes numbers as binary floating point with a mantissa of 512 bits and prints
the shortest decimal that stands for the result; so does :func:`rounded`, exactly.
"""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from fractions import Fraction

from kvlint.syntax.expr import ScalarData

Number = int | Decimal

_PRECISION = 512
#: Decimals of no more digits stand for themselves.
_EXACT_DIGITS = 153
#: Numbers beyond ten to this power (or below its inverse) are not computed.
MAX_EXPONENT = 4_000


def canonical(data: ScalarData) -> ScalarData:
    """A literal's content as Terraform holds it."""
    if isinstance(data, Decimal):
        return number_of(data)
    if isinstance(data, int) and not isinstance(data, bool) and data.bit_length() > _PRECISION:
        return rounded(Fraction(data))
    if isinstance(data, str) and not data.isascii():
        return unicodedata.normalize("NFC", data)
    return data


def number_of(data: Decimal) -> Number | None:
    """A written number as Terraform holds it, ``None`` where it is out of all bounds."""
    if not data.is_finite() or abs(data.adjusted()) > MAX_EXPONENT:
        return None if data else 0
    sign, digits, exponent = data.as_tuple()
    if len(digits) > _EXACT_DIGITS or not isinstance(exponent, int):
        return rounded(Fraction(data))
    return _decimal(int("".join(map(str, digits))), exponent, -1 if sign else 1)


def _decimal(digits: int, exponent: int, sign: int) -> Number:
    """``sign × digits × 10^exponent`` without zeros at the end."""
    if not digits:
        return 0
    while digits % 10 == 0:
        digits //= 10
        exponent += 1
    if exponent >= 0:
        whole: int = sign * digits * 10**exponent
        return rounded(Fraction(whole)) if whole.bit_length() > _PRECISION else whole
    return Decimal((int(sign < 0), tuple(map(int, str(digits))), exponent))


def binary_fraction(number: Number) -> Fraction:
    """The number that Terraform computes with: the nearest one of 512 bits."""
    exact = Fraction(number)
    if not exact or (exact.denominator == 1 and abs(exact.numerator).bit_length() <= _PRECISION):
        return exact
    mantissa, shift = _to_bits(abs(exact))
    return (-1 if exact < 0 else 1) * mantissa * _power(2, shift)


def _to_bits(exact: Fraction) -> tuple[int, int]:
    """The nearest ``mantissa × 2^shift`` with a mantissa of 512 bits, halves to even."""
    shift = exact.numerator.bit_length() - exact.denominator.bit_length() - _PRECISION
    if exact / _power(2, shift) >= 2**_PRECISION:
        shift += 1
    mantissa = round(exact / _power(2, shift))
    return (mantissa // 2, shift + 1) if mantissa == 2**_PRECISION else (mantissa, shift)


def rounded(exact: Fraction) -> Number:
    """The shortest decimal that stands for the nearest number of 512 bits."""
    if exact.denominator == 1 and abs(exact.numerator).bit_length() <= _PRECISION:
        return exact.numerator
    mantissa, shift = _to_bits(abs(exact))
    return _shortest(mantissa, shift, -1 if exact < 0 else 1)


def _power(base: int, exponent: int) -> Fraction:
    return Fraction(base**exponent) if exponent >= 0 else Fraction(1, base**-exponent)


def _shortest(mantissa: int, shift: int, sign: int) -> Number:
    """The decimal with the fewest digits between the neighbours of ``mantissa × 2^shift``."""
    unit = _power(2, shift)
    value = mantissa * unit
    below = unit / 4 if mantissa == 1 << (_PRECISION - 1) else unit / 2
    low, high = value - below, value + unit / 2
    # From coarse to fine: the first power of ten that has a multiple between the bounds.
    exponent = (_PRECISION + shift) * 30103 // 100000 + 1
    while True:
        step = _power(10, exponent)
        digits = high // step
        if digits * step > low and digits * step < high:
            break
        exponent -= 1
    nearest = round(value / step)
    if low < nearest * step < high:
        digits = nearest
    return _decimal(digits, exponent, sign) if exponent < 0 else sign * digits * 10**exponent


def number_text(number: Number) -> str:
    """How Terraform prints a number."""
    return format(number, "f") if isinstance(number, Decimal) else str(number)


def parse_number(text: str) -> Number | None:
    """The number that a text stands for, ``None`` where it is none."""
    if len(text) > 400 or not text.isascii() or text != text.strip() or "_" in text:
        return None
    try:
        return number_of(Decimal(text))
    except ArithmeticError:
        return None


def as_number(data: ScalarData) -> Number | None:
    """A scalar as a number, ``None`` where it cannot be one."""
    if isinstance(data, bool) or data is None:
        return None
    return parse_number(data) if isinstance(data, str) else data
