"""What an expression comes to, as far as it can be known before deployment.

A value is known (:class:`Scalar`, :class:`ListValue`, :class:`MapValue`), names something
that exists only after deployment (:class:`Symbol`), is a text with such parts
(:class:`PartialText`), is one of several (:class:`Choice`), or is :class:`Unknown` with a
reason. Unknown is a value, never an absence.

Each value keeps where a person would edit it (``span``), the way it took from there
(``steps``), and the values a computed one was made of (``sources``).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import NamedTuple, Protocol, TypeVar

from kvlint.source import Span
from kvlint.syntax.expr import ScalarData

#: A choice between more values than this is unknown.
MAX_OPTIONS = 8
#: A computed value remembers at most this many values it was made of.
MAX_SOURCES = 32


class Step(NamedTuple):
    """One hop of a value on its way: the place it passed, and what that place is.

    ``replaceable`` is a default that whoever deploys may replace.
    """

    span: Span
    label: str
    replaceable: bool = False


@dataclass(slots=True, eq=False, kw_only=True)
class Value:
    """What all values have. Values are shared: never change one, make another."""

    #: The text that produced the value, where a person would edit it.
    span: Span | None = None
    #: The places it passed since, first to last (a variable, a module argument, …).
    steps: tuple[Step, ...] = ()
    #: What a computed value was made of, so that a literal is still found inside it.
    sources: tuple[Value, ...] = ()


@dataclass(slots=True, eq=False)
class Scalar(Value):
    """A known text, number, boolean or null."""

    data: ScalarData


class ListKind(Enum):
    """What sort of sequence a :class:`ListValue` is; only functions care."""

    TUPLE = "tuple"
    LIST = "list"
    SET = "set"


@dataclass(slots=True, eq=False)
class ListValue(Value):
    """A sequence. ``rest`` is set where there may be further elements, with the reason."""

    items: tuple[Value, ...]
    kind: ListKind = ListKind.TUPLE
    rest: Unknown | None = None


@dataclass(slots=True, eq=False)
class MapValue(Value):
    """A map or object. ``rest`` is set where there may be further keys, with the reason.

    ``keys`` holds the range of each key that is written somewhere. ``is_map`` tells a
    ``map(…)`` from an object; only functions and conversions care.

    ``computed`` are the entries whose key is no known text, key and value. They may be any, so
    ``rest`` is set because of them; it is set for nothing else where the map is ``complete``.
    """

    entries: dict[str, Value]
    keys: dict[str, Span] = field(default_factory=dict)
    is_map: bool = False
    rest: Unknown | None = None
    computed: tuple[tuple[Value, Value], ...] = ()
    complete: bool = False


class Resource(Protocol):
    """What a symbol points at: something that a deployment creates or looks up."""

    @property
    def address(self) -> str:
        """Its unique name within the whole run."""

    @property
    def type(self) -> str:
        """What it is: ``azurerm_key_vault``, …; empty for what has no type."""

    @property
    def managed(self) -> bool:
        """Whether the set creates it, instead of only looking it up."""

    def configured(self, path: tuple[str | int, ...]) -> Value | None:
        """The value that the set gives this attribute, ``None`` where it gives none."""


@dataclass(slots=True, eq=False)
class Symbol(Value):
    """An attribute of a resource that has its value only after deployment.

    The empty path is the resource itself. Two symbols of the same resource and path are the
    same thing: this is what links an identity to its grant.

    ``spelling`` is what was done to the text of an id without making it the id of something
    else (``lower``, …), one entry for each: the same thing, yet another text.
    """

    resource: Resource
    path: tuple[str | int, ...] = ()
    spelling: tuple[Hashable, ...] = ()

    @property
    def key(self) -> tuple[str, tuple[str | int, ...]]:
        """What makes two symbols the same."""
        return self.resource.address, self.path


@dataclass(slots=True, eq=False)
class PartialText(Value):
    """A text of which some parts are known: scalars of text between other values."""

    parts: tuple[Value, ...]


@dataclass(slots=True, eq=False)
class Choice(Value):
    """One of several values, nobody knows which; at least two, none of them a choice."""

    options: tuple[Value, ...]


@dataclass(slots=True, eq=False)
class Unknown(Value):
    """A value that cannot be computed. ``reason`` is what a person could act on.

    ``failed`` marks an expression that is wrong in every possible world (an index past the
    end, a missing key): what ``try`` and ``can`` look for. Two with the same ``key`` are the
    same value, whatever it is: one parameter, or one function of the same arguments.
    """

    reason: str
    failed: bool = False
    key: Hashable | None = None


V = TypeVar("V", bound=Value)


def cloned(value: V) -> V:
    """Another value that says the same; ``copy.copy`` takes four times as long."""
    kind = type(value)
    names = _FIELDS.get(kind)
    if names is None:
        names = _FIELDS[kind] = tuple(one.name for one in fields(kind))
    other = object.__new__(kind)
    for name in names:
        setattr(other, name, getattr(value, name))
    return other


#: The names of the fields of each kind of value.
_FIELDS: dict[type[Value], tuple[str, ...]] = {}


def moved(value: V, step: Step) -> V:
    """The same value after one more hop."""
    other = cloned(value)
    other.steps = (*value.steps, step)
    return other


def following(value: V, container: Value) -> V:
    """An element taken out of a container: it has come the container's way too."""
    if not container.steps:
        return value
    other = cloned(value)
    other.steps = value.steps + container.steps
    return other


