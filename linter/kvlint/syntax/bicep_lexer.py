"""Tokens of Bicep: one pass over the text, interpolated strings included.

Newlines mean something almost everywhere in Bicep, so every run of them is one token; the
reader steps over those that its grammar allows. The lexer never fails: what is no token
becomes one of kind :data:`BAD` with a message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kvlint.source import Source, Span
from kvlint.syntax.body import Comment

# Token kinds; an operator or bracket is its own kind. A string with interpolations is a
# LEFT piece up to its first "${", MIDDLE pieces from "}" to "${", and a RIGHT piece.
IDENT = "name"
STRING = "string"
MULTILINE = "multi-line string"
LEFT = "start of a string"
MIDDLE = "middle of a string"
RIGHT = "end of a string"
NUMBER = "number"
NEWLINE = "new line"
BAD = "bad"
EOF = "end of file"

_UNCLOSED = "unclosed string"
_UNCLOSED_LINES = "unclosed multi-line string"
#: The messages of a :data:`BAD` token that has a string open.
UNCLOSED_STRINGS = frozenset((_UNCLOSED, _UNCLOSED_LINES))

# Groups: 1 name, 2 operator or bracket, 3 new line, 4 string or its LEFT piece, 5 number,
# 6 comment, 7 multi-line string, 8 start of an interpolated multi-line string, 9 a
# directive for Bicep's own linter, 10 anything else, 11 the end.
_TOKEN = re.compile(
    r"""[ \t]*+(?:
      ([A-Za-z_][A-Za-z0-9_]*+)
    | (\.\.\.|\?\?|::|&&|\|\||=[=~>]|![=~]|[<>]=|/(?![/*])|[.,:?=+*%<>!|^@;{}()\[\]-])
    | ([\r\n][\r\n \t]*+)
    | ('(?!'')(?:[^'\\$\r\n]++|\\[^\r\n]|\$(?!\{))*(?:'|\$\{))
    | ([0-9]++)
    | (//[^\r\n]*+|/\*(?s:.*?)\*/)
    | ('''(?:[^']++|'{1,2}(?!'))*'{3,}+)
    | (\$++''')
    | (\#(?:disable-next-line|disable-diagnostics|restore-diagnostics)(?:[^\r\n/]|/(?![/*]))*)
    | ((?s:.))
    | (\Z)
    )""",
    re.VERBOSE,
)
(
    _G_NAME,
    _G_OPERATOR,
    _G_NEWLINE,
    _G_STRING,
    _G_NUMBER,
    _G_COMMENT,
    _G_MULTILINE,
    _G_INTERPOLATED,
    _G_DIRECTIVE,
    _G_OTHER,
) = range(1, 11)

#: The text of a string behind an interpolation, up to the next one or the closing quote.
_SEGMENT = re.compile(r"(?:[^'\\$\r\n]++|\\[^\r\n]|\$(?!\{))*(?:'|\$\{)")
#: What may end the text of an interpolated multi-line string: dollars and a brace, or quotes.
_MULTILINE_END = re.compile(r"(?<!\$)(\$++)\{|'{3,}+")
_SAME = re.compile(r"(?s:(.)\1*+)")
_LINE_REST = re.compile(r"[^\r\n]*+")

#: On the stack of open things: a brace, or the interpolation of a string on one line. An
#: interpolation of a multi-line string stands there as the number of its dollars.
_BRACE = 0
_ONE_LINE = -1


@dataclass(slots=True, eq=False)
class Tokens:
    """Parallel lists, one entry a token.

    The last three are :data:`EOF`, so that a reader may always look two tokens ahead. No
    two :data:`NEWLINE` tokens stand next to each other.
    """

    kinds: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    #: What is wrong with a :data:`BAD` token, by its index.
    errors: dict[int, str] = field(default_factory=dict)

    def add(self, kind: str, start: int, end: int) -> None:
        """Append a token."""
        self.kinds.append(kind)
        self.starts.append(start)
        self.ends.append(end)

    def add_bad(self, start: int, end: int, message: str) -> None:
        """Append a :data:`BAD` token."""
        self.errors[len(self.kinds)] = message
        self.add(BAD, start, end)


class _Lexer:
    """The state of one pass."""

    __slots__ = ("source", "stack", "text", "tokens")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.tokens = Tokens()
        #: Open interpolations, and the braces inside them; empty outside of strings.
        self.stack: list[int] = []

    def code(self, position: int) -> int:
        """Read tokens up to the next text of a string; where to go on, or -1 at the end."""
        tokens, text, stack = self.tokens, self.text, self.stack
        kinds = tokens.kinds
        add_kind, add_start, add_end = kinds.append, tokens.starts.append, tokens.ends.append
        for match in _TOKEN.finditer(text, position):
            group = match.lastindex or 0
            start, stop = match.span(group)
            if group == _G_NAME:
                add_kind(IDENT)
            elif group == _G_OPERATOR:
                operator = text[start:stop]
                if stack:
                    if operator == "{":
                        stack.append(_BRACE)
                    elif operator == "}":
                        if stack[-1] != _BRACE:
                            return self.segment(start, stop)
                        stack.pop()
                add_kind(operator)
            elif group == _G_NEWLINE:
                if stack:
                    stack.clear()
                    tokens.add_bad(start, start, _UNCLOSED)
                if kinds and kinds[-1] == NEWLINE:
                    tokens.ends[-1] = stop
                    continue
                add_kind(NEWLINE)
            elif group == _G_STRING:
                if text[stop - 1] == "'":
                    add_kind(STRING)
                else:
                    add_kind(LEFT)
                    stack.append(_ONE_LINE)
            elif group == _G_NUMBER:
                add_kind(NUMBER)
            elif group == _G_MULTILINE:
                add_kind(MULTILINE)
            elif group == _G_COMMENT:
                self.comment(start, stop)
                continue
            elif group == _G_INTERPOLATED:
                return self.multiline(start, stop, stop - start - 3)
            elif group == _G_DIRECTIVE and self.begins_line(match.start()):
                continue
            elif group in (_G_DIRECTIVE, _G_OTHER):
                return self.other(start)
            else:
                break
            add_start(start)
            add_end(stop)
        return -1

    def begins_line(self, position: int) -> bool:
        """Whether nothing stands before a position in its line, not even a comment."""
        kinds = self.tokens.kinds
        return position == 0 or (bool(kinds) and kinds[-1] == NEWLINE and self.tokens.ends[-1] == position)

    def segment(self, start: int, position: int) -> int:
        """Read on in a string whose interpolation ended with the brace at ``start``."""
        dollars = self.stack[-1]
        if dollars != _ONE_LINE:
            return self.multiline(start, position, dollars)
        match = _SEGMENT.match(self.text, position)
        if match is None:
            self.stack.pop()
            return self.unclosed(start)
        end = match.end()
        if self.text[end - 1] == "'":
            self.stack.pop()
            self.tokens.add(RIGHT, start, end)
        else:
            self.tokens.add(MIDDLE, start, end)
        return end

    def multiline(self, start: int, position: int, dollars: int) -> int:
        """Read a piece of an interpolated multi-line string; its text begins at ``position``."""
        text, tokens, stack = self.text, self.tokens, self.stack
        first = text[start] == "$"
        for match in _MULTILINE_END.finditer(text, position):
            end = match.end()
            if match.group(1) is None:
                tokens.add(MULTILINE if first else RIGHT, start, end)
                if not first:
                    stack.pop()
                return end
            if len(match.group(1)) >= dollars:
                tokens.add(LEFT if first else MIDDLE, start, end)
                if first:
                    stack.append(dollars)
                return end
        tokens.add_bad(start, len(text), _UNCLOSED_LINES)
        stack.clear()
        return len(text)

    def other(self, start: int) -> int:
        """Read what is no token; where to go on."""
        text = self.text
        if text[start] == "'":
            if not text.startswith("'''", start):
                return self.unclosed(start)
            message = _UNCLOSED_LINES
        elif text.startswith("/*", start):
            message = "unclosed comment"
        else:
            match = _SAME.match(text, start)
            end = match.end() if match else start + 1
            self.tokens.add_bad(start, end, _describe(text[start]))
            return end
        self.tokens.add_bad(start, len(text), message)
        return len(text)

    def unclosed(self, start: int) -> int:
        """Step over the rest of the line of a string that is not closed on it."""
        match = _LINE_REST.match(self.text, start)
        end = match.end() if match else start + 1
        self.tokens.add_bad(start, end, _UNCLOSED)
        return end

    def comment(self, start: int, end: int) -> None:
        """Keep a comment."""
        text = self.text
        content = text[start + 2 : end - 2] if text[start + 1] == "*" else text[start:end].lstrip("/")
        self.tokens.comments.append(Comment(Span(self.source, start, end), content.strip()))


def _describe(character: str) -> str:
    """What is wrong with a character that begins no token."""
    if character == '"':
        return "a string has single quotes"
    shown = f'"{character}"' if character.isprintable() else f"character U+{ord(character):04X}"
    return f"unexpected {shown}"


def tokens_of(source: Source) -> Tokens:
    """The tokens of a file."""
    lexer = _Lexer(source)
    position = 0
    while position >= 0:
        position = lexer.code(position)
    end = len(source.text)
    for _ in range(3):
        lexer.tokens.add(EOF, end, end)
    return lexer.tokens
