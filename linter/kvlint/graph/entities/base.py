"""What all entities have."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kvlint.evaluate.resources import Deployment, Language, Mode, Order
from kvlint.evaluate.values import Unknown
from kvlint.source import Span


@dataclass(slots=True, eq=False, kw_only=True)
class Entity:
    """What all entities have: a name for people, a place, and the deployment they live in.

    ``address`` is unique in the run; ``conditional`` is set where the thing may not exist.
    """

    address: str
    display: str
    span: Span
    deployment: Deployment
    language: Language
    mode: Mode = Mode.MANAGED
    conditional: Unknown | None = None
    #: When it is created, compared with others; ``None`` where nothing tells.
    order: Order | None = None

    @property
    def managed(self) -> bool:
        """Whether the set creates it, so that its absence elsewhere is provable."""
        return self.mode is Mode.MANAGED


class IdKind(Enum):
    """The ways to name an identity; each place takes one of the first three."""

    RESOURCE = "resource id"
    CLIENT = "client id"
    PRINCIPAL = "principal id"
    APPLICATION = "object id of the application itself"
    #: Any other attribute, such as its tenant id.
    OTHER = "other attribute"
