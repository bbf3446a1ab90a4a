"""Regular expressions as Go reads them, carried out by Python's engine.

Only what both do alike is translated. Patterns that Python's engine could take very long
for are not run; the result is then not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kvlint.evaluate.functions.arguments import MAX_ITEMS, NotKnown, Result, Wrong, plain, text
from kvlint.evaluate.operators import MAX_TEXT
from kvlint.evaluate.scope import Function
from kvlint.evaluate.values import ListKind, ListValue, MapValue, Scalar, Value

_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7F",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_TOKEN = re.compile(
    r"""
      (?P<named_class>\[\[:\^?\w+:\]\])
    | (?P<set>\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\])
    | (?P<repeat>(?:[*+?]|\{\d+(?:,\d*)?\})[?]?)
    | (?P<flags>\(\?[a-zA-Z]+\))
    | (?P<open>\((?:\?(?:P?<\w+>|[a-zA-Z]*:))?)
    | (?P<close>\))
    | (?P<escape>\\(?:x[0-9A-Fa-f]{2}|[0-7]{3}|.))
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_NAMED = re.compile(r"\[:(\^?)(\w+):\]")
#: A text on which a pattern is run, in characters: for patterns that cannot go back, for those that can.
_MAX_PLAIN, _MAX_AMBIGUOUS = 100_000, 2_000
_MAX_PATTERN = 1_000
_MAX_CHOICES = 16


