"""Functions of dates and times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

from kvlint.evaluate.functions.arguments import NotKnown, Wrong, never, plain
from kvlint.evaluate.functions.arm.common import text, whole
from kvlint.evaluate.scope import Function

_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.0+)?(?:\s?(Z|[+-]\d\d:\d\d))?)?", re.ASCII
)
_DURATION = re.compile(
    r"(?P<sign>-)?P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<days>\d{1,7})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,8})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,10})S)?)?",
    re.ASCII,
)
_DAYS = {"years": 365, "months": 30, "days": 1}
_SECONDS = {"hours": 3600, "minutes": 60, "seconds": 1}


def _moment(written: str) -> datetime:
    match = _MOMENT.fullmatch(written.strip())
    if match is None:
        raise NotKnown("this way to write a time is not supported")
    zone = match[7]
    offset = timedelta()
    if zone is not None and zone != "Z":
        offset = (-1 if zone[0] == "-" else 1) * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
    year, month, day, hour, minute, second = (int(match[group] or 0) for group in range(1, 7))
    try:
        zoned = datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset))
        return zoned.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Wrong("there is no such time") from None


def _written(moment: datetime) -> str:
    return f"{moment.year:04}-{moment.month:02}-{moment.day:02}T{moment.strftime('%H:%M:%S')}Z"


def _add(base: str, duration: str, layout: str | None = None) -> str:
    moment = _moment(base)
    match = _DURATION.fullmatch(duration)
    if match is None or not any(match[unit] for unit in (*_DAYS, *_SECONDS)):
        raise Wrong("it is not a duration")
    days = sum(int(match[unit] or 0) * count for unit, count in _DAYS.items())
    seconds = sum(int(match[unit] or 0) * count for unit, count in _SECONDS.items())
    if layout is not None:
        raise NotKnown("formats of times are not supported")
    try:
        return _written(moment + (-1 if match["sign"] else 1) * timedelta(days=days, seconds=seconds))
    except OverflowError:
        raise Wrong("the time is out of range") from None


def _to_epoch(written: str) -> int:
    return int(_moment(written).timestamp())


def _from_epoch(seconds: int) -> str:
    try:
        return _written(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        raise Wrong("the time is out of range") from None


#: Functions that give another result each time.
CHANGING: Mapping[str, Function] = {
    "newguid": never("newGuid() is another one at each deployment"),
    "utcnow": never("utcNow() is the time of the deployment"),
}

DATES: Mapping[str, Function] = {
    "datetimeadd": plain(_add, text, text, text, optional=1),
    "datetimefromepoch": plain(_from_epoch, whole),
    "datetimetoepoch": plain(_to_epoch, text),
}
