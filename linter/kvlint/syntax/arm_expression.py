"""The expressions of ARM templates: ``"[concat('kv-', parameters('name'))]"`` in a JSON string.

The grammar is small: calls, with a namespace or without, strings in single quotes, numbers,
and the properties and elements of what a call gives. The reader keeps its own stack, so
depth costs no recursion, and its nodes point into the JSON text, escapes or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kvlint.source import Source, Span
from kvlint.syntax.body import SyntaxProblem
from kvlint.syntax.expr import (
    Call,
    Conditional,
    Expr,
    GetAttribute,
    Hole,
    Index,
    Lambda,
    Literal,
    MethodCall,
    Reference,
)
from kvlint.syntax.limits import MAX_DEPTH
from kvlint.syntax.numbers import exact_number

#: What becomes of a call, by its name in lower case.
Rewrites = Mapping[str, Callable[[Call], Expr]]

_SPACE = r"\s*+"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*+"
_VALUE = re.compile(
    rf"{_SPACE}(?:('[^']*+(?:''[^']*+)*')"  # 1
    rf"|(?:({_NAME}){_SPACE}\.{_SPACE})?({_NAME}){_SPACE}\("  # 2, 3
    rf"|(-?[0-9]++(?:\.[0-9]++)?(?![\w.]))"  # 4
    rf"|({_NAME})"  # 5
    r"|(\)))"  # 6
)
_STRING, _NAMESPACE, _CALL, _NUMBER, _WORD, _EMPTY = range(1, 7)
_AFTER = re.compile(
    rf"{_SPACE}(?:\.{_SPACE}([A-Za-z_][A-Za-z0-9_-]*+)"  # 1
    r"|(\[)"  # 2
    r"|([)\]])"  # 3
    r"|(,))"  # 4
)
_PROPERTY, _OPEN_INDEX, _CLOSE, _COMMA = range(1, 5)
_SKIP = re.compile(_SPACE)
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")

#: Words that some writers take for constants: the language has functions for them.
_WORDS = {"true": True, "false": False, "null": None}
_UNREADABLE = "this expression could not be read"


def is_expression(text: str) -> bool:
    """Whether a string of a template is an expression.

    ``"[[x]"`` is none but the text ``[x]``, and neither is a pair of brackets around nothing.
    """
    return (
        text[:1] == "["
        and text[-1:] == "]"
        and text[1:2] != "["
        and not text[1:-1].isspace()
        and len(text) > 2
    )


def read_expression(
    literal: Literal,
    problems: list[SyntaxProblem],
    rewrites: Rewrites | None = None,
    limit: int = MAX_DEPTH,
) -> Expr:
    """What a JSON string stands for in a template; never raises.

    That is an expression, a text with one bracket less, or the literal itself. Nodes lie in
    the source of the literal. What cannot be read adds a problem and becomes a
    :class:`~kvlint.syntax.expr.Hole`. ``rewrites`` build more calls than the reader knows
    itself, which are ``if``, ``lambda`` and ``lambdaVariables``; ``limit`` is the height that
    the tree may have. References, to namespaces and variables of lambdas, are in lower case.
    """
    text = literal.value
    if not isinstance(text, str):
        return literal
    if text[:2] == "[[" and text[-1] == "]":
        return Literal(literal.source, literal.start, literal.end, text[1:])
    if not is_expression(text):
        return literal
    reader = _Reader(literal, text, {**_REWRITES, **(rewrites or {})}, limit)
    try:
        return reader.read()
    except _OffenceError as offence:
        span = Span(literal.source, reader.offsets[offence.start], reader.offsets[offence.end])
        problems.append(SyntaxProblem(span, offence.message, literal.span, offence.refused))
        return Hole(literal.source, literal.start, literal.end, _UNREADABLE)


@dataclass(slots=True)
class _Frame:
    """A call or index whose closing bracket has not come yet.

    ``opener`` is the offset of its bracket in the text, ``start`` that of the whole in the
    source. ``height`` is that of the highest tree in it so far.
    """

    closer: str
    opener: int
    start: int
    name: str = ""
    name_start: int = 0
    target: Expr | None = None
    arguments: list[Expr] = field(default_factory=list)
    height: int = 0


class _OffenceError(Exception):
    """The text is no expression at ``start``; offsets are those of the string's value."""

    def __init__(self, start: int, end: int, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.message = message
        self.refused = refused


class _Reader:
    """Reads one expression; ``offsets`` tells where in the source a character of it stands."""

    __slots__ = ("end", "height", "limit", "offsets", "rewrites", "source", "stack", "text")

    def __init__(self, literal: Literal, text: str, rewrites: Rewrites, limit: int) -> None:
        self.source: Source = literal.source
        self.text = text
        self.rewrites = rewrites
        self.limit = limit
        self.offsets = _offsets(literal, text)
        self.end = len(text) - 1
        self.stack: list[_Frame] = []
        #: The height of the last value.
        self.height = 0

    def read(self) -> Expr:
        """The tree; raises :class:`_OffenceError`."""
        text, end, stack = self.text, self.end, self.stack
        position = 1
        while True:
            position, value = self._operand(position)
            while value is not None:
                match = _AFTER.match(text, position, end)
                kind = match.lastindex if match else None
                if match is None or kind is None:
                    return self._finished(position, value)
                start, position = match.start(kind), match.end()
                if kind == _PROPERTY:
                    value = self._property(value, start, position)
                elif kind == _OPEN_INDEX:
                    self._open(_Frame("]", start, value.start, target=value, height=self.height))
                    value = None
                elif not stack or (
                    text[start] != stack[-1].closer if kind == _CLOSE else stack[-1].closer == "]"
                ):
                    raise self._misplaced(start)
                else:
                    self._add(value)
                    value = self._close(position) if kind == _CLOSE else None

    def _operand(self, position: int) -> tuple[int, Expr | None]:
        """Step over what begins a value: a constant, which is one, or the opening of a call."""
        match = _VALUE.match(self.text, position, self.end)
        kind = match.lastindex if match else None
        if match is None or kind is None:
            raise self._no_value(position)
        first, last = match.span(kind)
        start, end = self.offsets[first], self.offsets[last]
        value: Expr | None = None
        self.height = 1
        if kind == _CALL:
            frame = _Frame(")", match.end() - 1, start, match[_CALL], start)
            if match[_NAMESPACE]:
                begin, behind = match.span(_NAMESPACE)
                frame.start = self.offsets[begin]
                name = match[_NAMESPACE].lower()
                frame.target = Reference(self.source, frame.start, self.offsets[behind], name)
                frame.height = 1
            self._open(frame)
        elif kind == _STRING:
            content = self.text[first + 1 : last - 1]
            value = Literal(self.source, start, end, content.replace("''", "'"))
        elif kind == _NUMBER:
            value = Literal(self.source, start, end, exact_number(match[_NUMBER]))
        elif kind == _WORD and match[_WORD].lower() in _WORDS:
            value = Literal(self.source, start, end, _WORDS[match[_WORD].lower()])
        elif kind == _EMPTY and self.stack and self.stack[-1].closer == ")" and not self.stack[-1].arguments:
            value = self._close(match.end())
        elif kind == _WORD:
            raise _OffenceError(first, last, 'this name is no function call, it has no "(" behind it')
        else:
            raise self._no_value(position)
        return match.end(), value

    def _open(self, frame: _Frame) -> None:
        self.stack.append(frame)
        if len(self.stack) >= self.limit:
            raise self._too_deep(frame.opener)

    def _add(self, value: Expr) -> None:
        """Put a finished value into the innermost bracket."""
        frame = self.stack[-1]
        frame.arguments.append(value)
        frame.height = max(frame.height, self.height)

    def _close(self, behind: int) -> Expr:
        """The node of the innermost bracket, which ends here."""
        frame = self.stack.pop()
        self.height = frame.height + 1
        if self.height > self.limit:
            raise self._too_deep(frame.opener)
        end = self.offsets[behind]
        if frame.target is not None and frame.closer == "]":
            return Index(self.source, frame.start, end, frame.target, frame.arguments[0])
        if frame.target is not None:
            return MethodCall(
                self.source, frame.start, end, frame.target, frame.name, frame.name_start, frame.arguments
            )
        call = Call(self.source, frame.start, end, frame.name, frame.arguments)
        rewrite = self.rewrites.get(frame.name.lower())
        return rewrite(call) if rewrite else call

    def _property(self, target: Expr, start: int, end: int) -> Expr:
        """``target.name``."""
        self.height += 1
        if self.height > self.limit:
            raise self._too_deep(start)
        begin, behind = self.offsets[start], self.offsets[end]
        return GetAttribute(self.source, target.start, behind, target, self.text[start:end], begin)

    def _finished(self, position: int, value: Expr) -> Expr:
        """The value, if nothing but space stands behind it and no bracket is open."""
        position = self._skip(position)
        if position < self.end:
            raise self._misplaced(position)
        if self.stack:
            raise self._unclosed()
        return value

    # Offences

    def _skip(self, position: int) -> int:
        match = _SKIP.match(self.text, position, self.end)
        return match.end() if match else position

    def _too_deep(self, start: int) -> _OffenceError:
        return _OffenceError(start, start + 1, "nested too deeply", refused=True)

    def _unclosed(self) -> _OffenceError:
        frame = self.stack[-1]
        opener = "[" if frame.closer == "]" else "("
        return _OffenceError(frame.opener, frame.opener + 1, f'unclosed "{opener}", it begins here')

    def _misplaced(self, start: int) -> _OffenceError:
        """Something behind a value that does not belong there."""
        if self.text[start] == ".":
            return _OffenceError(start, start + 1, 'there is no name behind this "."')
        if not self.stack:
            return _OffenceError(start, start + 1, "there is more text after the end of the expression")
        wanted = '"]"' if self.stack[-1].closer == "]" else '"," or ")"'
        return _OffenceError(start, start + 1, f"expected {wanted}")

    def _no_value(self, position: int) -> _OffenceError:
        """Something that begins no value where one must stand."""
        start = self._skip(position)
        if start >= self.end:
            return self._unclosed() if self.stack else _OffenceError(start, start, "there is no value")
        if self.text[start] == "'":
            return _OffenceError(start, start + 1, "unclosed quote, it begins here")
        if self.text[start] == '"':
            return _OffenceError(start, start + 1, "a string in an expression takes single quotes")
        return _OffenceError(start, start + 1, "expected a value")


def _offsets(literal: Literal, text: str) -> Sequence[int]:
    """Where each character of the value of a JSON string stands in its source, and the end of it."""
    start, end = literal.start + 1, literal.end - 1
    raw = literal.source.text[start:end]
    if "\\" not in raw:
        return range(start, end + 1)
    offsets: list[int] = []
    position = 0
    for escape in _ESCAPE.finditer(raw):
        offsets.extend(range(start + position, start + escape.start() + 1))
        position = escape.end()
    offsets.extend(range(start + position, end + 1))
    return offsets


# Calls that are more than calls


def _conditional(call: Call) -> Expr:
    """``if(condition, then, otherwise)``."""
    if len(call.arguments) != 3:
        return call
    return Conditional(call.source, call.start, call.end, *call.arguments)


def _lambda(call: Call) -> Expr:
    """``lambda('x', body)``."""
    names = [
        argument.value.lower()
        for argument in call.arguments[:-1]
        if isinstance(argument, Literal) and isinstance(argument.value, str)
    ]
    if not call.arguments or len(names) != len(call.arguments) - 1:
        return call
    return Lambda(call.source, call.start, call.end, names, call.arguments[-1])


def _lambda_variable(call: Call) -> Expr:
    """``lambdaVariables('x')``."""
    match call.arguments:
        case [Literal(value=str(name))]:
            return Reference(call.source, call.start, call.end, name.lower())
    return call


_REWRITES: Rewrites = {"if": _conditional, "lambda": _lambda, "lambdavariables": _lambda_variable}