class Pattern:
    """A pattern in Go's syntax, ready to use."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > _MAX_PATTERN:
            raise NotKnown("the pattern is too long")
        if pattern.count("|") + pattern.count("?") > _MAX_CHOICES:
            # Python tries every combination of choices before it gives up.
            raise NotKnown("the pattern has too many choices")
        self._ambiguous = 0
        translated = self._translate(pattern)
        try:
            self._compiled = re.compile(translated, re.ASCII)
        except (re.error, OverflowError):
            raise Wrong("the pattern is not valid") from None
        if "(?i" in pattern and not pattern.isascii():
            raise NotKnown("the pattern ignores the case of letters outside of ASCII")
        self._folds = "(?i" in pattern

    def _translate(self, pattern: str) -> str:
        pieces: list[str] = []
        #: For every open group, whether it can match one text in several ways: it repeats or chooses.
        groups: list[bool] = [False]
        closed = False
        pending: str | None = None
        previous = ""
        multiline = False
        for match in _TOKEN.finditer(pattern):
            kind, sign = match.lastgroup or "", match.group()
            if kind == "repeat":
                if previous in ("", "open", "repeat", "flags") or (previous == "other" and pieces[-1] == "|"):
                    raise Wrong("the pattern repeats nothing")
                pending = self._repeat(sign, closed, groups, pieces, pending)
                pieces.append(sign)
            else:
                if kind == "flags":
                    if pieces or set(sign[2:-1]) - set("ims"):
                        raise NotKnown("the pattern has flags that are not supported")
                    multiline = "m" in sign
                translated = _one(kind, sign, multiline)
                if pending is not None and kind not in ("open", "close"):
                    self._ambiguous += not _tells_apart(pending, kind, translated)
                    pending = None
                closed = kind == "close"
                groups[-1] = groups[-1] or sign == "|"
                if kind == "open":
                    groups.append(False)
                elif closed:
                    if len(groups) == 1:
                        raise Wrong("the pattern closes a group that is not open")
                    inner = groups.pop()
                    groups[-1] = groups[-1] or inner
                    closed = inner
                pieces.append(translated)
            previous = kind
        self._ambiguous += pending is not None
        return "".join(pieces)

    def _repeat(
        self,
        sign: str,
        after_repeating_group: bool,
        groups: list[bool],
        pieces: list[str],
        pending: str | None,
    ) -> str | None:
        if sign.rstrip("?") == "" and sign:
            groups[-1] = True
            return pending
        if after_repeating_group:
            raise NotKnown("the pattern repeats what can be read in several ways")
        bounds = re.match(r"\{(\d+)(?:,(\d*))?\}", sign)
        if bounds:
            if max(int(bound or 0) for bound in bounds.groups()) > 1000:
                raise Wrong("the pattern repeats too often")
            if bounds.group(2) is None:
                return pending
        if pieces[-1] == ")":
            self._ambiguous += 1
            groups[-1] = True
            return None
        groups[-1] = True
        return pieces[-1]

    def _check(self, value: str) -> None:
        limit = _MAX_PLAIN
        if self._ambiguous:
            limit = int(min(_MAX_AMBIGUOUS, 10 ** (8 / (self._ambiguous + 1))))
        if len(value) > limit:
            raise NotKnown("the text is too long for this pattern")
        if self._folds and not value.isascii():
            raise NotKnown("the pattern ignores the case of letters outside of ASCII")

    def matches(self, value: str) -> Iterator[re.Match[str]]:
        """All matches; as in Go, none that is empty right behind another."""
        self._check(value)
        end = -1
        for number, match in enumerate(self._compiled.finditer(value)):
            if number > MAX_ITEMS:
                raise NotKnown("there are too many matches")
            if match.start() == match.end() == end:
                continue
            end = match.end()
            yield match

    def result(self, match: re.Match[str]) -> Value:
        """The value of a match: its text, or its groups as a list or by their names."""
        names = self._compiled.groupindex
        if names:
            if len(names) != self._compiled.groups:
                raise Wrong("the pattern mixes groups with and without names")
            return MapValue({name: Scalar(match.group(name)) for name in names})
        if self._compiled.groups:
            return ListValue(tuple([Scalar(group) for group in match.groups()]))
        return Scalar(match.group())

    def replace(self, value: str, template: str) -> str:
        """All matches replaced; ``$1`` and ``${name}`` in the template are groups."""
        pieces: list[str] = []
        size = last = 0
        for match in self.matches(value):
            pieces += [value[last : match.start()], self._expanded(template, match)]
            size += len(pieces[-1])
            if size > MAX_TEXT:
                raise NotKnown("the text is too long")
            last = match.end()
        return "".join([*pieces, value[last:]])

    def _expanded(self, template: str, match: re.Match[str]) -> str:
        def group(reference: re.Match[str]) -> str:
            if reference.group() == "$$":
                return "$"
            name = reference.group(1) or reference.group(2)
            if name.isdigit():
                return match.group(int(name)) or "" if int(name) <= self._compiled.groups else ""
            return match.group(name) or "" if name in self._compiled.groupindex else ""

        return re.sub(r"\$\$|\$(\w+)|\$\{(\w+)\}", group, template)


def _one(kind: str, sign: str, multiline: bool) -> str:
    """One sign of Go's syntax in Python's."""
    match kind:
        case "named_class":
            return _set(f"[^{sign[1:3]}{sign[4:]}" if sign[3] == "^" else sign)
        case "set":
            return _set(sign)
        case "escape":
            return _escape(sign)
        case "open":
            if sign.startswith("(?<"):
                return f"(?P{sign[2:]}"
            if sign.startswith("(?") and sign.endswith(":") and set(sign[2:-1]) - set("ims"):
                raise NotKnown("the pattern has flags that are not supported")
            return sign
    if sign == "{":
        # Go takes a brace that counts nothing as itself, Python reads more as a count.
        return r"\{"
    if sign == "$" and not multiline:
        return r"\Z"
    if kind == "open" and sign == "(?":
        raise Wrong("the pattern is not valid")
    return sign


def _escape(sign: str) -> str:
    letter = sign[1]
    if letter == "z":
        return r"\Z"
    if letter in "sS":
        return r"[\t\n\f\r ]" if letter == "s" else r"[^\t\n\f\r ]"
    if letter in "pPQCX":
        raise NotKnown("the pattern uses classes that are not supported")
    if letter.isdigit() and not (len(sign) == 4 and letter in "0123") and sign != r"\0":
        raise Wrong("the pattern is not valid")
    if sign == r"\x":
        raise NotKnown("the pattern uses an escape that is not supported")
    if letter.isalpha() and letter not in "AbBdDwWaftnrvx":
        raise Wrong("the pattern is not valid")
    return sign


def _set(sign: str) -> str:
    if re.search(r"\\[pPS]", sign):
        raise NotKnown("the pattern uses classes that are not supported")

    def named(match: re.Match[str]) -> str:
        inside = _CLASSES.get(match.group(2))
        if inside is None:
            raise Wrong("the pattern names a class that does not exist")
        if match.group(1):
            raise NotKnown("the pattern uses classes that are not supported")
        return inside

    start = 2 if sign.startswith("[^") else 1
    inner = _NAMED.sub(named, sign[start:-1])
    inner = inner.replace(r"\s", r"\t\n\f\r ")
    # In Python a bracket inside a set is only plain with a backslash, and so may be doubled signs.
    inner = re.sub(r"(?<!\\)\[", r"\\[", inner)
    inner = re.sub(r"&&|\|\||~~", lambda match: match.group()[0] + "\\" + match.group()[0], inner)
    return sign[:start] + inner + "]"


def _tells_apart(repeated: str, kind: str, following: str) -> bool:
    """Whether what follows a repetition cannot be a part of it, so that there is no going back."""
    if following == r"\Z" and kind == "other":
        return True
    literal = following[1] if kind == "escape" and not following[1].isalnum() else following
    if len(literal) != 1 or (kind == "other" and literal in ".^$|"):
        return False
    try:
        return re.fullmatch(repeated, literal, re.ASCII | re.IGNORECASE) is None
    except re.error:
        return False


def _regex(pattern: str, value: str) -> Result:
    compiled = Pattern(pattern)
    for match in compiled.matches(value):
        return compiled.result(match)
    raise Wrong("the pattern does not match")


def _regexall(pattern: str, value: str) -> Result:
    compiled = Pattern(pattern)
    found = tuple([compiled.result(match) for match in compiled.matches(value)])
    return ListValue(found, ListKind.LIST)


PATTERNS: Mapping[str, Function] = {
    "regex": plain(_regex, text, text),
    "regexall": plain(_regexall, text, text),
}
