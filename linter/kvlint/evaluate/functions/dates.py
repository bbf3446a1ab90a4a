"""Functions of dates and times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from fractions import Fraction

from kvlint.evaluate.functions.arguments import NotKnown, Wrong, never, plain, text
from kvlint.evaluate.scope import Function

_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(h|ms|m|s|us|µs|ns)", re.ASCII)
_SECONDS = {
    "h": Fraction(3600),
    "m": Fraction(60),
    "s": Fraction(1),
    "ms": Fraction(1, 10**3),
    "us": Fraction(1, 10**6),
    "µs": Fraction(1, 10**6),
    "ns": Fraction(1, 10**9),
}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _moment(written: str) -> datetime:
    match = _RFC3339.fullmatch(written)
    if match is None:
        raise Wrong("it is not a time in the format of RFC 3339")
    if "." in written:
        raise NotKnown("fractions of seconds are not supported")
    zone = match.group(7)
    offset = timedelta()
    if zone != "Z":
        hours, minutes = int(zone[1:3]), int(zone[4:])
        if hours > 23 or minutes > 59:
            raise Wrong("the offset is not valid")
        offset = (-1 if zone[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes)
    try:
        return datetime(*map(int, match.groups()[:6]), tzinfo=timezone(offset))  # type: ignore[arg-type, misc]  # six numbers
    except ValueError:
        raise Wrong("there is no such time") from None


def _written(moment: datetime) -> str:
    shown = moment.strftime("%H:%M:%S")
    return f"{moment.year:04}-{moment.month:02}-{moment.day:02}T{shown}{_offset(moment, ':')}"


def _offset(moment: datetime, colon: str) -> str:
    offset = moment.utcoffset() or timedelta()
    if not offset:
        return "Z"
    minutes = abs(offset) // timedelta(minutes=1)
    sign = "-" if offset < timedelta() else "+"
    return f"{sign}{minutes // 60:02}{colon}{minutes % 60:02}"


def _timeadd(written: str, duration: str) -> str:
    moment = _moment(written)
    unsigned = duration.lstrip("+-") if len(duration) - len(duration.lstrip("+-")) < 2 else ""
    pieces = _DURATION.findall(unsigned)
    if unsigned != "0" and (not pieces or "".join(map("".join, pieces)) != unsigned):
        raise Wrong("it is not a duration")
    seconds = sum((Fraction(amount) * _SECONDS[unit] for amount, unit in pieces), Fraction())
    if seconds.denominator != 1 or seconds > 9_223_372_036:
        raise NotKnown("fractions of seconds are not supported")
    try:
        return _written(moment + (-1 if duration.startswith("-") else 1) * timedelta(seconds=int(seconds)))
    except OverflowError:
        raise NotKnown("the time is out of bounds") from None


def _timecmp(first: str, second: str) -> int:
    one, other = _moment(first), _moment(second)
    return (one > other) - (one < other)


def _formatdate(pattern: str, written: str) -> str:
    moment = _moment(written)
    pieces: list[str] = []
    position = 0
    for match in re.finditer(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']|'", pattern):
        piece = match.group()
        position = match.end()
        if piece == "'":
            raise Wrong("a quote is not closed")
        if piece[0] == "'":
            pieces.append(piece[1:-1].replace("''", "'"))
        else:
            pieces.append(_piece(piece, moment) if piece[0].isalpha() else piece)
    if position != len(pattern):
        raise Wrong("the format is not valid")
    return "".join(pieces)


def _piece(piece: str, moment: datetime) -> str:
    hour12 = moment.hour % 12 or 12
    forms = {
        "YYYY": f"{moment.year:04}",
        "YY": f"{moment.year % 100:02}",
        "MMMM": _MONTHS[moment.month - 1],
        "MMM": _MONTHS[moment.month - 1][:3],
        "MM": f"{moment.month:02}",
        "M": str(moment.month),
        "DD": f"{moment.day:02}",
        "D": str(moment.day),
        "EEEE": _DAYS[moment.weekday()],
        "EEE": _DAYS[moment.weekday()][:3],
        "hh": f"{moment.hour:02}",
        "h": str(moment.hour),
        "HH": f"{hour12:02}",
        "H": str(hour12),
        "AA": "AM" if moment.hour < 12 else "PM",
        "aa": "am" if moment.hour < 12 else "pm",
        "mm": f"{moment.minute:02}",
        "m": str(moment.minute),
        "ss": f"{moment.second:02}",
        "s": str(moment.second),
        "ZZZZZ": _offset(moment, ":").replace("Z", "+00:00"),
        "ZZZZ": _offset(moment, "").replace("Z", "+0000"),
        "ZZZ": _offset(moment, "").replace("Z", "UTC"),
        "Z": _offset(moment, ":"),
    }
    if piece not in forms:
        raise Wrong("the format has an unknown verb")
    return forms[piece]


DATES: Mapping[str, Function] = {
    "formatdate": plain(_formatdate, text, text),
    "plantimestamp": never("it is the time of the plan"),
    "timeadd": plain(_timeadd, text, text),
    "timecmp": plain(_timecmp, text, text),
    "timestamp": never("it is the time of the deployment"),
}
