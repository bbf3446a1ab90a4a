"""Tokens of HCL: one pass over the text, templates and heredocs included.

The lexer knows enough of the structure to drop the newlines that mean nothing (inside
parentheses, brackets, interpolations and ``{for …}``), so the parser above it never asks.
It never fails: what is no token becomes one of kind :data:`BAD` with a message.

Newlines are also how damage is contained. A line inside brackets that can only be an
attribute or a block header proves that a bracket was left open; the lexer then forgets the
open brackets and goes on as if it stood in the body again.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from kvlint.source import Source, Span
from kvlint.syntax.body import Comment

# Token kinds; an operator or bracket is its own kind.
IDENT = "name"
STRING = "string"
NUMBER = "number"
NEWLINE = "new line"
HEREDOC = "heredoc"
TEMPLATE = "template"
HEREDOC_TEMPLATE = "heredoc template"
TEXT = "text"
TEMPLATE_END = "end of template"
BAD = "bad"
EOF = "end of file"

_NAME = r"[^\W\d][\w-]*+"

# Groups: 1 name, 2 string, 3 number, 4 new line, 5 operator, 6 bracket, 7 comment,
# 8 heredoc (9 its marker), 10 anything else, 11 the end.
_TOKEN = re.compile(
    rf"""[ \t]*+(?:
      ({_NAME})
    | ("(?:[^"\\$%\n]++|\\[^\n]|[$%](?!\{{))*")
    | ([0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)
    | ((?:\r?\n[ \t]*+)+)
    | (\#[^\n]*+|//[^\n]*+|/\*(?s:.*?)\*/)
    | (<<-?({_NAME})\r?\n)
    | (&&|\|\||==|!=|<=|>=|=>|\.\.\.|::|/(?!\*)|[=.,:?*+%<>!-])
    | ([()\[\]{{}}]|~\}})
    | ((?s:.))
    | (\Z)
    )""",
    re.VERBOSE,
)
_G_NUMBER, _G_NEWLINE, _G_COMMENT, _G_HEREDOC, _G_MARKER, _G_OPERATOR, _G_BRACKET, _G_OTHER = range(3, 11)
_SIMPLE_KINDS = ("", IDENT, STRING, NUMBER)

# In a quoted template: 1 text, 2 a sequence begins, 3 the closing quote.
_QUOTED = re.compile(
    r'((?:[^"\\$%\n]++|\\[^\n]|\$\$\{|%%\{|[$%](?!\{))+)|([$%]\{~?)|(")',
)
# In a heredoc or raw template, up to the end of a line: 1 text, 2 a sequence begins.
_RAW_LINE = re.compile(
    r"((?:[^$%\n]++|\$\$\{|%%\{|[$%](?!\{))*\n|(?:[^$%\n]++|\$\$\{|%%\{|[$%](?!\{))+)|([$%]\{~?)"
)

#: A line that cannot stand inside brackets: an attribute, or the header of a block.
_BODY_LINE = re.compile(
    rf'{_NAME}[ \t]*+(?:=(?![=>])|(?:(?:"[^"\n]*+"|{_NAME})[ \t]*+)*\{{[ \t]*+(?:\r?\n|\}}))'
)
_FOR = re.compile(r"(?:\s|#[^\n]*+|//[^\n]*+|/\*[^*]*+\*++(?:[^/*][^*]*+\*++)*/)*for(?![\w-])")
_MARKER_LINE = re.compile(rf"^[^\S\n]*+({_NAME})[^\S\n]*+$", re.MULTILINE)


@dataclass(slots=True, eq=False)
class Tokens:
    """Parallel lists, one entry a token.

    The last three are :data:`EOF`, so that a reader may always look two tokens ahead.
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

    __slots__ = ("end", "markers", "source", "stack", "text", "tokens")

    def __init__(self, source: Source, end: int) -> None:
        self.source = source
        self.text = source.text
        self.end = end
        self.tokens = Tokens()
        #: What is open: ``(``, ``[``, ``{``, ``f`` for ``{for``, ``$`` for a sequence in a
        #: template, and the template itself: ``"``, or ``<`` and the marker of a heredoc.
        self.stack: list[str] = []
        self.markers: dict[str, list[tuple[int, int]]] | None = None

    def run(self, position: int) -> None:
        """Read tokens until the end of the range."""
        while True:
            context = self.stack[-1] if self.stack else ""
            if context == '"':
                position = self.quoted_text(position)
            elif context[:1] == "<":
                position = self.raw_text(position, context[1:])
            else:
                position = self.code(position)
                if position < 0:
                    return

    def code(self, position: int) -> int:
        """Read tokens up to the next template text; where that begins, or -1 at the end."""
        tokens, text, stack = self.tokens, self.text, self.stack
        add_kind, add_start, add_end = tokens.kinds.append, tokens.starts.append, tokens.ends.append
        for match in _TOKEN.finditer(text, position, self.end):
            group = match.lastindex or 0
            start, stop = match.span(group)
            if group <= _G_NUMBER:
                add_kind(_SIMPLE_KINDS[group])
            elif group == _G_OPERATOR:
                add_kind(text[start:stop])
            elif group == _G_NEWLINE:
                if stack and stack[-1] != "{":
                    if not _BODY_LINE.match(text, stop, self.end):
                        continue
                    self.abandon()
                    if stack and stack[-1] != "{":
                        return stop
                add_kind(NEWLINE)
            elif group == _G_BRACKET:
                bracket = text[start:stop]
                if self.bracket(bracket, stop):
                    tokens.add(bracket, start, stop)
                    return stop
                add_kind(bracket)
            elif group == _G_COMMENT:
                self.comment(start, stop)
                continue
            elif group == _G_HEREDOC:
                return self.heredoc(start, stop, match.group(_G_MARKER))
            elif group == _G_OTHER:
                if text[start] == '"':
                    tokens.add(TEMPLATE, start, stop)
                    stack.append('"')
                    return stop
                if text.startswith("/*", start):
                    tokens.add_bad(start, self.end, "unclosed comment")
                    return self.end
                tokens.errors[len(tokens.kinds)] = f"unexpected {_describe(text[start])}"
                add_kind(BAD)
            else:
                break
            add_start(start)
            add_end(stop)
        tokens.add(EOF, self.end, self.end)
        return -1

    def bracket(self, bracket: str, after: int) -> bool:
        """Keep the books on a bracket; whether template text comes next."""
        stack = self.stack
        if bracket == "{":
            in_body = not stack or stack[-1] == "{"
            kinds = self.tokens.kinds
            is_block = in_body and bool(kinds) and kinds[-1] in _BEFORE_BLOCK
            stack.append("f" if not is_block and _FOR.match(self.text, after, self.end) else "{")
        elif bracket in "([":
            stack.append(bracket)
        elif bracket in ")]":
            if stack and stack[-1] == _OPENER[bracket]:
                stack.pop()
        else:
            while stack and stack[-1] in "([":
                stack.pop()
            if stack:
                stack.pop()
                return bool(stack) and stack[-1][0] in '"<'
        return False

    def abandon(self) -> None:
        """Forget brackets that were left open, down to a body, an object or a heredoc."""
        stack = self.stack
        while stack and stack[-1] != "{" and stack[-1][0] != "<":
            stack.pop()

    def comment(self, start: int, end: int) -> None:
        """Keep a comment."""
        text = self.text
        if text[end - 1] == "\r":
            end -= 1
        content = text[start + 2 : end - 2] if text.startswith("/*", start) else text[start:end].lstrip("#/")
        self.tokens.comments.append(Comment(Span(self.source, start, end), content.strip()))

    def quoted_text(self, position: int) -> int:
        """Read the text of a quoted template up to a sequence or its end."""
        tokens, stack = self.tokens, self.stack
        match = _QUOTED.match(self.text, position, self.end)
        if match is not None and match.lastindex == 1:
            tokens.add(TEXT, position, match.end())
            position = match.end()
            match = _QUOTED.match(self.text, position, self.end)
        if match is None:
            tokens.add_bad(position, position, "unclosed string")
            stack.pop()
            return position
        if match.lastindex == 2:
            tokens.add(match.group(), position, match.end())
            stack.append("$")
        else:
            tokens.add(TEMPLATE_END, position, match.end())
            stack.pop()
        return match.end()

    def raw_text(self, position: int, marker: str) -> int:
        """Read the text of a heredoc or raw template up to a sequence or its end, by lines."""
        text, end, tokens = self.text, self.end, self.tokens
        while position < end:
            if marker and text[position - 1] == "\n":
                close = self.closing(marker, position)
                if close is None:
                    tokens.add_bad(position, end, f'unclosed heredoc "{marker}"')
                    self.stack.pop()
                    return end
                if close[0] == position:
                    tokens.add(TEMPLATE_END, *close)
                    self.stack.pop()
                    return close[1]
            match = _RAW_LINE.match(text, position, end)
            if match is None:
                break
            tokens.add(TEXT if match.lastindex == 1 else match.group(), position, match.end())
            position = match.end()
            if match.lastindex == 2:
                self.stack.append("$")
                return position
        if marker:
            tokens.add_bad(position, end, f'unclosed heredoc "{marker}"')
        self.stack.pop()
        return end

    def heredoc(self, start: int, body: int, marker: str) -> int:
        """Read a heredoc whose text begins at ``body``: at once if it holds no sequence."""
        close = self.closing(marker, body)
        if close is None:
            self.tokens.add_bad(start, self.end, f'unclosed heredoc "{marker}"')
            return self.end
        text = self.text
        if text.find("${", body, close[0]) < 0 and text.find("%{", body, close[0]) < 0:
            self.tokens.add(HEREDOC, start, close[1])
            return close[1]
        self.tokens.add(HEREDOC_TEMPLATE, start, body)
        self.stack.append("<" + marker)
        return body

    def closing(self, marker: str, position: int) -> tuple[int, int] | None:
        """The first line at or after ``position`` that holds the marker alone, and its end."""
        if self.markers is None:
            self.markers = {}
            for match in _MARKER_LINE.finditer(self.text, 0, self.end):
                self.markers.setdefault(match.group(1), []).append((match.start(), match.end(1)))
        lines = self.markers.get(marker, [])
        index = bisect_left(lines, (position, 0))
        return lines[index] if index < len(lines) else None


_BEFORE_BLOCK = frozenset((IDENT, STRING, TEMPLATE_END))
_OPENER = {")": "(", "]": "["}


def _describe(character: str) -> str:
    """How messages show a character that begins no token."""
    return f'"{character}"' if character.isprintable() else f"character U+{ord(character):04X}"


def tokens_of(source: Source, start: int = 0, end: int | None = None) -> Tokens:
    """The tokens of a file or of a range of it, as they stand in a body."""
    return _run(source, start, end, [])


def tokens_of_expression(source: Source, start: int = 0, end: int | None = None) -> Tokens:
    """The tokens of a range that holds one expression: newlines mean nothing."""
    return _run(source, start, end, ["("])


def tokens_of_template(source: Source, start: int, end: int) -> Tokens:
    """The tokens of a range that holds the raw text of a template."""
    return _run(source, start, end, ["<"])


def _run(source: Source, start: int, end: int | None, stack: list[str]) -> Tokens:
    lexer = _Lexer(source, len(source.text) if end is None else end)
    lexer.stack = stack
    lexer.run(start)
    for _ in range(2):
        lexer.tokens.add(EOF, lexer.end, lexer.end)
    return lexer.tokens
