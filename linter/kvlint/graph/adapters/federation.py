"""Federated identity credentials, above all those that Terraform makes."""

from __future__ import annotations

from collections.abc import Mapping

from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.values import (
    Choice,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    is_null,
)
from kvlint.graph.adapters.reading import Adapter, argument_span, attribute, elements, given, origin, single
from kvlint.graph.entities import Cluster, FederatedCredential
from kvlint.graph.facts import Facts
from kvlint.source import Span


def azurerm_credential(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_federated_identity_credential``, in the spellings of providers 3, 4 and 5."""
    config = resource.config
    identity = given(config, "user_assigned_identity_id") or given(config, "parent_id")
    add_credential(resource, config, identity, facts)


def azuread_credential(resource: EvaluatedResource, facts: Facts) -> None:
    """``azuread_application_federated_identity_credential``."""
    config = resource.config
    identity = given(config, "application_id") or given(config, "application_object_id")
    add_credential(resource, config, identity, facts)


def flexible_credential(resource: EvaluatedResource, facts: Facts) -> None:
    """``azuread_application_flexible_federated_identity_credential``: an expression on claims."""
    add_credential(resource, resource.config, given(resource.config, "application_id"), facts)


def kubernetes_cluster(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_kubernetes_cluster``, as a resource or a data source: the issuer that credentials name."""
    add_cluster(resource, ("oidc_issuer_url",), facts)


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = {
    "azurerm_kubernetes_cluster": kubernetes_cluster,
    "azurerm_federated_identity_credential": azurerm_credential,
    "azuread_application_federated_identity_credential": azuread_credential,
    "azuread_application_flexible_federated_identity_credential": flexible_credential,
}


def add_credential(
    resource: EvaluatedResource, arguments: MapValue, identity: Value | None, facts: Facts
) -> None:
    """Add a credential; one without a readable subject may be anybody's.

    The arguments are spelt as in azurerm, as in azuread, or as in ARM.
    """
    subject = attribute(arguments, "subject")
    audiences, more = _audiences(arguments)
    expression, expression_span = _expression(arguments, resource.span)
    facts.credentials.append(
        FederatedCredential(
            **origin(resource),
            subject=subject or Unknown("it is told elsewhere", span=resource.span),
            issuer=attribute(arguments, "issuer"),
            identity=identity,
            subject_span=_written(arguments, "subject", resource.span),
            issuer_span=_written(arguments, "issuer", resource.span),
            audiences=audiences,
            audiences_open=more,
            audiences_span=_written(arguments, "audiences", resource.span)
            or _written(arguments, "audience", resource.span),
            claims_matching_expression=expression,
            expression_span=expression_span,
        )
    )


def add_cluster(resource: EvaluatedResource, issuer: tuple[str, ...], facts: Facts) -> None:
    """Add a cluster whose issuer url is the attribute at a path."""
    facts.clusters.append(Cluster(**origin(resource), issuer=Symbol(resource, issuer, span=resource.span)))


def _audiences(arguments: MapValue) -> tuple[list[Value], Unknown | None]:
    """The audiences: a list, or one text in flexible credentials of azuread."""
    value = attribute(arguments, "audiences" if "audiences" in arguments.entries else "audience")
    if isinstance(value, Scalar | PartialText) or (
        isinstance(value, Choice) and any(isinstance(option, Scalar) for option in value.options)
    ):
        return [value], None
    return elements(value)


def _expression(arguments: MapValue, fallback: Span) -> tuple[Value | None, Span | None]:
    """The expression on claims: a text in azuread, an object with a ``value`` in ARM."""
    for name in ("claims_matching_expression", "claimsMatchingExpression"):
        value = arguments.entries.get(name)
        if value is not None and not is_null(value):
            inner = single(arguments, name) if not isinstance(value, Scalar) else None
            return (given(inner, "value") if inner is not None else value), _written(
                arguments, name, fallback
            )
    return None, None


def _written(arguments: MapValue, name: str, fallback: Span) -> Span | None:
    """Where an argument stands, ``None`` where it surely is not set."""
    return argument_span(arguments, name, fallback) if given(arguments, name) is not None else None
