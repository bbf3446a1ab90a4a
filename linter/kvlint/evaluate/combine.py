"""How several values make one: what is unknown, what it came from, one of several.

Everything that computes a value from others uses these, so that reasons, sources and
choices come out the same way whichever operator or function was at work.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import product
from math import prod

from kvlint.evaluate.values import (
    MAX_OPTIONS,
    MAX_SOURCES,
    Choice,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    alternatives,
    choice,
    cloned,
    following,
)
from kvlint.source import Span

#: Why something that would fill the memory is not computed.
TOO_LARGE = "it is too large to expand"
#: A search through a value looks at no more than this many parts of it.
_SEARCH_LIMIT = 4096
#: The result of a function of arguments with more parts gets no key.
_KEY_LIMIT = 256
#: More combinations of possible operands than this are not tried.
_MAX_COMBINATIONS = 64


def failure(reason: str, span: Span | None = None, made_of: Iterable[Value] = ()) -> Unknown:
    """An expression that is wrong in every possible world."""
    return Unknown(reason, failed=True, span=span, sources=sources_of(made_of))


def too_large(span: Span | None = None, made_of: Iterable[Value] = ()) -> Unknown:
    """A result beyond the limits."""
    return Unknown(TOO_LARGE, span=span, sources=sources_of(made_of))


def reason_of(value: Value) -> str:
    """Why a value is not known, as the end of "this value is unknown: …"."""
    match value:
        case Unknown(reason=reason):
            return reason
        case Symbol():
            return f"{symbol_name(value)} is known only after deployment"
        case Choice():
            return "it has several possible values"
        case PartialText(parts=parts):
            inner = next((part for part in parts if not isinstance(part, Scalar)), None)
            return reason_of(inner) if inner is not None else "a part of it is not known"
        case ListValue(rest=Unknown(reason=reason)) | MapValue(rest=Unknown(reason=reason)):
            return reason
    return "it is not known"


def symbol_name(symbol: Symbol) -> str:
    """The attribute as a person writes it: ``azurerm_key_vault.kv.access_policy[0].id``."""
    name = symbol.resource.address.rpartition("|")[2]
    for step in symbol.path:
        name += f"[{step}]" if isinstance(step, int) else f".{step}"
    return name


def sources_of(values: Iterable[Value]) -> tuple[Value, ...]:
    """The texts, numbers, symbols and unknowns that values hold or were made of.

    Flat and at most :data:`MAX_SOURCES`. Booleans and nulls are left out: nothing can be
    found inside them.
    """
    found: dict[int, Value] = {}
    stack = list(values)[::-1]
    limit = _SEARCH_LIMIT
    while stack and limit and len(found) < MAX_SOURCES:
        limit -= 1
        current = stack.pop()
        below = tuple(_parts(current)) + current.sources
        is_leaf = not below or isinstance(current, Symbol | Unknown)
        if is_leaf and not isinstance(current, ListValue | MapValue) and not _empty(current):
            found.setdefault(id(current), current)
        stack.extend(following(item, current) for item in reversed(below))
    return tuple(found.values())


def _empty(value: Value) -> bool:
    return isinstance(value, Scalar) and (
        value.data is None or isinstance(value.data, bool) or value.data == ""
    )


def _parts(value: Value) -> Sequence[Value]:
    match value:
        case ListValue(items=items, rest=rest):
            return items if rest is None else (*items, rest)
        case MapValue(entries=entries, rest=rest):
            return (*entries.values(),) if rest is None else (*entries.values(), rest)
        case PartialText(parts=parts):
            return parts
        case Choice(options=options):
            return options
    return ()


def key_of(value: Value) -> Hashable | None:
    """What two values that are surely the same have in common, ``None`` where nobody can tell."""
    if isinstance(value, ListValue | MapValue) and weight(value, _SEARCH_LIMIT) > _SEARCH_LIMIT:
        return None
    return _key(value)


def _key(value: Value) -> Hashable | None:
    match value:
        case Scalar(data=data):
            return (type(data).__name__, data)
        case Symbol(resource=resource, spelling=spelling):
            return None if resource.address.endswith("[*]") else ("symbol", *value.key, *spelling)
        case Unknown(key=key):
            return None if key is None else ("unknown", key)
        case PartialText(parts=(only,)):
            return _key(only)  # '${x}' is x
        case PartialText(parts=parts):
            return _keys_of("text", parts)
        case ListValue(items=items, rest=None):
            return _keys_of("list", items)
        case MapValue(entries=entries, rest=None):
            keys = _keys_of("map", [entries[name] for name in sorted(entries)])
            return None if keys is None else (tuple(sorted(entries)), keys)
        case Choice(options=options, span=Span() as span):
            # The same choice at the same place is made once.
            keys = _keys_of("choice", options)
            return None if keys is None else (span.path, span.start, span.end, keys)
    return None


def keyed(result: Value, name: str, arguments: Sequence[Value]) -> Value:
    """The result of a deterministic function: unknown, it is the same as of the same arguments."""
    if not isinstance(result, Unknown) or result.failed or result.key is not None:
        return result
    if sum(weight(argument, _KEY_LIMIT) for argument in arguments) > _KEY_LIMIT:
        return result
    inside = _keys_of(name, arguments)
    if inside is None or _is_large(inside):
        return result
    same = cloned(result)
    same.key = inside
    return same


def _is_large(key: Hashable) -> bool:
    """Whether a key has so many parts, shared ones counted each time, that comparing it costs much."""
    stack: list[Hashable] = [key]
    count = 0
    while stack and count <= _KEY_LIMIT:
        count += 1
        part = stack.pop()
        if isinstance(part, tuple):
            stack.extend(part)
    return count > _KEY_LIMIT


def name_key(value: Value | None) -> Hashable | None:
    """The same for a name, which compares without case; ``None`` for no name too."""
    if value is None:
        return None
    if isinstance(value, Scalar) and isinstance(value.data, str):
        return value.data.casefold()
    return key_of(value)


def _keys_of(kind: str, parts: Sequence[Value]) -> Hashable | None:
    found: list[Hashable] = []
    for part in parts:
        key = _key(part)
        if key is None:
            return None
        found.append(key)
    return (kind, *found)


def weight(value: Value, limit: int) -> int:
    """How many parts a value has, counting shared parts each time; stops past ``limit``."""
    count = 0
    stack: list[Value] = [value]
    while stack and count <= limit:
        current = stack.pop()
        count += 1
        if isinstance(current, Scalar):
            if isinstance(current.data, str):
                count += len(current.data) >> 7
        else:
            stack.extend(_parts(current))
    return count


def first_unknown(values: Iterable[Value]) -> Value | None:
    """A part that is not known, at any depth: a failed one if there is any, else the first."""
    found: Value | None = None
    for part in _unknown_parts(values):
        if isinstance(part, Unknown) and part.failed:
            return part
        found = found or part
    return found


def first_failure(value: Value) -> Unknown | None:
    """The part that makes a whole expression wrong, at any depth."""
    part = first_unknown((value,))
    return part if isinstance(part, Unknown) and part.failed else None


def _unknown_parts(values: Iterable[Value]) -> Iterator[Value]:
    """Scalars aside, the leaves of values in order; a choice or partial text is one leaf."""
    stack = list(values)[::-1]
    limit = _SEARCH_LIMIT
    while stack and limit:
        limit -= 1
        current = stack.pop()
        if isinstance(current, ListValue | MapValue):
            stack.extend(reversed(_parts(current)))
        elif not isinstance(current, Scalar):
            yield current


def unknown_of(values: Sequence[Value], span: Span | None = None, reason: str = "it is not known") -> Unknown:
    """What comes of values of which one is not known: its reason, and all their sources."""
    part = first_unknown(values)
    if part is not None:
        reason = reason_of(part)
    failed = isinstance(part, Unknown) and part.failed
    return Unknown(reason, failed=failed, span=span, sources=sources_of(values))


def one_of(options: Sequence[Value], span: Span | None = None) -> Value:
    """One of several results; those that fail are left out where another does not."""
    fine = [option for option in options if not (isinstance(option, Unknown) and option.failed)]
    return choice(fine or list(options[:1]), span)


def each_way(values: Sequence[Value], compute: Callable[..., Value], span: Span | None = None) -> Value:
    """``compute(*values)`` with every choice among the values taken each way."""
    if not any(isinstance(value, Choice) for value in values):
        return compute(*values)
    ways = [alternatives(value) for value in values]
    if prod(map(len, ways)) > _MAX_COMBINATIONS:
        return Unknown("it has too many possible values", span=span, sources=sources_of(values))
    return one_of([compute(*way) for way in product(*ways)], span)


def combinations(values: Sequence[Value]) -> Iterable[tuple[Value, ...]] | None:
    """Every way to take the choices among values, ``None`` when there are too many."""
    ways = [alternatives(value) for value in values]
    return product(*ways) if prod(map(len, ways)) <= MAX_OPTIONS else None
