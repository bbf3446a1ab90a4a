"""Whom and what a declared grant concerns: yes, no, or ``None`` where the names do not tell."""

from __future__ import annotations

import re

from kvlint.graph.entities import DeclaredGrant, Identity, IdentityKind, Vault
from kvlint.graph.matching import fits_pattern

#: What stands before the name of an app whose own identity is meant.
_APP = "app:"
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


def holds_at(grant: DeclaredGrant, vault: Vault) -> bool | None:
    """Whether a grant is given at a vault."""
    return fits_pattern(grant.vault_name, vault.name)


def is_for(grant: DeclaredGrant, identity: Identity) -> bool | None:
    """Whether a grant is given to an identity."""
    wanted = grant.identity_name
    own = identity.kind is IdentityKind.SYSTEM_ASSIGNED
    if wanted.startswith(_APP):
        name = grant.apps.get(identity.address)
        return fits_pattern(wanted.removeprefix(_APP), name) if own else False
    ids = [fits_pattern(wanted, one) for one in (*identity.client_ids, *identity.principal_ids)]
    if True in ids:
        return True
    if _GUID.match(wanted):
        return None if None in ids or not ids else False
    return False if own else fits_pattern(wanted, identity.name)
