"""Secrets that Bicep and ARM templates take out of vaults while they are deployed."""

from __future__ import annotations

from kvlint.evaluate.arm.instance import TemplateInstance
from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.values import Scalar, Symbol, Value, symbols_in, text_of
from kvlint.graph.adapters.arm_literals import instances_of
from kvlint.graph.entities import ObjectReference
from kvlint.graph.facts import Facts
from kvlint.source import Span

#: The method of a vault that gives the value of one of its secrets.
_TAKES = "getSecret"


def add_taken_secrets(entry: TemplateInstance, facts: Facts) -> None:
    """The names behind ``vault.getSecret('NAME')``, which only secure parameters take."""
    taken: list[Value] = []
    for instance in instances_of(entry):
        names = [one.name for one in instance.template.parameters.values() if one.secure]
        taken += [instance.parameter(name) for name in names]
    for call in entry.run.missing:
        taken += call.arguments
    places: set[Span] = set()
    for symbol in symbols_in(taken):
        if _TAKES in symbol.path[:-1] and symbol.span is not None and symbol.span not in places:
            places.add(symbol.span)
            facts.object_references.append(_reference(symbol, symbol.span, entry.deployment))


def _reference(symbol: Symbol, place: Span, deployment: Deployment) -> ObjectReference:
    written = str(symbol.path[symbol.path.index(_TAKES) + 1])
    address = f"{deployment}|{place}"
    names = (one for one in symbol.sources if text_of(one) == written)
    return ObjectReference(
        address=address,
        display=f"{symbol.resource.address.rpartition('|')[2]}.{_TAKES}()",
        span=place,
        deployment=deployment,
        language=deployment.language,
        vault=Symbol(symbol.resource, ("id",), span=place),
        name=next(names, Scalar(written, span=place)),
        owner=address,
    )
