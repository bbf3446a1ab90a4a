"""What Container Apps are made of in every language: secrets, identities, vault reads."""

from __future__ import annotations

from kvlint.evaluate.resources import EvaluatedResource, Language
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
from kvlint.graph.adapters.identity import add_own_identity
from kvlint.graph.adapters.reading import Entries, argument_span, attribute, given, span_of
from kvlint.graph.adapters.secret_urls import url_defects
from kvlint.graph.entities import (
    App,
    AppKind,
    AppSecret,
    EnvironmentVariable,
    IdentityBlock,
    IdentitySite,
    IdentityUse,
    Reader,
    ReferenceSite,
    SecretReference,
    VaultRead,
)
from kvlint.graph.facts import Facts
from kvlint.graph.matching import is_system
from kvlint.source import Span

#: Where azurerm, ARM, azapi and the modules of Azure tell the object id of an app's own identity.
_PRINCIPALS: tuple[tuple[str | int, ...], ...] = (
    ("identity", 0, "principal_id"),
    ("identity", "principalId"),
    ("output", "identity", "principalId"),
    ("outputs", "systemAssignedMIPrincipalId"),
)


def identity_block(
    kind: Value | None, user_assigned: list[Value], open_reason: Unknown | None, span: Span | None
) -> IdentityBlock:
    """The identities of an app by the type of its identity block.

    ``SystemAssigned``, ``UserAssigned``, both with a comma between them, or ``None``; spaces
    and case do not count.
    """
    if kind is None:
        return IdentityBlock(False, user_assigned, open_reason, span)
    answers: set[bool | None] = set()
    for option in alternatives(kind):
        text = text_of(option)
        words = [] if text is None else text.casefold().replace(" ", "").split(",")
        answers.add(None if text is None else "systemassigned" in words)
    return IdentityBlock(answers.pop() if len(answers) == 1 else None, user_assigned, open_reason, span)


def add_app(app: App, resource: EvaluatedResource, facts: Facts) -> None:
    """Add an app, the vaults that its secrets are read from, and its own identity."""
    app.service = service_tag(resource.config)
    facts.apps.append(app)
    for number, secret in enumerate(app.secrets):
        _redact(secret)
        read = _vault_read(app, secret, number)
        if read is not None:
            facts.vault_reads.append(read)
    if app.identity.system:
        principals: list[Value] = [Symbol(resource, path, span=app.identity.span) for path in _PRINCIPALS]
        written = resource.configured(("identity", "principalId"))
        if isinstance(written, Scalar):
            principals.append(written)
        add_own_identity(app, principals, facts)


def add_secrets(app: App, declared: Entries, url_key: str, *, exported: bool = False) -> None:
    """Add the secrets that an app declares; ``url_key`` is the language's key for a vault's url."""
    app.secrets_open = declared.open
    doubtful = {id(one) for one in declared.doubtful}
    for entry in declared:
        secret = AppSecret(
            span=span_of(entry, app.span),
            name=attribute(entry, "name") or Unknown("it has no name", span=entry.span),
            value=attribute(entry, "value"),
            key_vault_url=given(entry, url_key),
            identity=given(entry, "identity"),
            exported=exported,
            conditional=declared.open if id(entry) in doubtful else None,
        )
        secret.url_defects = url_defects(secret.key_vault_url, secret.span)
        secret.url_span = argument_span(entry, url_key, secret.span)
        app.secrets.append(secret)
        if secret.identity is not None:
            span = argument_span(entry, "identity", secret.span)
            app.identity_uses.append(IdentityUse(span, secret.identity, IdentitySite.SECRET, secret.name))


def add_image(app: App, container: MapValue) -> None:
    """Add the image that a container runs."""
    image = attribute(container, "image")
    if image is not None:
        app.images.append(image)


def add_environment_variable(app: App, entry: MapValue, value: Value | None, reference_key: str) -> None:
    """Add an entry of a container's environment, and its reference to a secret if it has one."""
    name = attribute(entry, "name")
    app.environment.append(
        EnvironmentVariable(span_of(entry, app.span), name, value, given(entry, reference_key))
    )
    add_reference(app, entry, reference_key, ReferenceSite.ENVIRONMENT, name)


def add_reference(app: App, entry: MapValue, key: str, site: ReferenceSite, owner: Value | None) -> None:
    """Add the reference that an entry makes to a secret, if it makes one."""
    name = given(entry, key)
    if name is not None:
        app.references.append(SecretReference(argument_span(entry, key, app.span), name, site, owner))


def _vault_read(app: App, secret: AppSecret, number: int) -> VaultRead | None:
    """The read that a Key Vault reference makes of its vault.

    There is none for a Dapr component in azurerm, which sends no references, and none through
    what a component calls its own identity, since it has none.
    """
    url, identity = secret.key_vault_url, secret.identity
    if url is None or identity is None:
        return None
    component = app.kind is AppKind.DAPR_COMPONENT
    system = is_system(identity)
    if component and (system or app.language is Language.TERRAFORM):
        return None
    name = text_of(secret.name)
    return VaultRead(
        address=f"{app.address}/secrets/{name or number}",
        display=f'secret "{name}" of {app.display}' if name else f"a secret of {app.display}",
        span=url.span or secret.span,
        deployment=app.deployment,
        language=app.language,
        conditional=app.conditional or secret.conditional,
        reader=Reader.APP_SECRET,
        vault=url,
        identity=None if system else identity,
        app=None if component else app,
        malformed=len(secret.url_defects) == len(alternatives(url)),
    )


def _redact(secret: AppSecret) -> None:
    """Keep the literals that a secret's value is made of out of everything that shows text."""
    stack: list[Value] = [] if secret.value is None else list(alternatives(secret.value))
    while stack:
        value = stack.pop()
        if isinstance(value, PartialText):
            stack.extend(following(part, value) for part in value.parts)
        elif isinstance(value, Scalar) and value.data not in (None, "") and value.span is not None:
            value.span.source.secrets.add((value.span.start, value.span.end))
