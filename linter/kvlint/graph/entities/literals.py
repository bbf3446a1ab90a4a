"""Literals that are secrets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kvlint.evaluate.values import Value
from kvlint.graph.entities.base import Entity
from kvlint.source import Span


class LiteralOrigin(Enum):
    """What sort of file a literal stands in."""

    VARIABLES_FILE = "variables file"
    ENVIRONMENT = "environment of a script or pipeline"
    CONFIGURATION = "configuration"


@dataclass(slots=True, eq=False, kw_only=True)
class LiteralSecret(Entity):
    """A literal that is, or flows into, a secret.

    ``sink`` names the argument it reaches, ``variable`` the variable it is given to; the
    reason is ``shape`` (a known secret's shape), that the variable is ``declared`` sensitive,
    or the name when none of these is set.
    """

    value: Value
    origin: LiteralOrigin
    variable: str = ""
    sink: str = ""
    sink_span: Span | None = None
    shape: str = ""
    declared: bool = False
