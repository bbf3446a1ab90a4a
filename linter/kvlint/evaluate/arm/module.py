"""The modules of a template: followed where their template is there, named where it is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TYPE_CHECKING

from kvlint.evaluate.arm.order import ArmOrder
from kvlint.evaluate.arm.place import Place, of_kind, place_of
from kvlint.evaluate.arm.resource import ArmResource
from kvlint.evaluate.arm.rounds import instances_of
from kvlint.evaluate.arm.template import ModuleCall, Template
from kvlint.evaluate.combine import name_key
from kvlint.evaluate.expansion import Instance
from kvlint.evaluate.instances import Names, as_value, once, suffix
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.resources import EvaluatedResource, MissingCall, value_at
from kvlint.evaluate.scope import NameScope, Namespace, Scope
from kvlint.evaluate.values import MapValue, Scalar, Step, Symbol, Unknown, Value, moved
from kvlint.syntax.expr import Expr, Literal, ObjectItem, Spread

if TYPE_CHECKING:
    from kvlint.evaluate.arm.instance import TemplateInstance

#: Modules nested deeper than this are not followed.
MAX_MODULE_DEPTH = 20
#: A module of the public registry: its path there, and its version.
_PUBLIC = re.compile(r"(?:br/public:|br:mcr\.microsoft\.com/bicep/)([^:@\s]+)[:@](\S+)\Z")
#: Why an attribute of a module is not known.
_LATER = "the {} of a module is known only after deployment"


class UnreadModule:
    """A module whose template is not there: a thing that knows its inputs and makes its outputs.

    ``type`` is its path in the public registry (``avm/res/key-vault/vault``) where its interface
    is known, else empty.
    """

    managed = True
    absent = False

    def __init__(
        self,
        call: ModuleCall,
        home: TemplateInstance,
        scope: Scope,
        address: str,
        place: Place,
        conditional: Unknown | None,
    ) -> None:
        self.address = address
        self.conditional = conditional
        self._call = call
        self._home = home
        self._scope = scope
        self._place = place
        self._given = inputs_of(call, scope)
        found = _PUBLIC.match(_path_text(call))
        path, self.version = found.groups() if found is not None else ("", "")
        self.type = path if path in home.run.understood else ""

    def configured(self, path: tuple[str | int, ...]) -> Value | None:
        """Its name; its outputs are known only after deployment."""
        return _name_of(self._call, self._scope) if path == ("name",) else None

    def inputs(self) -> MapValue:
        """All that it is given."""
        return self._given.all()

    def evaluated(self) -> EvaluatedResource:
        """The call as a resource, for those who know what the module makes of its inputs."""
        return EvaluatedResource(
            deployment=self._home.deployment,
            type=self.type,
            name=self._call.symbol,
            address=self.address,
            span=self._call.span,
            config=self.inputs(),
            conditional=self.conditional,
            extent=self._call.extent,
            api_version=self.version,
            resource_group=self._place.group,
            order=ArmOrder(self._home.trail_to(self._call)),
        )


class CalledModule:
    """What a module stands for where it is used as a whole, or is one of several."""

    type = ""
    managed = True

    def __init__(
        self,
        address: str,
        instance: TemplateInstance,
        conditional: Unknown | None,
        call: ModuleCall,
        scope: Scope,
    ) -> None:
        self.address = address
        self.conditional = conditional
        self._instance = instance
        self._call = call
        self._scope = scope

    def configured(self, path: tuple[str | int, ...]) -> Value | None:
        """Its name, the value of an output, or what that holds at the rest of the path."""
        if path == ("name",):
            return _name_of(self._call, self._scope)
        if len(path) < 2 or path[0] != "outputs" or not isinstance(path[1], str):
            return None
        found = self._instance.output(path[1])
        return value_at(found, path[2:]) if len(path) > 2 else found


class ModuleCalls:
    """The modules that a template instance calls, by symbolic name."""

    def __init__(self, home: TemplateInstance) -> None:
        self._home = home
        self._calls: dict[str, tuple[Value | Namespace, list[TemplateInstance | UnreadModule]]] = {}
        #: What the calls see, by the path of what they make.
        self._scopes: dict[str, Scope] = {}

    def value(self, name: str) -> Value | Namespace:
        """What the symbolic name of a module stands for."""
        return self._expanded(name)[0]

    def instances(self, name: str) -> Sequence[TemplateInstance | UnreadModule]:
        """Every instance of a module that may be deployed."""
        return self._expanded(name)[1]

    def resources(self, name: str, wanted: Callable[[str], bool]) -> Iterator[ArmResource | UnreadModule]:
        """The resources in every instance of a module."""
        call = self._home.template.modules[name]
        template = self._template(call)
        if isinstance(template, Template):
            below = self._home.run.library.types_below(template)
            if "*" not in below and not any(wanted(one) for one in below):
                return
        for made in self.instances(name):
            if isinstance(made, UnreadModule):
                yield made
            else:
                yield from made.resources(wanted)

    def named(self, name: Value, fits: Callable[[Place], bool] = lambda _: True) -> TemplateInstance | None:
        """The module whose deployment has a name, as ``reference`` looks for it in ARM JSON.

        A symbolic name, with an index for one of a loop, or what ``name`` says. ``fits`` tells
        whether it may be deployed to a place.
        """
        wanted = name_key(name)
        if wanted is None:
            return None
        for symbol, call in self._home.template.modules.items():
            found = self._called(symbol, call, wanted)
            if isinstance(found, UnreadModule):
                return None
            if found is not None and fits(found.place):
                return found
        return None

    def _called(
        self, symbol: str, call: ModuleCall, wanted: Hashable
    ) -> TemplateInstance | UnreadModule | None:
        """What a call makes with this name."""
        written = call.body.get("name")
        if call.loop is not None:
            return self._round_named(symbol, written, wanted)
        if wanted != symbol.casefold() and (
            written is None or wanted != name_key(evaluate(written, self._home))
        ):
            return None
        return next(iter(self._expanded(symbol)[1]), None)

    def _round_named(self, symbol: str, written: Expr | None, wanted: Hashable) -> TemplateInstance | None:
        """The round of a looped module that has this name."""
        has_symbol = not symbol.startswith("#")
        if has_symbol and not (isinstance(wanted, str) and wanted.startswith(f"{symbol.casefold()}[")):
            return None
        for one in self._expanded(symbol)[1]:
            if isinstance(one, UnreadModule):
                continue
            if has_symbol:
                if one.path.casefold().endswith(f".{wanted}") or one.path.casefold() == wanted:
                    return one
            elif written is not None and name_key(evaluate(written, self._scopes[one.path])) == wanted:
                return one
        return None

    def _expanded(self, name: str) -> tuple[Value | Namespace, list[TemplateInstance | UnreadModule]]:
        itself = Unknown(f"module {name} refers to itself")
        return once(self._calls, name, (itself, []), lambda: self._expand(self._home.template.modules[name]))

    def _expand(self, call: ModuleCall) -> tuple[Value | Namespace, list[TemplateInstance | UnreadModule]]:
        home = self._home
        found = self._template(call)
        size = 1 if isinstance(found, str) else found.size
        if isinstance(found, Template) and not home.run.call_budget.take(1, size):
            found = "there are too many module calls to follow"
        expansion = instances_of(call.loop, call.condition, home, home.run.call_budget, size)
        made: list[TemplateInstance | UnreadModule] = []
        seen: list[Symbol] = []
        for one in expansion.instances:
            instance, symbol = self._instance(call, found, one, suffix(one, expansion))
            seen.append(symbol)
            if not one.absent:
                made.append(instance)
        if isinstance(found, str) and not (made and isinstance(made[0], UnreadModule) and made[0].type):
            told = [item for one in made if isinstance(one, UnreadModule) for item in _values(one.inputs())]
            missing = MissingCall(call.span, call.symbol, _path_text(call), found, told)
            home.run.missing.append(missing)
        if expansion.repeated:
            return as_value(expansion, seen, call.span), made
        if not made:
            return Scalar(None, span=call.span), made
        only = made[0]
        if isinstance(only, UnreadModule):
            return _names_of_unread(call, home, seen[0]), made
        return _names(only, call, home, seen[0]), made

    def _instance(
        self, call: ModuleCall, found: Template | str, one: Instance, key: str
    ) -> tuple[TemplateInstance | UnreadModule, Symbol]:
        from kvlint.evaluate.arm.instance import TemplateInstance  # the two make each other

        home = self._home
        scope: Scope = NameScope(home, one.names) if one.names else home
        place = home.place
        if call.scope is not None:
            place = place_of(evaluate(call.scope, scope), place)
            if isinstance(found, Template):
                place = of_kind(place, found.scope)
        symbol = f"deployment{call.symbol}" if call.symbol.startswith("#") else call.symbol
        address = home.address_of(symbol + key)
        conditional = home.conditional or one.conditional
        if isinstance(found, str):
            unread = UnreadModule(call, home, scope, address, place, conditional)
            return unread, Symbol(unread, span=call.span)
        self._scopes[address.rpartition("|")[2]] = scope
        instance = TemplateInstance(
            found,
            home.run,
            place,
            inputs_of(call, scope),
            path=address.rpartition("|")[2],
            ancestors=home.ancestors,
            outer=scope if call.shares_scope else None,
            conditional=conditional,
            trail=home.trail_to(call),
        )
        return instance, Symbol(CalledModule(address, instance, conditional, call, scope), span=call.span)

    def _template(self, call: ModuleCall) -> Template | str:
        """The template of a call, or why it cannot be read."""
        home = self._home
        found: Template | str
        if call.template is not None:
            found = call.template
        elif isinstance(call.path, Literal) and isinstance(call.path.value, str):
            found = home.run.library.template(home.template, call.path)
        else:
            return "its path is not a plain text"
        if isinstance(found, str):
            return found
        if found in home.ancestors:
            return "it calls itself in a circle"
        if len(home.ancestors) > MAX_MODULE_DEPTH:
            return "modules are nested too deeply"
        return found


class Inputs:
    """What a call gives the parameters of its module, evaluated on demand in the caller's scope."""

    def __init__(self, call: ModuleCall, scope: Scope) -> None:
        self._call = call
        self._scope = scope
        self._items: dict[str, ObjectItem] | None = {}
        self._memo: dict[str, Value] = {}
        self._whole: Value | None = None
        for item in call.inputs.items if call.inputs is not None else ():
            if isinstance(item.value, Spread) or not isinstance(item.key, Literal):
                self._items = None
                break
            self._items[str(item.key.value).casefold()] = item
        if call.inputs_open is not None:
            self._items = None

    def __call__(self, name: str) -> Value | None:
        """The value for a parameter, ``None`` where the call gives none."""
        if self._items is None:
            return self._out_of_all(name)
        item = self._items.get(name.casefold())
        return None if item is None else self._given(item)

    def _given(self, item: ObjectItem) -> Value:
        name = _plain(item.key)
        itself = Unknown(f"what {name} is given refers to itself")
        return once(
            self._memo, name, itself, lambda: self._step(evaluate(item.value, self._scope), item.key, name)
        )

    def _step(self, value: Value, key: Expr, name: str) -> Value:
        return moved(value, Step(key.span, f"module {self._call.symbol}, parameter {name}"))

    def _out_of_all(self, name: str) -> Value | None:
        whole = self.all()
        if name in whole.entries:
            return whole.entries[name]
        return whole.rest

    def all(self) -> MapValue:
        """All inputs as one object."""
        written = self._call.inputs or self._call.inputs_open
        if self._items is not None:
            named = {_plain(item.key): item for item in self._items.values()}
            return MapValue(
                {name: self._given(item) for name, item in named.items()},
                {name: item.key.span for name, item in named.items()},
                span=written.span if written is not None else self._call.span,
            )
        if self._whole is None:
            self._whole = Unknown("what it is given refers to itself")
            self._whole = evaluate(written, self._scope) if written is not None else MapValue({})
        if isinstance(self._whole, MapValue):
            return self._whole
        return MapValue({}, rest=Unknown("its parameters are not known", span=self._call.span))


