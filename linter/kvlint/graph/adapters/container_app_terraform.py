"""Container Apps, jobs and Dapr components of the azurerm provider."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kvlint.evaluate.resources import EvaluatedResource, Mode
from kvlint.evaluate.values import MapValue, Unknown, Value
from kvlint.graph.adapters.container_app import (
    add_app,
    add_environment_variable,
    add_image,
    add_reference,
    add_secrets,
    identity_block,
)
from kvlint.graph.adapters.reading import (
    Adapter,
    argument_span,
    attribute,
    elements,
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

_SCALE_RULES = ("azure_queue_scale_rule", "custom_scale_rule", "http_scale_rule", "tcp_scale_rule")


def container_app(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_container_app``."""
    _add_workload(resource, AppKind.CONTAINER_APP, facts)


def container_app_job(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_container_app_job``."""
    _add_workload(resource, AppKind.JOB, facts)


def dapr_component(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_container_app_environment_dapr_component``: its metadata names its own secrets."""
    if resource.mode is Mode.LOOKED_UP:
        return
    app = _app(resource, AppKind.DAPR_COMPONENT)
    for entry in entries(resource.config, "metadata"):
        add_reference(app, entry, "secret_name", ReferenceSite.DAPR_METADATA, attribute(entry, "name"))
    add_app(app, resource, facts)


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = {
    "azurerm_container_app": container_app,
    "azurerm_container_app_job": container_app_job,
    "azurerm_container_app_environment_dapr_component": dapr_component,
}


def _add_workload(resource: EvaluatedResource, kind: AppKind, facts: Facts) -> None:
    if resource.mode is Mode.LOOKED_UP:
        return
    app = _app(resource, kind)
    app.identity = carried_identities(resource)
    app.environment_id = given(resource.config, "container_app_environment_id")
    for entry in entries(resource.config, "registry"):
        server = attribute(entry, "server")
        add_reference(app, entry, "password_secret_name", ReferenceSite.REGISTRY, server)
        _add_identity_use(app, entry, "identity", IdentitySite.REGISTRY, server)
    template = single(resource.config, "template")
    if resource.leaves_alone("template.container.env"):
        app.environment_open = Unknown("its variables are left to others by ignore_changes")
    for container in _containers(template):
        add_image(app, container)
        variables = entries(container, "env")
        app.environment_open = app.environment_open or variables.open
        for entry in variables:
            add_environment_variable(app, entry, attribute(entry, "value"), "secret_name")
    for rule in _scale_rules(resource.config, template):
        name = attribute(rule, "name")
        for authentication in entries(rule, "authentication"):
            add_reference(app, authentication, "secret_name", ReferenceSite.SCALE_RULE, name)
        _add_identity_use(app, rule, "identity_id", IdentitySite.SCALE_RULE, name)
    if template is not None and kind is AppKind.CONTAINER_APP:
        suffix = given(template, "revision_suffix")
        # The provider sends the suffix only when it changes, so a constant one never collides.
        app.revision = None if suffix is None else Revision(suffix, None, resent=False)
    add_app(app, resource, facts)


def _app(resource: EvaluatedResource, kind: AppKind) -> App:
    """The app with its secrets, before anything that refers to them."""
    app = App(
        **origin(resource),
        kind=kind,
        name=attribute(resource.config, "name") or Unknown("it has no name", span=resource.span),
        exists=resource.exists,
    )
    declared = entries(resource.config, "secret")
    if declared.open is not None:
        declared.doubtful = declared.items  # what comes of a dynamic block is not told apart
    add_secrets(app, declared, "key_vault_secret_id")
    if resource.leaves_alone("secret"):
        app.secrets_open = Unknown("its secrets are left to others by ignore_changes", span=resource.span)
    return app


def carried_identities(resource: EvaluatedResource) -> IdentityBlock:
    """The identities of a resource with an azurerm ``identity`` block."""
    blocks = entries(resource.config, "identity")
    if not blocks.items:
        return IdentityBlock(None if blocks.open else False, [], blocks.open)
    block = blocks.items[0]
    ids, open_reason = elements(attribute(block, "identity_ids"))
    if blocks.open is not None or resource.leaves_alone("identity"):
        reason = blocks.open or Unknown("its identities are left to others by ignore_changes")
        return IdentityBlock(None, ids, reason, span_of(block, resource.span))
    kind = attribute(block, "type") or Unknown("the identity block has no type")
    return identity_block(kind, ids, open_reason, span_of(block, resource.span))


def _containers(template: MapValue | None) -> Iterator[MapValue]:
    yield from entries(template, "container")
    yield from entries(template, "init_container")


def _scale_rules(config: MapValue, template: MapValue | None) -> Iterator[MapValue]:
    for kind in _SCALE_RULES:
        yield from entries(template, kind)
    for trigger in entries(config, "event_trigger_config"):
        for scale in entries(trigger, "scale"):
            yield from entries(scale, "rules")


def _add_identity_use(app: App, entry: MapValue, key: str, site: IdentitySite, owner: Value | None) -> None:
    identity = given(entry, key)
    if identity is not None:
        span = argument_span(entry, key, app.span)
        app.identity_uses.append(IdentityUse(span, identity, site, owner, span_of(entry, app.span)))
