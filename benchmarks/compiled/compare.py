"""One template in Bicep beside the JSON that the compiler made of it: declarations, then values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.compiled.agreement import Comparison, Names
from benchmarks.compiled.literals import NOT_CONFIGURED, compare_literals
from benchmarks.compiled.pairing import (
    Called,
    Declared,
    address_of,
    by_suffix,
    calls_by_suffix,
    declared,
    deployment_name,
    has_symbols,
    input_names,
    paired_modules,
    paired_resources,
)
from benchmarks.compiled.tally import Outcome, Tally
from kvlint.evaluate.arm.instance import TemplateInstance
from kvlint.evaluate.arm.module import UnreadModule
from kvlint.evaluate.arm.resource import ArmResource
from kvlint.evaluate.arm.template import ModuleCall, ResourceDeclaration
from kvlint.evaluate.values import MapValue, Symbol, Value, is_null


@dataclass(slots=True)
class _Templates:
    """A pair of template instances, with what was found to belong together in them."""

    bicep: TemplateInstance
    compiled: TemplateInstance
    #: The compiled template as plain JSON.
    raw: Mapping[str, Any]
    place: str
    by_symbol: bool
    resources: list[tuple[Declared | None, Declared | None]] = field(default_factory=list)
    modules: list[tuple[ModuleCall | None, ModuleCall | None]] = field(default_factory=list)
    #: Instances with the call, and whether it has a number of them that one side does not know.
    calls: list[tuple[Called | None, Called | None, ModuleCall, bool]] = field(default_factory=list)


class TemplateComparison:
    """Compares a template with its compiled JSON, modules that are there included."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self._names = Names()
        self._comparison = Comparison(self._names, tally)

    def run(
        self, bicep: TemplateInstance, compiled: TemplateInstance, raw: Mapping[str, Any], place: str
    ) -> None:
        """Compare, and count."""
        # Values refer to resources anywhere, so everything is paired before anything is compared.
        pairs = list(self._paired(bicep, compiled, raw, place))
        for pair in pairs:
            self._declarations(pair)
            self._named_values(pair)
            for mine, other in pair.resources:
                self._resource(pair, mine, other)
            for mine_call, other_call in pair.modules:
                self._module(pair, mine_call, other_call)
            for mine_made, other_made, call, is_open in pair.calls:
                self._call(f"{pair.place}: module {call.symbol}", mine_made, other_made, is_open=is_open)

    # --- Pairing ----------------------------------------------------------------------------

    def _paired(
        self, bicep: TemplateInstance, compiled: TemplateInstance, raw: Mapping[str, Any], place: str
    ) -> Iterator[_Templates]:
        by_symbol = has_symbols(compiled)
        pair = _Templates(bicep, compiled, raw, place, by_symbol)
        self._names.homes[compiled.path] = bicep.path
        pair.resources = list(
            paired_resources(declared(bicep), declared(compiled), self._comparison, by_symbol=by_symbol)
        )
        pair.modules = list(paired_modules(bicep, compiled, self._comparison, by_symbol=by_symbol))
        self._pair_deployments(pair)
        for mine, other in pair.resources:
            if mine is not None and other is not None:
                for one, its in by_suffix(mine.instances, other.instances):
                    if one is not None and its is not None:
                        self._names.resources[its.address] = one.address
        yield pair
        for mine_call, other_call in pair.modules:
            if mine_call is not None and other_call is not None:
                yield from self._paired_calls(pair, mine_call, other_call)

    def _pair_deployments(self, pair: _Templates) -> None:
        """Take out what Bicep has as a resource of the type of a deployment, and JSON as a nested one."""
        deployments = [
            one for one, its in pair.resources if one is not None and its is None and _deploys(one)
        ]
        nested = [its for mine, its in pair.modules if mine is None and its is not None]
        for one in deployments:
            its = next((call for call in nested if self._is_deployment(pair, one, call)), None)
            if its is None:
                continue
            nested.remove(its)
            place = f"{pair.place}: {one.symbol}"
            mine = _has_condition(one.declaration)
            self.tally.same("deployment resources", place, mine, its.condition is not None)
            pair.resources.remove((one, None))
            pair.modules.remove((None, its))

    def _is_deployment(self, pair: _Templates, mine: Declared, other: ModuleCall) -> bool:
        if pair.by_symbol or not mine.instances:
            return mine.symbol == other.symbol
        name = deployment_name(other, pair.compiled)
        return self._comparison.agree(mine.instances[0].names()[-1], name) is not Outcome.DIFFERENT

    def _paired_calls(self, pair: _Templates, mine: ModuleCall, other: ModuleCall) -> Iterator[_Templates]:
        made = pair.bicep.modules.instances(mine.symbol)
        theirs = pair.compiled.modules.instances(other.symbol)
        is_open = any(address_of(one).endswith("[*]") for one in (*made, *theirs))
        template: Mapping[str, Any] | None = None
        for one, its in calls_by_suffix(made, theirs):
            pair.calls.append((one, its, mine, is_open))
            if one is None or its is None:
                continue
            here, there = pair.bicep.address_of(""), pair.compiled.address_of("")
            self._names.resources[_whole(there, address_of(its))] = _whole(here, address_of(one))
            if isinstance(one, TemplateInstance) and isinstance(its, TemplateInstance):
                if template is None:
                    template = json.loads(other.extent.text)["properties"]["template"]
                yield from self._paired(one, its, template or {}, f"{pair.place} > {address_of(one)}")

    # --- Declarations -----------------------------------------------------------------------

    def _declarations(self, pair: _Templates) -> None:
        mine, other, place = pair.bicep.template, pair.compiled.template, pair.place
        self.tally.same("target scope", place, mine.scope, other.scope)
        parameters = {name.lower(): one for name, one in mine.parameters.items()}
        self.tally.same("parameter names", place, sorted(parameters), sorted(other.parameters))
        for name in sorted(parameters.keys() & other.parameters.keys()):
            one, its = parameters[name], other.parameters[name]
            at = f"{place}: param {one.name}"
            self.tally.same("secure parameters", at, one.secure, its.secure)
            self.tally.same("parameter defaults", at, one.default is not None, its.default is not None)
            self.tally.same("nullable parameters", at, one.nullable, its.nullable)
        outputs = {name.lower(): one for name, one in mine.outputs.items()}
        self.tally.same("output names", place, sorted(outputs), sorted(other.outputs))
        for name in sorted(outputs.keys() & other.outputs.keys()):
            at = f"{place}: output {outputs[name].name}"
            self.tally.same("secure outputs", at, outputs[name].secure, other.outputs[name].secure)

    def _named_values(self, pair: _Templates) -> None:
        compare, mine, other = self._comparison.compare, pair.bicep, pair.compiled
        for name in mine.template.parameters:
            if name.lower() in other.template.parameters:
                at = f"{pair.place}: param {name}"
                compare("parameter values", at, mine.parameter(name), other.parameter(name.lower()))
        raw = {name.lower(): value for name, value in pair.raw.get("variables", {}).items()}
        for name in mine.template.variables:
            # Variables that need a deployed resource are inlined, loops lie below "copy".
            if name.lower() in other.template.variables:
                at = f"{pair.place}: var {name}"
                value = mine.variable(name)
                compare("variables", at, value, other.variable(name.lower()))
                if name.lower() in raw:
                    compare_literals(self.tally, at, raw[name.lower()], value)
        for name in mine.template.outputs:
            if name.lower() in other.template.outputs:
                at = f"{pair.place}: output {name}"
                compare("outputs", at, mine.output(name), other.output(name.lower()))

    # --- Resources --------------------------------------------------------------------------

    def _resource(self, pair: _Templates, mine: Declared | None, other: Declared | None) -> None:
        tally = self.tally
        if mine is None or other is None:
            self._alone(pair, mine, other)
            return
        at = f"{pair.place}: {mine.symbol}"
        tally.add("resource declarations", Outcome.EQUAL)
        one, its = mine.declaration, other.declaration
        kind = its.type.rpartition("/providers/")[2]
        tally.same("types", at, one.type.casefold(), kind.casefold())
        if one.type != kind:
            tally.left_out["types whose letters the compiler puts into another case"] += 1
        tally.same("api versions", at, one.api_version, its.api_version)
        tally.same("existing", at, one.existing, its.existing)
        if not _is_nested(mine):
            tally.same("conditions", at, _has_condition(one), its.condition is not None)
        tally.same("loops", at, one.loop is not None, its.loop is not None)
        raw = json.loads(its.extent.text)
        is_open = any(made.address.endswith("[*]") for made in (*mine.instances, *other.instances))
        for resource, compiled in by_suffix(mine.instances, other.instances):
            self._instance(at, resource, compiled, raw, is_open=is_open)

    def _alone(self, pair: _Templates, mine: Declared | None, other: Declared | None) -> None:
        one = mine or other
        assert one is not None  # noqa: S101 - pairs have a side
        if mine is not None and mine.declaration.existing:
            self.tally.left_out["existing resources that the compiled template does not list"] += 1
            return
        text = f"{one.declaration.type}@{one.declaration.api_version}"
        at = f"{pair.place}: {one.symbol}"
        self.tally.differ(
            "resource declarations", at, text if mine else "(nothing)", text if other else "(nothing)"
        )

    def _instance(
        self,
        at: str,
        mine: ArmResource | None,
        other: ArmResource | None,
        raw: Mapping[str, Any],
        *,
        is_open: bool,
    ) -> None:
        tally, compare = self.tally, self._comparison.compare
        if mine is None or other is None:
            one = mine or other
            if is_open or (one is not None and (one.absent or one.conditional is not None)):
                tally.add("instances", Outcome.BICEP_ONLY if mine else Outcome.COMPILED_ONLY)
            else:
                tally.differ("instances", at, mine and mine.address, other and other.address)
            return
        tally.add("instances", Outcome.EQUAL)
        place = f"{at}{'' if not mine.address.endswith(']') else mine.address[mine.address.rindex('[') :]}"
        tally.add("existence", _existence(mine, other))
        if mine.absent is not other.absent and mine.conditional is None and other.conditional is None:
            tally.differ("existence", place, not mine.absent, not other.absent)
        if mine.absent or other.absent:
            return
        left, right = mine.evaluated(), other.evaluated()
        if "import" in raw or raw.get("extension", "az") != "az":
            # The compiler puts all that a resource of an extension has below "properties".
            wrapped = right.config.entries.get("properties")
            right.config = wrapped if isinstance(wrapped, MapValue) else right.config
            compare("properties", place, _configured(left.config), _configured(right.config))
            tally.left_out["resources of extensions, compared without name and scope"] += 1
            return
        for number, (name, its) in enumerate(_names(mine, other)):
            compare("names", f"{place}: name[{number}]", name, its)
        compare("properties", place, _configured(left.config), _configured(right.config))
        compare("parents", place, _as_id(left.parent), _as_id(right.parent))
        compare("scopes", place, left.scope, right.scope)
        compare("resource groups", place, left.resource_group, right.resource_group)
        plain = {name: one for name, one in raw.items() if name.casefold() not in NOT_CONFIGURED}
        compare_literals(tally, place, plain, left.config)

    # --- Modules ----------------------------------------------------------------------------

    def _module(self, pair: _Templates, mine: ModuleCall | None, other: ModuleCall | None) -> None:
        if mine is None or other is None:
            one = mine or other
            assert one is not None  # noqa: S101 - pairs have a side
            self.tally.differ(
                "module calls",
                f"{pair.place}: {one.symbol}",
                "a module" if mine else "(nothing)",
                "a deployment" if other else "(nothing)",
            )
            return
        at = f"{pair.place}: module {mine.symbol}"
        self.tally.add("module calls", Outcome.EQUAL)
        self.tally.same("conditions", at, _has_condition(mine), other.condition is not None)
        self.tally.same("loops", at, mine.loop is not None, other.loop is not None)
        given = [input_names(one) for one in (mine, other)]
        if given[0] is not None and given[1] is not None:
            self.tally.same("module inputs", at, given[0], given[1])

    def _call(self, at: str, mine: Called | None, other: Called | None, *, is_open: bool) -> None:
        if mine is None or other is None:
            one = mine or other
            if is_open or (one is not None and one.conditional is not None):
                self.tally.add("module instances", Outcome.BICEP_ONLY if mine else Outcome.COMPILED_ONLY)
            else:
                self.tally.differ(
                    "module instances", at, mine and address_of(mine), other and address_of(other)
                )
            return
        self.tally.add("module instances", Outcome.EQUAL)
        left, right = mine.conditional is None, other.conditional is None
        self.tally.add("existence", _certainty(left, right))
        self._comparison.compare("resource groups", at, _group(mine), _group(other))
        if isinstance(mine, UnreadModule):
            self.tally.left_out["modules of a registry, whose source is not in the checkout"] += 1
            if isinstance(other, TemplateInstance):
                self._inputs(at, mine.inputs(), other)

    def _inputs(self, at: str, given: MapValue, other: TemplateInstance) -> None:
        for name, value in given.entries.items():
            if not is_null(value) and name.lower() in other.template.parameters:
                its = other.parameter(name.lower())
                self._comparison.compare("inputs of unread modules", f"{at}, {name}", value, its)


