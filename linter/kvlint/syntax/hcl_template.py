"""Templates of HCL: escapes, strip markers, indentation, and the tree of directives.

The reader in :mod:`kvlint.syntax.hcl` finds the pieces of a template; this module makes
one expression of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kvlint.source import Source
from kvlint.syntax.expr import Conditional, Expr, Literal, Loop, Template

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.?))|([$%])[$%]\{", re.DOTALL)
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_REPLACEMENT = "\ufffd"


class TemplateError(Exception):
    """A template that makes no sense: the range that is wrong, and why."""

    def __init__(self, start: int, end: int, message: str) -> None:
        super().__init__(message)
        self.start = start
        self.end = end


@dataclass(slots=True, eq=False)
class Piece:
    """One token's worth of a template.

    ``kind`` is ``text`` (with ``text``), ``value`` (with ``value``), or the word of a
    directive: ``if`` (``value`` is its condition), ``for`` (``value`` its collection,
    ``names`` its variables), ``else``, ``endif``, ``endfor``.
    """

    kind: str
    start: int
    end: int
    text: str = ""
    value: Expr | None = None
    names: tuple[str | None, str] = (None, "")
    #: Strip markers: the text before (``${~``) or behind (``~}``) loses its whitespace.
    strip_before: bool = False
    strip_after: bool = False


def unescape(text: str, start: int) -> str:
    """The meaning of the raw text of a quoted template, which begins at offset ``start``.

    Raises :class:`TemplateError` at a backslash that begins no escape.
    """
    if "\\" not in text and "{" not in text:
        return text

    def resolve(match: re.Match[str]) -> str:
        short, long, simple, sign = match.groups()
        if sign:
            return f"{sign}{{"
        if short or long:
            return _character(int(short or long, 16))
        if simple in _SIMPLE_ESCAPES:
            return _SIMPLE_ESCAPES[simple]
        place = start + match.start()
        raise TemplateError(place, start + match.end(), "unknown escape after the backslash in a string")

    return _ESCAPE.sub(resolve, text)


def unescape_raw(text: str) -> str:
    """The meaning of the raw text of a heredoc: only ``$${`` and ``%%{`` are escapes."""
    return text.replace("$${", "${").replace("%%{", "%{") if "{" in text else text


def _character(code: int) -> str:
    return _REPLACEMENT if 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)


def strip_whitespace(pieces: list[Piece]) -> None:
    """Apply the strip markers to the texts next to them."""
    for index, piece in enumerate(pieces):
        if piece.strip_before and index and pieces[index - 1].kind == "text":
            pieces[index - 1].text = pieces[index - 1].text.rstrip()
        if piece.strip_after and index + 1 < len(pieces) and pieces[index + 1].kind == "text":
            pieces[index + 1].text = pieces[index + 1].text.lstrip()


def remove_indentation(pieces: list[Piece]) -> None:
    """Remove the common indentation of the lines of a ``<<-`` heredoc.

    Every text piece ends with its line. Blank lines neither count nor change; a line that
    begins with a sequence has no indentation.
    """
    common: int | None = None
    indented: list[Piece] = []
    at_line_start = True
    for piece in pieces:
        if at_line_start:
            at_line_start = False
            rest = piece.text.lstrip()
            if piece.kind != "text":
                common = 0
            elif rest or not piece.text.endswith("\n"):
                spaces = len(piece.text) - len(rest)
                common = spaces if common is None else min(common, spaces)
                indented.append(piece)
        if piece.kind == "text" and piece.text.endswith("\n"):
            at_line_start = True
    for piece in indented:
        piece.text = piece.text[common or 0 :]


def dedent(text: str) -> str:
    """The text of a ``<<-`` heredoc without sequences, its common indentation removed."""
    pieces = [Piece("text", 0, 0, line) for line in text.split("\n")]
    for piece in pieces[:-1]:
        piece.text += "\n"
    if not pieces[-1].text:
        pieces.pop()
    remove_indentation(pieces)
    return "".join(piece.text for piece in pieces)


@dataclass(slots=True, eq=False)
class _Open:
    """A directive that waits for its end."""

    opener: Piece | None
    parts: list[Expr] = field(default_factory=list)
    start: int = 0
    then: Expr | None = None


def assemble(source: Source, pieces: list[Piece], start: int, end: int, inner: tuple[int, int]) -> Expr:
    """One expression for a template whose whole range is ``start`` to ``end``.

    ``inner`` is the range of its text. Raises :class:`TemplateError` for directives that
    do not pair up.
    """
    if not pieces:
        return Literal(source, start, end, "")
    only = pieces[0].value
    if len(pieces) == 1 and pieces[0].kind == "value" and only is not None:
        return only
    stack = [_Open(None, start=inner[0])]
    for piece in pieces:
        top = stack[-1]
        if piece.kind == "text":
            _add_text(source, top.parts, piece)
        elif piece.kind == "value" and piece.value is not None:
            top.parts.append(piece.value)
        elif piece.kind in ("if", "for"):
            stack.append(_Open(piece, start=piece.end))
        else:
            _close(source, stack, piece)
    if len(stack) > 1 and (opener := stack[-1].opener) is not None:
        raise TemplateError(
            opener.start, opener.end, f'"%{{ {opener.kind} }}" has no "%{{ end{opener.kind} }}"'
        )
    parts = stack[0].parts
    if len(parts) == 1 and isinstance(parts[0], Literal) and all(piece.kind == "text" for piece in pieces):
        return Literal(source, start, end, parts[0].value)
    return Template(source, start, end, parts)


def _add_text(source: Source, parts: list[Expr], piece: Piece) -> None:
    last = parts[-1] if parts else None
    if isinstance(last, Literal) and last.end == piece.start and isinstance(last.value, str):
        parts[-1] = Literal(source, last.start, piece.end, last.value + piece.text)
    elif piece.text:
        parts.append(Literal(source, piece.start, piece.end, piece.text))


def _close(source: Source, stack: list[_Open], piece: Piece) -> None:
    """Handle ``else``, ``endif`` and ``endfor``."""
    top = stack[-1]
    opener = top.opener
    wanted = "for" if piece.kind == "endfor" else "if"
    if opener is None or opener.value is None or opener.kind != wanted or (piece.kind == "else" and top.then):
        raise TemplateError(
            piece.start, piece.end, f'"%{{ {piece.kind} }}" has no "%{{ {wanted} }}" before it'
        )
    branch = _branch(source, top.parts, top.start, piece.start)
    if piece.kind == "else":
        top.then, top.parts, top.start = branch, [], piece.end
        return
    stack.pop()
    node: Expr
    if wanted == "for":
        key_name, value_name = opener.names
        node = Loop(
            source,
            opener.start,
            piece.end,
            key_name,
            value_name,
            opener.value,
            None,
            branch,
            None,
            joined=True,
        )
    elif top.then is not None:
        node = Conditional(source, opener.start, piece.end, opener.value, top.then, branch)
    else:
        empty = Literal(source, piece.start, piece.start, "")
        node = Conditional(source, opener.start, piece.end, opener.value, branch, empty)
    stack[-1].parts.append(node)


def _branch(source: Source, parts: list[Expr], start: int, end: int) -> Expr:
    """The contents of a directive: always text, so a single value stays a template."""
    if not parts:
        return Literal(source, start, end, "")
    if len(parts) == 1 and isinstance(parts[0], Literal) and parts[0].start == start and parts[0].end == end:
        return parts[0]
    return Template(source, start, end, parts)
