"""What API Management, gateways, container groups and environments read, in every language."""

from __future__ import annotations

from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.values import MapValue, Scalar, Unknown, Value, alternatives, text_of
from kvlint.graph.adapters.identity import add_own_identity
from kvlint.graph.adapters.reading import argument_span, given, origin
from kvlint.graph.entities import (
    App,
    AppKind,
    EnvironmentVariable,
    IdentityBlock,
    IdentitySite,
    IdentityUse,
    IdKind,
    Reader,
    VaultRead,
)
from kvlint.graph.facts import Facts
from kvlint.graph.matching import is_system
from kvlint.source import Span


def add_consumer(
    resource: EvaluatedResource,
    kind: AppKind,
    name: Value | None,
    identity: IdentityBlock,
    principals: list[Value],
    facts: Facts,
) -> App:
    """Add a service with its identities, before what it reads.

    ``principals`` are the object ids of its own identity, none where that is known already.
    """
    app = App(
        **origin(resource),
        kind=kind,
        name=name or Unknown("it has no name", span=resource.span),
        secrets_open=Unknown("it has no app secrets", span=resource.span),
        identity=identity,
    )
    if app.identity.system and principals:
        add_own_identity(app, principals, facts)
    facts.apps.append(app)
    return app


def add_management_read(
    app: App,
    resource: EvaluatedResource,
    config: MapValue,
    names: tuple[str, str],
    site: IdentitySite,
    owner: Value | None,
    facts: Facts,
) -> None:
    """A read of API Management: without a client id it reads as itself.

    ``names`` are the keys of the url and of the client id.
    """
    url_name, identity_name = names
    url, client_id = _written(config, url_name), given(config, identity_name)
    if url is None:
        return
    span = argument_span(config, url_name, resource.span)
    named = client_id or Scalar("System", span=span)
    by = IdKind.CLIENT if client_id is not None else IdKind.RESOURCE
    place = argument_span(config, identity_name, span) if client_id is not None else span
    app.identity_uses.append(IdentityUse(place, named, site, owner, by=by))
    _add_read(app, resource, url, span, client_id, Reader.API_MANAGEMENT, facts)


def add_gateway_read(
    app: App, resource: EvaluatedResource, config: MapValue, url_name: str, facts: Facts
) -> None:
    """A certificate that an application gateway takes with its one user-assigned identity."""
    carried = app.identity.user_assigned
    url = _written(config, url_name)
    if url is not None and len(carried) == 1 and app.identity.open is None:
        span = argument_span(config, url_name, resource.span)
        _add_read(app, resource, url, span, carried[0], Reader.GATEWAY, facts)


def add_environment_certificate(
    app: App, resource: EvaluatedResource, config: MapValue, url_name: str, owner: Value | None, facts: Facts
) -> None:
    """A certificate that a managed environment takes from a vault, as itself unless it names another."""
    url = _written(config, url_name)
    if url is None:
        return
    span = argument_span(config, url_name, resource.span)
    identity = given(config, "identity") or Scalar("System", span=span)
    place = argument_span(config, "identity", span) if given(config, "identity") is not None else span
    app.identity_uses.append(IdentityUse(place, identity, IdentitySite.CERTIFICATE, owner))
    own = all(is_system(option) for option in alternatives(identity))
    _add_read(app, resource, url, span, None if own else identity, Reader.ENVIRONMENT, facts)


def add_variable(app: App, name: Value | None, value: Value | None, span: Span) -> None:
    """A variable of a container; its code may be told of a vault."""
    if text_of(name) is None:
        app.environment_open = app.environment_open or Unknown("a variable's name is not known", span=span)
    app.environment.append(EnvironmentVariable(span, name, value))


def _written(config: MapValue, name: str) -> Value | None:
    """What a key is set to; where nobody knows whether it is there, nothing is read."""
    return given(config, name) if name in config.entries else None


def _add_read(
    app: App,
    resource: EvaluatedResource,
    url: Value,
    span: Span,
    identity: Value | None,
    reader: Reader,
    facts: Facts,
) -> None:
    facts.vault_reads.append(
        VaultRead(
            address=f"{resource.address}/{span.start}",
            display=resource.display,
            span=span,
            deployment=app.deployment,
            language=app.language,
            conditional=resource.conditional or app.conditional,
            reader=reader,
            vault=url,
            identity=identity,
            app=app,
        )
    )
