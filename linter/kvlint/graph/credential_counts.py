"""How many federated credentials an identity has."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from kvlint.evaluate.combine import key_of
from kvlint.evaluate.values import Symbol, Value
from kvlint.graph.entities import FederatedCredential, IdKind
from kvlint.graph.identities import Identities
from kvlint.graph.resource_ids import bare, parse_id

_MANY = "[*]"


@dataclass(slots=True, eq=False)
class CredentialOverflow:
    """The credentials of one identity, in the order of the files, where there are too many."""

    #: Entra ID takes no more for one application or managed identity.
    MOST: ClassVar[int] = 20

    owner: str
    credentials: list[FederatedCredential]

    @property
    def first_rejected(self) -> FederatedCredential:
        """The first one that there is no room for."""
        return self.credentials[self.MOST]


def overflows(
    credentials: Iterable[FederatedCredential], identities: Identities
) -> Iterator[CredentialOverflow]:
    """The identities that one deployment surely gives more credentials than they may have.

    What may not be created, or in a number that is not known, is not counted.
    """
    found: dict[Hashable, CredentialOverflow] = {}
    known = list(credentials)
    uncounted = {one.address.removesuffix(_MANY) for one in known if one.address.endswith(_MANY)}
    for credential in known:
        if not credential.managed or credential.conditional is not None or credential.identity is None:
            continue
        owner = _owner(credential.identity, identities)
        if owner is None or credential.address.rpartition("[")[0] in uncounted:
            continue
        key, label = owner
        held = found.setdefault((credential.deployment, key), CredentialOverflow(label, []))
        held.credentials.append(credential)
    for held in found.values():
        if len(held.credentials) > held.MOST:
            held.credentials.sort(key=lambda one: (one.span.path, one.span.start))
            yield held


def _owner(value: Value, identities: Identities) -> tuple[Hashable, str] | None:
    """What is the same for all names of one identity or application, and what to call it."""
    value = bare(value)
    if isinstance(value, Symbol):
        named = identities.named_by(value)
        if value.resource.address.endswith(_MANY):
            return None
        if named is not None and named.kind in (IdKind.RESOURCE, IdKind.APPLICATION):
            return named.identity.address, named.identity.title
        return None
    return (key_of(value), "the identity") if parse_id(value) is not None else None
