"""The structure around expressions in HCL: bodies of attributes and blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kvlint.source import Source, Span
from kvlint.syntax.expr import Expr


@dataclass(slots=True, eq=False)
class Attribute:
    """``name = value``; ``start`` is where the name begins."""

    source: Source
    start: int
    name: str
    value: Expr

    @property
    def name_span(self) -> Span:
        """The range of the name."""
        return Span(self.source, self.start, self.start + len(self.name))


@dataclass(slots=True, eq=False)
class Label:
    """A label of a block; the span includes the quotes where it has them."""

    source: Source
    start: int
    end: int
    text: str

    @property
    def span(self) -> Span:
        """The range of the label."""
        return Span(self.source, self.start, self.end)


@dataclass(slots=True, eq=False)
class Body:
    """What stands between the braces of a block, or the whole of a file."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def blocks_of(self, kind: str) -> Iterator[Block]:
        """The direct blocks with this type name."""
        return (block for block in self.blocks if block.kind == kind)

    def expression(self, name: str) -> Expr | None:
        """The value of an attribute, if it is set here."""
        attribute = self.attributes.get(name)
        return attribute.value if attribute else None


@dataclass(slots=True, eq=False)
class Block:
    """``kind "label" { … }``: ``start`` to ``header_end`` is the header without the brace."""

    source: Source
    start: int
    header_end: int
    end: int
    kind: str
    labels: list[Label]
    body: Body

    @property
    def header(self) -> Span:
        """The type name and labels, where a person looks for the block."""
        return Span(self.source, self.start, self.header_end)

    @property
    def span(self) -> Span:
        """The whole block."""
        return Span(self.source, self.start, self.end)


@dataclass(slots=True, eq=False)
class SyntaxProblem:
    """Something a reader could not read; the reader went on behind it.

    ``message`` is a sentence without a full stop and holds no text of the file longer than
    a token. ``lost`` is the range that the tree misses because of it. ``refused`` tells that
    a limit was met, whatever other readers accept.
    """

    span: Span
    message: str
    lost: Span | None = None
    refused: bool = False


@dataclass(slots=True, eq=False)
class ParseProblem:
    """A place that could not be read, as reported.

    ``accepted`` when the reader that the ecosystem trusts takes the file all the same;
    ``excuse`` is a sentence without a full stop that tells why it may be no fault at all.
    """

    span: Span
    message: str
    accepted: bool = False
    excuse: str = ""


@dataclass(slots=True, eq=False)
class Comment:
    """A comment: the range with its markers, and the text without them, stripped."""

    span: Span
    text: str
