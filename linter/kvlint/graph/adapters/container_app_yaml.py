"""Container Apps, jobs and Dapr components in the YAML of ``az containerapp``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from kvlint.evaluate.resources import EvaluatedResource, Language
from kvlint.evaluate.values import ListValue, MapValue, Scalar, Unknown, Value, following, text_of
from kvlint.graph.adapters.container_app import (
    add_app,
    add_environment_variable,
    add_reference,
    add_secrets,
    identity_block,
)
from kvlint.graph.adapters.container_app_keys import (
    APP_DOCUMENT,
    DAPR_DOCUMENT,
    JOB_DOCUMENT,
    Section,
    ignored_keys,
)
from kvlint.graph.adapters.reading import Adapter, Entries, argument_span, attribute, entries, given, single
from kvlint.graph.entities import (
    App,
    AppKind,
    IdentityBlock,
    IdentitySite,
    IdentityUse,
    ReferenceSite,
    Revision,
)
from kvlint.graph.facts import Facts
from kvlint.source import Span

CONTAINER_APP_TYPE = "Microsoft.App/containerApps"
JOB_TYPE = "Microsoft.App/jobs"
DAPR_TYPE = "Microsoft.App/managedEnvironments/daprComponents"

#: Keys that only an export writes.
_EXPORT_KEYS = {
    "id", "systemData", "provisioningState", "runningStatus", "latestRevisionName",
    "latestReadyRevisionName", "latestRevisionFqdn", "customDomainVerificationId", "eventStreamEndpoint",
    "delegatedIdentities", "outboundIpAddresses",
}  # fmt: skip
#: What the platform fills in where a template says nothing.
_TEMPLATE_DEFAULTS = {
    "cooldownPeriod": "300", "pollingInterval": "30", "maxReplicas": "10", "imageType": "ContainerImage",
    "storageType": "EmptyDir", "ephemeralStorage": None,
}  # fmt: skip


def document_type(document: MapValue) -> str:
    """The ARM type of a document; where it names none, what its sections say it is."""
    named = (text_of(document.entries.get("type")) or "").partition("@")[0]
    for known in (CONTAINER_APP_TYPE, JOB_TYPE, DAPR_TYPE):
        if named.casefold() == known.casefold():
            return known
    if "/" in named:
        return named
    if "componentType" in document.entries:
        return DAPR_TYPE
    configuration = single(_properties(document), "configuration")
    if configuration is not None and configuration.entries.keys() & {"triggerType", "eventTriggerConfig"}:
        return JOB_TYPE
    return CONTAINER_APP_TYPE


def container_app(resource: EvaluatedResource, facts: Facts) -> None:
    """A document of ``az containerapp create`` or ``update``, or one that ``show`` printed."""
    _add_workload(resource, AppKind.CONTAINER_APP, APP_DOCUMENT, facts)


def container_app_job(resource: EvaluatedResource, facts: Facts) -> None:
    """A document of ``az containerapp job``."""
    _add_workload(resource, AppKind.JOB, JOB_DOCUMENT, facts)


def dapr_component(resource: EvaluatedResource, facts: Facts) -> None:
    """A document of ``az containerapp env dapr-component set``, flat or as ARM has it."""
    component = single(resource.config, "properties") or resource.config
    app = _app(resource, AppKind.DAPR_COMPONENT, component)
    if given(component, "secretStoreComponent") is not None:
        app.secrets_open = Unknown("its secrets come from another component", span=component.span)
    for entry in entries(component, "metadata"):
        add_reference(app, entry, "secretRef", ReferenceSite.DAPR_METADATA, attribute(entry, "name"))
    app.ignored_keys = list(ignored_keys(component, DAPR_DOCUMENT))
    add_app(app, resource, facts)


CONTAINER_APP_ADAPTERS: Mapping[str, Adapter] = {
    CONTAINER_APP_TYPE: container_app,
    JOB_TYPE: container_app_job,
    DAPR_TYPE: dapr_component,
}


def _properties(document: MapValue) -> MapValue:
    """The sections of a document, which may stand at its root too; there they win."""
    inner = single(document, "properties")
    if inner is None:
        return document
    root = {key: value for key, value in document.entries.items() if not _empty(value)}
    return MapValue(
        {**inner.entries, **root},
        {**inner.keys, **document.keys},
        rest=inner.rest or document.rest,
        span=inner.span,
    )


def _empty(value: Value) -> bool:
    match value:
        case Scalar(data=data):
            return data is None or data == ""
        case ListValue(items=(), rest=None):
            return True
        case MapValue(entries=entries, rest=None):
            return not entries
    return False


def _add_workload(resource: EvaluatedResource, kind: AppKind, section: Section, facts: Facts) -> None:
    properties = _properties(resource.config)
    template, configuration = single(properties, "template"), single(properties, "configuration")
    app = _app(resource, kind, configuration)
    app.partial = template is not None and configuration is None
    if app.partial and not _containers(template):
        app.secrets_open = Unknown("an update without containers keeps the secrets as they are")
    if configuration is None and entries(properties, "configuration").open is not None:
        app.secrets_open = entries(properties, "configuration").open
    app.identity = _identity(resource, update=template is None or configuration is None)
    app.environment_id = given(properties, "environmentId") or given(properties, "managedEnvironmentId")
    _read_configuration(app, configuration)
    for container in _containers(template):
        for entry in entries(container, "env"):
            add_environment_variable(app, entry, given(entry, "value"), "secretRef")
    _read_scale(app, template, configuration)
    for volume in entries(template, "volumes"):
        if (text_of(attribute(volume, "storageType")) or "").casefold() == "secret":
            for item in entries(volume, "secrets"):
                add_reference(app, item, "secretRef", ReferenceSite.VOLUME, attribute(volume, "name"))
    app.ignored_keys = list(ignored_keys(resource.config, section))
    if kind is AppKind.CONTAINER_APP:
        app.revision = _revision(app, properties, template, configuration)
    add_app(app, resource, facts)


def _app(resource: EvaluatedResource, kind: AppKind, holder: MapValue | None) -> App:
    """The app with the secrets that ``holder`` lists, before anything that refers to them."""
    name = _name(resource)
    app = App(
        address=resource.address,
        display=text_of(name) or resource.span.path,
        span=resource.span,
        deployment=resource.deployment,
        language=Language.CONTAINER_APP_YAML,
        mode=resource.mode,
        conditional=resource.conditional,
        kind=kind,
        name=name,
    )
    declared = entries(holder, "secrets")
    add_secrets(app, declared, "keyVaultUrl", exported=_is_export(resource.config) or _names_only(declared))
    return app


def _name(resource: EvaluatedResource) -> Value:
    """The app's name; an export tells it in its id too."""
    name = given(resource.config, "name")
    if name is not None:
        return name
    identifier = attribute(resource.config, "id")
    text = text_of(identifier)
    if identifier is not None and text is not None and "/" in text:
        return Scalar(text.rstrip("/").rpartition("/")[2], span=identifier.span)
    return Unknown("the document does not name its app", span=resource.span)


