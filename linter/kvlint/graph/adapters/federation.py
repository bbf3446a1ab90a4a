"""Federated identity credentials, above all those that Terraform makes."""

from __future__ import annotations

from collections.abc import Mapping

from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.values import MapValue, Unknown, Value, text_of
from kvlint.graph.adapters.reading import Adapter, argument_span, attribute, given, origin, single
from kvlint.graph.entities import FederatedCredential
from kvlint.graph.facts import Facts

_AZAPI_TYPE = "/federatedidentitycredentials"


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


def azapi_credential(resource: EvaluatedResource, facts: Facts) -> None:
    """``azapi_resource`` of a federated credential; other types are nothing of ours."""
    kind = text_of(attribute(resource.config, "type")) or ""
    if not kind.partition("@")[0].casefold().endswith(_AZAPI_TYPE):
        return
    properties = single(single(resource.config, "body"), "properties")
    arguments = properties or MapValue({}, rest=Unknown("its body is not readable", span=resource.span))
    add_credential(resource, arguments, given(resource.config, "parent_id"), facts)


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = {
    "azurerm_federated_identity_credential": azurerm_credential,
    "azuread_application_federated_identity_credential": azuread_credential,
    "azuread_application_flexible_federated_identity_credential": flexible_credential,
    "azapi_resource": azapi_credential,
}


def add_credential(
    resource: EvaluatedResource, arguments: MapValue, identity: Value | None, facts: Facts
) -> None:
    """Add a credential; one without a readable subject may be anybody's."""
    subject = attribute(arguments, "subject")
    facts.credentials.append(
        FederatedCredential(
            **origin(resource),
            subject=subject or Unknown("it is told elsewhere", span=resource.span),
            issuer=attribute(arguments, "issuer"),
            identity=identity,
            subject_span=argument_span(arguments, "subject", resource.span) if subject is not None else None,
        )
    )
