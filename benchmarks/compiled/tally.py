"""What a comparison counts: agreement, and each difference with its place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum


class Outcome(Enum):
    """What comparing one thing on both sides comes to."""

    EQUAL = "equal"
    SAME_UNKNOWN = "unknown, provably the same"
    BICEP_ONLY = "known in Bicep only"
    COMPILED_ONLY = "known in JSON only"
    UNKNOWN = "unknown in both"
    DIFFERENT = "different"


@dataclass(slots=True, frozen=True)
class Difference:
    """One thing that the two sides say differently. ``subject`` is what sort of thing it is."""

    subject: str
    place: str
    bicep: str
    compiled: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.place}\n    Bicep    {self.bicep}\n    compiled {self.compiled}"


@dataclass(slots=True)
class Tally:
    """Counts by subject and outcome, differences, and what is left out with the reason."""

    counts: dict[str, Counter[Outcome]] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    #: What only one side knows, with the same details.
    one_sided: list[Difference] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, subject: str, outcome: Outcome) -> None:
        """Count something that is no difference."""
        self.counts.setdefault(subject, Counter())[outcome] += 1

    def lean(self, subject: str, place: str, outcome: Outcome, bicep: str, compiled: str) -> None:
        """Count and keep what only one side knows."""
        self.add(subject, outcome)
        self.one_sided.append(Difference(subject, place, bicep[:300], compiled[:300]))

    def differ(self, subject: str, place: str, bicep: object, compiled: object) -> None:
        """Count and keep a difference."""
        self.add(subject, Outcome.DIFFERENT)
        self.differences.append(Difference(subject, place, str(bicep)[:300], str(compiled)[:300]))

    def same(self, subject: str, place: str, bicep: object, compiled: object) -> bool:
        """Count two things that are known on both sides; whether they are equal."""
        if bicep == compiled:
            self.add(subject, Outcome.EQUAL)
            return True
        self.differ(subject, place, bicep, compiled)
        return False

    def merge(self, other: Tally) -> None:
        """Add what another one counted."""
        for subject, counts in other.counts.items():
            self.counts.setdefault(subject, Counter()).update(counts)
        self.differences += other.differences
        self.one_sided += other.one_sided
        self.left_out.update(other.left_out)
