"""Lists and maps while their elements are still being computed."""

from __future__ import annotations

from collections.abc import Iterable

from kvlint.evaluate.access import key_text
from kvlint.evaluate.combine import failure, reason_of, sources_of, unknown_of
from kvlint.evaluate.values import ListValue, MapValue, Scalar, Unknown, Value, alternatives, is_null
from kvlint.source import Span
from kvlint.syntax.expr import Loop


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
        self._failed: Unknown | None = None
        self._entries: dict[str, list[Value]] = {}
        self._keys: dict[str, Span] = {}
        self._loose: list[Value] = []

    def doubt(self, condition: Value, reason: str) -> None:
        """The next entry may or may not be there."""
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
            self._loose.append(value)
            self.rest = self.rest or Unknown(reason_of(key), span=place)

    def value(self) -> Value:
        """The map; of entries with the same key the last counts."""
        rest = self.rest
        if self._failed is not None:
            everything: Iterable[Value] = (value for group in self._entries.values() for value in group)
            return failure(self._failed.reason, self.span, everything)
        if rest is not None and self._loose:
            rest = Unknown(rest.reason, span=rest.span, sources=sources_of((rest, *self._loose)))
        entries: dict[str, Value] = {}
        for name, group in self._entries.items():
            entries[name] = ListValue(tuple(group), rest=rest, span=self.span) if self._grouped else group[-1]
        return MapValue(entries, self._keys, rest=rest, span=self.span)


def _doubtful(condition: Value, reason: str, span: Span) -> Unknown:
    if isinstance(condition, Scalar):
        return failure(reason, span)
    return unknown_of((condition,), span)
