"""What an expression sees around it: the names, functions and files of its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from kvlint.evaluate.values import Unknown, Value
from kvlint.source import Span
from kvlint.syntax.expr import Call, Expr, GetAttribute, Index, Reference


class Namespace(Protocol):
    """Something names are looked up in that is not a value: ``var``, ``module``, a resource type."""

    def member(self, name: str, node: GetAttribute | Index) -> Value | Namespace:
        """What the name stands for; an unknown value where nothing has it."""

    def whole(self) -> Value:
        """The group as one value, for expressions that use it as such."""


class Files(Protocol):
    """The files that functions may read."""

    def read(self, path: str) -> str | None:
        """The text of a file, relative to where the scope decides; ``None`` where it has none."""


class Scope(Protocol):
    """What the names in an expression mean."""

    def lookup(self, name: str, node: Reference) -> Value | Namespace:
        """What a root name stands for; an unknown value where nothing has it."""

    def function(self, name: str) -> Function | None:
        """The function of this name."""

    @property
    def files(self) -> Files:
        """The files that functions may read."""


class NameScope:
    """A scope with further names in front: loop variables, template variables."""

    __slots__ = ("_names", "item", "outer")

    def __init__(self, outer: Scope, names: Mapping[str, Value], item: Value | None = None) -> None:
        self.outer = outer
        self._names = names
        #: The element that a splat is at.
        self.item: Value | None = item if item is not None else getattr(outer, "item", None)

    def lookup(self, name: str, node: Reference) -> Value | Namespace:
        """The name's value here, else what it is outside."""
        found = self._names.get(name)
        return found if found is not None else self.outer.lookup(name, node)

    def function(self, name: str) -> Function | None:
        """The same functions as outside."""
        return self.outer.function(name)

    @property
    def files(self) -> Files:
        """The same files as outside."""
        return self.outer.files


class Evaluation(Protocol):
    """The evaluation that a function is called in."""

    def value(self, node: Expr, scope: Scope) -> Value:
        """The value of another node, at the expense of the same budget."""

    def charge(self, cost: int) -> bool:
        """Whether the budget allows this much more work."""


@dataclass(slots=True, frozen=True)
class FunctionCall:
    """What a function may know about its call beside the arguments."""

    node: Call
    scope: Scope
    evaluator: Evaluation
    #: Set where further arguments may follow: a spread list that is not wholly known.
    rest: Unknown | None = None

    @property
    def span(self) -> Span:
        """The range of the call."""
        return self.node.span

    def evaluate(self, node: Expr, scope: Scope) -> Value:
        """Another expression's value, at the expense of the same budget."""
        return self.evaluator.value(node, scope)


@dataclass(slots=True, frozen=True)
class Function:
    """A function of a language.

    ``compute`` gets evaluated arguments, none of them a choice. ``deep`` tells that it may
    walk through whole arguments, ``open_ended`` that it can work with some arguments
    missing (:attr:`FunctionCall.rest`).
    """

    compute: Callable[[tuple[Value, ...], FunctionCall], Value]
    deep: bool = True
    open_ended: bool = False
