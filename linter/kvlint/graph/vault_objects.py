"""What vaults hold: whether what is named is there, can be read, and stays current."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from kvlint.evaluate.resources import Deployment, Language
from kvlint.evaluate.values import Symbol, Value, known_text, text_of
from kvlint.graph.entities import (
    FULL_RETENTION,
    ObjectReference,
    Reader,
    Vault,
    VaultObject,
    VaultObjectKind,
    VaultRead,
)
from kvlint.graph.facts import Facts
from kvlint.graph.locations import Locator
from kvlint.graph.matching import same_text
from kvlint.graph.names import distance, fold, near_miss
from kvlint.graph.object_names import ObjectName, ObjectNames
from kvlint.graph.object_references import object_references

#: What may be read as an object of each kind: a certificate brings a key and a secret with it.
_READABLE = {
    VaultObjectKind.SECRET: (VaultObjectKind.SECRET, VaultObjectKind.CERTIFICATE),
    VaultObjectKind.KEY: (VaultObjectKind.KEY, VaultObjectKind.CERTIFICATE),
    VaultObjectKind.CERTIFICATE: (VaultObjectKind.CERTIFICATE,),
}
_DIGITS = re.compile(r"\d+")
#: What stands between the words of a name.
_BREAK = re.compile(r"[-_.]")


@dataclass(slots=True, eq=False)
class Missing:
    """A name that a vault does not hold; ``near`` is what was most likely meant.

    ``proven`` where nothing else may hold it, ``always`` where every possible name of the
    reference is missing.
    """

    reference: ObjectReference
    vault: Vault
    name: Value
    near: VaultObject | None
    proven: bool
    always: bool = True


@dataclass(slots=True, eq=False)
class Pin:
    """A reference that stays at one version; ``live`` where that is the one of the last deployment.

    ``vault`` and ``name`` are the names of the vault and of the object, empty where they are not known.
    """

    reference: ObjectReference
    vault: str
    name: str
    live: bool


@dataclass(slots=True, eq=False)
class Unusable:
    """A reference to an object that is disabled, or has expired on a day."""

    reference: ObjectReference
    made: VaultObject
    expired: datetime | None


@dataclass(slots=True, eq=False)
class Unrecoverable:
    """A vault in use that may lose what it holds; ``use`` is one of those that read it."""

    vault: Vault
    use: VaultRead | ObjectReference


class _Homes:
    """The vaults that objects surely lie in, and which objects may lie in a vault at all."""

    def __init__(self, objects: Iterable[VaultObject], locator: Locator) -> None:
        self._homes: dict[str, Vault] = {}
        self._named: dict[str, list[VaultObject]] = {}
        self._others: list[VaultObject] = []
        self._all = list(objects)
        for one in self._all:
            home = None if one.vault is None else locator.vault_of(one.vault, one.deployment)[0]
            if home is not None:
                self._homes[one.address] = home
            if home is not None and home.managed:
                self._named.setdefault(_title(home), []).append(one)
            else:
                self._others.append(one)

    def of(self, made: VaultObject) -> Vault | None:
        """The vault that an object lies in."""
        return self._homes.get(made.address)

    def perhaps_in(self, vault: Vault) -> list[VaultObject]:
        """All but those that surely lie in another one: a vault that is made is no other that is."""
        return [*self._named.get(_title(vault), ()), *self._others] if vault.managed else self._all


def _title(vault: Vault) -> str:
    """What tells vaults that are made from each other."""
    name = known_text(vault.name)
    return vault.address if name is None else name.casefold()


class VaultObjects:
    """The objects of a run's vaults, and the places that name them. ``now`` is when it is asked."""

    def __init__(self, facts: Facts, locator: Locator, now: datetime) -> None:
        self._facts = facts
        self._find = locator
        self._now = now
        self._names = ObjectNames(facts.vault_objects)
        self._homes = _Homes(facts.vault_objects, locator)
        self._held: dict[str, list[tuple[VaultObject, bool]]] = {}

    @cached_property
    def references(self) -> list[ObjectReference]:
        """Every place that names an object of a vault."""
        return object_references(self._facts)

    # --- Does it exist? ------------------------------------------------------------------------

    def missing(self) -> Iterator[Missing]:
        """Every name that the vault surely, or most likely, does not hold."""
        found: list[Missing] = []
        for reference in self.references:
            names = self._names.of(reference) or []
            absent = [one for name in names if (one := self._absent(name, reference)) is not None]
            for one in absent:
                one.always = len(absent) == len(names)
            found += absent
        unlike: dict[str, set[str]] = {}
        for one in found:
            if one.near is None:
                unlike.setdefault(one.vault.address, set()).add((known_text(one.name) or "").casefold())
        for one in found:
            if one.near is not None or one.proven or self._is_odd(one, len(unlike[one.vault.address])):
                yield one

    def _absent(self, named: ObjectName, reference: ObjectReference) -> Missing | None:
        """The name as a missing one; ``None`` where the vault holds it or nobody can tell."""
        name = known_text(named.name)
        vault, _ = self._find.vault_of(named.vault, reference.deployment)
        # What is looked up is a reference itself: the mistake is there.
        if not name or vault is None or named.made is not None:
            return None
        near: dict[str, VaultObject] = {}
        for held, surely in self._objects_of(vault):
            if not reference.deployment.sees(held.deployment) or held.kind not in _READABLE[named.kind]:
                continue
            same = same_text(held.name, named.name, fold=True)
            if same or (same is None and surely):
                return None
            text = known_text(held.name)
            if surely and text is not None and not _are_siblings(name, text):
                near.setdefault(text.casefold(), held)
        wanted = self._wanted_by_owner.get(reference.owner, set())
        meant = near_miss(name.casefold(), (text for text in near if (named.kind, text) not in wanted))
        found = None if meant is None else near[meant]
        proven = self._is_declared(vault, named.kind) or (
            found is not None and self._is_closed(vault, reference) and meant not in self._read
        )
        return Missing(reference, vault, named.name, found, proven)

    def _objects_of(self, vault: Vault) -> list[tuple[VaultObject, bool]]:
        """What a vault holds as far as the set tells, and whether it surely is this vault."""
        known = self._held.get(vault.address)
        if known is None:
            known = self._held[vault.address] = []
            for one in self._homes.perhaps_in(vault):
                inside = self._is_inside(one, vault) if one.managed or _is_told(one) else False
                if inside is not False:
                    known.append((one, inside is True))
        return known

    def _is_inside(self, made: VaultObject, vault: Vault) -> bool | None:
        """Whether an object lies in a vault; vaults of one name are one, wherever they are written."""
        home = self._homes.of(made)
        if home is not None and (home is vault or same_text(home.name, vault.name, fold=True)):
            return True
        return None if made.vault is None else self._find.covers(made.vault, vault)

    def _is_declared(self, vault: Vault, kind: VaultObjectKind) -> bool:
        """Whether somebody declared what the vault holds of a kind beside what the set makes."""
        held = self._objects_of(vault)
        return any(surely and _is_told(one) and one.kind in _READABLE[kind] for one, surely in held)

    def _is_closed(self, vault: Vault, reference: ObjectReference) -> bool:
        """Whether the set makes the vault, fills it, and shows nothing else that might."""
        if not vault.managed or vault.conditional is not None or vault.address.endswith("[*]"):
            return False
        held = [(one, surely) for one, surely in self._objects_of(vault) if one.managed]
        alike = any(surely and one.kind in _READABLE[reference.kind] for one, surely in held)
        if not alike or any(known_text(one.name) is None for one, _ in held):
            return False
        filled = self._is_filled_elsewhere(vault, reference)
        return not filled and not self._may_be_filled(vault, reference.deployment)

    def _is_filled_elsewhere(self, vault: Vault, reference: ObjectReference) -> bool:
        """Whether the set looks something up in the vault, elsewhere than here, that it does not make."""
        names = {(known_text(one.name) or "").casefold() for one, _ in self._objects_of(vault)}
        return any(
            not one.managed
            and one.address != reference.address
            and (known_text(one.name) or "").casefold() not in names
            and self._is_inside(one, vault) is not False
            for one in self._homes.perhaps_in(vault)
        )

    def _may_be_filled(self, vault: Vault, deployment: Deployment) -> bool:
        """Whether something that cannot be read here is told of the vault."""
        name = (text_of(vault.name) or "").casefold()
        return any(
            possible.anything
            or vault.address in possible.mentions
            or (name and any(name in text for text in possible.texts))
            for possible in self._facts.possible_grants
            if possible.language is not Language.SCRIPT and deployment.sees(possible.deployment)
        )

    def _is_odd(self, missing: Missing, others: int) -> bool:
        """Whether an app cannot be created for want of this name, in a vault that is otherwise full.

        Where one deployment makes both, nobody can fill the vault in between; where most of what
        is read is not in the set, somebody does it in two steps.
        """
        reference, vault = missing.reference, missing.vault
        if reference.reader is not Reader.APP_SECRET or reference.conditional is not None:
            return False
        if reference.deployment != vault.deployment or not self._is_closed(vault, reference):
            return False
        alike = (one for one, _ in self._objects_of(vault) if one.kind in _READABLE[reference.kind])
        return others <= sum(one.deployment == vault.deployment for one in alike)

    @cached_property
    def _wanted_by_owner(self) -> dict[str, set[tuple[VaultObjectKind, str]]]:
        """What each consumer reads, by kind and name in lower case."""
        found: dict[str, set[tuple[VaultObjectKind, str]]] = {}
        for reference in self.references:
            for one in self._names.of(reference) or ():
                name = known_text(one.name)
                if name:
                    found.setdefault(reference.owner, set()).add((one.kind, name.casefold()))
        return found

    @cached_property
    def _read(self) -> frozenset[str]:
        """The names that anything reads, in lower case."""
        return frozenset(name for wanted in self._wanted_by_owner.values() for _, name in wanted)

    def unreadable(self) -> set[str]:
        """The addresses of references that surely fail, whoever has access."""
        lost = {one.reference.address for one in self.missing() if one.proven and one.always}
        return lost | {one.reference.address for one in self.unusable() if one.expired is None}

    def vault_name(self, made: VaultObject) -> str:
        """The name of the vault that an object lies in; empty where it is not known."""
        return "" if made.vault is None else self._find.vault_name(made.vault, made.deployment)

    # --- Does it stay current? -----------------------------------------------------------------

    def pins(self) -> Iterator[Pin]:
        """References that keep a consumer, which would fetch newer versions, at one of them."""
        for reference in self.references:
            if reference.reader is None:
                continue
            names = self._names.of(reference) or []
            pinned = [one for one in names if _is_pinned(one)]
            if pinned and len(pinned) == len(names):
                live = all(isinstance(one.version, Symbol) for one in pinned)
                vault = self._find.vault_name(pinned[0].vault, reference.deployment)
                yield Pin(reference, vault, known_text(pinned[0].name) or "", live)

    def without_expiry(self) -> Iterator[VaultObject]:
        """Secrets that the set makes and that never expire."""
        for one in self._facts.vault_objects:
            if one.managed and one.kind is VaultObjectKind.SECRET and one.expires is None:
                yield one

    # --- Can it be read? -----------------------------------------------------------------------

    def unusable(self) -> Iterator[Unusable]:
        """References to what is disabled, or past its expiry."""
        for reference in self.references:
            names = self._names.of(reference) or []
            found = [one for name in names if (one := self._unusable(name, reference)) is not None]
            if found and len(found) == len(names):
                yield found[0]

    def _unusable(self, named: ObjectName, reference: ObjectReference) -> Unusable | None:
        vault, _ = self._find.vault_of(named.vault, reference.deployment)
        if vault is None:
            return None
        meant = [
            one
            for one, surely in self._objects_of(vault)
            if reference.deployment.sees(one.deployment)
            and one.kind in _READABLE[named.kind]
            and same_text(one.name, named.name, fold=True)
            and surely
        ]
        if meant and all(one.enabled is False for one in meant):
            return Unusable(reference, meant[0], None)
        dates = [one.expires for one in meant if isinstance(one.expires, datetime)]
        if meant and len(dates) == len(meant) and max(dates) < self._now:
            return Unusable(reference, meant[0], max(dates))
        return None

    def unrecoverable(self) -> Iterator[Unrecoverable]:
        """Vaults of the set in use that do not keep what was deleted for as long as they could."""
        used: dict[str, VaultRead | ObjectReference] = {}
        # Of several always the same, in whatever order the files were read.
        uses: list[VaultRead | ObjectReference] = sorted(self._facts.vault_reads, key=_order)
        uses += sorted(self.references, key=_order)
        for use in uses:
            vault, _ = self._find.vault_of(use.vault, use.deployment)
            if vault is not None:
                used.setdefault(vault.address, use)
        for vault in self._facts.vaults:
            short = vault.retention_days is not None and vault.retention_days < FULL_RETENTION
            if vault.address in used and (vault.purge_protected is False or short):
                yield Unrecoverable(vault, used[vault.address])


def _order(use: VaultRead | ObjectReference) -> tuple[str, str]:
    return use.display, use.address


def _is_told(made: VaultObject) -> bool:
    """Whether somebody declared it, instead of the set making it."""
    return made.language is Language.CONFIGURATION


def _is_pinned(named: ObjectName) -> bool:
    return isinstance(named.version, Symbol) or bool(known_text(named.version))


def _are_siblings(left: str, right: str) -> bool:
    """Whether two names differ in their numbers, or in a whole word: two of a series, not a slip."""
    ours, theirs = fold(left), fold(right)
    if ours != theirs and _DIGITS.sub("", ours) == _DIGITS.sub("", theirs):
        return True
    pairs = zip(_BREAK.split(left.casefold()), _BREAK.split(right.casefold()), strict=False)
    others = [pair for pair in pairs if pair[0] != pair[1]]
    if len(others) != 1 or len(_BREAK.split(left)) != len(_BREAK.split(right)):
        return False
    longest = max(map(len, others[0]))
    edits = distance(*others[0], allowed=longest)
    return edits is not None and 2 * edits >= longest
