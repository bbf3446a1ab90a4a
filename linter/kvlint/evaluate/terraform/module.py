"""One call of a Terraform module: its names and what they stand for, evaluated on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from posixpath import join, normpath, relpath

from kvlint.evaluate.expansion import Expansion, Instance, by_count, by_each
from kvlint.evaluate.functions.providers import provider_function
from kvlint.evaluate.functions.table import TERRAFORM_FUNCTIONS
from kvlint.evaluate.instances import Names, as_value, call_value, once, suffix
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.resources import MissingCall
from kvlint.evaluate.scope import Dialect, Files, Function, NameScope, Namespace, Scope
from kvlint.evaluate.terraform.configuration import Module, is_local, source_of
from kvlint.evaluate.terraform.interfaces import InterfaceCall, interface_of
from kvlint.evaluate.terraform.order import Dependencies, TerraformOrder
from kvlint.evaluate.terraform.planned_call import planned_call
from kvlint.evaluate.terraform.remote_state import StateSource, reads_state
from kvlint.evaluate.terraform.resource import TerraformResource
from kvlint.evaluate.terraform.run import Run
from kvlint.evaluate.types import convert, parse_type
from kvlint.evaluate.values import (
    MapValue,
    Scalar,
    Step,
    Symbol,
    Unknown,
    Value,
    alternatives,
    choice,
    is_null,
    moved,
    truth_of,
)
from kvlint.syntax.body import Block
from kvlint.syntax.expr import Reference

#: Modules nested deeper than this are not followed.
MAX_MODULE_DEPTH = 12
#: Arguments of a module call that are not the module's own inputs.
_CALL_ARGUMENTS = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})


class ModuleInstance:
    """A module with its inputs: the scope that its expressions are evaluated in.

    ``path`` is its address (``module.a.module.b["x"]``, empty for the root), ``call_names``
    the names in it (``a``, ``b``), ``ancestors`` the folders of the modules around it.
    ``conditional`` is set where the call may make no instance; ``caller`` is the module around it.
    """

    def __init__(
        self,
        module: Module,
        run: Run,
        inputs: Callable[[str], Value | None],
        *,
        path: str = "",
        call_names: tuple[str, ...] = (),
        ancestors: tuple[str, ...] = (),
        conditional: Unknown | None = None,
        caller: ModuleInstance | None = None,
    ) -> None:
        self.module = module
        self.run = run
        self.path = path
        self.conditional = conditional
        self.dependencies: Dependencies = Dependencies(self) if caller is None else caller.dependencies
        self.call_names = call_names
        self._inputs = inputs
        self._ancestors = (*ancestors, module.folder)
        self._memo: dict[tuple[str, str], Value] = {}
        self._resources: dict[tuple[str, str, str], tuple[Value, list[TerraformResource]]] = {}
        self._calls: dict[str, tuple[Value | Namespace, list[ModuleInstance]]] = {}
        self._interfaces: dict[str, list[InterfaceCall]] = {}
        self._types = {key[0] for key in module.resources}

    # --- Scope ----------------------------------------------------------------------------

    @property
    def dialect(self) -> Dialect:
        """Terraform's rules."""
        return Dialect.TERRAFORM

    @property
    def files(self) -> Files:
        """The files that functions may read."""
        return self.run

    def function(self, name: str) -> Function | None:
        """Terraform's functions, with or without their ``core::`` prefix, and those of providers."""
        return provider_function(name) or TERRAFORM_FUNCTIONS.get(name.removeprefix("core::"))

    def lookup(self, name: str, node: Reference) -> Value | Namespace:
        """What a root name stands for in this module."""
        match name:
            case "var":
                return Names(self.variable, lambda: _group(self.variable, self.module.variables))
            case "local":
                return Names(self.local, lambda: _group(self.local, self.module.locals))
            case "module":
                return Names(self.call, lambda: Unknown("it names all modules", span=node.span))
            case "data":
                return Names(
                    lambda kind: self._named("data", kind),
                    lambda: Unknown("it names all data sources", span=node.span),
                )
            case "ephemeral":
                return Unknown("an ephemeral resource exists during a deployment only", span=node.span)
            case "path":
                return MapValue(self._paths(), span=node.span)
            case "terraform":
                key = (self.run.deployment, "terraform.workspace")
                chosen = Unknown("the workspace is chosen at deployment", span=node.span, key=key)
                return MapValue({"workspace": chosen}, rest=chosen, span=node.span)
        if name in self._types:
            return self._named("resource", name)
        return Unknown(f"{name} is not declared in this module", span=node.span)

    def _paths(self) -> dict[str, Value]:
        here = relpath(self.module.folder or ".", self.run.root or ".")
        return {
            "module": Scalar(here),
            "root": Scalar("."),
            "cwd": Unknown("the working directory is chosen at deployment"),
        }

    # --- Names ----------------------------------------------------------------------------

    def variable(self, name: str) -> Value:
        """An input variable: what the caller gives, else its default, else unknown."""
        return self._once("var", name, self._variable)

    def _variable(self, name: str) -> Value:
        block = self.module.variables.get(name)
        if block is None:
            return Unknown(f'variable "{name}" is not declared')
        span = block.labels[0].span
        given = self._inputs(name)
        default = block.body.expression("default")
        nullable = block.body.expression("nullable")
        never_null = nullable is not None and truth_of(evaluate(nullable, self)) is False
        fallback = evaluate(default, self) if default is not None else None
        replaceable = given is None and not self.path
        if given is None:
            if fallback is None:
                # The same wherever it is read: who deploys gives it one value.
                key = (self.run.deployment, self.path, "var", name)
                return Unknown(f'variable "{name}" has no value', span=span, key=key)
            given = fallback
        elif fallback is not None and never_null:
            given = choice([fallback if is_null(option) else option for option in alternatives(given)])
        constraint = block.body.expression("type")
        wanted = parse_type(constraint) if constraint is not None else None
        if wanted is not None:
            given = convert(given, wanted)
        return moved(given, Step(span, f'variable "{name}"', replaceable))

    def local(self, name: str) -> Value:
        """A local value."""
        return self._once("local", name, self._local)

    def _local(self, name: str) -> Value:
        attribute = self.module.locals.get(name)
        if attribute is None:
            return Unknown(f'local value "{name}" is not declared')
        for needed in self._needed_locals(name):
            self.local(needed)
        value = evaluate(attribute.value, self)
        return moved(value, Step(attribute.name_span, f"local.{name}"))

    def _needed_locals(self, name: str) -> list[str]:
        """The locals that this one is made of, first things first: chains of any length stay flat."""
        order: list[str] = []
        seen = {name}
        stack = [(name, iter(self.module.needed_locals(name)))]
        while stack:
            current, below = stack[-1]
            needed = next((one for one in below if one not in seen), None)
            if needed is None:
                stack.pop()
                order.append(current)
                continue
            seen.add(needed)
            if ("local", needed) not in self._memo:
                stack.append((needed, iter(self.module.needed_locals(needed))))
        return order[:-1]

    def output(self, name: str) -> Value:
        """An output value."""
        return self._once("output", name, self._output)

    def _output(self, name: str) -> Value:
        block = self.module.outputs.get(name)
        expression = block.body.expression("value") if block else None
        if block is None or expression is None:
            return Unknown(f'output "{name}" is not declared', failed=True)
        return moved(evaluate(expression, self), Step(block.labels[0].span, f'output "{name}"'))

    def outputs(self) -> MapValue:
        """All outputs as one object."""
        return _group(self.output, self.module.outputs)

    def _once(self, kind: str, name: str, compute: Callable[[str], Value]) -> Value:
        itself = Unknown(f"{kind}.{name} refers to itself")
        return once(self._memo, (kind, name), itself, lambda: compute(name))

    # --- Resources ------------------------------------------------------------------------

    def _named(self, mode: str, kind: str) -> Names:
        return Names(
            lambda name: self.resource(mode, kind, name)[0],
            lambda: Unknown(f"it names all resources of type {kind}"),
        )

    def resource(self, mode: str, kind: str, name: str) -> tuple[Value, list[TerraformResource]]:
        """A resource (or, with mode ``data``, a data source): as a value, and its instances."""
        itself = Unknown(f"{kind}.{name} refers to itself")
        return once(
            self._resources, (mode, kind, name), (itself, []), lambda: self._expand_resource(mode, kind, name)
        )

    def _expand_resource(self, mode: str, kind: str, name: str) -> tuple[Value, list[TerraformResource]]:
        table = self.module.resources if mode == "resource" else self.module.data
        block = table.get((kind, name))
        if block is None:
            return Unknown(f"{kind}.{name} is not declared in this module"), []
        prefix = f"{self.path}." if self.path else ""
        base = f"{prefix}{'data.' if mode == 'data' else ''}{kind}.{name}"
        expansion = self._expansion(block)
        make = self._source if mode == "data" and reads_state(kind) else TerraformResource
        made = [
            make(
                block,
                self._address(base + suffix(instance, expansion)),
                NameScope(self, instance.names) if instance.names else self,
                self.run.deployment,
                self.conditional or instance.conditional,
                TerraformOrder(self, mode, kind, name),
            )
            for instance in expansion.instances
        ]
        if self.run.planned is not None:
            for instance, one in zip(expansion.instances, made, strict=True):
                one.planned = self.run.planned.attributes(base + suffix(instance, expansion))
        return as_value(expansion, [Symbol(one, span=block.header) for one in made], block.header), made

    @property
    def _source(self) -> Callable[..., TerraformResource]:
        """What makes a data source that reads the state of another root."""
        states = self.run.states
        return (
            TerraformResource if states is None else partial(StateSource, folder=self.run.root, states=states)
        )

    def _address(self, display: str) -> str:
        deployment = self.run.deployment
        return f"{deployment.language.value}:{deployment.root}:{deployment.variant}|{display}"

    def _expansion(self, block: Block, size: int = 1) -> Expansion:
        count = block.body.expression("count")
        if count is not None:
            return by_count(evaluate(count, self), self.run.budget, size)
        each = block.body.expression("for_each")
        if each is not None:
            return by_each(evaluate(each, self), self.run.budget, size)
        return Expansion([Instance(None, {})], repeated=False)

    # --- Modules --------------------------------------------------------------------------

    def call(self, name: str) -> Value | Namespace:
        """What ``module.NAME`` stands for."""
        return self._call(name)[0]

    def _call(self, name: str) -> tuple[Value | Namespace, list[ModuleInstance]]:
        itself = Unknown(f"module.{name} refers to itself")
        return once(self._calls, name, (itself, []), lambda: self._expand_call(name))

    def _expand_call(self, name: str) -> tuple[Value | Namespace, list[ModuleInstance]]:
        block = self.module.calls.get(name)
        if block is None:
            return Unknown(f'module "{name}" is not declared'), []
        display = f"{self.path}.module.{name}" if self.path else f"module.{name}"
        found = self._called_module(block, name)
        if isinstance(found, str) and self.run.planned is not None:
            planned = planned_call(self.run.planned, display, block.header)
            if planned is not None:
                self.run.planned_calls.append(planned)
                named = call_value(planned.expansion, planned.instances, self._address(display), planned.span)
                return named, []
        if isinstance(found, str) and interface_of(block) in self.run.understood:
            return self._expand_interface(block, name, display), []
        if isinstance(found, str):
            told = {
                key: evaluate(attribute.value, self)
                for key, attribute in block.body.attributes.items()
                if key not in _CALL_ARGUMENTS
            }
            missing = MissingCall(block.header, name, source_of(block) or "", found, [MapValue(told)])
            self.run.missing.append(missing)
            return Unknown(f'module "{name}" cannot be read: {found}', span=block.header), []
        expansion = self._expansion(block, found.size)
        made = [
            ModuleInstance(
                found,
                self.run,
                _arguments(block, NameScope(self, instance.names) if instance.names else self, name),
                path=display + suffix(instance, expansion),
                call_names=(*self.call_names, name),
                ancestors=self._ancestors,
                conditional=self.conditional or instance.conditional,
                caller=self,
            )
            for instance in expansion.instances
        ]
        return call_value(expansion, made, self._address(display), block.header), made

    def _expand_interface(self, block: Block, name: str, display: str) -> Value:
        """A module that is not there as the resource that its interface makes it."""
        expansion = self._expansion(block)
        made = self._interfaces[name] = [
            InterfaceCall(
                block,
                interface_of(block),
                self._address(display + suffix(instance, expansion)),
                NameScope(self, instance.names) if instance.names else self,
                self.run.deployment,
                self.conditional or instance.conditional,
            )
            for instance in expansion.instances
        ]
        return as_value(expansion, [Symbol(one, span=block.header) for one in made], block.header)

    def called(self, name: str) -> ModuleInstance | None:
        """An instance of the module that a call makes, ``None`` where there is none to look at."""
        return next(iter(self._call(name)[1]), None)

    def _called_module(self, block: Block, name: str) -> Module | str:
        """The module of a call, or why it cannot be read."""
        source = source_of(block)
        if source is None:
            return "its source is not a plain text"
        if is_local(source):
            folder = normpath(join(self.module.folder, source))
            folder = "" if folder == "." else folder
        else:
            # Terraform's manifest has the names of the calls down to this one as the key.
            installed = self.run.library.installed(self.run.root, ".".join([*self.call_names, name]))
            if installed is None:
                return "its source is not on disk"
            folder = installed
        if folder in self._ancestors:
            return "it calls itself in a circle"
        if len(self._ancestors) > MAX_MODULE_DEPTH:
            return "modules are nested too deeply"
        module = self.run.library.module(folder)
        if module is not None:
            fits = self.run.call_budget.take(1, module.size)
            return module if fits else "there are too many module calls to follow"
        if folder.partition("/")[0] == "..":
            return "its folder lies outside of what is analysed"
        return "there is no module in that folder"

    def resources(self, wanted: Callable[[str], bool]) -> Iterator[TerraformResource]:
        """Every resource and data source here and in called modules whose type is wanted."""
        for mode, table in (("resource", self.module.resources), ("data", self.module.data)):
            for kind, name in table:
                if wanted(kind):
                    yield from self.resource(mode, kind, name)[1]
        for name in self.module.calls:
            for instance in self._call(name)[1]:
                yield from instance.resources(wanted)
            yield from self._interfaces.get(name, ())


def _group(find: Callable[[str], Value], names: Mapping[str, object]) -> MapValue:
    return MapValue({name: find(name) for name in names})


def _arguments(block: Block, scope: Scope, call: str) -> Callable[[str], Value | None]:
    def given(name: str) -> Value | None:
        attribute = block.body.attributes.get(name)
        if attribute is None:
            return None
        value = evaluate(attribute.value, scope)
        return moved(value, Step(attribute.name_span, f'module "{call}", argument {name}'))

    return given
