"""Variables to which a script gives one plain text, once and for all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kvlint.source import Source

_QUOTED = r"\"(?P<double>[^\"$`\\\n]*)\"|'(?P<single>[^'\n]*)'"
_END = r"[ \t]*;?[ \t]*(?:#.*)?\r?$"
#: Assignments by the extension of a file whose lines one shell runs from first to last: the steps
#: of a pipeline do not share variables. They begin a line, as those within a function, a loop or a
#: condition hardly do.
_BASH = re.compile(
    rf"^(?:(?:export|readonly)[ \t]+)?(?P<name>\w+)=(?:{_QUOTED}|(?P<plain>[\w./:@-]+)){_END}", re.MULTILINE
)
_POWERSHELL = re.compile(rf"^\$(?P<name>\w+)[ \t]*=[ \t]*(?:{_QUOTED}){_END}", re.MULTILINE)
_ASSIGNMENTS = {".sh": _BASH, ".bash": _BASH, ".ps1": _POWERSHELL}
#: What may give any variable another value.
_ELSEWHERE = re.compile(r"^[ \t]*(?:source|\.|eval|Invoke-Expression)[ \t]", re.MULTILINE)
_USE = re.compile(r"\$(?:\{(?P<braced>\w+)\}|(?P<bare>\w+))")


def filled_in(source: Source, position: int, words: str) -> str:
    """The words of a command there, with the texts of those variables that surely have one."""
    extension = source.path[source.path.rfind(".") :]
    if "$" not in words or extension not in _ASSIGNMENTS:
        return words
    known = dict(_texts(source.text, position, _ASSIGNMENTS[extension]))
    return _USE.sub(lambda use: known.get(use["braced"] or use["bare"], use.group()), words)


def _texts(text: str, position: int, assignment: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for found in assignment.finditer(text, 0, position):
        before, named = text[: found.start()], re.escape(found["name"])
        changes = rf"(?<![\w-]){named}[ \t]*[+:]?=|\b(?:read|for|foreach|printf|getopts)\b[^\n;]*\b{named}\b"
        if (
            before.count("(") <= before.count(")")  # else it may be the default of a parameter
            and not _ELSEWHERE.search(text, found.end(), position)
            and len(re.findall(changes, text, re.IGNORECASE)) == 1
        ):
            given = found.groupdict()
            yield found["name"], next(filter(None, map(given.get, ("double", "single", "plain"))), "")
