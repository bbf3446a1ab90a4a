"""Container registries."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from kvlint.evaluate.values import Symbol, Value, text_of
from kvlint.graph.entities.base import Entity
from kvlint.source import Span


class RegistryRoles(Enum):
    """Which roles a registry heeds when an image is pulled."""

    REGISTRY = "roles of the whole registry"
    REPOSITORIES = "roles that speak of repositories"


@dataclass(slots=True, eq=False, kw_only=True)
class Registry(Entity):
    """A container registry. ``roles`` is ``None`` where it is not known which ones it heeds.

    ``anonymous_pull`` tells whether anybody may pull without signing in, ``admin_user`` whether
    it has an account with a password, as far as the set says so.
    """

    name: Value
    #: Symbols of its resource id, and of the name of its server.
    ids: list[Symbol] = field(default_factory=list)
    servers: list[Symbol] = field(default_factory=list)
    resource_group: Value | None = None
    roles: RegistryRoles | None = None
    anonymous_pull: Value | None = None
    admin_user: Value | None = None
    admin_user_span: Span | None = None

    @property
    def title(self) -> str:
        """The registry as a message names it."""
        name = text_of(self.name)
        return f'container registry "{name}"' if name else f"container registry {self.display}"
