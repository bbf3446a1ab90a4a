"""What one run comes to: the one thing that the reports read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum

from kvlint.findings import CheckInfo, Finding, Level
from kvlint.kinds import FileKind
from kvlint.source import Span


@dataclass(slots=True, eq=False)
class Unresolved:
    """A reference that could be neither proven nor broken, with what would settle it."""

    span: Span
    subject: str
    reason: str


@dataclass(slots=True, eq=False)
class ParseFailure:
    """A file of which something could not be read; the finding KV001 stands beside it."""

    path: str
    message: str
    span: Span | None = None


@dataclass(slots=True, eq=False)
class RunResult:
    """The findings of a run and what it saw.

    ``findings`` are those to report, sorted; ``suppressed`` those that a comment of the
    user silenced. ``proven``, ``broken`` and ``unresolved`` count references: to app
    secrets, to vaults through a grant, to identities, to service accounts.
    """

    checks: list[CheckInfo]
    findings: list[Finding] = field(default_factory=list)
    suppressed: list[Finding] = field(default_factory=list)
    files: Counter[FileKind] = field(default_factory=Counter)
    failures: list[ParseFailure] = field(default_factory=list)
    proven: int = 0
    broken: int = 0
    unresolved: list[Unresolved] = field(default_factory=list)
    #: What did not work without harm to the run, in sentences without a full stop.
    notes: list[str] = field(default_factory=list)

    def count(self, level: Level) -> int:
        """How many reported findings have this level."""
        return sum(finding.level is level for finding in self.findings)


class State(Enum):
    """What is known of a link."""

    PROVEN = "proven"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    #: A step on the way that decides nothing by itself.
    STEP = ""


@dataclass(slots=True, eq=False)
class Link:
    """A link of a chain: what it says, where that stands, what is known of it, and its own links."""

    state: State
    text: str
    span: Span | None = None
    links: list[Link] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Trace:
    """The chains of one consumer in one deployment."""

    title: str
    span: Span
    #: The var-file or parameters-file choice of the deployment, empty where there is none.
    variant: str
    links: list[Link]
