"""App Service and Functions apps that read Key Vault through their settings, in Terraform."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kvlint.evaluate.resources import EvaluatedResource, Language
from kvlint.evaluate.values import (
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    alternatives,
    text_of,
)
from kvlint.graph.adapters.container_app_terraform import carried_identities
from kvlint.graph.adapters.identity import add_own_identity
from kvlint.graph.adapters.reading import Adapter, attribute, entries, origin, single
from kvlint.graph.entities import (
    App,
    AppKind,
    EnvironmentVariable,
    IdentitySite,
    IdentityUse,
    Reader,
    VaultRead,
)
from kvlint.graph.facts import Facts

_REFERENCE = re.compile(r"@Microsoft\.KeyVault\((.*)\)\s*$", re.IGNORECASE | re.DOTALL)
_OPENING = "@microsoft.keyvault("
_FIELD = re.compile(r"(?:SecretUri|VaultName)\s*=\s*", re.IGNORECASE)


def web_app(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_linux_web_app`` and its like: their identities and Key Vault references."""
    config = resource.config
    app = App(
        **origin(resource),
        kind=AppKind.APP_SERVICE,
        name=attribute(config, "name") or Unknown("it has no name", span=resource.span),
        secrets_open=Unknown("an app service has no app secrets", span=resource.span),
        identity=carried_identities(resource),
    )
    if app.identity.system:
        add_own_identity(app, [Symbol(resource, ("identity", 0, "principal_id"))], facts)
    app.environment = [
        EnvironmentVariable(value.span or resource.span, Scalar(name, span=value.span), value)
        for name, value in _settings(config)
    ]
    facts.apps.append(app)
    reader = attribute(config, "key_vault_reference_identity_id")
    for name, value in _settings(config):
        vault = _referenced_vault(value)
        if vault is not None:
            if not app.identity_uses:
                app.identity_uses.append(_identity_use(name, value, reader, resource))
            facts.vault_reads.append(
                VaultRead(
                    address=f"{resource.address}/settings/{name}",
                    display=f'setting "{name}" of {resource.display}',
                    span=value.span or resource.span,
                    deployment=resource.deployment,
                    language=Language.TERRAFORM,
                    conditional=resource.conditional,
                    reader=Reader.APP_SETTING,
                    vault=vault,
                    identity=reader,
                    app=app,
                )
            )


def _identity_use(name: str, value: Value, reader: Value | None, resource: EvaluatedResource) -> IdentityUse:
    """What resolves the references: the identity that is named for it, else the app's own."""
    if reader is not None:
        return IdentityUse(reader.span or resource.span, reader, IdentitySite.KEY_VAULT_REFERENCES)
    span = value.span or resource.span
    return IdentityUse(span, Scalar("System", span=span), IdentitySite.SETTING, Scalar(name))


def _settings(config: MapValue) -> Iterator[tuple[str, Value]]:
    """App settings and connection strings by name."""
    settings = single(config, "app_settings")
    if settings is not None:
        for name in settings.entries:
            value = attribute(settings, name)
            if value is not None:
                yield name, value
    for connection in entries(config, "connection_string"):
        value = attribute(connection, "value")
        if value is not None:
            yield text_of(attribute(connection, "name")) or "connection string", value


def _referenced_vault(value: Value) -> Value | None:
    """The vault or secret url inside ``@Microsoft.KeyVault(…)``, ``None`` where it is no reference."""
    for option in alternatives(value):
        if isinstance(option, Scalar) and isinstance(option.data, str):
            found = _REFERENCE.match(option.data)
            if found is not None:
                field = _FIELD.search(found.group(1))
                name = found.group(1)[field.end() :].split(";")[0] if field is not None else ""
                return Scalar(name, span=option.span, steps=option.steps)
        elif isinstance(option, PartialText):
            first = option.parts[0]
            if isinstance(first, Scalar) and str(first.data).casefold().startswith(_OPENING):
                return _partial_reference(option, str(first.data))
    return None


def _partial_reference(value: PartialText, opening: str) -> Value:
    field = _FIELD.search(opening)
    if field is None:
        return Unknown("the reference has unknown parts", span=value.span)
    known = opening[field.end() :]
    parts = value.parts[1:]
    if not known:
        # What follows begins with the vault's url, its name, or a secret's id.
        return parts[0] if len(parts) <= 2 else PartialText(parts, span=value.span, steps=value.steps)
    return PartialText((Scalar(known, span=value.span), *parts), span=value.span, steps=value.steps)


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = dict.fromkeys(
    (
        "azurerm_app_service",
        "azurerm_function_app",
        "azurerm_function_app_flex_consumption",
        "azurerm_linux_function_app",
        "azurerm_linux_function_app_slot",
        "azurerm_linux_web_app",
        "azurerm_linux_web_app_slot",
        "azurerm_logic_app_standard",
        "azurerm_windows_function_app",
        "azurerm_windows_function_app_slot",
        "azurerm_windows_web_app",
        "azurerm_windows_web_app_slot",
    ),
    web_app,
)
