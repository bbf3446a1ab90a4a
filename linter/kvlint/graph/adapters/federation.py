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
    alternatives,
    is_null,
    text_of,
    truth_of,
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
    names = ("oidc_issuer_enabled", "workload_identity_enabled")
    issuer, identity = (
        Unknown("ignore_changes leaves it to others", span=resource.span)
        if resource.leaves_alone(name)
        else attribute(resource.config, name)
        for name in names
    )
    add_cluster(
        resource,
        ("oidc_issuer_url",),
        facts,
        has_issuer=switched(issuer, absent=None),
        has_workload_identity=switched(identity, absent=False),
    )


def helm_release(resource: EvaluatedResource, facts: Facts) -> None:
    """``helm_release`` of the webhook: where it is installed by hand, a cluster does without its own."""
    chart = text_of(given(resource.config, "chart"))
    if chart is None or "workload-identity-webhook" in chart:
        facts.workload_identity_setups.append(resource.span)


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = {
    "helm_release": helm_release,
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


def add_cluster(
    resource: EvaluatedResource,
    issuer: tuple[str, ...],
    facts: Facts,
    *,
    has_issuer: bool | None,
    has_workload_identity: bool | None,
) -> None:
    """Add a cluster whose issuer url is the attribute at a path."""
    facts.clusters.append(
        Cluster(
            **origin(resource),
            name=attribute(resource.config, "name"),
            issuer=Symbol(resource, issuer, span=resource.span),
            has_issuer=has_issuer,
            has_workload_identity=has_workload_identity,
        )
    )


def switched(value: Value | None, *, absent: bool | None) -> bool | None:
    """Whether something is on in every case; ``absent`` is what holds where it is not set."""
    answers = {absent if is_null(option) else truth_of(option) for option in alternatives(value) or (None,)}
    return answers.pop() if len(answers) == 1 else None


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
