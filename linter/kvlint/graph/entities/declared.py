"""Grants that a person declares, by the names of what they are between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kvlint.evaluate.values import Value
from kvlint.graph.entities.vaults import Grant


@dataclass(slots=True, eq=False, kw_only=True)
class DeclaredGrant(Grant):
    """A grant of which only names are known; ``*`` in them stands for anything.

    ``identity_name`` is the name of an identity, one of its ids, or ``app:`` and the name of an
    app. ``apps`` are the names of apps by the address of their own identity.
    """

    identity_name: str
    vault_name: str
    apps: Mapping[str, Value] = field(default_factory=dict)
