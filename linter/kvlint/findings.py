"""Findings: what a check says, in plain words with exact places."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.values import Step
from kvlint.source import Span


class Level(IntEnum):
    """How sure and how bad: SARIF's levels, in order."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()

    def lowered(self) -> Level:
        """One step down, for what holds only in some of the possible worlds."""
        return Level(max(self - 1, Level.NOTE))


@dataclass(slots=True, frozen=True)
class CheckInfo:
    """What is known about a check without running it; the documentation is its docstring.

    ``severity`` is the security severity of SARIF consumers, over 0 and up to 10.
    """

    id: str
    name: str
    level: Level
    summary: str
    severity: float = 5.0
    tags: tuple[str, ...] = ()
    #: Whether it speaks of suppression comments, and so runs after all others.
    about_suppressions: bool = False
    #: Whether it says nothing without the Bicep CLI.
    needs_bicep_cli: bool = False


@dataclass(slots=True, eq=False)
class Related:
    """Another place that a finding speaks of, with what it is."""

    span: Span
    label: str


@dataclass(slots=True, eq=False)
class Finding:
    """One defect.

    ``message`` is one or two plain sentences and never holds a secret value. ``label``
    stands under the carets of ``span``. ``steps`` is how a value came from ``span`` to the
    place that uses it. ``subject`` names the two ends of the broken link in words that do
    not change when lines move: it is what baselines and fingerprints compare.
    """

    check: CheckInfo
    span: Span
    message: str
    subject: str
    level: Level
    label: str = ""
    related: list[Related] = field(default_factory=list)
    steps: tuple[Step, ...] = ()
    help: str = ""
    verify: str = ""
    notes: list[str] = field(default_factory=list)
    deployments: set[Deployment] = field(default_factory=set)
    #: Whether the source line under ``span`` holds a secret and must be shown redacted.
    secret: bool = False