def _plain(key: Expr) -> str:
    return str(key.value) if isinstance(key, Literal) else ""


def inputs_of(call: ModuleCall, scope: Scope) -> Inputs:
    """The inputs of a call."""
    return Inputs(call, scope)


def _names_of_unread(call: ModuleCall, scope: Scope, symbol: Symbol) -> Names:
    """What a module stands for whose template is not there: its name, and outputs known only later."""

    def member(name: str) -> Value | Namespace:
        if name != "name":
            return Symbol(symbol.resource, (name,), span=call.span)
        return _name_of(call, scope) or Unknown(_LATER.format("name"), span=call.span)

    return Names(member, lambda: symbol)


def _names(instance: TemplateInstance, call: ModuleCall, scope: Scope, symbol: Symbol) -> Names:
    """What a module that is there stands for: its outputs and its name."""

    def outputs() -> Value:
        found = {name: instance.output(name) for name in instance.template.outputs}
        return MapValue(found, span=call.span)

    def with_value(name: str) -> Value:
        return MapValue({"value": instance.output(name)}, span=call.span)

    def of_deployment(name: str) -> Value | Namespace:
        if name == "outputs":
            return Names(with_value, outputs)
        return Unknown(f"the {name} of a deployment is known only after it", span=call.span)

    def member(name: str) -> Value | Namespace:
        if name == "outputs":
            return Names(instance.output, outputs)
        if name == "properties":  # of a deployment that is written as a resource
            return Names(of_deployment, lambda: symbol)
        written = _name_of(call, scope) if name == "name" else None
        return written or Unknown(_LATER.format(name), span=call.span)

    return Names(member, lambda: symbol, instance.conditional)


def _name_of(call: ModuleCall, scope: Scope) -> Value | None:
    """The name of the deployment that a call makes, ``None`` where the call leaves it to Bicep."""
    written = call.body.get("name")
    return None if written is None else evaluate(written, scope)


def _values(inputs: MapValue) -> list[Value]:
    return [*inputs.entries.values(), *([inputs.rest] if inputs.rest is not None else [])]


def _path_text(call: ModuleCall) -> str:
    return str(call.path.value) if isinstance(call.path, Literal) else ""
