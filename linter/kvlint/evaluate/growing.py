"""Lists and maps while their elements are still being computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kvlint.evaluate.access import contents, key_text
from kvlint.evaluate.combine import (
    combinations,
    failure,
    one_of,
    reason_of,
    sources_of,
    too_large,
    unknown_of,
)
from kvlint.evaluate.values import (
    ListKind,
    ListValue,
    MapValue,
    Scalar,
    Unknown,
    Value,
    alternatives,
    choice,
    following,
    is_null,
)
from kvlint.source import Span
from kvlint.syntax.expr import Loop

#: Lists and maps do not grow beyond this many elements by being merged.
MAX_ITEMS = 10_000


class ListMaker:
    """The result of a list loop as it grows."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.items: list[Value] = []
        self.rest: Unknown | None = None

    def doubt(self, condition: Value, reason: str) -> None:
        """The next element may or may not be there."""
        self.rest = self.rest or _doubtful(condition, reason, self.span)

    def value(self) -> Value:
        """The list."""
        return ListValue(tuple(self.items), rest=self.rest, span=self.span)


class MapMaker:
    """An object, or the result of a map loop, as it grows."""

    def __init__(self, span: Span, loop: Loop | None = None) -> None:
        self.span = span
        self._grouped = loop is not None and loop.grouped
        #: In an object the last entry of a name counts, in a loop there may be only one.
        self._single = loop is not None and not loop.grouped
        self.rest: Unknown | None = None
        #: The rest that computed keys are the reason of, and whether there are other reasons.
        self._computed_rest: Unknown | None = None
        self._doubted = False
        self._computed: list[tuple[Value, Value]] = []
        self._failed: Unknown | None = None
        self._entries: dict[str, list[Value]] = {}
        self._keys: dict[str, Span] = {}

    def doubt(self, condition: Value, reason: str) -> None:
        """The next entry may or may not be there."""
        self._doubted = True
        self.rest = self.rest or _doubtful(condition, reason, self.span)

    def put(self, key: Value, value: Value, place: Span) -> None:
        """Add an entry; one whose key is not known goes to the rest."""
        names = [key_text(option) for option in alternatives(key)]
        if len(names) == 1 and names[0] is not None:
            self._entries.setdefault(names[0], []).append(value)
            if self._single and len(self._entries[names[0]]) > 1 and self.rest is None:
                self._failed = failure(f"two entries have the key {names[0]!r}", place)
            self._keys[names[0]] = place
        elif is_null(key) or isinstance(key, ListValue | MapValue):
            self._failed = failure("a key is not a text", place)
        elif isinstance(key, Unknown) and key.failed:
            self._failed = key
        else:
            self._compute(key, value, place)

    def _compute(self, key: Value, value: Value, place: Span | None) -> None:
        if len(self._computed) >= MAX_ITEMS:
            self._doubted = True
            return
        self._computed.append((key, value))
        if self.rest is None:
            self.rest = self._computed_rest = Unknown(reason_of(key), span=place)

    def open(self, rest: Unknown) -> None:
        """There may be further entries."""
        self._doubted = True
        self.rest = self.rest or rest

    def spread(self, value: Value, place: Span, *, deep: bool = False) -> None:
        """Add the entries of another map, which win. Where it is one of several, so is each entry.

        With ``deep`` an object that meets an object is merged with it in the same way.

        An entry that only some of them have is then possibly null, as good as absent for Azure.
        Earlier entries are unknown where one behind them may have the same key.
        """
        options = [contents(option) for option in alternatives(value)]
        maps = [option for option in options if isinstance(option, MapValue)]
        others = [option for option in options if isinstance(option, Unknown) and not option.failed]
        if not maps and not others:
            failed = next((option for option in options if isinstance(option, Unknown)), None)
            self._failed = failed or failure("it is not an object, so it cannot be merged", place)
            return
        rests = [*others, *(one.rest for one in maps if one.rest is not None and not one.complete)]
        if rests:
            self._veil(unknown_of((rests[0],), place), maps if not others else ())
        for name in dict.fromkeys(name for one in maps for name in one.entries):
            self._merge(name, maps, others, deep=deep)
        for one in maps:
            for key, entry in one.computed:
                self._compute(key, following(entry, one), key.span or place)

    def _merge(self, name: str, maps: Sequence[MapValue], others: Sequence[Unknown], *, deep: bool) -> None:
        """One entry of the maps of which one is spread, if it is not one of the others."""
        before = self._entries.get(name)
        held: list[Value] = [Unknown(others[0].reason, span=self.span)] if others else []
        lacking = False
        for one in maps:
            entry = one.entries.get(name)
            if entry is not None:
                entry = following(entry, one)
                if deep and before and _is_object(before[-1]) and _is_object(entry):
                    entry = _deep(before[-1], entry, self.span)
                held.append(entry)
                self._keys[name] = one.keys.get(name, self.span)
            elif one.rest is not None and not one.complete:
                held.append(Unknown(one.rest.reason, span=self.span))
            else:
                lacking = True
        if lacking:
            held.append(before[-1] if before else Scalar(None, span=self.span))
        self._entries[name] = [held[0] if len(held) == 1 else choice(held, self.span)]

    def _veil(self, rest: Unknown, maps: Sequence[MapValue]) -> None:
        """Something unknown comes on top of the entries so far."""
        self.open(rest)
        for name, held in self._entries.items():
            if not all(name in one.entries for one in maps) or not maps:
                sources = sources_of((rest, held[-1]))
                self._entries[name] = [Unknown(rest.reason, span=self.span, sources=sources)]
        self._computed = [
            (key, Unknown(rest.reason, span=self.span, sources=sources_of((rest, entry))))
            for key, entry in self._computed
        ]

    def value(self) -> Value:
        """The map; of entries with the same key the last counts."""
        rest = self.rest
        if self._failed is not None:
            everything: Iterable[Value] = (value for group in self._entries.values() for value in group)
            return failure(self._failed.reason, self.span, everything)
        complete = rest is not None and rest is self._computed_rest and not self._doubted
        if rest is not None and self._computed:
            loose = [value for _, value in self._computed]
            rest = Unknown(rest.reason, span=rest.span, sources=sources_of((rest, *loose)))
        entries: dict[str, Value] = {}
        for name, group in self._entries.items():
            entries[name] = ListValue(tuple(group), rest=rest, span=self.span) if self._grouped else group[-1]
        return MapValue(
            entries, self._keys, rest=rest, computed=tuple(self._computed), complete=complete, span=self.span
        )


