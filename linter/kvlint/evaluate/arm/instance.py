"""One deployment of a template: its names and what they stand for, evaluated on demand."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kvlint.evaluate.arm.context import ContextFunctions
from kvlint.evaluate.arm.dependencies import Dependencies
from kvlint.evaluate.arm.functions import FunctionNames, function_of
from kvlint.evaluate.arm.index import ResourceIndex
from kvlint.evaluate.arm.module import ModuleCalls, UnreadModule
from kvlint.evaluate.arm.order import Declaration, Position
from kvlint.evaluate.arm.place import Place
from kvlint.evaluate.arm.resource import ArmResource
from kvlint.evaluate.arm.rounds import instances_of
from kvlint.evaluate.arm.template import Imported, ResourceDeclaration, Template, UserFunction
from kvlint.evaluate.expansion import Budget
from kvlint.evaluate.functions.arm.table import ARM_FUNCTIONS
from kvlint.evaluate.instances import as_value, once, suffix
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.resources import Deployment, MissingCall
from kvlint.evaluate.scope import Dialect, Files, Function, NameScope, Namespace, Scope
from kvlint.evaluate.values import (
    Scalar,
    Step,
    Symbol,
    Unknown,
    Value,
    alternatives,
    choice,
    is_null,
    moved,
)
from kvlint.source import Source
from kvlint.syntax.expr import Literal, Reference

#: What a module or an import leads to, or why that cannot be read.
Found = Template | str


class Library(Protocol):
    """Where templates and files come from."""

    def template(self, base: Template, written: Literal) -> Found:
        """The template that a path or registry reference, a text in ``base``, leads to."""

    def read(self, base: Template, path: str) -> str | None:
        """The text of a file relative to a template; ``None`` outside the set or where there is none."""

    def source(self, base: Template, path: str) -> Source | None:
        """The same as a source, so that what stands in it can be shown."""

    def types_below(self, template: Template) -> frozenset[str]:
        """The types, in lower case, of everything that a template and its modules deploy."""


@dataclass(slots=True, eq=False)
class Run:
    """What all template instances of one deployment share.

    ``understood`` are the registry modules (``avm/res/key-vault/vault``) whose interface is
    known where their source is not there.
    """

    deployment: Deployment
    library: Library
    understood: Container[str] = ()
    budget: Budget = field(default_factory=Budget)
    missing: list[MissingCall] = field(default_factory=list)
    #: For the templates of modules, beside what these expand to.
    call_budget: Budget = field(default_factory=Budget)
    #: Templates as others import from them: one instance for all, since they have no inputs.
    imported: dict[Template, TemplateInstance] = field(default_factory=dict)
    #: The functions of templates that are being called.
    calling: set[UserFunction] = field(default_factory=set)


class TemplateInstance:
    """A template with its inputs: the scope that its expressions are evaluated in.

    ``path`` is its address (``network.subnets[0]``, empty for the entry template),
    ``ancestors`` the templates around it. ``outer`` is the scope that the expressions of a
    nested deployment with outer evaluation see instead. ``conditional`` is set where it may
    not be deployed. ``trail`` are the calls that lead to it.
    """

    def __init__(
        self,
        template: Template,
        run: Run,
        place: Place,
        inputs: Callable[[str], Value | None],
        *,
        path: str = "",
        ancestors: tuple[Template, ...] = (),
        outer: Scope | None = None,
        conditional: Unknown | None = None,
        trail: tuple[Position, ...] = (),
    ) -> None:
        self.template = template
        self.run = run
        self.place = place
        self.path = path
        self.ancestors = (*ancestors, template)
        self.conditional = conditional
        self.deployment = run.deployment
        self.is_json = template.is_json
        self.outer = outer
        self._trail = trail
        self._inputs = inputs
        self._memo: dict[tuple[str, str], Value] = {}
        self._resources: dict[str, tuple[Value, list[ArmResource]]] = {}
        self._functions = ContextFunctions(self)
        self.index = ResourceIndex(self)
        self.modules = ModuleCalls(self)
        self.dependencies = Dependencies(self)

    # --- Scope ----------------------------------------------------------------------------

    @property
    def dialect(self) -> Dialect:
        """Operators are those of Bicep and ARM."""
        return Dialect.ARM

    @property
    def files(self) -> Files:
        """The files that functions may read."""
        return self

    def read(self, path: str) -> str | None:
        """A file relative to the template."""
        return self.run.library.read(self.template, path)

    def source(self, path: str) -> Source | None:
        """The same with its places."""
        return self.run.library.source(self.template, path)

    def lookup(self, name: str, node: Reference) -> Value | Namespace:
        """What a symbolic name stands for in this template."""
        if self.outer is not None:
            return self.outer.lookup(name, node)
        template = self.template
        if name in template.parameters:
            return self.parameter(name)
        if name in template.variables:
            return self.variable(name)
        if name in template.resources:
            return self.resource(template.resources[name])[0]
        if name in template.modules:
            return self.modules.value(name)
        if name in template.imports:
            return self._import(template.imports[name])
        if name in ("az", "sys") or any(one.startswith(f"{name}.") for one in template.functions):
            return FunctionNames(self, "" if name in ("az", "sys") else f"{name}.")
        return Unknown(f"{name} is not declared in this template", span=node.span)

    def function(self, name: str) -> Function | None:
        """The functions of the template, those of its place, and those of the language."""
        if self.outer is not None:
            return self.outer.function(name)
        user = self.template.functions.get(name.lower() if self.is_json else name)
        if user is not None:
            return function_of(user, self)
        imported = self.template.imports.get(name)
        if imported is not None and imported.original:
            return self._imported_function(imported)
        folded = name.lower()
        return self._functions.get(folded) or ARM_FUNCTIONS.get(folded)

    # --- Names ----------------------------------------------------------------------------

    def parameter(self, name: str) -> Value:
        """A parameter: what the caller gives, else its default, else unknown."""
        return self._once("parameter", name, self._parameter)

    def _parameter(self, name: str) -> Value:
        parameter = self.template.parameters.get(name)
        if parameter is None:
            return Unknown(f'parameter "{name}" is not declared')
        given = self._inputs(name)
        default = parameter.default
        replaceable = given is None and len(self.ancestors) == 1
        if default is not None and (given is None or any(is_null(one) for one in alternatives(given))):
            fallback = evaluate(default, self)
            options = () if given is None else alternatives(given)
            given = choice([fallback if is_null(one) else one for one in options] or [fallback])
        if given is None:
            reason = f'parameter "{parameter.name}" has no value'
            if parameter.nullable and len(self.ancestors) > 1:
                return Scalar(None, span=parameter.span)  # its caller has said all there is to say
            given = Unknown(reason, span=parameter.span, key=("parameter", self.mark, name))
        return moved(given, Step(parameter.span, f'parameter "{parameter.name}"', replaceable))

    @property
    def mark(self) -> Hashable:
        """What tells this instance from others of the run."""
        return (self.deployment, self.path)

    def variable(self, name: str) -> Value:
        """A variable."""
        return self._once("variable", name, self._variable)

    def _variable(self, name: str) -> Value:
        variable = self.template.variables.get(name)
        if variable is None:
            return Unknown(f'variable "{name}" is not declared')
        return moved(evaluate(variable.value, self), Step(variable.span, f'variable "{variable.name}"'))

    def output(self, name: str) -> Value:
        """An output; the names of ARM JSON have no case."""
        return self._once("output", name.lower() if self.is_json else name, self._output)

    def _output(self, name: str) -> Value:
        output = self.template.outputs.get(name)
        if output is None:
            return Unknown(f"the template has no output {name!r}")
        return moved(evaluate(output.value, self), Step(output.span, f'output "{output.name}"'))

    def _once(self, kind: str, name: str, compute: Callable[[str], Value]) -> Value:
        meanwhile = Unknown(f'{kind} "{name}" refers to itself')
        return once(self._memo, (kind, name), meanwhile, lambda: compute(name))

    # --- Imports --------------------------------------------------------------------------

    def _import(self, imported: Imported) -> Value | Namespace:
        source = self._import_source(imported)
        if isinstance(source, str):
            return Unknown(f"{imported.name} cannot be imported: {source}", span=imported.path.span)
        if imported.original:
            return source.variable(imported.original)
        return FunctionNames(source, "")

    def _imported_function(self, imported: Imported) -> Function | None:
        source = self._import_source(imported)
        if isinstance(source, str):
            return None
        return source.function(imported.original) if imported.original in source.template.functions else None

    def _import_source(self, imported: Imported) -> TemplateInstance | str:
        """The template that a name is imported from; its variables need no inputs."""
        written = imported.path
        path = written.value if isinstance(written, Literal) else None
        if not isinstance(path, str) or not isinstance(written, Literal):
            return "its path is not a plain text"
        found = self.run.library.template(self.template, written)
        if isinstance(found, str):
            return found
        if found in self.ancestors:
            return "it imports itself in a circle"
        shared = self.run.imported
        if found not in shared:
            mark = f"import {found.source.path}"
            shared[found] = TemplateInstance(found, self.run, self.place, lambda _: None, path=mark)
        return shared[found]

    # --- Resources ------------------------------------------------------------------------

    def resource(self, declaration: ResourceDeclaration) -> tuple[Value, list[ArmResource]]:
        """A resource of the template itself: as a value, and its instances."""
        itself = Unknown(f"{declaration.symbol} refers to itself", span=declaration.span)
        return once(
            self._resources,
            declaration.symbol,
            (itself, []),
            lambda: self._expand(declaration, self, None),
        )

    def resource_value(self, declaration: ResourceDeclaration, scope: Scope, parent: ArmResource) -> Value:
        """What a resource within another is."""
        return self._within(declaration, scope, parent)[0]

    def _within(
        self, declaration: ResourceDeclaration, scope: Scope, parent: ArmResource
    ) -> tuple[Value, list[ArmResource]]:
        mark = f"{parent.address}::{declaration.symbol}"
        itself = Unknown(f"{declaration.symbol} refers to itself", span=declaration.span)
        return once(self._resources, mark, (itself, []), lambda: self._expand(declaration, scope, parent))

    def _expand(
        self, declaration: ResourceDeclaration, scope: Scope, parent: ArmResource | None
    ) -> tuple[Value, list[ArmResource]]:
        expansion = instances_of(declaration.loop, declaration.condition, scope, self.run.budget)
        base = self._address(declaration, parent)
        doubt = self.conditional or (parent.conditional if parent is not None else None)
        made = [
            ArmResource(
                declaration,
                self,
                NameScope(scope, one.names) if one.names else scope,
                base + suffix(one, expansion),
                doubt or one.conditional,
                absent=one.absent or (parent is not None and parent.absent),
                parent=parent,
            )
            for one in expansion.instances
        ]
        symbols = [Symbol(one, span=declaration.span) for one in made]
        return as_value(expansion, symbols, declaration.span), made

    def _address(self, declaration: ResourceDeclaration, parent: ArmResource | None) -> str:
        symbol = declaration.symbol
        if symbol.startswith("#"):
            symbol = declaration.type.rpartition("/")[2] + symbol
        if parent is not None:
            return f"{parent.address}::{symbol}"
        return self.address_of(symbol)

    def address_of(self, symbol: str) -> str:
        """The address of something that the template declares."""
        deployment = self.deployment
        around = f"{self.path}." if self.path else ""
        return f"{deployment.language.value}:{deployment.root}:{deployment.variant}|{around}{symbol}"

    def find(self, type_: str, names: Sequence[Value], scope: Value | None = None) -> Symbol | None:
        """The resource that the template declares with this type and these names.

        ``scope`` is the id of what it lies in or extends, ``None`` for where the template is deployed.
        """
        return self.index.find(type_, names, scope)

    def trail_to(self, declaration: Declaration) -> tuple[Position, ...]:
        """The way from the entry to something that the template declares."""
        return (*self._trail, Position(self, declaration))

    def own_resources(self, wanted: Callable[[str], bool] = lambda _: True) -> Iterator[ArmResource]:
        """The resources of the template itself, those within others too; also those that surely are not made."""
        stack = [(one, self.resource(one)[1]) for one in reversed(self.template.resources.values())]
        while stack:
            declaration, made = stack.pop()
            if wanted(declaration.type):
                yield from made
            for child in reversed(declaration.children.values()):
                stack.extend((child, self._within(child, parent.scope_within, parent)[1]) for parent in made)

    def resources(self, wanted: Callable[[str], bool]) -> Iterator[ArmResource | UnreadModule]:
        """Every resource here and in modules whose type is wanted, and modules that cannot be read."""
        for resource in self.own_resources(wanted):
            if not resource.absent:
                yield resource
        for name in self.template.modules:
            yield from self.modules.resources(name, wanted)
