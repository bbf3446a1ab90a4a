"""Whether and how a run asks the Bicep CLI."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class BicepMode(Enum):
    """Who reads Bicep: the values of ``--bicep``."""

    #: The program where there is one, beside kvlint's own reader.
    AUTO = "auto"
    #: The same, with time for large sets; the caller has made sure that there is one.
    CLI = "cli"
    #: Kvlint's own reader alone; no program is looked for.
    NATIVE = "native"


@dataclass(slots=True, frozen=True)
class Limits:
    """How long the program may take, in seconds: for one call, and for all of a run."""

    call: float
    total: float


@dataclass(slots=True, frozen=True)
class BicepOptions:
    """What the user chose. ``restore`` gives leave to fetch modules from registries."""

    mode: BicepMode = BicepMode.NATIVE
    restore: bool = False
    limits: Limits | None = None
    #: Where ``bicep restore`` keeps modules of registries, ``None`` where that is not to be read.
    module_cache: Path | None = None

    @property
    def time(self) -> Limits:
        """The limits that apply: those set, or those of the mode."""
        if self.limits is not None:
            return self.limits
        return Limits(30, 30) if self.mode is BicepMode.AUTO else Limits(60, 600)


def user_module_cache() -> Path | None:
    """Where ``bicep restore`` keeps modules; ``None`` for a user without a home."""
    try:
        return Path.home() / ".bicep"
    except RuntimeError:
        return None