def _is_export(document: MapValue) -> bool:
    inner = single(document, "properties")
    keys = document.entries.keys() | (inner.entries.keys() if inner is not None else set())
    return bool(keys & _EXPORT_KEYS)


def _names_only(declared: Entries) -> bool:
    """Whether no secret has a source: an export leaves names, also where its other marks were removed.

    ``az containerapp update`` keeps the values of such secrets.
    """
    return bool(declared.items) and not any(
        entry.entries.keys() & {"value", "keyVaultUrl"} for entry in declared.items
    )


def _identity(resource: EvaluatedResource, *, update: bool) -> IdentityBlock:
    """The identities of the document; an update that says nothing of them leaves them alone."""
    found = entries(resource.config, "identity")
    if not found.items:
        reason = found.open
        if update:
            reason = reason or Unknown("an update leaves the identities as they are", span=resource.span)
        return IdentityBlock(None if reason else False, [], reason)
    block = found.items[0]
    listed = block.entries.get("userAssignedIdentities")
    ids: list[Value] = []
    reason = block.rest
    if isinstance(listed, MapValue):
        ids = [Scalar(key, span=listed.keys.get(key)) for key in listed.entries]
        reason = reason or listed.rest
    elif isinstance(listed, ListValue):
        ids = [following(item, listed) for item in listed.items]
        reason = reason or listed.rest
    elif listed is not None and not isinstance(listed, Scalar):
        reason = Unknown("its user-assigned identities are not known", span=listed.span)
    kind = attribute(block, "type")
    return identity_block(kind, ids, reason, resource.config.keys.get("identity") or block.span)


