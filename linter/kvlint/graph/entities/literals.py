"""Literals that are secrets, and declarations that do not keep a secret."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kvlint.evaluate.values import Step, Value
from kvlint.graph.entities.base import Entity
from kvlint.source import Span


class LiteralOrigin(Enum):
    """What sort of file a literal stands in."""

    VARIABLES_FILE = "variables file"
    PARAMETERS_FILE = "parameters file"
    ENVIRONMENT = "environment of a script or pipeline"
    CONFIGURATION = "configuration"


@dataclass(slots=True, eq=False, kw_only=True)
class LiteralSecret(Entity):
    """A literal that is, or flows into, a secret.

    ``sink`` names the argument it reaches, ``variable`` the variable or parameter it is given
    to; the reason is ``shape`` (a known secret's shape), that the variable is ``declared``
    sensitive, or the name when none of these is set.
    """

    value: Value
    origin: LiteralOrigin
    variable: str = ""
    sink: str = ""
    sink_span: Span | None = None
    shape: str = ""
    declared: bool = False


@dataclass(slots=True, eq=False, kw_only=True)
class UnmarkedParameter(Entity):
    """A parameter that reaches a secret argument although it is not declared secure.

    ``display`` is its name, ``sink`` the argument; ``kind`` is its type.
    """

    kind: str
    sink: str
    sink_span: Span
    steps: tuple[Step, ...] = ()


class Exposure(Enum):
    """Why an output is taken for a secret; the value says it of the output."""

    PARAMETER = "a secure parameter"
    KEYS = "keys that a list function reads"
    PROPERTY = "a secret property"
    NAME = "named like a password"


@dataclass(slots=True, eq=False, kw_only=True)
class ExposedOutput(Entity):
    """An output, ``display``, that shows a secret and is not declared secure.

    ``what`` names the secret: the parameter, the function, the property.
    """

    exposure: Exposure
    what: str = ""
    source_span: Span | None = None
