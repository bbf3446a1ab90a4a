"""A template of the Azure Resource Manager as it is written: what Bicep and ARM JSON have in common.

Builders make it of a tree (:mod:`~kvlint.evaluate.arm.from_bicep` and
:mod:`~kvlint.evaluate.arm.from_json`); evaluation does not ask which of them did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from kvlint.source import Source, Span
from kvlint.syntax.expr import Expr, Object


class TargetScope(Enum):
    """What a template is deployed to; the value is the word in Bicep."""

    RESOURCE_GROUP = "resourceGroup"
    SUBSCRIPTION = "subscription"
    MANAGEMENT_GROUP = "managementGroup"
    TENANT = "tenant"


@dataclass(slots=True, eq=False)
class Parameter:
    """A parameter. ``type`` is its name where it has one, in Bicep's words, else empty.

    ``secure`` for ``@secure()``, ``secureString`` and ``secureObject``. Without a default it
    must be given, unless it is ``nullable``.
    """

    name: str
    span: Span
    type: str = ""
    secure: bool = False
    nullable: bool = False
    default: Expr | None = None


@dataclass(slots=True, eq=False)
class Variable:
    """A variable; ``value`` may be a :class:`~kvlint.syntax.expr.Loop`."""

    name: str
    span: Span
    value: Expr


@dataclass(slots=True, eq=False)
class UserFunction:
    """A function that a template defines."""

    name: str
    parameters: Sequence[str]
    body: Expr


@dataclass(slots=True, eq=False)
class OutputValue:
    """An output. ``value`` may be a loop; ``secure`` as for parameters."""

    name: str
    span: Span
    value: Expr
    secure: bool = False
    condition: Expr | None = None


@dataclass(slots=True, eq=False)
class Round:
    """The loop of a resource or module.

    ``item`` and ``index`` are the names that the rest of the declaration uses, empty where it
    has none. ARM JSON, which counts, has a collection ``range(0, count)`` and, as the name of
    its item, that of its copy loop behind :data:`COPY`.
    """

    collection: Expr
    item: str
    index: str = ""
    condition: Expr | None = None


#: What stands before the name of a copy loop in the names that its body sees; no name of Bicep can.
COPY = "copyIndex "


@dataclass(slots=True, eq=False)
class ResourceDeclaration:
    """A resource.

    ``symbol`` is its symbolic name: in Bicep the declared one, in ARM JSON the key of a
    symbolic-name template or else one that is made up and unique (``#3``). ``type`` is the full
    type, of a nested child too, without the version (``Microsoft.KeyVault/vaults/secrets``),
    empty where it is computed. ``body`` holds ``name``, ``properties`` and so on as written.
    In Bicep's ``name`` stands the last segment, with ``parent`` telling the rest; in ARM JSON
    the whole of it, and ``parent`` is for resources nested in another's body.
    """

    symbol: str
    type: str
    api_version: str
    #: Where a person looks for it, and the whole declaration.
    span: Span
    extent: Span
    body: Object
    existing: bool = False
    condition: Expr | None = None
    loop: Round | None = None
    parent: ResourceDeclaration | None = None
    #: Resources that are declared in its body, by symbol.
    children: dict[str, ResourceDeclaration] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class ModuleCall:
    """A module, or a nested or linked deployment.

    Either ``path`` tells where the template is (a literal, or an expression that nobody can
    follow), or ``template`` is it. ``inputs`` are the values of its parameters by name:
    ``inputs_open`` is the expression that gives them where they are not an object literal.
    ``scope`` is where it is deployed, ``None`` for where its caller is; for ARM JSON the builder
    makes it of ``resourceGroup`` and ``subscriptionId``. ``shares_scope`` marks a nested
    deployment with outer evaluation: its expressions see the names of its caller.
    """

    symbol: str
    span: Span
    extent: Span
    body: Object
    path: Expr | None = None
    template: Template | None = None
    inputs: Object | None = None
    inputs_open: Expr | None = None
    scope: Expr | None = None
    condition: Expr | None = None
    loop: Round | None = None
    shares_scope: bool = False


@dataclass(slots=True, eq=False)
class Imported:
    """A name out of another template: ``original`` is empty for all of them under one name."""

    name: str
    original: str
    path: Expr


@dataclass(slots=True, eq=False)
class Template:
    """A template: its declarations by name, in source order."""

    source: Source
    scope: TargetScope | None = TargetScope.RESOURCE_GROUP
    parameters: dict[str, Parameter] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    functions: dict[str, UserFunction] = field(default_factory=dict)
    resources: dict[str, ResourceDeclaration] = field(default_factory=dict)
    modules: dict[str, ModuleCall] = field(default_factory=dict)
    outputs: dict[str, OutputValue] = field(default_factory=dict)
    imports: dict[str, Imported] = field(default_factory=dict)
    #: Whether names are those of ARM JSON: compared without case, used through functions.
    is_json: bool = False
    #: Whether the Bicep compiler wrote it.
    is_compiled: bool = False

    @property
    def size(self) -> int:
        """How many declarations an instance of it has, itself included."""
        return 1 + len(self.resources) + len(self.modules)

    def all_resources(self) -> Iterator[ResourceDeclaration]:
        """Every resource, those within others behind them."""
        stack = list(self.resources.values())[::-1]
        while stack:
            found = stack.pop()
            yield found
            stack.extend(reversed(found.children.values()))


@dataclass(slots=True, eq=False)
class GivenParameter:
    """What a parameters file gives a parameter: an expression, or a reference to a vault's secret."""

    name: str
    span: Span
    value: Expr


@dataclass(slots=True, eq=False)
class ParameterFile:
    """A ``.bicepparam`` or an ARM parameters file.

    ``using`` is the path of its template as written, ``None`` where it names none (JSON never
    does; ``using none``). ``extends`` is the path of the file that it builds on.
    ``variables`` and ``imports`` are those that a ``.bicepparam`` has itself.
    """

    source: Source
    values: Mapping[str, GivenParameter]
    using: Expr | None = None
    extends: Expr | None = None
    variables: dict[str, Variable] = field(default_factory=dict)
    imports: dict[str, Imported] = field(default_factory=dict)
    is_json: bool = False
