"""API Management, gateways, container groups and environments, in Terraform, as consumers of vaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kvlint.evaluate.resources import EvaluatedResource, Mode
from kvlint.evaluate.values import MapValue, Scalar, Symbol, Value
from kvlint.graph.adapters.app_service import named_values
from kvlint.graph.adapters.container_app_terraform import carried_identities
from kvlint.graph.adapters.reading import Adapter, attribute, entries, given, single
from kvlint.graph.adapters.vault_consumers import (
    add_consumer,
    add_environment_certificate,
    add_gateway_read,
    add_management_read,
    add_variable,
)
from kvlint.graph.entities import App, AppKind, IdentitySite
from kvlint.graph.facts import AppPart, Facts

#: The host names of API Management that take a certificate.
_HOSTS = ("developer_portal", "gateway", "management", "portal", "proxy", "scm")


def _app(resource: EvaluatedResource, kind: AppKind, facts: Facts) -> App:
    return add_consumer(
        resource,
        kind,
        attribute(resource.config, "name"),
        carried_identities(resource),
        [Symbol(resource, ("identity", 0, "principal_id"))],
        facts,
    )


# --- API Management -----------------------------------------------------------------------------


def api_management(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_api_management`` with the certificates of its host names."""
    if resource.mode is Mode.LOOKED_UP:
        return
    app = _app(resource, AppKind.API_MANAGEMENT, facts)
    for hosts in entries(resource.config, "hostname_configuration"):
        _add_hosts(app, resource, hosts, facts)


def custom_domain(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_api_management_custom_domain``."""
    owner = attribute(resource.config, "api_management_id")
    _add_part(resource, owner, facts, lambda app: _add_hosts(app, resource, resource.config, facts))


def named_value(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_api_management_named_value`` that takes its value from a vault."""
    config = single(resource.config, "value_from_key_vault")
    owner = attribute(resource.config, "api_management_name")
    if config is not None:
        _add_part(
            resource,
            owner,
            facts,
            lambda app: add_management_read(
                app,
                resource,
                config,
                ("secret_id", "identity_client_id"),
                IdentitySite.NAMED_VALUE,
                attribute(resource.config, "name"),
                facts,
            ),
        )


def certificate(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_api_management_certificate`` out of a vault."""
    config = resource.config
    names = "key_vault_secret_id", "key_vault_identity_client_id"
    name = attribute(config, "name")
    _add_part(
        resource,
        attribute(config, "api_management_name"),
        facts,
        lambda app: add_management_read(app, resource, config, names, IdentitySite.CERTIFICATE, name, facts),
    )


def _add_hosts(app: App, resource: EvaluatedResource, config: MapValue, facts: Facts) -> None:
    for kind in _HOSTS:
        for host in entries(config, kind):
            url = "key_vault_certificate_id" if given(host, "key_vault_certificate_id") else "key_vault_id"
            names = url, "ssl_keyvault_identity_client_id"
            owner = attribute(host, "host_name")
            add_management_read(app, resource, host, names, IdentitySite.CERTIFICATE, owner, facts)


def _add_part(
    resource: EvaluatedResource, owner: Value | None, facts: Facts, add: Callable[[App], None]
) -> None:
    if owner is not None and resource.managed:
        facts.app_parts.append(AppPart(owner, AppKind.API_MANAGEMENT, resource.deployment, add))


# --- Application gateways -----------------------------------------------------------------------


def application_gateway(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_application_gateway``: it takes certificates with its one user-assigned identity."""
    if resource.mode is Mode.LOOKED_UP:
        return
    app = _app(resource, AppKind.APPLICATION_GATEWAY, facts)
    for kind in ("ssl_certificate", "trusted_root_certificate"):
        for config in entries(resource.config, kind):
            add_gateway_read(app, resource, config, "key_vault_secret_id", facts)


# --- Container groups ---------------------------------------------------------------------------


def container_group(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_container_group``: its code may be told of a vault."""
    if resource.mode is Mode.LOOKED_UP:
        return
    app = _app(resource, AppKind.CONTAINER_GROUP, facts)
    for container in (*entries(resource.config, "container"), *entries(resource.config, "init_container")):
        for kind in ("environment_variables", "secure_environment_variables"):
            variables = single(container, kind)
            if variables is None:
                continue
            app.environment_open = app.environment_open or variables.rest
            for name, value, span in named_values(variables, container.keys.get(kind) or app.span):
                add_variable(app, Scalar(name, span=span), value, span)


# --- Managed environments -----------------------------------------------------------------------


def environment(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_container_app_environment``: it takes certificates as itself, or as what it carries."""
    if resource.mode is not Mode.LOOKED_UP:
        name, carried = attribute(resource.config, "name"), carried_identities(resource)
        add_consumer(resource, AppKind.ENVIRONMENT, name, carried, [], facts)


def environment_certificate(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_container_app_environment_certificate`` out of a vault."""
    owner = attribute(resource.config, "container_app_environment_id")
    if owner is None or not resource.managed:
        return
    name = attribute(resource.config, "name")

    def add(app: App) -> None:
        for config in entries(resource.config, "certificate_key_vault"):
            add_environment_certificate(app, resource, config, "key_vault_secret_id", name, facts)

    facts.app_parts.append(AppPart(owner, AppKind.ENVIRONMENT, resource.deployment, add))


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = {
    "azurerm_api_management": api_management,
    "azurerm_api_management_certificate": certificate,
    "azurerm_api_management_custom_domain": custom_domain,
    "azurerm_api_management_named_value": named_value,
    "azurerm_application_gateway": application_gateway,
    "azurerm_container_app_environment": environment,
    "azurerm_container_app_environment_certificate": environment_certificate,
    "azurerm_container_group": container_group,
}
