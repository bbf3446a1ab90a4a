"""Which object of a vault a value names: by a url, or by an attribute of the object itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kvlint.evaluate.values import PartialText, Symbol, Value, alternatives, following, known_text
from kvlint.graph.entities import ObjectReference, VaultObject, VaultObjectKind
from kvlint.graph.resource_ids import bare, parse_id, segments

#: What makes two symbols the same.
SymbolKey = tuple[str, tuple[str | int, ...]]

#: What stands in a url before the name of an object.
_COLLECTIONS = {f"{kind.value}s": kind for kind in VaultObjectKind}


@dataclass(slots=True, eq=False)
class ObjectName:
    """An object as one possible value of a reference names it.

    ``made`` is the object itself where the value is an attribute of it. ``version`` is ``None``
    where the newest is meant.
    """

    kind: VaultObjectKind
    vault: Value
    name: Value
    version: Value | None = None
    made: VaultObject | None = None


class ObjectNames:
    """The objects of a run by what names them."""

    def __init__(self, objects: Iterable[VaultObject]) -> None:
        self._by_address: dict[str, VaultObject] = {}
        self._versioned: set[SymbolKey] = set()
        self._newest: set[SymbolKey] = set()
        for one in objects:
            self._by_address[one.address] = one
            self._newest.update(symbol.key for symbol in one.urls)
            self._versioned.update(symbol.key for symbol in one.version_urls)

    def of(self, reference: ObjectReference) -> list[ObjectName] | None:
        """What each possible value names, ``None`` where one of them cannot be told."""
        found: list[ObjectName] = []
        for option in alternatives(reference.vault):
            named = self._by_url(option) if reference.name is None else self._by_name(reference, option)
            one = list(named)
            if not one:
                return None
            found += one
        return found

    def _by_name(self, reference: ObjectReference, vault: Value) -> Iterator[ObjectName]:
        for name in alternatives(reference.name):
            yield ObjectName(reference.kind, vault, name, reference.version, self._made(name))

    def _by_url(self, value: Value) -> Iterator[ObjectName]:
        value = bare(value)
        first = value.parts[0] if isinstance(value, PartialText) else value
        if isinstance(first, Symbol):
            made = self._made(first)
            if made is not None:
                yield from self._by_object(first, made, value)
                return
        elif parse_id(value) is not None:
            return
        yield from self._in_url(value)

    def _by_object(self, symbol: Symbol, made: VaultObject, whole: Value) -> Iterator[ObjectName]:
        """An attribute of an object: a url of it, perhaps with a version behind it."""
        if made.vault is None:
            return
        name = following(made.name, symbol)
        if symbol.key in self._versioned:
            yield ObjectName(VaultObjectKind.SECRET, made.vault, name, symbol, made)
        elif symbol.key in self._newest:
            behind = segments(whole)[1:] if isinstance(whole, PartialText) else []
            yield ObjectName(VaultObjectKind.SECRET, made.vault, name, _written(behind), made)

    def _in_url(self, value: Value) -> Iterator[ObjectName]:
        """What a url says: ``…/secrets/NAME`` or ``…/secrets/NAME/VERSION``."""
        pieces = segments(value)
        for position, piece in enumerate(pieces[:-1]):
            kind = _COLLECTIONS.get(_last_word(piece))
            if kind is not None:
                name = pieces[position + 1]
                if known_text(name) != "":
                    version = _written(pieces[position + 2 :])
                    yield ObjectName(kind, value, name, version, self._made(name))
                return

    def _made(self, value: Value) -> VaultObject | None:
        return self._by_address.get(value.resource.address) if isinstance(value, Symbol) else None


def _last_word(piece: Value) -> str:
    """The word before a slash; the url of a vault ends in a slash of its own."""
    if isinstance(piece, PartialText):
        before, last = piece.parts[-2:]
        return (known_text(last) or "").casefold() if isinstance(before, Symbol) else ""
    return (known_text(piece) or "").casefold()


def _written(behind: Sequence[Value]) -> Value | None:
    """The version among the segments behind a name, ``None`` where nothing is written there."""
    return behind[0] if behind and known_text(behind[0]) != "" else None
