"""Which declarations and instances of Bicep and of compiled JSON are the same thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from benchmarks.compiled.agreement import Comparison
from benchmarks.compiled.tally import Outcome, Tally
from kvlint.evaluate.arm.instance import TemplateInstance
from kvlint.evaluate.arm.module import UnreadModule
from kvlint.evaluate.arm.resource import ArmResource
from kvlint.evaluate.arm.template import ModuleCall, ResourceDeclaration
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.scope import NameScope
from kvlint.evaluate.values import Unknown, Value

T = TypeVar("T")

#: How well names fit, worst to best.
_FIT = {
    Outcome.DIFFERENT: 0,
    Outcome.UNKNOWN: 1,
    Outcome.BICEP_ONLY: 1,
    Outcome.COMPILED_ONLY: 1,
    Outcome.EQUAL: 2,
}


@dataclass(slots=True, frozen=True)
class Declared:
    """A resource declaration with its instances; ``symbol`` is as a compiled template has it."""

    symbol: str
    declaration: ResourceDeclaration
    instances: Sequence[ArmResource]


def declared(instance: TemplateInstance) -> list[Declared]:
    """The resources of a template itself, in source order."""
    made: dict[int, list[ArmResource]] = {}
    for resource in instance.own_resources():
        made.setdefault(id(resource.declaration), []).append(resource)
    return [
        Declared(full_symbol(one), one, made.get(id(one), ())) for one in instance.template.all_resources()
    ]


def full_symbol(declaration: ResourceDeclaration) -> str:
    """The symbolic name with those that it lies in."""
    if declaration.parent is None:
        return declaration.symbol
    return f"{full_symbol(declaration.parent)}::{declaration.symbol}"


def has_symbols(instance: TemplateInstance) -> bool:
    """Whether a compiled template keeps symbolic names."""
    template = instance.template
    return not any(symbol.startswith("#") for symbol in (*template.resources, *template.modules))


def paired_resources(
    bicep: Sequence[Declared], compiled: Sequence[Declared], comparison: Comparison, *, by_symbol: bool
) -> Iterator[tuple[Declared | None, Declared | None]]:
    """Each declaration with its counterpart: by symbolic name, else by type and name."""
    if by_symbol:
        theirs = {one.symbol: one for one in compiled}
        for mine in bicep:
            yield mine, theirs.pop(mine.symbol, None)
        for other in theirs.values():
            yield None, other
        return
    candidates = [one for one in bicep if not one.declaration.existing]
    yield from _best_pairs(
        candidates,
        compiled,
        lambda mine, other: _fit(mine, other, comparison) if _kind(mine) == _kind(other) else None,
    )
    for mine in bicep:
        if mine.declaration.existing:
            yield mine, None


def _best_pairs(
    mine: Sequence[T], others: Sequence[T], fit: Callable[[T, T], tuple[int, ...] | None]
) -> Iterator[tuple[T | None, T | None]]:
    """Everything once, those together that fit best; ``None`` is no fit, and of equal ones the first wins."""
    scores = [
        ((found, -number, -position), number, position)
        for number, one in enumerate(mine)
        for position, other in enumerate(others)
        if (found := fit(one, other)) is not None
    ]
    taken: dict[int, int] = {}
    free = set(range(len(others)))
    for _, number, position in sorted(scores, reverse=True):
        if number not in taken and position in free:
            taken[number] = position
            free.remove(position)
    for number, one in enumerate(mine):
        yield one, others[taken[number]] if number in taken else None
    for position in sorted(free):
        yield None, others[position]


def _kind(one: Declared) -> tuple[str, bool]:
    declaration = one.declaration
    return declaration.type.rpartition("/providers/")[2].casefold(), declaration.loop is None


def _fit(mine: Declared, other: Declared, comparison: Comparison) -> tuple[int, ...] | None:
    """How well names fit, whether versions do, then how few properties differ."""
    version = int(mine.declaration.api_version == other.declaration.api_version)
    if not mine.instances or not other.instances:
        return 0, version, 0
    one, its = mine.instances[-1], other.instances[-1]
    names, others = one.names(), its.names()
    fits = [0]
    if len(names) == len(others):
        fits = [_FIT[comparison.agree(name, known)] for name, known in zip(names, others, strict=True)]
        if 0 in fits:
            return None
    trial = Comparison(comparison.names, Tally())
    trial.compare("properties", "", one.evaluated().config, its.evaluated().config)
    return sum(fits), version, -len(trial.tally.differences)


def paired_modules(
    bicep: TemplateInstance, compiled: TemplateInstance, comparison: Comparison, *, by_symbol: bool
) -> Iterator[tuple[ModuleCall | None, ModuleCall | None]]:
    """Each module call with its deployment: by symbolic name, else by the name of the deployment."""
    theirs = dict(compiled.template.modules)
    if by_symbol:
        for symbol, mine in bicep.template.modules.items():
            yield mine, theirs.pop(symbol, None)
        for other in theirs.values():
            yield None, other
        return

    def fit(mine: ModuleCall, other: ModuleCall) -> tuple[int, ...] | None:
        if (mine.loop is None) is not (other.loop is None):
            return None
        name = deployment_name(mine, bicep)
        if name is not None:
            found = _FIT[comparison.agree(name, deployment_name(other, compiled))]
        else:
            # The compiler makes a name of the symbol and the deployment.
            found = 1 if mine.symbol.casefold() in _text(other).casefold() else 0
        return (found, int(input_names(mine) == input_names(other))) if found else None

    yield from _best_pairs(list(bicep.template.modules.values()), list(theirs.values()), fit)


def input_names(call: ModuleCall) -> list[str] | None:
    """The parameters that a call gives, ``None`` where that is not written plainly."""
    if call.inputs_open is not None:
        return None
    items = call.inputs.items if call.inputs is not None else ()
    names = [getattr(item.key, "value", None) for item in items]
    return None if None in names else sorted(str(name).casefold() for name in names)


def _text(call: ModuleCall) -> str:
    name = call.body.item("name")
    return name.value.span.text if name is not None else ""


def deployment_name(call: ModuleCall, instance: TemplateInstance) -> Value | None:
    """The name of a deployment, ``None`` where the source gives it none."""
    written = call.body.get("name")
    if written is None:
        return None
    if call.loop is None:
        return evaluate(written, instance)
    unknown = Unknown("it differs from round to round")
    names: Mapping[str, Value] = {name: unknown for name in (call.loop.item, call.loop.index) if name}
    return evaluate(written, NameScope(instance, names))


def by_suffix(
    bicep: Sequence[ArmResource], compiled: Sequence[ArmResource]
) -> Iterator[tuple[ArmResource | None, ArmResource | None]]:
    """Instances of one declaration, by their index."""
    theirs = {_suffix(one.address): one for one in compiled}
    for mine in bicep:
        yield mine, theirs.pop(_suffix(mine.address), None)
    for other in theirs.values():
        yield None, other


Called = TemplateInstance | UnreadModule


def calls_by_suffix(
    bicep: Sequence[Called], compiled: Sequence[Called]
) -> Iterator[tuple[Called | None, Called | None]]:
    """Instances of one module call, by their index."""
    theirs = {_suffix(address_of(one)): one for one in compiled}
    for mine in bicep:
        yield mine, theirs.pop(_suffix(address_of(mine)), None)
    for other in theirs.values():
        yield None, other


def address_of(called: Called) -> str:
    """The path of a module's instance."""
    return called.path if isinstance(called, TemplateInstance) else called.address.rpartition("|")[2]


def _suffix(address: str) -> str:
    """The index of an instance of the declaration itself, empty where it has no loop."""
    return address[address.rindex("[") :] if address.endswith("]") else ""
