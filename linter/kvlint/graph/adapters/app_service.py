"""App Service and Functions apps that read Key Vault through their settings, in Terraform."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.values import (
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    alternatives,
    following,
    text_of,
)
from kvlint.graph.adapters.container_app_terraform import carried_identities
from kvlint.graph.adapters.identity import add_own_identity
from kvlint.graph.adapters.reading import Adapter, attribute, entries, origin, single
from kvlint.graph.entities import (
    App,
    AppKind,
    EnvironmentVariable,
    IdentityBlock,
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
    app = new_web_app(resource, attribute(config, "name"), carried_identities(resource))
    if app.identity.system:
        add_own_identity(app, [Symbol(resource, ("identity", 0, "principal_id"))], facts)
    facts.apps.append(app)
    app.reference_identity = attribute(config, "key_vault_reference_identity_id")
    add_settings(app, _settings(config), facts)


def new_web_app(resource: EvaluatedResource, name: Value | None, identity: IdentityBlock) -> App:
    """An app service, before its settings."""
    return App(
        **origin(resource),
        kind=AppKind.APP_SERVICE,
        name=name or Unknown("it has no name", span=resource.span),
        secrets_open=Unknown("an app service has no app secrets", span=resource.span),
        identity=identity,
    )


def add_settings(app: App, settings: Iterable[tuple[str, Value]], facts: Facts) -> None:
    """Add settings by name, and the reads of the Key Vault references among them."""
    reader = app.reference_identity
    for name, value in settings:
        app.environment.append(
            EnvironmentVariable(value.span or app.span, Scalar(name, span=value.span), value)
        )
        vault = _referenced_vault(value)
        if vault is None:
            continue
        if not app.identity_uses:
            app.identity_uses.append(_identity_use(name, value, reader, app))
        facts.vault_reads.append(
            VaultRead(
                address=f"{app.address}/settings/{name}",
                display=f'setting "{name}" of {app.display}',
                span=value.span or app.span,
                deployment=app.deployment,
                language=app.language,
                conditional=app.conditional,
                reader=Reader.APP_SETTING,
                vault=vault,
                identity=reader,
                app=app,
            )
        )


def _identity_use(name: str, value: Value, reader: Value | None, app: App) -> IdentityUse:
    """What resolves the references: the identity that is named for it, else the app's own."""
    if reader is not None:
        return IdentityUse(reader.span or app.span, reader, IdentitySite.KEY_VAULT_REFERENCES)
    span = value.span or app.span
    return IdentityUse(span, Scalar("System", span=span), IdentitySite.SETTING, Scalar(name))


def _settings(config: MapValue) -> Iterator[tuple[str, Value]]:
    """App settings and connection strings by name."""
    settings = single(config, "app_settings")
    if settings is not None:
        yield from named_values(settings)
    for connection in entries(config, "connection_string"):
        value = attribute(connection, "value")
        if value is not None:
            yield text_of(attribute(connection, "name")) or "connection string", value


def named_values(settings: MapValue) -> Iterator[tuple[str, Value]]:
    """The entries of a map of settings that are set."""
    for name in settings.entries:
        value = attribute(settings, name)
        if value is not None:
            yield name, value


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
                return _partial_reference(option)
    return None


def _partial_reference(value: PartialText) -> Value:
    """The same of a text with unknown parts: its fields end at the semicolons that are known."""
    for field in _fields(value):
        first = text_of(field[0]) if field else None
        found = _FIELD.match(first.lstrip()) if first is not None else None
        if first is None or found is None:
            continue
        known = first.lstrip()[found.end() :]
        parts = ([Scalar(known, span=value.span)] if known else []) + field[1:]
        if len(parts) == 1:
            return following(parts[0], value)
        return PartialText(tuple(parts), span=value.span, steps=value.steps)
    return Unknown("the reference has unknown parts", span=value.span)


def _fields(value: PartialText) -> list[list[Value]]:
    """The parts of what stands between the brackets, field by field."""
    fields: list[list[Value]] = [[]]
    last = len(value.parts) - 1
    for number, part in enumerate(value.parts):
        text = text_of(part)
        if text is None:
            fields[-1].append(part)
            continue
        text = text[len(_OPENING) :] if number == 0 else text
        text = text.rstrip().removesuffix(")") if number == last else text
        for position, piece in enumerate(text.split(";")):
            if position:
                fields.append([])
            if piece:
                fields[-1].append(Scalar(piece, span=value.span))
    return fields


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
