"""Container Apps, jobs and Dapr components in the YAML of ``az containerapp``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kvlint.evaluate.resources import EvaluatedResource, Language
from kvlint.evaluate.values import ListValue, MapValue, Scalar, Unknown, Value, text_of
from kvlint.graph.adapters.arm_container_app import (
    containers,
    read_dapr_component,
    read_workload,
    template_text,
)
from kvlint.graph.adapters.arm_reading import carried_identities
from kvlint.graph.adapters.container_app import add_app, add_secrets
from kvlint.graph.adapters.container_app_keys import (
    APP_DOCUMENT,
    DAPR_DOCUMENT,
    JOB_DOCUMENT,
    Section,
    ignored_keys,
)
from kvlint.graph.adapters.reading import Adapter, Entries, attribute, entries, given, single
from kvlint.graph.entities import App, AppKind, IdentityBlock, Revision
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
    read_dapr_component(app, component)
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
    if app.partial and not containers(template):
        app.secrets_open = Unknown("an update without containers keeps the secrets as they are")
    if configuration is None and entries(properties, "configuration").open is not None:
        app.secrets_open = entries(properties, "configuration").open
    if configuration is not None and _keeps_secrets(resource.config, configuration):
        app.secrets_open = Unknown("an update without secrets keeps those of the app", span=resource.span)
    app.identity = _identity(resource, update=template is None or configuration is None)
    app.environment_id = given(properties, "environmentId") or given(properties, "managedEnvironmentId")
    read_workload(app, template, configuration)
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


def _keeps_secrets(document: MapValue, configuration: MapValue) -> bool:
    """Whether an app that exists already keeps the secrets that it has.

    An export lists them, or says ``null`` where there are none: without the key somebody took
    them out, and ``az containerapp update`` leaves them alone.
    """
    return "secrets" not in configuration.entries and _is_export(document)


def _names_only(declared: Entries) -> bool:
    """Whether no secret has a source: an export leaves names, also where its other marks were removed.

    ``az containerapp update`` keeps the values of such secrets.
    """
    return bool(declared.items) and not any(
        entry.entries.keys() & {"value", "keyVaultUrl"} for entry in declared.items
    )


def _identity(resource: EvaluatedResource, *, update: bool) -> IdentityBlock:
    """The identities of the document; an update that says nothing of them leaves them alone."""
    if update and not entries(resource.config, "identity").items:
        reason = Unknown("an update leaves the identities as they are", span=resource.span)
        return IdentityBlock(None, [], entries(resource.config, "identity").open or reason)
    return carried_identities(resource.config)


# --- Revisions --------------------------------------------------------------------------


def _revision(
    app: App, properties: MapValue, template: MapValue | None, configuration: MapValue | None
) -> Revision | None:
    taken = list(_taken(properties, configuration))
    suffix = given(template, "revisionSuffix") if template is not None else None
    if suffix is None and not taken:
        return None
    latest = text_of(attribute(properties, "latestRevisionName"))
    return Revision(
        suffix=suffix or Scalar(None, span=app.span),
        template=None if template is None else template_text(template),
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