def _read_configuration(app: App, configuration: MapValue | None) -> None:
    for entry in entries(configuration, "registries"):
        server = attribute(entry, "server")
        add_reference(app, entry, "passwordSecretRef", ReferenceSite.REGISTRY, server)
        _add_identity_use(app, entry, IdentitySite.REGISTRY, server)


def _read_scale(app: App, template: MapValue | None, configuration: MapValue | None) -> None:
    """The scale rules: nested by their kind in an app, flat in a job."""
    for rule in entries(single(template, "scale"), "rules"):
        for kind in ("azureQueue", "custom", "http", "tcp"):
            for body in entries(rule, kind):
                _add_rule(app, body, attribute(rule, "name"))
    for rule in entries(single(single(configuration, "eventTriggerConfig"), "scale"), "rules"):
        _add_rule(app, rule, attribute(rule, "name"))


def _add_rule(app: App, body: MapValue, name: Value | None) -> None:
    for authentication in entries(body, "auth"):
        add_reference(app, authentication, "secretRef", ReferenceSite.SCALE_RULE, name)
    _add_identity_use(app, body, IdentitySite.SCALE_RULE, name)


def _containers(template: MapValue | None) -> list[MapValue]:
    return [*entries(template, "containers"), *entries(template, "initContainers")]


def _add_identity_use(app: App, entry: MapValue, site: IdentitySite, owner: Value | None) -> None:
    identity = given(entry, "identity")
    text = text_of(identity)
    if identity is None or (text is not None and text.casefold() == "system-environment"):
        return  # the environment's own identity, which no app carries
    app.identity_uses.append(IdentityUse(argument_span(entry, "identity", app.span), identity, site, owner))


# --- Revisions --------------------------------------------------------------------------


def _revision(
    app: App, properties: MapValue, template: MapValue | None, configuration: MapValue | None
) -> Revision | None:
    taken = list(_taken(properties, configuration))
    suffix = given(template, "revisionSuffix") if template is not None else None
    if suffix is None and not taken:
        return None
    plain = None if template is None else _plain(template)
    if isinstance(plain, dict):
        plain.pop("revisionSuffix", None)
    text = json.dumps(plain, sort_keys=True) if isinstance(plain, dict) else None
    latest = text_of(attribute(properties, "latestRevisionName"))
    return Revision(
        suffix=suffix or Scalar(None, span=app.span),
        template=text,
        taken=taken,
        latest=None if latest is None else latest.rpartition("--")[2],
    )


def _taken(properties: MapValue, configuration: MapValue | None) -> Iterator[tuple[str, Span]]:
    """The suffixes that an export shows as existing, with where."""
    names = [attribute(properties, key) for key in ("latestRevisionName", "latestReadyRevisionName")]
    names += [
        attribute(entry, "revisionName") for entry in entries(single(configuration, "ingress"), "traffic")
    ]
    for name in names:
        text = text_of(name)
        if name is not None and text is not None and name.span is not None and "--" in text:
            yield text.rpartition("--")[2], name.span


class _UnknownPartError(Exception):
    """A part of the template is not known."""


def _plain(template: MapValue) -> object | None:
    """A template as plain data, without what is empty or a default; ``None`` where parts are unknown."""
    try:
        return _data(template)
    except _UnknownPartError:
        return None


def _data(value: Value) -> object:
    match value:
        case Scalar(data=data):
            return data if data is None or isinstance(data, bool) else _number_text(str(data))
        case ListValue(items=items, rest=None):
            return [_data(item) for item in items]
        case MapValue(entries=entries_, rest=None):
            pairs = {key: _data(item) for key, item in entries_.items()}
            return {key: data for key, data in pairs.items() if not _is_default(key, data)}
    raise _UnknownPartError


def _is_default(key: str, data: object) -> bool:
    if data in (None, "", [], {}):
        return True
    return key in _TEMPLATE_DEFAULTS and _TEMPLATE_DEFAULTS[key] in (None, data)


def _number_text(text: str) -> str:
    """``0.50`` and ``0.5`` are the same amount of a resource."""
    if text.count(".") == 1 and text.replace(".", "").isdigit():
        return text.rstrip("0").rstrip(".")
    return text
