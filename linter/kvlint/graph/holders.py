"""Which identity holds a grant, so that a question about one identity need not look at all grants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from functools import cached_property

from kvlint.evaluate.combine import name_key
from kvlint.evaluate.values import alternatives
from kvlint.graph.entities import Grant, Identity, IdentityKind
from kvlint.graph.facts import Facts
from kvlint.graph.identities import Identities

_SINGLE_KINDS = frozenset({IdentityKind.SYSTEM_ASSIGNED, IdentityKind.USER_ASSIGNED})


class Holders:
    """The grants of a run by the identities that their principals name."""

    def __init__(self, facts: Facts, identities: Identities) -> None:
        self._facts = facts
        self._who = identities

    def grants_of(self, identity: Identity) -> list[Grant]:
        """The grants that name an identity, be it by the wrong one of its ids."""
        return self._by_identity.get(identity.address, [])

    def may_hold(self, identity: Identity) -> Iterator[Grant]:
        """The grants of the run that may be an identity's, its own ones first."""
        own = self.grants_of(identity)
        yield from own
        seen = {id(grant) for grant in own}
        others = self._open if self.is_single(identity) else self._facts.grants
        yield from (grant for grant in others if id(grant) not in seen)

    def is_settled(self, grant: Grant) -> bool:
        """Whether a grant surely is one certain identity's, and so no other's."""
        return id(grant) in self._settled

    def is_single(self, identity: Identity) -> bool:
        """Whether a managed identity surely is no other one that is declared.

        One with a neighbour, or with another of its name, may get the other's grants.
        """
        if not identity.managed or identity.kind not in _SINGLE_KINDS or identity.host:
            return False
        return identity.address not in self._attached and self._names[name_key(identity.name)] <= 1

    @cached_property
    def _by_identity(self) -> dict[str, list[Grant]]:
        found: dict[str, list[Grant]] = {}
        for grant in self._facts.grants:
            for address in {one.address for one in self._named(grant) if one is not None}:
                found.setdefault(address, []).append(grant)
        return found

    @cached_property
    def _open(self) -> list[Grant]:
        """The grants that may be anybody's."""
        return [grant for grant in self._facts.grants if not self.is_settled(grant)]

    @cached_property
    def _settled(self) -> set[int]:
        found = ((grant, list(self._named(grant))) for grant in self._facts.grants)
        return {
            id(grant)
            for grant, named in found
            if named and all(one is not None and self.is_single(one) for one in named)
        }

    def _named(self, grant: Grant) -> Iterable[Identity | None]:
        for option in alternatives(grant.principal):
            named = self._who.named_by(option)
            yield named.identity if named is not None else None

    @cached_property
    def _names(self) -> Counter[Hashable]:
        """How many managed identities have each name; those without one are told apart anyway."""
        managed = (one for one in self._who if one.managed and one.name is not None)
        counted = Counter(name_key(one.name) for one in managed)
        counted[None] = 0
        return counted

    @cached_property
    def _attached(self) -> set[str]:
        """The identities that clusters and environments act with."""
        named = (self._who.named_by(one.identity) for one in self._facts.attachments)
        return {one.identity.address for one in named if one is not None}
