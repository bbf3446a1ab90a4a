"""When things of templates are created: the modules that they lie in, and what these depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kvlint.evaluate.arm.template import ModuleCall, ResourceDeclaration
from kvlint.evaluate.resources import Link, Order

if TYPE_CHECKING:
    from kvlint.evaluate.arm.instance import TemplateInstance

#: What a template creates.
Declaration = ResourceDeclaration | ModuleCall


class Position(NamedTuple):
    """A declaration in one instance of its template."""

    instance: TemplateInstance
    declaration: Declaration


class ArmOrder:
    """The order of something that a template deploys.

    ``trail`` leads to it from the entry: the calls of the modules around it, and itself. A
    module is one deployment: what comes after the call comes after all that is in it.
    """

    def __init__(self, trail: tuple[Position, ...]) -> None:
        self._trail = trail

    def after(self, other: Order) -> bool | None:
        """Whether its declaration, or that of a module around it, depends on the other's."""
        parting = self._parting(other)
        if parting is None:
            return None
        (instance, ours), (_, theirs), _ = parting
        return instance.dependencies.reaches(ours, theirs)

    def link(self, other: Order) -> Link | None:
        """What could depend on what, where the two are in the same template."""
        parting = self._parting(other)
        if parting is None:
            return None
        (instance, ours), (_, theirs), is_module = parting
        circular = instance.dependencies.reaches(theirs, ours) is not False
        return Link(ours.symbol if is_module else "", _written(theirs), circular)

    def _parting(self, other: Order) -> tuple[Position, Position, bool] | None:
        """The steps at which two trails part, and whether ours leads on from there.

        There are none for two rounds of one loop, which may be created in any order or in turn.
        """
        if not isinstance(other, ArmOrder):
            return None
        for number, (ours, theirs) in enumerate(zip(self._trail, other._trail, strict=False)):
            if ours.instance is not theirs.instance:
                return None
            if ours.declaration is not theirs.declaration:
                return ours, theirs, number + 1 < len(self._trail)
        return None


def _written(declaration: Declaration) -> str:
    """How ``dependsOn`` names a declaration; empty where ARM JSON gave it no symbolic name."""
    if declaration.symbol.startswith("#"):
        return ""
    parent = declaration.parent if isinstance(declaration, ResourceDeclaration) else None
    return declaration.symbol if parent is None else f"{_written(parent)}::{declaration.symbol}"