def _whole(address: str, path: str) -> str:
    return f"{address.rpartition('|')[0]}|{path}"


def _as_id(parent: Value | None) -> Value | None:
    return Symbol(parent.resource, ("id",)) if isinstance(parent, Symbol) and not parent.path else parent


def _has_condition(declaration: ResourceDeclaration | ModuleCall) -> bool:
    """Whether one is written, before the body or behind the loop."""
    loop = declaration.loop
    return declaration.condition is not None or (loop is not None and loop.condition is not None)


def _deploys(one: Declared) -> bool:
    return one.declaration.type.casefold() == "microsoft.resources/deployments"


def _is_nested(mine: Declared) -> bool:
    """Whether a condition may come from a resource around it."""
    return mine.declaration.parent is not None


def _names(mine: ArmResource, other: ArmResource) -> Iterator[tuple[Value, Value]]:
    names, others = mine.names(), other.names()
    if len(names) != len(others):
        return iter([(names[-1], others[-1])])
    return iter(zip(names, others, strict=True))


def _configured(config: MapValue) -> MapValue:
    entries = {name: one for name, one in config.entries.items() if name.casefold() not in NOT_CONFIGURED}
    return MapValue(entries, rest=config.rest, computed=config.computed)


def _existence(mine: ArmResource, other: ArmResource) -> Outcome:
    return _certainty(mine.absent or mine.conditional is None, other.absent or other.conditional is None)


def _certainty(mine: bool, other: bool) -> Outcome:
    if mine and other:
        return Outcome.EQUAL
    if mine or other:
        return Outcome.BICEP_ONLY if mine else Outcome.COMPILED_ONLY
    return Outcome.UNKNOWN


def _group(called: Called) -> Value | None:
    return called.evaluated().resource_group if isinstance(called, UnreadModule) else called.place.group
