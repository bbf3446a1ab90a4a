"""API Management, gateways, container groups and environments, in ARM, as consumers of vaults."""

from __future__ import annotations

from collections.abc import Mapping

from kvlint.evaluate.resources import EvaluatedResource, Mode
from kvlint.evaluate.values import MapValue
from kvlint.graph.adapters.arm_parts import add_part
from kvlint.graph.adapters.arm_reading import carried_identities, name_of, properties, section, symbols
from kvlint.graph.adapters.reading import Adapter, attribute, entries, given, span_of
from kvlint.graph.adapters.vault_consumers import (
    add_consumer,
    add_environment_certificate,
    add_gateway_read,
    add_management_read,
    add_variable,
)
from kvlint.graph.entities import App, AppKind, IdentitySite
from kvlint.graph.facts import Facts


def _app(resource: EvaluatedResource, kind: AppKind, facts: Facts) -> App:
    carried = carried_identities(resource.config)
    own = symbols(resource, "identity", "principalId")
    return add_consumer(resource, kind, name_of(resource), carried, own, facts)


# --- API Management -----------------------------------------------------------------------------


def api_management(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.ApiManagement/service`` with the certificates of its host names."""
    if resource.mode is Mode.LOOKED_UP:
        return
    app = _app(resource, AppKind.API_MANAGEMENT, facts)
    for host in entries(properties(resource), "hostnameConfigurations"):
        names, owner = ("keyVaultId", "identityClientId"), attribute(host, "hostName")
        add_management_read(app, resource, host, names, IdentitySite.CERTIFICATE, owner, facts)


def named_value(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.ApiManagement/service/namedValues`` that takes its value from a vault."""
    _add_management_part(resource, IdentitySite.NAMED_VALUE, facts)


def certificate(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.ApiManagement/service/certificates`` out of a vault."""
    _add_management_part(resource, IdentitySite.CERTIFICATE, facts)


def _add_management_part(resource: EvaluatedResource, site: IdentitySite, facts: Facts) -> None:
    config = section(properties(resource), "keyVault")
    if config is None or resource.mode is Mode.LOOKED_UP:
        return
    names, owner = ("secretIdentifier", "identityClientId"), name_of(resource)
    add_part(
        resource,
        AppKind.API_MANAGEMENT,
        facts,
        lambda app: add_management_read(app, resource, config, names, site, owner, facts),
    )


# --- Application gateways -----------------------------------------------------------------------


def application_gateway(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.Network/applicationGateways``: it takes certificates with its one identity."""
    if resource.mode is Mode.LOOKED_UP:
        return
    app = _app(resource, AppKind.APPLICATION_GATEWAY, facts)
    for kind in ("sslCertificates", "trustedRootCertificates"):
        for entry in entries(properties(resource), kind):
            config = section(entry, "properties")
            if config is not None:
                add_gateway_read(app, resource, config, "keyVaultSecretId", facts)


# --- Container groups ---------------------------------------------------------------------------


def container_group(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.ContainerInstance/containerGroups``: its code may be told of a vault."""
    if resource.mode is Mode.LOOKED_UP:
        return
    app = _app(resource, AppKind.CONTAINER_GROUP, facts)
    for kind in ("containers", "initContainers"):
        listed = entries(properties(resource), kind)
        app.environment_open = app.environment_open or listed.open
        for container in listed:
            _add_variables(app, section(container, "properties"))


def _add_variables(app: App, container: MapValue | None) -> None:
    variables = entries(container, "environmentVariables")
    app.environment_open = app.environment_open or variables.open
    for entry in variables:
        value = given(entry, "value") or given(entry, "secureValue")
        add_variable(app, attribute(entry, "name"), value, span_of(entry, app.span))


# --- Managed environments -----------------------------------------------------------------------


def environment(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.App/managedEnvironments`` with the certificate of its own domain."""
    if resource.mode is Mode.LOOKED_UP:
        return
    name, carried = name_of(resource), carried_identities(resource.config)
    app = add_consumer(resource, AppKind.ENVIRONMENT, name, carried, [], facts)
    _add_certificate(app, resource, section(properties(resource), "customDomainConfiguration"), facts)


def environment_certificate(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.App/managedEnvironments/certificates`` out of a vault."""
    if resource.mode is Mode.LOOKED_UP:
        return
    config = properties(resource)
    add_part(resource, AppKind.ENVIRONMENT, facts, lambda app: _add_certificate(app, resource, config, facts))


def _add_certificate(app: App, resource: EvaluatedResource, config: MapValue | None, facts: Facts) -> None:
    found = section(config, "certificateKeyVaultProperties")
    if found is not None:
        add_environment_certificate(app, resource, found, "keyVaultUrl", name_of(resource), facts)


ARM_ADAPTERS: Mapping[str, Adapter] = {
    "microsoft.apimanagement/service": api_management,
    "microsoft.apimanagement/service/certificates": certificate,
    "microsoft.apimanagement/service/namedvalues": named_value,
    "microsoft.app/managedenvironments": environment,
    "microsoft.app/managedenvironments/certificates": environment_certificate,
    "microsoft.containerinstance/containergroups": container_group,
    "microsoft.network/applicationgateways": application_gateway,
}
