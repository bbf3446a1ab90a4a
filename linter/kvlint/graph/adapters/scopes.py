"""Subscriptions and management groups, in Terraform."""

from __future__ import annotations

from collections.abc import Mapping

from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.values import Symbol
from kvlint.graph.adapters.reading import Adapter, origin
from kvlint.graph.entities import ScopeKind, WideScope
from kvlint.graph.facts import Facts


def subscription(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_subscription``, as a resource or a data source."""
    _add(resource, ScopeKind.SUBSCRIPTION, facts)


def management_group(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_management_group``, as a resource or a data source."""
    _add(resource, ScopeKind.MANAGEMENT_GROUP, facts)


def _add(resource: EvaluatedResource, kind: ScopeKind, facts: Facts) -> None:
    ids = [Symbol(resource, ("id",), span=resource.span)]
    facts.wide_scopes.append(WideScope(**origin(resource), kind=kind, ids=ids))


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = {
    "azurerm_management_group": management_group,
    "azurerm_subscription": subscription,
}