def _is_object(value: Value) -> bool:
    return all(isinstance(option, MapValue) for option in alternatives(value))


def _deep(first: Value, second: Value, span: Span) -> Value:
    made = MapMaker(span)
    made.spread(first, span)
    made.spread(second, span, deep=True)
    return made.value()


def joined_lists(parts: Sequence[Value], span: Span) -> Value:
    """One list of the elements of several; it is one of several where they are.

    Of one that is not known, or where there are too many ways, ``rest`` tells.
    """
    ways = combinations(parts)
    if ways is not None:
        return one_of([_joined(way, span) for way in ways], span)
    return _joined([option for part in parts for option in alternatives(part)], span, doubtful=True)


def _joined(parts: Sequence[Value], span: Span, *, doubtful: bool = False) -> Value:
    items: list[Value] = []
    rest = Unknown("there are too many ways to make this list", span=span) if doubtful else None
    for part in parts:
        held = contents(part)
        if isinstance(held, ListValue):
            items.extend(following(item, held) for item in held.items)
            rest = rest or held.rest
        elif isinstance(held, Unknown):
            if held.failed and not doubtful:
                return held
            rest = rest or unknown_of((held,), span)
        elif not doubtful:
            return failure("it is not a list", span, parts)
        if len(items) > MAX_ITEMS:
            return too_large(span, parts)
    return ListValue(tuple(items), ListKind.TUPLE, rest, span=span)


def _doubtful(condition: Value, reason: str, span: Span) -> Unknown:
    if isinstance(condition, Scalar):
        return failure(reason, span)
    return unknown_of((condition,), span)
