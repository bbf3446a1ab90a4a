"""App Service and Functions apps that read Key Vault through their settings, in Terraform."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

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
from kvlint.graph.adapters.code_links import service_tag
from kvlint.graph.adapters.container_app_terraform import carried_identities
from kvlint.graph.adapters.identity import add_own_identity
from kvlint.graph.adapters.reading import (
    Adapter,
    argument_span,
    attribute,
    entries,
    given,
    origin,
    single,
)
from kvlint.graph.adapters.secret_urls import url_defect
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
from kvlint.graph.resource_ids import joined
from kvlint.source import Span

_REFERENCE = re.compile(r"@Microsoft\.KeyVault\((.*)\)\s*$", re.IGNORECASE | re.DOTALL)
_OPENING = "@microsoft.keyvault("
_FIELD = re.compile(r"\s*(SecretUri|VaultName|SecretName|SecretVersion)\s*=\s*", re.IGNORECASE)


def web_app(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_linux_web_app`` and its like: their identities and Key Vault references."""
    config = resource.config
    app = new_web_app(resource, attribute(config, "name"), carried_identities(resource))
    if app.identity.system:
        add_own_identity(app, [Symbol(resource, ("identity", 0, "principal_id"))], facts)
    facts.apps.append(app)
    app.reference_identity = attribute(config, "key_vault_reference_identity_id")
    settings = single(config, "app_settings")
    app.environment_open = entries(config, "app_settings").open or (settings.rest if settings else None)
    if resource.leaves_alone("app_settings"):
        app.environment_open = Unknown("its settings are left to others by ignore_changes")
    add_settings(app, _settings(config, resource.span), facts)
    storage = given(config, "storage_key_vault_secret_id")
    if storage is not None:
        _add_read(app, "storage_key_vault_secret_id", storage, _Referenced(storage), facts)


def new_web_app(resource: EvaluatedResource, name: Value | None, identity: IdentityBlock) -> App:
    """An app service, before its settings."""
    return App(
        **origin(resource),
        kind=AppKind.APP_SERVICE,
        name=name or Unknown("it has no name", span=resource.span),
        secrets_open=Unknown("an app service has no app secrets", span=resource.span),
        identity=identity,
        service=service_tag(resource.config),
    )


#: A setting by its name, and where it is set.
Setting = tuple[str, Value, Span]


def add_settings(app: App, settings: Iterable[Setting], facts: Facts) -> None:
    """Add settings by name, and the reads of the Key Vault references among them."""
    for name, value, span in settings:
        app.environment.append(EnvironmentVariable(span, Scalar(name, span=span), value))
        referenced = _referenced_vault(value)
        if referenced is not None:
            _add_read(app, name, value, referenced, facts)


def _add_read(app: App, name: str, value: Value, referenced: _Referenced, facts: Facts) -> None:
    reader = app.reference_identity
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
            vault=referenced.vault,
            identity=reader,
            app=app,
            secret=referenced.secret,
            version=referenced.version,
            doubt=referenced.doubt,
        )
    )


def _identity_use(name: str, value: Value, reader: Value | None, app: App) -> IdentityUse:
    """What resolves the references: the identity that is named for it, else the app's own."""
    if reader is not None:
        return IdentityUse(reader.span or app.span, reader, IdentitySite.KEY_VAULT_REFERENCES)
    span = value.span or app.span
    return IdentityUse(span, Scalar("System", span=span), IdentitySite.SETTING, Scalar(name))


def _settings(config: MapValue, place: Span) -> Iterator[Setting]:
    """App settings and connection strings by name."""
    settings = single(config, "app_settings")
    if settings is not None:
        yield from named_values(settings, config.keys.get("app_settings") or place)
    for connection in entries(config, "connection_string"):
        value = attribute(connection, "value")
        if value is not None:
            name = text_of(attribute(connection, "name")) or "connection string"
            yield name, value, argument_span(connection, "value", place)


def named_values(settings: MapValue, place: Span) -> Iterator[Setting]:
    """The entries of a map of settings that are set; ``place`` is that of those that stand nowhere."""
    for name in settings.entries:
        value = attribute(settings, name)
        if value is not None:
            yield name, value, argument_span(settings, name, place)


@dataclass(slots=True)
class _Referenced:
    """What a reference names: the url of a secret, or else a vault and a secret by their names."""

    vault: Value
    is_url: bool = True
    secret: Value | None = None
    version: Value | None = None

    @property
    def doubt(self) -> str:
        """Why App Service may not resolve it: it is documented for urls of secrets alone."""
        reason = url_defect(self.vault) if self.is_url else None
        return "" if reason is None else f"whether its SecretUri resolves is not known: {reason}"


def _referenced_vault(value: Value) -> _Referenced | None:
    """What stands inside ``@Microsoft.KeyVault(…)``, ``None`` where it is no reference."""
    for option in alternatives(value):
        fields = _fields(option)
        if fields is None:
            continue
        named = _named(fields, option)
        url = named.get("secreturi")
        vault = url or named.get("vaultname") or Unknown("the reference names no vault", span=value.span)
        return _Referenced(vault, url is not None, named.get("secretname"), named.get("secretversion"))
    return None


def _named(fields: Iterable[list[Value]], whole: Value) -> dict[str, Value]:
    """The fields whose name is known, by that name."""
    found: dict[str, Value] = {}
    for parts in fields:
        start = _FIELD.match(text_of(parts[0]) or "") if parts else None
        if start is not None:
            known = start.string[start.end() :]
            parts = ([Scalar(known, span=whole.span)] if known else []) + parts[1:]
            value = following(parts[0], whole) if len(parts) == 1 else joined(parts, whole)
            found.setdefault(start.group(1).casefold(), value)
    return found


def _fields(value: Value) -> list[list[Value]] | None:
    """The parts of what stands between the brackets, field by field; ``None`` for no reference.

    Fields end at the semicolons that are known.
    """
    if isinstance(value, Scalar):
        found = _REFERENCE.match(text_of(value) or "")
        texts = [] if found is None else found.group(1).split(";")
        return None if found is None else [[Scalar(text.strip(), span=value.span)] for text in texts]
    first = text_of(value.parts[0]) if isinstance(value, PartialText) else None
    if not isinstance(value, PartialText) or not (first or "").casefold().startswith(_OPENING):
        return None
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
        "azurerm_app_service_slot",
        "azurerm_function_app",
        "azurerm_function_app_flex_consumption",
        "azurerm_function_app_slot",
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
