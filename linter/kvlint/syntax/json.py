"""JSON with exact spans: templates, plans, parameter and manifest files.

Strict JSON, and what tools around Azure accept besides: comments and trailing commas. The
reader is a scanner with its own stack, so depth costs no recursion.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from kvlint.source import Source, Span
from kvlint.syntax.body import SyntaxProblem
from kvlint.syntax.expr import Array, Expr, Hole, Literal, Object, ObjectItem, ScalarData
from kvlint.syntax.numbers import exact_number

#: Collections nested deeper than this are refused: every later walk over the tree costs depth.
MAX_DEPTH = 200

_SPACE = r"(?:[ \t\r\n]++|//[^\r\n]*+|/\*[^*]*+\*++(?:[^/*][^*]*+\*++)*/)*"
_STRING = r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"'
#: The same, over several lines: the Azure Resource Manager accepts that in templates.
_LONG_STRING = r'"[^"\\\x00-\x08\x0b\x0c\x0e-\x1f]*(?:\\.[^"\\\x00-\x08\x0b\x0c\x0e-\x1f]*)*"'


class _Tokens:
    """What the tokens look like, given what a string looks like."""

    __slots__ = ("key", "value")

    def __init__(self, string: str) -> None:
        self.key = re.compile(rf"{_SPACE}({string}){_SPACE}:")
        self.value = re.compile(
            rf"{_SPACE}(?:({string})"  # 1
            r"|([{\[])"  # 2
            r"|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.+-]))"  # 3
            r"|(true|false|null)(?!\w)"  # 4
            r"|([}\]])"  # 5
            r"|(,))"  # 6
        )


_STRICT, _LENIENT = _Tokens(_STRING), _Tokens(_LONG_STRING)
_WHOLE_STRING = re.compile(_STRING)
#: A string up to a control character, which JSON wants escaped, with its end on the line.
_UNTIL_CONTROL = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*(?=[\x00-\x09\x0b\x0c\x0e-\x1f][^"\r\n]*")')
_SKIP = re.compile(_SPACE)
_STRING_GROUP, _OPEN, _NUMBER, _WORD, _CLOSE, _COMMA = range(1, 7)

_WORDS: dict[str, ScalarData] = {"true": True, "false": False, "null": None}
_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))"
)
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4}).?')
_SHORT_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(slots=True, eq=False)
class JsonFile:
    """What a JSON text holds; ``root`` is None where nothing of it could be read."""

    source: Source
    root: Expr | None
    problems: list[SyntaxProblem] = field(default_factory=list)


def read_json(source: Source, *, multiline: bool = False) -> JsonFile:
    """Read a JSON text; never raises.

    At the first offence the reader stops: the tree then holds what stands before it, and
    the one problem names the place. With ``multiline`` line ends and tabs within strings are none.
    """
    file = _Reader(source, _STRICT).read()
    if multiline and file.problems:
        # An unclosed quote would run into the next string: only a text that is sound is so read.
        lenient = _Reader(source, _LENIENT).read()
        if not lenient.problems:
            return lenient
    return file


@dataclass(slots=True)
class _Frame:
    """A collection whose closing bracket has not come yet; ``key`` waits for its value."""

    start: int
    closer: str
    items: list[Expr] = field(default_factory=list)
    entries: list[ObjectItem] = field(default_factory=list)
    key: Literal | None = None


class _OffenceError(Exception):
    """The text is not JSON at ``start``."""

    def __init__(self, start: int, end: int, message: str) -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.message = message


class _Reader:
    def __init__(self, source: Source, tokens: _Tokens) -> None:
        self.source = source
        self.text = source.text
        self.tokens = tokens
        self.root: Expr | None = None
        self.stack: list[_Frame] = []

    def read(self) -> JsonFile:
        problems = []
        try:
            self._read_tree()
        except _OffenceError as offence:
            span = Span(self.source, offence.start, offence.end)
            lost = Span(self.source, offence.start, len(self.text))
            problems.append(SyntaxProblem(span, offence.message, lost))
            self._close_open_collections(offence.start)
        return JsonFile(self.source, self.root, problems)

    def _read_tree(self) -> None:
        """Fill :attr:`root`; the stack is empty when the text was sound."""
        source, text, stack = self.source, self.text, self.stack
        token, key_token = self.tokens.value.match, self.tokens.key.match
        position, after_value = 0, False
        while True:
            frame = stack[-1] if stack else None
            if frame is not None and frame.closer == "}" and not after_value and frame.key is None:
                match = key_token(text, position)
                if match:
                    start, end = match.span(1)
                    frame.key = Literal(source, start, end, self._string(start, end))
                    position = match.end()
                    continue
            match = token(text, position)
            kind = match.lastindex if match else None
            if match is None or kind is None:
                raise self._offence(position, after_value)
            start, end = match.span(kind)
            expects_value = not after_value and (
                frame is None or frame.closer == "]" or frame.key is not None
            )
            if kind == _COMMA and after_value and frame is not None:
                after_value = False
            elif kind == _CLOSE and frame is not None and text[start] == frame.closer and frame.key is None:
                stack.pop()
                self._add(self._collection(frame, end))
                after_value = True
            elif not expects_value or kind in (_COMMA, _CLOSE):
                raise self._offence(position, after_value)
            elif kind == _OPEN:
                if len(stack) >= MAX_DEPTH:
                    raise _OffenceError(start, end, f"collections are nested deeper than {MAX_DEPTH} levels")
                stack.append(_Frame(start, "}" if text[start] == "{" else "]"))
            else:
                self._add(self._scalar(kind, start, end))
                after_value = True
            position = end
            if after_value and not stack:
                break
        rest = self._skip(position)
        if rest < len(text):
            raise _OffenceError(rest, rest + 1, "there is more text after the end of the value")

    def _add(self, node: Expr) -> None:
        """Put a finished value where it belongs."""
        if not self.stack:
            self.root = node
            return
        frame = self.stack[-1]
        if frame.key is None:
            frame.items.append(node)
        else:
            frame.entries.append(ObjectItem(frame.key, node))
            frame.key = None

    def _collection(self, frame: _Frame, end: int) -> Expr:
        if frame.closer == "}":
            return Object(self.source, frame.start, end, frame.entries)
        return Array(self.source, frame.start, end, frame.items)

    def _scalar(self, kind: int, start: int, end: int) -> Expr:
        if kind == _STRING_GROUP:
            return Literal(self.source, start, end, self._string(start, end))
        if kind == _WORD:
            return Literal(self.source, start, end, _WORDS[self.text[start:end]])
        number: int | Decimal | None = exact_number(self.text[start:end])
        if number is None:
            return Hole(self.source, start, end, "the number is too large")
        return Literal(self.source, start, end, number)

    def _string(self, start: int, end: int) -> str:
        """The value of the string token at this range, quotes included."""
        body = self.text[start + 1 : end - 1]
        if "\\" not in body:
            return body
        # A pair of backslashes is no escape of what follows it, so look at escapes in order.
        position = body.find("\\")
        while position >= 0:
            bad = _BAD_ESCAPE.match(body, position)
            if bad:
                raise _OffenceError(
                    start + 1 + bad.start(), start + 1 + bad.end(), "unknown escape in a string"
                )
            position = body.find("\\", position + 2)
        return _ESCAPE.sub(_unescape, body)

    def _skip(self, position: int) -> int:
        match = _SKIP.match(self.text, position)
        return match.end() if match else position

    def _offence(self, position: int, after_value: bool) -> _OffenceError:
        """Say what is wrong with the token that begins behind ``position``."""
        start = self._skip(position)
        character = self.text[start : start + 1]
        frame = self.stack[-1] if self.stack else None
        if not character and frame is not None:
            name = "{" if frame.closer == "}" else "["
            return _OffenceError(frame.start, frame.start + 1, f'unclosed "{name}", it begins here')
        if not character:
            return _OffenceError(start, start, "there is no value")
        if character == '"' and not _WHOLE_STRING.match(self.text, start):
            control = _UNTIL_CONTROL.match(self.text, start)
            if control:
                return _OffenceError(
                    control.end(), control.end() + 1, "this character needs an escape in a string"
                )
            return _OffenceError(start, start + 1, "unclosed quote, it begins here")
        if self.text.startswith("/*", start):
            return _OffenceError(start, start + 2, "unclosed comment, it begins here")
        if after_value and frame is not None:
            return _OffenceError(start, start + 1, f'expected "," or "{frame.closer}"')
        if frame is not None and frame.closer == "}" and frame.key is None:
            if character == '"':
                return _OffenceError(start, start + 1, 'this key has no value separator ":"')
            return _OffenceError(start, start + 1, "expected a key in double quotes")
        return _OffenceError(start, start + 1, "expected a value")

    def _close_open_collections(self, offence: int) -> None:
        """Keep what was read before the offence: close all open collections there."""
        while self.stack:
            frame = self.stack.pop()
            frame.key = None
            last = frame.entries[-1].value.end if frame.entries else frame.start + 1
            if frame.items:
                last = frame.items[-1].end
            self._add(self._collection(frame, max(last, frame.start + 1)))


def _unescape(match: re.Match[str]) -> str:
    high, low, single, short = match.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00))
    if single:
        code = int(single, 16)
        # Half of a pair is no character and could not be written to any output.
        return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)
    return _SHORT_ESCAPES.get(short, short)
