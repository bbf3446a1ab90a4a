"""What an expression sees around it: the names, functions and files of its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, runtime_checkable

from kvlint.evaluate.values import Unknown, Value
from kvlint.source import Source, Span
from kvlint.syntax.expr import Call, Expr, GetAttribute, Index, Reference


class Dialect(Enum):
    """Whose rules operators, conditions, texts and accesses follow."""

    TERRAFORM = "Terraform"
    #: Azure Resource Manager: Bicep and ARM JSON.
    ARM = "ARM"


class Namespace(Protocol):
    """Something names are looked up in that is not a value: ``var``, ``module``, a resource type."""

    def member(self, name: str, node: GetAttribute | Index) -> Value | Namespace:
        """What the name stands for; an unknown value where nothing has it."""

    def whole(self) -> Value:
        """The group as one value, for expressions that use it as such."""


@runtime_checkable
class HasFunctions(Protocol):
    """A namespace with functions: ``sys``, ``az``, an import."""

    def function(self, name: str) -> Function | None:
        """The function of this name."""


@runtime_checkable
class MayBeAbsent(Protocol):
    """A resource or module that may not be deployed, with the reason, ``None`` where it surely is."""

    conditional: Unknown | None


@runtime_checkable
class HasNested(Protocol):
    """A resource with resources that are declared in its body."""

    def nested(self, name: str) -> Value | None:
        """The one with this symbolic name."""


@runtime_checkable
class HasIdentifier(Protocol):
    """A resource whose id can be told in parts."""

    def identifier(self, path: Sequence[str | int]) -> Value | None:
        """The id as a text, of which unknown parts hold no slash.

        ``None`` where that is not known, and where the attribute of this path is not its id.
        """


class Files(Protocol):
    """The files that functions may read."""

    def read(self, path: str) -> str | None:
        """The text of a file, relative to where the scope decides; ``None`` where it has none."""


@runtime_checkable
class HasSources(Protocol):
    """Files that are read with their places, so that what is found in them can be shown."""

    def source(self, path: str) -> Source | None:
        """The file, relative to where the scope decides; ``None`` where it has none."""


class Scope(Protocol):
    """What the names in an expression mean."""

    def lookup(self, name: str, node: Reference) -> Value | Namespace:
        """What a root name stands for; an unknown value where nothing has it."""

    def function(self, name: str) -> Function | None:
        """The function of this name."""

    @property
    def files(self) -> Files:
        """The files that functions may read."""

    @property
    def dialect(self) -> Dialect:
        """The rules that hold here."""


class NameScope:
    """A scope with further names in front: loop variables, template variables."""

    __slots__ = ("_names", "dialect", "item", "outer")

    def __init__(self, outer: Scope, names: Mapping[str, Value], item: Value | None = None) -> None:
        self.outer = outer
        #: The same rules as outside.
        self.dialect = outer.dialect
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

    def resolve(self, node: Expr, scope: Scope) -> Value | Namespace:
        """The same, or the namespace that the node names."""

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

    ``compute`` gets evaluated arguments, none of them a choice unless it takes ``choices``
    itself. ``deep`` tells that it may walk through whole arguments, ``open_ended`` that it can
    work with some arguments missing (:attr:`FunctionCall.rest`). A ``lazy`` one gets no
    arguments and evaluates those nodes of its call that it needs.
    """

    compute: Callable[[tuple[Value, ...], FunctionCall], Value]
    deep: bool = True
    open_ended: bool = False
    choices: bool = False
    lazy: bool = False
