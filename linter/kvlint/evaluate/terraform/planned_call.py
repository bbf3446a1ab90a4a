"""Module calls of which only a plan has the module: it came out of a registry and is not on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kvlint.evaluate.expansion import Expansion, Instance
from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.terraform.origins import LATER
from kvlint.evaluate.terraform.planned import PlannedValues, placed, within
from kvlint.evaluate.values import MapValue, Unknown, Value
from kvlint.source import Span
from kvlint.syntax.terraform_show import at, module_names, steps

_REPEATED = ("count_expression", "for_each_expression")


@dataclass(slots=True, frozen=True, eq=False)
class PlannedModule:
    """An instance of a module that only the plan has, as its caller sees it."""

    values: PlannedValues
    address: str
    span: Span

    def output(self, name: str) -> Value:
        """An output value."""
        return self.values.output(self.address, name, self.span)

    def outputs(self) -> MapValue:
        """All outputs as one object: which there are does not matter."""
        rest = Unknown(LATER, span=self.span, sources=(self.values.anything,))
        return MapValue({}, rest=rest, span=self.span)


@dataclass(slots=True, frozen=True, eq=False)
class PlannedCall:
    """A module call as the plan has it; ``keys`` are those of its instances by their address."""

    values: PlannedValues
    display: str
    span: Span
    keys: Mapping[str, str]

    @property
    def expansion(self) -> Expansion:
        """Its instances, in the order of their addresses."""
        if self.display in self.keys:
            return Expansion([Instance(None, {})], repeated=False)
        by_position = all(key.isdigit() for key in self.keys.values())
        made = [
            Instance(key if not by_position else int(key), {}) for key in map(_unquoted, self.keys.values())
        ]
        return Expansion(made, by_position=by_position)

    @property
    def instances(self) -> list[PlannedModule]:
        """The same as modules."""
        return [PlannedModule(self.values, address, self.span) for address in self.keys]

    def resources(self) -> Iterator[EvaluatedResource]:
        """All that the plan has below the call; it stands where the call is."""
        for one in self.values.resources(self.display):
            config = placed(one.config, self.span)
            assert isinstance(config, MapValue)  # noqa: S101  it stays what it is
            yield replace(one, span=self.span, extent=None, config=config)


def planned_call(values: PlannedValues, display: str, span: Span) -> PlannedCall | None:
    """A call whose module is not on disk, ``None`` where the plan does not have (all of) it."""
    if module_names(display) is None:
        return None  # it stands for any number of instances
    addresses = {
        one.module[: _end_of_call(one.module, display)]
        for one in values.plan.resources.values()
        if within(one.module, display)
    }
    call = values.origins.call(display)
    if not addresses and call is not None and not any(at(call, name) for name in _REPEATED):
        addresses = {display}  # it has no resources
    if not values.plan.complete or not addresses:
        return None
    keys = {address: address[len(display) :].strip("[]") for address in addresses}
    return PlannedCall(values, display, span, dict(sorted(keys.items())))


def _end_of_call(module: str, call: str) -> int:
    """Where the address of an instance of a call ends in that of a module in it."""
    following = [step for step in steps(module) or () if step.end > len(call)]
    return following[0].end if following and following[0].is_key else len(call)


def _unquoted(key: str) -> str:
    return key[1:-1] if key.startswith('"') else key
