"""The functions of Bicep and ARM whose result depends on where a template is deployed, or on the template."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kvlint.evaluate.access import element
from kvlint.evaluate.arm.ids import parsed_id, slashes
from kvlint.evaluate.arm.place import chosen, group_scope, resource_id_text, scope_id, subscription_scope
from kvlint.evaluate.arm.template import TargetScope
from kvlint.evaluate.combine import each_way, key_of, sources_of, unknown_of
from kvlint.evaluate.deployer import Deployer
from kvlint.evaluate.scope import Dialect, Function, FunctionCall
from kvlint.evaluate.values import MapValue, PartialText, Scalar, Symbol, Unknown, Value, text_of
from kvlint.source import Span

if TYPE_CHECKING:
    from kvlint.evaluate.arm.instance import TemplateInstance

Arguments = tuple[Value, ...]
Compute = Callable[["TemplateInstance", Arguments, FunctionCall], Value]

_DEPLOYMENT = "microsoft.resources/deployments"
_LATER = "it is known only after deployment"


class ContextFunctions:
    """A table of functions that are bound to one template instance, made as they are asked for."""

    def __init__(self, instance: TemplateInstance) -> None:
        self._instance = instance
        self._made: dict[str, Function] = {}

    def get(self, name: str) -> Function | None:
        """The function of this name, in lower case; every name with ``list`` in front reads keys."""
        if name not in self._made:
            compute = _TABLE.get(name) or (_list if name.startswith("list") and len(name) > 4 else None)
            if compute is None:
                return None
            bound = compute
            self._made[name] = Function(lambda arguments, call: bound(self._instance, arguments, call))
        return self._made[name]


# --- Names ------------------------------------------------------------------------------


def _parameters(instance: TemplateInstance, arguments: Arguments, call: FunctionCall) -> Value:
    name = _first_text(arguments)
    return _no_name(arguments, call) if name is None else instance.parameter(name.lower())


def _variables(instance: TemplateInstance, arguments: Arguments, call: FunctionCall) -> Value:
    name = _first_text(arguments)
    return _no_name(arguments, call) if name is None else instance.variable(name.lower())


def _first_text(arguments: Arguments) -> str | None:
    return text_of(arguments[0]) if arguments else None


def _no_name(arguments: Arguments, call: FunctionCall) -> Unknown:
    if not arguments:
        return Unknown(f"{call.node.name} names nothing", failed=True, span=call.span)
    return unknown_of(arguments, call.span)


# --- Places -----------------------------------------------------------------------------


def _resource_group(instance: TemplateInstance, arguments: Arguments, call: FunctionCall) -> Value:
    return group_scope(arguments, instance.place, call.span)


def _subscription(instance: TemplateInstance, arguments: Arguments, call: FunctionCall) -> Value:
    return subscription_scope(arguments, instance.place, call.span)


def _management_group(instance: TemplateInstance, arguments: Arguments, call: FunctionCall) -> Value:
    name = arguments[0] if arguments else instance.place.name
    return replace(instance.place, kind=TargetScope.MANAGEMENT_GROUP, name=name).value(call.span)


def _tenant(instance: TemplateInstance, arguments: Arguments, call: FunctionCall) -> Value:
    tenant = chosen("tenant", "the tenant is chosen at deployment", instance.place)
    entries: dict[str, Value] = {
        "id": Scalar("/", span=call.span),
        "name": tenant,
        "tenantId": tenant,
        "type": Scalar("Microsoft.Resources/tenants", span=call.span),
    }
    return MapValue(entries, rest=Unknown(_LATER, span=call.span), span=call.span)


def _deployment(instance: TemplateInstance, arguments: Arguments, call: FunctionCall) -> Value:
    name = Unknown("the name of a deployment is chosen with it", key=("deployment", instance.mark))
    return MapValue({"name": name}, rest=Unknown(_LATER, span=call.span), span=call.span)


def _deployer(instance: TemplateInstance, arguments: Arguments, call: FunctionCall) -> Value:
    return Symbol(Deployer(instance.deployment), span=call.span)


# --- Resource ids -----------------------------------------------------------------------


def _resource_id(instance: TemplateInstance, arguments: Arguments, call: FunctionCall) -> Value:
    """``resourceId([subscription,] [group,] type, name…)``."""
    at = _type_position(arguments, 2)
    if at is None:
        return _unknown_id(arguments, call)
    scope = scope_id(group_scope(arguments[:at], instance.place, call.span), call.span) if at else None
    return _id(instance, arguments[at:], scope, call)


def _subscription_resource_id(instance: TemplateInstance, arguments: Arguments, call: FunctionCall) -> Value:
    at = _type_position(arguments, 1)
    if at is None:
        return _unknown_id(arguments, call)
    base = scope_id(subscription_scope(arguments[:at], instance.place, call.span), call.span)
    return _id(instance, arguments[at:], base, call)


def _tenant_resource_id(instance: TemplateInstance, arguments: Arguments, call: FunctionCall) -> Value:
    if _type_position(arguments, 0) is None:
        return _unknown_id(arguments, call)
    return _id(instance, arguments, Scalar("/", span=call.span), call)


def _extension_resource_id(instance: TemplateInstance, arguments: Arguments, call: FunctionCall) -> Value:
    if len(arguments) < 2 or text_of(arguments[1]) is None:
        return _unknown_id(arguments, call)
    return _id(instance, arguments[1:], arguments[0], call)


def _id(instance: TemplateInstance, named: Arguments, scope: Value | None, call: FunctionCall) -> Value:
    """The id of a type with names at a scope, ``None`` for where the template is deployed."""
    type_, names = str(text_of(named[0])), named[1:]
    found = instance.find(type_, names, scope)
    if found is not None:
        return Symbol(found.resource, ("id",), span=call.span)
    return resource_id_text(type_, names, instance.place.id(call.span) if scope is None else scope, call.span)


def _type_position(arguments: Sequence[Value], optional: int) -> int | None:
    """Which argument is the type, behind at most so many others; ``None`` where that is not known."""
    for number, argument in enumerate(arguments[: optional + 1]):
        text = text_of(argument)
        if text is not None and "/" in text and "." in text:
            return number
    return None


def _unknown_id(arguments: Arguments, call: FunctionCall) -> Unknown:
    keys = tuple(key_of(one) for one in arguments)
    found = unknown_of(arguments, call.span, "the resource id cannot be told")
    found.key = None if None in keys else (call.node.name.lower(), keys)
    return found


# --- Properties -------------------------------------------------------------------------


def _reference(instance: TemplateInstance, arguments: Arguments, call: FunctionCall) -> Value:
    """``reference(id or name[, version[, 'Full']])``: the properties of a resource, or all of it."""
    if not arguments:
        return _no_name(arguments, call)
    target = arguments[0]
    full = len(arguments) > 2 and (text_of(arguments[2]) or "").casefold() == "full"
    path = () if full else ("properties",)
    if isinstance(target, Symbol) and target.path == ("id",):
        return Symbol(target.resource, path, span=call.span)
    declared = _declared(instance, target, call.span)
    if declared is not None:
        return each_way(
            (declared,),
            lambda one: Symbol(one.resource, path, span=call.span) if isinstance(one, Symbol) else one,
            call.span,
        )
    found = _referenced_module(instance, target, call.span)
    if found is not None:
        return found
    named = instance.index.by_id(target) if slashes(target) else instance.index.named(target)
    if named is not None:
        return Symbol(named.resource, path, span=call.span)
    result = Unknown(_LATER, span=call.span, sources=sources_of(arguments))
    keys = tuple(key_of(one) for one in arguments)
    result.key = None if None in keys else ("reference", keys)
    return result


def _declared(instance: TemplateInstance, target: Value, span: Span) -> Value | None:
    """The resource with a symbolic name, or one of its loop: ``kv`` or ``kv[0]``."""
    first, *others = target.parts if isinstance(target, PartialText) else (target,)
    name, bracket, index = (text_of(first) or "").partition("[")
    declared = instance.template.resources.get(name)
    if declared is None:
        return None
    value = instance.resource(declared)[0]
    if not bracket:
        return value
    position: Value = Scalar(int(index[:-1])) if index[:-1].isdecimal() else Unknown("its index is not known")
    if others:
        position = others[0]
    return element(value, position, span, Dialect.ARM)


def _referenced_module(instance: TemplateInstance, target: Value, span: Span) -> Value | None:
    """The outputs of a nested deployment that a name or an id names."""
    if slashes(target):
        wanted = parsed_id(target)
        if wanted is None or wanted.type.casefold() != _DEPLOYMENT:
            return None
        module = instance.modules.named(wanted.names[-1], lambda one: instance.index.is_at(one, wanted.scope))
    else:
        module = instance.modules.named(target)
    if module is None:
        return None
    outputs: dict[str, Value] = {
        output.name: MapValue({"value": module.output(name)}, span=span)
        for name, output in module.template.outputs.items()
    }
    return MapValue({"outputs": MapValue(outputs, span=span)}, rest=Unknown(_LATER, span=span), span=span)


def _list(instance: TemplateInstance, arguments: Arguments, call: FunctionCall) -> Value:
    """``listKeys(id, version)`` and its like: secrets of a resource."""
    later = Unknown(_LATER, span=call.span, sources=sources_of(arguments))
    if not arguments:
        return later
    if isinstance(arguments[0], Symbol) and arguments[0].path == ("id",):
        return Symbol(arguments[0].resource, (call.node.name,), span=call.span)
    declared = _declared(instance, arguments[0], call.span)
    if declared is None:
        return later
    return each_way(
        (declared,),
        lambda one: (
            Symbol(one.resource, (call.node.name,), span=call.span) if isinstance(one, Symbol) else later
        ),
        call.span,
    )


def _vault_secret(instance: TemplateInstance, arguments: Arguments, call: FunctionCall) -> Value:
    """A parameter that is taken from a vault: its id, and the secret's name."""
    if len(arguments) > 1 and isinstance(arguments[0], Symbol) and arguments[0].path == ("id",):
        name = text_of(arguments[1])
        if name is not None:
            return Symbol(arguments[0].resource, ("getSecret", name), span=call.span)
    return Unknown("it is read from a key vault at deployment", span=call.span)


def _environment_variable(instance: TemplateInstance, arguments: Arguments, call: FunctionCall) -> Value:
    return Unknown("it is read from the environment when parameters are built", span=call.span)


_TABLE: Mapping[str, Compute] = {
    "deployer": _deployer,
    "deployment": _deployment,
    "extensionresourceid": _extension_resource_id,
    "externalinput": _environment_variable,
    "getsecret": _vault_secret,
    "keyvaultsecret": _vault_secret,
    "managementgroup": _management_group,
    "parameters": _parameters,
    "readenvironmentvariable": _environment_variable,
    "reference": _reference,
    "resourcegroup": _resource_group,
    "resourceid": _resource_id,
    "subscription": _subscription,
    "subscriptionresourceid": _subscription_resource_id,
    "tenant": _tenant,
    "tenantresourceid": _tenant_resource_id,
    "variables": _variables,
}
