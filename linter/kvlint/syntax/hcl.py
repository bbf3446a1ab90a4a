"""HCL as Terraform uses it: files, expressions and templates, with exact spans.

The reader never raises. A mistake costs the attribute or the block it is in: the reader
notes the first token that does not fit and goes on behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

from kvlint.source import Source, Span
from kvlint.syntax.body import Attribute, Block, Body, Comment, Label, SyntaxProblem
from kvlint.syntax.expr import Expr
from kvlint.syntax.hcl_expression import ExpressionReader, HclError
from kvlint.syntax.hcl_lexer import (
    EOF,
    IDENT,
    NEWLINE,
    STRING,
    TEMPLATE,
    TEMPLATE_END,
    TEXT,
    Tokens,
    tokens_of,
    tokens_of_expression,
    tokens_of_template,
)
from kvlint.syntax.hcl_template import TemplateError, unescape
from kvlint.syntax.limits import MAX_DEPTH, height

_CLOSER = {"(": ")", "[": "]", "{": "}"}
_OPENERS = frozenset(("(", "[", "{", "${", "${~", "%{", "%{~"))
_LINE_ENDS = frozenset((NEWLINE, EOF))
_BEHIND_ITEM_NAME = frozenset(("=", "{", IDENT, STRING))
_ONE_LINE_ENDS = frozenset((NEWLINE, EOF, "}"))


@dataclass(slots=True, eq=False)
class HclFile:
    """A file that was read, as far as it could be."""

    source: Source
    body: Body
    problems: list[SyntaxProblem]
    comments: list[Comment]


def read_hcl(source: Source) -> HclFile:
    """Read a whole file; what cannot be read becomes :attr:`HclFile.problems`."""
    tokens = tokens_of(source)
    reader = _BodyReader(source, tokens)
    try:
        body = reader.file()
    except RecursionError:  # the caller had used up most of the interpreter's stack
        place = Span(source, 0, min(1, len(source.text)))
        return HclFile(source, Body(), [SyntaxProblem(place, "nested too deeply")], tokens.comments)
    return HclFile(source, body, reader.problems, tokens.comments)


def read_expression(
    source: Source, start: int = 0, end: int | None = None
) -> tuple[Expr, list[SyntaxProblem]]:
    """Read a range that holds one expression; newlines mean nothing in it.

    With a problem, the expression is a :class:`~kvlint.syntax.expr.Hole`.
    """
    end = len(source.text) if end is None else end
    reader = ExpressionReader(source, tokens_of_expression(source, start, end))
    return reader.alone(start, end, reader.whole_expression)


def read_template(source: Source, start: int, end: int) -> tuple[Expr, list[SyntaxProblem]]:
    """Read a range that holds the raw text of a template, as ``templatefile`` does.

    With a problem, the expression is a :class:`~kvlint.syntax.expr.Hole`.
    """
    reader = ExpressionReader(source, tokens_of_template(source, start, end))
    return reader.alone(start, end, lambda: reader.raw_template(start, end))


class _BodyReader(ExpressionReader):
    """The reader of what stands around expressions."""

    __slots__ = ("unclosed",)

    def __init__(self, source: Source, tokens: Tokens) -> None:
        super().__init__(source, tokens)
        #: Set once the end of the file came too early: the open blocks around are no news.
        self.unclosed = False

    def skip_item(self, begin: int) -> None:
        """Go to the end of the line of the body item that begins at a token.

        Newlines in its brackets do not count; the closing brace of the body does.
        """
        kinds = self.kinds
        opened: list[str] = []
        at = begin
        while True:
            kind = kinds[at]
            if kind == NEWLINE:
                # The lexer drops newlines in other brackets; one that is here broke them off.
                while opened and opened[-1] != "{":
                    opened.pop()
                if not opened and at >= self.at and self.item_may_begin(at + 1):
                    break
            elif kind in _OPENERS:
                opened.append(kind)
            elif kind in ("}", "~}"):
                while opened and opened[-1] in "([":
                    opened.pop()
                if not opened:
                    break
                opened.pop()
            elif kind in (")", "]"):
                if opened and _CLOSER.get(opened[-1]) == kind:
                    opened.pop()
            elif kind == EOF:
                self.unclosed = True
                break
            at += 1
        self.at = at

    def item_may_begin(self, at: int) -> bool:
        """Whether a line that begins with a token looks whole, not like the rest of damage."""
        kind = self.kinds[at]
        return kind in ("}", EOF) or (kind == IDENT and self.kinds[at + 1] in _BEHIND_ITEM_NAME)

    # Bodies

    def file(self) -> Body:
        """The whole file."""
        body = Body()
        while True:
            self.items(body)
            if self.kinds[self.at] == EOF:
                return body
            start, end = self.starts[self.at], self.ends[self.at]
            if not self.problems or self.problems[-1].span.start != start:
                self.note(self.error('"}" without a block to close'), start, end)
            self.at += 1

    def items(self, body: Body) -> None:
        """Attributes and blocks, up to a closing brace or the end."""
        kinds = self.kinds
        depth = self.depth
        while True:
            kind = kinds[self.at]
            if kind == NEWLINE:
                self.at += 1
                continue
            if kind == "}" or kind == EOF:
                return
            begin = self.at
            try:
                if kind != IDENT:
                    raise self.item_error()
                if kinds[begin + 1] == "=":
                    self.attribute(body)
                else:
                    self.block(body)
            except (HclError, TemplateError) as error:
                self.depth = depth
                self.skip_item(begin)
                if self.at == begin:
                    self.at += 1  # a closing sign that nothing opened, such as "~}"
                self.note(error, self.starts[begin], self.starts[self.at])

    def item_error(self) -> HclError:
        """What is wrong where neither an attribute nor a block begins."""
        if self.kinds[self.at] in (STRING, TEMPLATE):
            return self.error("the name of an attribute or block has no quotes")
        return self.unexpected("an attribute or a block")

    def attribute(self, body: Body, ends: frozenset[str] = _LINE_ENDS) -> None:
        """``name = value``, and what must stand behind it."""
        begin = self.at
        start = self.starts[begin]
        name = self.text[start : self.ends[begin]]
        self.at = begin + 2
        value = self.expression()
        if self.at - begin > MAX_DEPTH and height(value) > MAX_DEPTH:
            raise self.error("nested too deeply", begin + 2)
        if self.kinds[self.at] not in ends:
            raise self.unexpected("the end of the line")
        if name in body.attributes:
            span = Span(self.source, start, self.ends[begin])
            self.problems.append(SyntaxProblem(span, f'attribute "{name}" is set twice'))
        body.attributes[name] = Attribute(self.source, start, name, value)

    def block(self, body: Body) -> None:
        """``kind "label" { … }``."""
        kinds, starts, ends = self.kinds, self.starts, self.ends
        begin = self.at
        kind_name = self.text[starts[begin] : ends[begin]]
        labels: list[Label] = []
        at = begin + 1
        while True:
            start, end = starts[at], ends[at]
            if kinds[at] == STRING:
                text = unescape(self.text[start + 1 : end - 1], start + 1)
            elif kinds[at] == IDENT:
                text = self.text[start:end]
            elif kinds[at : at + 3] == [TEMPLATE, TEXT, TEMPLATE_END]:
                # Only escaped: "$${" is no interpolation.
                text = unescape(self.text[end : ends[at + 1]], end)
                at += 2
                end = ends[at]
            else:
                break
            labels.append(Label(self.source, start, end, text))
            at += 1
        self.at = at
        if kinds[at] != "{":
            raise self.header_error(kind_name, labels)
        self.at = at + 1
        self.deeper()
        inner = Body()
        block = Block(self.source, starts[begin], ends[at - 1], ends[at], kind_name, labels, inner)
        if kinds[at + 1] == NEWLINE:
            self.items(inner)
        else:
            self.one_line(inner)
        self.depth -= 1
        body.blocks.append(block)
        block.end = ends[self.at]
        if kinds[self.at] == EOF:
            self.unclosed_block(block, body)
            return
        self.at += 1
        if kinds[self.at] not in _LINE_ENDS:
            raise self.unexpected("the end of the line")

    def header_error(self, kind_name: str, labels: list[Label]) -> HclError:
        """What is wrong with the token behind the type name and labels of a block."""
        kind = self.kinds[self.at]
        if kind == TEMPLATE:
            return self.error("the label of a block cannot have interpolations")
        if labels:
            return self.error('expected "{" or a label in the header of the block')
        return self.error(f'expected "=" or "{{" after "{kind_name}"')

    def one_line(self, body: Body) -> None:
        """What stands in ``{ name = value }``: one attribute, or nothing."""
        kinds = self.kinds
        if kinds[self.at] == IDENT and kinds[self.at + 1] == "=":
            self.attribute(body, _ONE_LINE_ENDS)
        if kinds[self.at] not in ("}", EOF):
            raise self.unexpected('"}" on the same line, or a new line after "{"')

    def unclosed_block(self, block: Block, parent: Body) -> None:
        """The end of the file came before the brace.

        What begins in the first column below a block that does too was not meant to be in
        it, so it goes to the parent.
        """
        if not self.unclosed:
            self.unclosed = True
            self.problems.append(SyntaxProblem(block.header, "unclosed block, it begins here"))
        if self.source.position(block.start).column > 1:
            return
        blocks = block.body.blocks
        for index, inner in enumerate(blocks):
            if self.source.position(inner.start).column == 1:
                block.end = inner.start
                parent.blocks.extend(blocks[index:])
                del blocks[index:]
                return
