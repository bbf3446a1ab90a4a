"""The declarations of Bicep files and of their parameter files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from kvlint.source import Source, Span
from kvlint.syntax.body import Comment, SyntaxProblem
from kvlint.syntax.expr import Call, Expr, Literal, Loop, Object


@dataclass(slots=True, eq=False)
class TypeExpr:
    """A type as it is written, and what little of it matters for secrets.

    ``name`` is the name that is the whole type, ``?`` aside, with the namespace before it if
    there is one; else None. ``literals`` are the plain strings in it in source order: the
    members of a union, the argument of ``resourceInput<…>``, the name behind ``resource``.
    ``secure`` when a part of it is decorated with ``@secure()`` or named ``secureString`` or
    ``secureObject``. ``names`` are those of all types that it is made of, each with its
    namespace.
    """

    source: Source
    start: int
    end: int
    name: str | None
    nullable: bool
    literals: Sequence[Literal]
    secure: bool
    names: Sequence[str]

    @property
    def span(self) -> Span:
        """The range of the type."""
        return Span(self.source, self.start, self.end)


@dataclass(slots=True, eq=False)
class Name:
    """A name where it is declared."""

    source: Source
    start: int
    text: str

    @property
    def span(self) -> Span:
        """The range of the name."""
        return Span(self.source, self.start, self.start + len(self.text))


@dataclass(slots=True, eq=False)
class Declaration:
    """A statement: ``start`` is where its keyword begins, behind the decorators.

    A decorator is a call without the ``@``; the name of ``@sys.secure()`` is ``secure``,
    names of other namespaces keep their prefix.
    """

    source: Source
    start: int
    end: int
    decorators: Sequence[Call]

    @property
    def span(self) -> Span:
        """The statement from its keyword on."""
        return Span(self.source, self.start, self.end)

    def decorator(self, name: str) -> Call | None:
        """The first decorator with this name."""
        return next((call for call in self.decorators if call.name == name), None)


@dataclass(slots=True, eq=False)
class TargetScope(Declaration):
    """``targetScope = value``."""

    value: Expr


@dataclass(slots=True, eq=False)
class Metadata(Declaration):
    """``metadata name = value``."""

    name: Name
    value: Expr


@dataclass(slots=True, eq=False)
class Param(Declaration):
    """``param name type = default``."""

    name: Name
    type: TypeExpr
    default: Expr | None


@dataclass(slots=True, eq=False)
class ParamAssignment(Declaration):
    """``param name = value`` in a parameter file."""

    name: Name
    value: Expr


@dataclass(slots=True, eq=False)
class Var(Declaration):
    """``var name = value``, with or without a type."""

    name: Name
    type: TypeExpr | None
    value: Expr


@dataclass(slots=True, eq=False)
class Output(Declaration):
    """``output name type = value``."""

    name: Name
    type: TypeExpr
    value: Expr


@dataclass(slots=True, eq=False)
class TypeAlias(Declaration):
    """``type name = type``."""

    name: Name
    type: TypeExpr


@dataclass(slots=True, eq=False)
class FunctionParameter:
    """``name type`` in the head of a function."""

    name: Name
    type: TypeExpr


@dataclass(slots=True, eq=False)
class Function(Declaration):
    """``func name(parameters) returns => body``."""

    name: Name
    parameters: Sequence[FunctionParameter]
    returns: TypeExpr
    body: Expr


@dataclass(slots=True, eq=False)
class Resource(Declaration):
    """``resource name 'type@version' = …``, with ``existing`` or without.

    ``value`` is the body or, for ``[for …]``, a :class:`~kvlint.syntax.expr.Loop` over
    bodies; ``condition`` is that of an ``if`` before the body of a single resource.
    ``resources`` are declared inside the body. ``type`` is no literal only in files that
    Bicep refuses.
    """

    name: Name
    type: Expr
    existing: bool
    condition: Expr | None
    value: Object | Loop
    resources: Sequence[Resource]

    @property
    def body(self) -> Object | None:
        """The body, of each round where there is a loop."""
        return body_of(self.value)


@dataclass(slots=True, eq=False)
class Module(Declaration):
    """``module name 'path' = …``; for the value see :class:`Resource`."""

    name: Name
    path: Expr
    condition: Expr | None
    value: Object | Loop

    @property
    def body(self) -> Object | None:
        """The body, of each round where there is a loop."""
        return body_of(self.value)


@dataclass(slots=True, eq=False)
class BicepTest(Declaration):
    """``test name 'path' = { … }``."""

    name: Name
    path: Expr
    value: Object


@dataclass(slots=True, eq=False)
class Assert(Declaration):
    """``assert name = condition``."""

    name: Name
    value: Expr


@dataclass(slots=True, eq=False)
class ImportedSymbol:
    """``name`` or ``name as alias`` in an import; ``span`` is that of the name."""

    span: Span
    name: str
    alias: Name | None


@dataclass(slots=True, eq=False)
class Import(Declaration):
    """``import {a, b as c} from 'path'``, or ``import * as namespace from 'path'``."""

    path: Expr
    symbols: Sequence[ImportedSymbol]
    namespace: Name | None


@dataclass(slots=True, eq=False)
class Extension(Declaration):
    """``extension name with { … } as alias``; earlier ``import 'name'`` or ``provider 'name'``.

    ``specification`` is a string or a :class:`~kvlint.syntax.expr.Reference`.
    """

    specification: Expr
    config: Object | None
    alias: Name | None


@dataclass(slots=True, eq=False)
class ExtensionConfig(Declaration):
    """``extensionConfig name with { … }`` in a parameter file."""

    name: Name
    config: Object


@dataclass(slots=True, eq=False)
class Using(Declaration):
    """``using 'path'`` in a parameter file; ``path`` is None for ``using none``."""

    path: Expr | None
    config: Object | None


@dataclass(slots=True, eq=False)
class Extends(Declaration):
    """``extends 'path'`` in a parameter file."""

    path: Expr


def body_of(value: Expr) -> Object | None:
    """The object that is a value, or the value of each of its rounds."""
    if isinstance(value, Loop):
        value = value.value
    return value if isinstance(value, Object) else None


_Kind = TypeVar("_Kind", bound=Declaration)


@dataclass(slots=True, eq=False)
class BicepFile:
    """A file that was read, as far as it could be."""

    source: Source
    declarations: list[Declaration]
    problems: list[SyntaxProblem]
    comments: list[Comment]

    def of(self, kind: type[_Kind]) -> Iterator[_Kind]:
        """The declarations of one kind; nested resources stand in their parents."""
        return (declaration for declaration in self.declarations if isinstance(declaration, kind))
