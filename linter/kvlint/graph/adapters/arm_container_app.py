"""Container Apps, jobs and Dapr components as the Azure Resource Manager takes them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from kvlint.evaluate.resources import EvaluatedResource, Mode
from kvlint.evaluate.values import ListValue, MapValue, Scalar, Unknown, Value, text_of
from kvlint.graph.adapters.arm_reading import carried_identities, name_of, properties, section
from kvlint.graph.adapters.container_app import (
    add_app,
    add_environment_variable,
    add_image,
    add_reference,
    add_secrets,
)
from kvlint.graph.adapters.reading import (
    Adapter,
    argument_span,
    attribute,
    entries,
    given,
    origin,
    single,
    span_of,
)
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

#: What the platform fills in where a template says nothing.
_TEMPLATE_DEFAULTS = {
    "cooldownPeriod": "300", "pollingInterval": "30", "maxReplicas": "10", "imageType": "ContainerImage",
    "storageType": "EmptyDir", "ephemeralStorage": None,
}  # fmt: skip


def container_app(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.App/containerApps``."""
    _add_resource(resource, AppKind.CONTAINER_APP, facts)


def container_app_job(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.App/jobs``."""
    _add_resource(resource, AppKind.JOB, facts)


def dapr_component(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.App/managedEnvironments/daprComponents``: its metadata names its own secrets."""
    if resource.mode is Mode.LOOKED_UP:
        return
    component = properties(resource)
    app = new_app(resource, AppKind.DAPR_COMPONENT)
    add_secrets(app, entries(component, "secrets"), "keyVaultUrl")
    read_dapr_component(app, component)
    add_app(app, resource, facts)


def session_pool(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.App/sessionPools``: the containers of its sessions name its own secrets."""
    if resource.mode is Mode.LOOKED_UP:
        return
    pool = properties(resource)
    app = new_app(resource, AppKind.SESSION_POOL)
    app.identity = carried_identities(resource.config)
    app.environment_id = given(pool, "environmentId")
    add_secrets(app, entries(pool, "secrets"), "keyVaultUrl")
    template = section(pool, "customContainerTemplate")
    _read_environment(app, template)
    registry = section(template, "registryCredentials")
    if registry is not None:
        _add_registry(app, registry)
    add_app(app, resource, facts)


ARM_ADAPTERS: Mapping[str, Adapter] = {
    "microsoft.app/containerapps": container_app,
    "microsoft.app/jobs": container_app_job,
    "microsoft.app/managedenvironments/daprcomponents": dapr_component,
    "microsoft.app/connectedenvironments/daprcomponents": dapr_component,
    "microsoft.app/sessionpools": session_pool,
}


def _add_resource(resource: EvaluatedResource, kind: AppKind, facts: Facts) -> None:
    if resource.mode is Mode.LOOKED_UP:
        return
    inner = properties(resource)
    add_workload(
        resource,
        kind,
        section(inner, "template"),
        section(inner, "configuration"),
        carried_identities(resource.config),
        given(inner, "environmentId") or given(inner, "managedEnvironmentId"),
        facts,
    )


def add_workload(
    resource: EvaluatedResource,
    kind: AppKind,
    template: MapValue | None,
    configuration: MapValue | None,
    identity: IdentityBlock,
    environment_id: Value | None,
    facts: Facts,
) -> App:
    """Add an app or job by the two halves of its properties."""
    app = new_app(resource, kind)
    app.identity = identity
    app.environment_id = environment_id
    add_secrets(app, entries(configuration, "secrets"), "keyVaultUrl")
    read_workload(app, template, configuration)
    if kind is AppKind.CONTAINER_APP and template is not None:
        suffix = given(template, "revisionSuffix")
        app.revision = None if suffix is None else Revision(suffix, template_text(template))
    add_app(app, resource, facts)
    return app


def new_app(resource: EvaluatedResource, kind: AppKind) -> App:
    """The app of a resource, with nothing but its name."""
    return App(**origin(resource), kind=kind, name=name_of(resource))


def read_workload(app: App, template: MapValue | None, configuration: MapValue | None) -> None:
    """Add everything in an app or job that names one of its secrets or identities."""
    for entry in entries(configuration, "registries"):
        _add_registry(app, entry)
    _read_environment(app, template)
    _read_scale(app, template, configuration)
    for volume in entries(template, "volumes"):
        if (text_of(attribute(volume, "storageType")) or "").casefold() == "secret":
            for item in entries(volume, "secrets"):
                add_reference(app, item, "secretRef", ReferenceSite.VOLUME, attribute(volume, "name"))


def read_dapr_component(app: App, component: MapValue) -> None:
    """Add the references of a component's metadata; another component may hold what they name."""
    if given(component, "secretStoreComponent") is not None:
        app.secrets_open = Unknown("its secrets come from another component", span=component.span)
    for entry in entries(component, "metadata"):
        add_reference(app, entry, "secretRef", ReferenceSite.DAPR_METADATA, attribute(entry, "name"))


def containers(template: MapValue | None) -> list[MapValue]:
    """The containers of a template, also those that run first."""
    return [*entries(template, "containers"), *entries(template, "initContainers")]


def _read_environment(app: App, template: MapValue | None) -> None:
    for container in containers(template):
        add_image(app, container)
        variables = entries(container, "env")
        app.environment_open = app.environment_open or variables.open
        for entry in variables:
            add_environment_variable(app, entry, given(entry, "value"), "secretRef")


def _add_registry(app: App, registry: MapValue) -> None:
    server = attribute(registry, "server")
    add_reference(app, registry, "passwordSecretRef", ReferenceSite.REGISTRY, server)
    add_identity_use(app, registry, IdentitySite.REGISTRY, server)


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
    add_identity_use(app, body, IdentitySite.SCALE_RULE, name)


def add_identity_use(app: App, entry: MapValue, site: IdentitySite, owner: Value | None) -> None:
    """Add the identity that an entry reads with, if it names one of the app's."""
    identity = given(entry, "identity")
    text = text_of(identity)
    if identity is None or (text is not None and text.casefold() == "system-environment"):
        return  # the environment's own identity, which no app carries
    span = argument_span(entry, "identity", app.span)
    app.identity_uses.append(IdentityUse(span, identity, site, owner, span_of(entry, app.span)))


# --- Revisions --------------------------------------------------------------------------


def template_text(template: MapValue) -> str | None:
    """Everything in a template but its suffix as a normalised text, ``None`` where parts are unknown.

    What is empty or a default of the platform is left out.
    """
    try:
        plain = _data(template)
    except _UnknownPartError:
        return None
    assert isinstance(plain, dict)  # noqa: S101  # so are maps
    return json.dumps(plain, sort_keys=True)


class _UnknownPartError(Exception):
    """A part of the template is not known."""


def _data(value: Value) -> object:
    match value:
        case Scalar(data=data):
            return data if data is None or isinstance(data, bool) else _number_text(str(data))
        case ListValue(items=items, rest=None):
            return [_data(item) for item in items]
        case MapValue(entries=entries_, rest=None):
            pairs = {key: _data(item) for key, item in entries_.items() if key != "revisionSuffix"}
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
