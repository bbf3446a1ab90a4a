"""The expression tree that every language is read into.

HCL, YAML and JSON values (and the languages to come) become the same few nodes. A node
knows its source and its range there; nothing after the readers asks which language a
node came from. Readers build nodes, nobody changes them afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kvlint.source import Source, Span

#: What a literal can hold. Numbers are exact: ``int`` where integral, else ``Decimal``.
ScalarData = None | bool | int | Decimal | str


@dataclass(slots=True, eq=False)
class Expr:
    """A node: ``source.text[start:end]``."""

    source: Source
    start: int
    end: int

    @property
    def span(self) -> Span:
        """The range of the node, quotes and brackets included."""
        return Span(self.source, self.start, self.end)


@dataclass(slots=True, eq=False)
class Literal(Expr):
    """A constant. The span of a quoted string includes its quotes.

    As a part of a :class:`Template` it is the text between two interpolations, escapes
    resolved, and its span is that raw text.
    """

    value: ScalarData


@dataclass(slots=True, eq=False)
class Template(Expr):
    """A string with parts that are computed: literals of text, and expressions.

    A template with a single interpolation and nothing else is not a string in HCL
    (``"${x}"`` is ``x``); readers of languages with that rule build ``x`` itself.
    """

    parts: Sequence[Expr]


@dataclass(slots=True, eq=False)
class Array(Expr):
    """A list literal."""

    items: Sequence[Expr]


@dataclass(slots=True, eq=False)
class ObjectItem:
    """One entry of an object; ``key`` is a :class:`Literal` where it is written plainly."""

    key: Expr
    value: Expr


@dataclass(slots=True, eq=False)
class Object(Expr):
    """A map literal, in source order; keys may repeat."""

    items: Sequence[ObjectItem]

    def get(self, key: str) -> Expr | None:
        """The value of the last entry whose key is this literal text."""
        found = None
        for item in self.items:
            if isinstance(item.key, Literal) and item.key.value == key:
                found = item.value
        return found

    def item(self, key: str) -> ObjectItem | None:
        """The last entry whose key is this literal text."""
        found = None
        for item in self.items:
            if isinstance(item.key, Literal) and item.key.value == key:
                found = item
        return found


@dataclass(slots=True, eq=False)
class Reference(Expr):
    """A bare name: the root of a traversal, or a loop variable."""

    name: str


@dataclass(slots=True, eq=False)
class GetAttribute(Expr):
    """``target.name``; ``name_start`` is where the name begins, ``end`` where it ends."""

    target: Expr
    name: str
    name_start: int


@dataclass(slots=True, eq=False)
class Index(Expr):
    """``target[key]`` (HCL's legacy ``target.0`` too)."""

    target: Expr
    key: Expr


@dataclass(slots=True, eq=False)
class Splat(Expr):
    """``target[*].rest`` or, with ``full`` false, the attribute-only ``target.*.rest``.

    ``each`` is the expression applied to every element, with :class:`SplatItem` in the
    place of the element. For ``target[*]`` alone ``each`` is the :class:`SplatItem`.
    """

    target: Expr
    each: Expr
    full: bool


@dataclass(slots=True, eq=False)
class SplatItem(Expr):
    """The element under a :class:`Splat`; its span is the ``[*]`` or ``*``."""


@dataclass(slots=True, eq=False)
class Call(Expr):
    """A function call; ``spread`` when the last argument is expanded (``f(xs...)``)."""

    name: str
    arguments: Sequence[Expr]
    spread: bool = False


@dataclass(slots=True, eq=False)
class Conditional(Expr):
    """``condition ? then : otherwise``, also a template's ``%{ if }``."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(slots=True, eq=False)
class Loop(Expr):
    """A for-expression.

    ``[for k, v in collection : value if condition]`` has no ``key``; the object form has
    one, and ``grouped`` when the value is followed by ``...``. A template's ``%{ for }``
    has ``joined`` set: its result is the text of all rounds in one string.
    """

    key_name: str | None
    value_name: str
    collection: Expr
    key: Expr | None
    value: Expr
    condition: Expr | None
    grouped: bool = False
    joined: bool = False


@dataclass(slots=True, eq=False)
class Unary(Expr):
    """``-x`` or ``!x``."""

    operator: str
    operand: Expr


@dataclass(slots=True, eq=False)
class Binary(Expr):
    """``left operator right``; the operator as written."""

    operator: str
    left: Expr
    right: Expr


@dataclass(slots=True, eq=False)
class Hole(Expr):
    """Text whose value nobody can know by reading it: a template action, a placeholder.

    ``reason`` completes the sentence "this value is unknown: …".
    """

    reason: str


def children(node: Expr) -> Iterator[Expr]:
    """The direct sub-expressions of a node, in source order."""
    match node:
        case Template(parts=parts):
            yield from parts
        case Array(items=items):
            yield from items
        case Object(items=entries):
            for entry in entries:
                yield entry.key
                yield entry.value
        case GetAttribute(target=target):
            yield target
        case Index(target=target, key=key):
            yield target
            yield key
        case Splat(target=target, each=each):
            yield target
            yield each
        case Call(arguments=arguments):
            yield from arguments
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            yield condition
            yield then
            yield otherwise
        case Loop():
            yield node.collection
            if node.key is not None:
                yield node.key
            yield node.value
            if node.condition is not None:
                yield node.condition
        case Unary(operand=operand):
            yield operand
        case Binary(left=left, right=right):
            yield left
            yield right
        case MethodCall(target=target, arguments=arguments):
            yield target
            yield from arguments
        case Safe(access=access):
            yield access
        case NestedResource(target=target):
            yield target
        case Spread(value=value):
            yield value
        case Lambda(body=body):
            yield body


def walk(node: Expr) -> Iterator[Expr]:
    """The node and everything below it, parents first, without recursion."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(list(children(current))))


@dataclass(slots=True, eq=False)
class MethodCall(Expr):
    """``target.name(arguments)``: of a namespace, a resource or any other value in Bicep.

    ``name_start`` is where the name begins.
    """

    target: Expr
    name: str
    name_start: int
    arguments: Sequence[Expr]


@dataclass(slots=True, eq=False)
class Safe(Expr):
    """``target.?name`` or ``target[?key]``: null where there is no such entry.

    ``access`` is the same access without the question mark, with the same span. What is
    accessed behind a null that came out of it is null too.
    """

    access: GetAttribute | Index


@dataclass(slots=True, eq=False)
class NestedResource(Expr):
    """``target::name``: a resource that is declared in the body of another."""

    target: Expr
    name: str
    name_start: int


@dataclass(slots=True, eq=False)
class Spread(Expr):
    """``...value`` in a list or object: the elements of the value stand in its place.

    In an :class:`Object` it is the value of an item whose key is a :class:`Hole`.
    """

    value: Expr


@dataclass(slots=True, eq=False)
class Lambda(Expr):
    """``x => body`` or ``(x, y) => body``."""

    parameters: Sequence[str]
    body: Expr