def choice(options: list[Value], span: Span | None = None) -> Value:
    """One of these; flat, without doubles of equal scalars, unknown when too many."""
    flat: list[Value] = []
    seen: set[tuple[type, ScalarData]] = set()
    for option in options:
        for leaf in option.options if isinstance(option, Choice) else (option,):
            if isinstance(leaf, Scalar):
                mark = (type(leaf.data), leaf.data)
                if mark in seen:
                    continue
                seen.add(mark)
            flat.append(leaf)
    if len(flat) == 1:
        return flat[0]
    if len(flat) > MAX_OPTIONS:
        return Unknown("it has too many possible values", span=span, sources=tuple(flat[:MAX_SOURCES]))
    return Choice(tuple(flat), span=span)


def alternatives(value: Value | None) -> tuple[Value, ...]:
    """The possible values: the options of a choice, else the value alone."""
    if value is None:
        return ()
    if isinstance(value, Choice):
        return tuple(following(option, value) for option in value.options)
    return (value,)


def text_of(value: Value | None) -> str | None:
    """The text of a known string, ``None`` for anything else."""
    if isinstance(value, Scalar) and isinstance(value.data, str):
        return value.data
    return None


def known_text(value: Value | None) -> str | None:
    """The text of a known string, or of a number where a text is wanted; ``None`` for anything else."""
    if isinstance(value, Scalar) and value.data is not None and not isinstance(value.data, bool):
        return str(value.data)
    return None


def is_null(value: Value | None) -> bool:
    """Whether it is absent or a known null."""
    return value is None or (isinstance(value, Scalar) and value.data is None)


def truth_of(value: Value | None) -> bool | None:
    """The boolean of a known boolean (or its text form), ``None`` where it is not known."""
    if isinstance(value, Scalar):
        if isinstance(value.data, bool):
            return value.data
        if value.data in ("true", "false"):
            return value.data == "true"
    return None


def symbols_in(values: Iterable[Value], limit: int = 100_000) -> Iterator[Symbol]:
    """The symbols that values hold or were made of, each part looked at once, bounded."""
    stack = list(values)
    seen: set[int] = set()
    while stack and len(seen) < limit:
        current = stack.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        match current:
            case Symbol():
                yield current
            case ListValue(items=parts) | PartialText(parts=parts) | Choice(options=parts):
                stack += parts
            case MapValue(entries=entries, computed=computed):
                stack += entries.values()
                stack += (part for entry in computed for part in entry)
        stack += current.sources


def leaves(value: Value, limit: int = 4096) -> Iterator[Value]:
    """The scalars, symbols and unknowns that a value holds or was made of, bounded."""
    stack: list[Value] = [value]
    while stack and limit:
        limit -= 1
        current = stack.pop()
        match current:
            case ListValue(items=items):
                below: tuple[Value, ...] = items
            case MapValue(entries=entries, computed=computed):
                below = (*entries.values(), *(part for entry in computed for part in entry))
            case PartialText(parts=parts):
                below = parts
            case Choice(options=options):
                below = options
            case _:
                yield current
                below = ()
        if current.steps:
            stack.extend(following(item, current) for item in (*below, *current.sources))
        else:
            stack += below
            stack += current.sources
