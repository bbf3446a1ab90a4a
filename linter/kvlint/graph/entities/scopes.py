"""Scopes that hold any number of vaults."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from kvlint.evaluate.values import Symbol
from kvlint.graph.entities.base import Entity


class ScopeKind(Enum):
    """How wide a scope is, when it is wider than one resource."""

    RESOURCE_GROUP = "resource group"
    SUBSCRIPTION = "subscription"
    MANAGEMENT_GROUP = "management group"


@dataclass(slots=True, eq=False, kw_only=True)
class WideScope(Entity):
    """A subscription or a management group, known by symbols of its resource id."""

    kind: ScopeKind
    ids: list[Symbol] = field(default_factory=list)
