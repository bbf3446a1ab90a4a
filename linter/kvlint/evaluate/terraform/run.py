"""What all module instances of one Terraform deployment share."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Protocol

from kvlint.evaluate.expansion import Budget
from kvlint.evaluate.resources import Deployment, MissingCall
from kvlint.evaluate.terraform.configuration import Module
from kvlint.evaluate.terraform.planned import PlannedValues
from kvlint.evaluate.terraform.planned_call import PlannedCall
from kvlint.evaluate.terraform.remote_state import States
from kvlint.syntax.body import Block


class Library(Protocol):
    """Where modules and files come from."""

    def module(self, folder: str) -> Module | None:
        """The module in a folder (relative to the analysed root), ``None`` where there is none."""

    def installed(self, root: str, call_path: str) -> str | None:
        """The folder into which ``terraform init`` put the module of this call, if it did."""

    def read(self, folder: str, path: str) -> str | None:
        """The text of a file relative to a folder, ``None`` outside the set or where there is none."""


@dataclass(slots=True, eq=False)
class Run:
    """What all module instances of one deployment share."""

    deployment: Deployment
    root: str
    library: Library
    budget: Budget = field(default_factory=Budget)
    missing: list[MissingCall] = field(default_factory=list)
    #: What makes Terragrunt add to the root: files that it generates, commands that it runs.
    additions: list[Block] = field(default_factory=list)
    #: For the modules of calls, beside what these expand to.
    call_budget: Budget = field(default_factory=Budget)
    #: Where what other roots give out comes from; without it that is not known.
    states: States | None = None
    #: What a plan of this very configuration says, and the calls whose modules only it has.
    planned: PlannedValues | None = None
    planned_calls: list[PlannedCall] = field(default_factory=list)
    #: The modules of the public registry whose interface is known.
    understood: Container[str] = ()

    def read(self, path: str) -> str | None:
        """A file for ``file()`` and its like; Terraform runs in the root folder."""
        return self.library.read(self.root, path)
