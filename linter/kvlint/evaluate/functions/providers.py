"""Functions that providers bring along (``provider::NAME::FUNCTION``): only a deployment runs them.

Those that take a resource id apart are as good as known: it has the names of its resource.
"""

from __future__ import annotations

from collections.abc import Mapping

from kvlint.evaluate.combine import keyed, sources_of
from kvlint.evaluate.functions.arguments import Arguments, NotKnown
from kvlint.evaluate.functions.ids import is_id, parts_of, respelled
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import MapValue, Unknown, Value, text_of

_PREFIX = "provider::"
#: The positions of the parts of an id that others begin with, and of the first pair of type and name.
_SUBSCRIPTION, _GROUP, _PROVIDER, _FIRST_TYPE = 2, 4, 6, 7
_BEGINNING = ("", "subscriptions", "", "resourcegroups", "", "providers")


def provider_function(name: str) -> Function | None:
    """The function of this name, ``None`` where no provider can have it."""
    return _KNOWN.get(name, _ANY) if name.startswith(_PREFIX) else None


def _unknown(arguments: Arguments, call: FunctionCall) -> Unknown:
    return Unknown(
        f"{call.node.name} is computed by a provider", span=call.span, sources=sources_of(arguments)
    )


def _computed(arguments: Arguments, call: FunctionCall) -> Value:
    """Unknown, yet the same for the same arguments: Terraform wants these functions to be pure."""
    return keyed(_unknown(arguments, call), call.node.name, arguments)


def _parsed(names: Mapping[str, int]) -> Function:
    """A function that takes the id that is its last argument apart.

    ``names`` are attributes of the result by the position in the id that they come from.
    """

    def compute(arguments: Arguments, call: FunctionCall) -> Value:
        try:
            parts = parts_of(arguments[-1], call) if arguments else []
        except NotKnown:
            return _computed(arguments, call)
        words = [(text_of(part) or "").casefold() for part in parts]
        if len(parts) <= _FIRST_TYPE + 1 or any(
            word and word != given for word, given in zip(_BEGINNING, words, strict=False)
        ):
            return _computed(arguments, call)
        found = {name: parts[at] for name, at in names.items()}
        return MapValue(found, rest=_unknown(arguments, call), span=call.span)

    return Function(compute)


def _normalised(arguments: Arguments, call: FunctionCall) -> Value:
    if len(arguments) == 1 and is_id(arguments[0]):
        return respelled(arguments[0], call.node.name)
    return _computed(arguments, call)


_PLACE = {"subscription_id": _SUBSCRIPTION, "resource_group_name": _GROUP}
_ANY = Function(_computed)
_KNOWN: Mapping[str, Function] = {
    "provider::azapi::parse_resource_id": _parsed({**_PLACE, "provider_namespace": _PROVIDER, "name": -1}),
    "provider::azurerm::normalise_resource_id": Function(_normalised),
    "provider::azurerm::parse_resource_id": _parsed(
        {**_PLACE, "resource_provider": _PROVIDER, "resource_type": -2, "resource_name": -1}
    ),
}
