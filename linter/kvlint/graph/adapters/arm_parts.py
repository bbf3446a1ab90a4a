"""Resources that add to an app: authentication of Container Apps, settings of App Service."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping

from kvlint.evaluate.combine import name_key
from kvlint.evaluate.resources import EvaluatedResource, Mode
from kvlint.evaluate.values import MapValue, Scalar, Symbol, Unknown, Value, text_of
from kvlint.graph.adapters.app_service import Setting, add_settings, named_values, new_web_app
from kvlint.graph.adapters.arm_reading import (
    carried_identities,
    name_of,
    parent_id,
    properties,
    section,
    symbols,
)
from kvlint.graph.adapters.container_app import add_reference
from kvlint.graph.adapters.identity import add_own_identity
from kvlint.graph.adapters.reading import Adapter, argument_span, attribute, entries, given
from kvlint.graph.entities import App, AppKind, ReferenceSite
from kvlint.graph.facts import AppPart, Facts
from kvlint.graph.resource_ids import parse_id, segments
from kvlint.source import Span

#: Where each identity provider of ``authConfigs`` names the secret that it signs in with.
_PROVIDER_SECRETS = {
    "azureActiveDirectory": "clientSecretSettingName",
    "azureStaticWebApps": "clientSecretSettingName",
    "apple": "clientSecretSettingName",
    "facebook": "appSecretSettingName",
    "gitHub": "clientSecretSettingName",
    "google": "clientSecretSettingName",
    "twitter": "consumerSecretSettingName",
}
_ENCRYPTION_SECRETS = ("containerAppAuthEncryptionSecretName", "containerAppAuthSigningSecretName")
_SITES = ("microsoft.web/sites", "microsoft.web/sites/slots")


def authentication(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.App/containerApps/authConfigs``: it names secrets of the app that it lies in."""
    if resource.mode is Mode.LOOKED_UP:
        return
    add_part(
        resource, AppKind.CONTAINER_APP, facts, lambda app: add_authentication(app, properties(resource))
    )


def add_authentication(app: App, config: MapValue) -> None:
    """Add the references of an authentication config."""
    site = ReferenceSite.AUTHENTICATION
    providers = section(config, "identityProviders")
    for provider, key in _PROVIDER_SECRETS.items():
        registration = section(section(providers, provider), "registration")
        if registration is not None:
            add_reference(app, registration, key, site, Scalar(provider))
    custom = section(providers, "customOpenIdConnectProviders")
    for name in custom.entries if custom is not None else ():
        registration = section(section(custom, name), "registration")
        credential = section(registration, "clientCredential")
        if credential is not None:
            add_reference(app, credential, "clientSecretSettingName", site, Scalar(name))
    encryption = section(config, "encryptionSettings")
    for key in _ENCRYPTION_SECRETS if encryption is not None else ():
        add_reference(app, encryption or config, key, site, Scalar("encryption settings"))
    storage = section(section(section(config, "login"), "tokenStore"), "azureBlobStorage")
    if storage is not None:
        add_reference(app, storage, "sasUrlSettingName", site, Scalar("token store"))


def web_app(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.Web/sites`` and their slots."""
    if resource.mode is Mode.LOOKED_UP:
        return
    app = new_web_app(resource, name_of(resource), carried_identities(resource.config))
    if app.identity.system:
        add_own_identity(app, symbols(resource, "identity", "principalId"), facts)
    facts.apps.append(app)
    inner = properties(resource)
    app.environment_open = inner.rest or _settings_open(section(inner, "siteConfig"))
    app.reference_identity = _reader(resource)
    add_settings(app, _site_settings(section(inner, "siteConfig"), resource.span), facts)


def _settings_open(config: MapValue | None) -> Unknown | None:
    if config is None:
        return None
    settings = entries(config, "appSettings")
    unnamed = next((entry for entry in settings if text_of(attribute(entry, "name")) is None), None)
    nameless = None if unnamed is None else Unknown("a setting's name is not known", span=unnamed.span)
    return config.rest or settings.open or nameless


def _site_settings(config: MapValue | None, place: Span) -> Iterator[Setting]:
    for key, content in (("appSettings", "value"), ("connectionStrings", "connectionString")):
        for entry in entries(config, key):
            value = attribute(entry, content)
            if value is not None:
                name = text_of(attribute(entry, "name")) or "a setting"
                yield name, value, argument_span(entry, content, place)


def _reader(resource: EvaluatedResource) -> Value | None:
    """The identity that resolves Key Vault references, ``None`` for the app's own."""
    named = given(properties(resource), "keyVaultReferenceIdentity")
    return None if (text_of(named) or "").casefold() == "systemassigned" else named


def web_app_settings(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.Web/sites/config`` by the name ``appsettings`` or ``connectionstrings``."""
    kind = (text_of(name_of(resource)) or "").casefold()
    if resource.mode is Mode.LOOKED_UP or kind not in ("appsettings", "connectionstrings"):
        return
    settings = properties(resource)

    def add(app: App) -> None:
        listed = named_values if kind == "appsettings" else _connection_strings
        app.environment_open = app.environment_open or settings.rest
        add_settings(app, listed(settings, resource.span), facts)

    add_part(resource, AppKind.APP_SERVICE, facts, add)


def _connection_strings(settings: MapValue, place: Span) -> Iterator[Setting]:
    for name in settings.entries:
        entry = section(settings, name) or MapValue({})
        value = attribute(entry, "value")
        if value is not None:
            yield name, value, argument_span(entry, "value", place)


# --- Attaching --------------------------------------------------------------------------


def add_part(resource: EvaluatedResource, kind: AppKind, facts: Facts, add: Callable[[App], None]) -> None:
    """Add something to the app of a kind that a resource lies in."""
    parent = parent_id(resource)
    if parent is None:
        name = attribute(resource.config, "name")
        names = segments(name) if name is not None else []
        if len(names) < 2:
            return
        parent = names[-2]
    facts.app_parts.append(AppPart(parent, kind, resource.deployment, add))


def complete(facts: Facts) -> None:
    """Add to each app what resources of their own say about it."""
    by_address = {app.address: app for app in facts.apps}
    by_name: dict[tuple[AppKind, Hashable], list[App]] = {}
    for app in facts.apps:
        key = name_key(app.name)
        if key is not None:
            by_name.setdefault((app.kind, key), []).append(app)
    for part in facts.app_parts:
        named: Value | None = part.app
        if isinstance(named, Symbol):
            declared = by_address.get(named.resource.address)
            if declared is not None:
                part.add(declared)
                continue
            named = named.resource.configured(("name",))
        found = parse_id(named)
        key = name_key(found.name if found is not None and found.names else named)
        near = [one for one in by_name.get((part.kind, key), ()) if one.deployment == part.deployment]
        if len(near) == 1:
            part.add(near[0])
            continue
        for app in near or (one for one in facts.apps if key is None or name_key(one.name) is None):
            if app.kind is part.kind is AppKind.APP_SERVICE and app.deployment == part.deployment:
                app.environment_open = app.environment_open or Unknown("settings may be set apart from it")
    facts.app_parts.clear()


ARM_ADAPTERS: Mapping[str, Adapter] = {
    "microsoft.app/containerapps/authconfigs": authentication,
    **dict.fromkeys(_SITES, web_app),
    **dict.fromkeys((f"{site}/config" for site in _SITES), web_app_settings),
}
