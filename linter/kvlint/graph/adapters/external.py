"""What ``[external]`` of ``kvlint.toml`` declares, as entities that the set only looks up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from kvlint.declarations import Declaration, Text
from kvlint.evaluate.resources import Deployment, EvaluatedResource, Language, Mode
from kvlint.evaluate.values import MapValue, PartialText, Scalar, Symbol, Unknown, Value
from kvlint.graph.entities import (
    DeclaredGrant,
    FederatedCredential,
    GrantKind,
    Identity,
    IdentityKind,
    Label,
    PermissionModel,
    ServiceAccount,
    Vault,
    VaultObject,
    VaultObjectKind,
)
from kvlint.graph.facts import Facts
from kvlint.graph.matching import fits_pattern
from kvlint.graph.workload_identity import CLIENT_ID_ANNOTATION
from kvlint.source import Span

_MODELS = {"rbac": PermissionModel.RBAC, "access-policy": PermissionModel.ACCESS_POLICY}
_CONTENTS = {
    VaultObjectKind.SECRET: "secrets",
    VaultObjectKind.CERTIFICATE: "certificates",
    VaultObjectKind.KEY: "keys",
}
_PERMISSIONS = {
    VaultObjectKind.SECRET: "secret-permissions",
    VaultObjectKind.CERTIFICATE: "certificate-permissions",
    VaultObjectKind.KEY: "key-permissions",
}


class _Origin(TypedDict):
    address: str
    display: str
    span: Span
    deployment: Deployment
    language: Language
    mode: Mode


def add_declarations(entries: Iterable[Declaration], facts: Facts) -> None:
    """Add what is declared to what was read; called when everything has been read."""
    entries = list(entries)
    for entry in entries:
        if entry.table == "identity":
            _identity(entry, facts)
    names = _names_by_id(entries)
    owners = {f"{app.address}/identity": app.name for app in facts.apps}
    for entry in entries:
        if entry.table == "vault":
            _vault(entry, facts)
        elif entry.table == "grant":
            _grant(entry, names, owners, facts)
        elif entry.table == "service-account":
            _service_account(entry, facts)
        elif entry.table == "federated-credential":
            _credential(entry, facts)


def _origin(entry: Declaration, what: str) -> _Origin:
    path = entry.span.path
    return _Origin(
        address=f"{Language.CONFIGURATION.value}:{path}:{entry.span.start}|{what}",
        display=f"{what} of {path}",
        span=entry.span,
        deployment=Deployment(Language.CONFIGURATION, path),
        language=Language.CONFIGURATION,
        mode=Mode.LOOKED_UP,
    )


def _value(text: Text) -> Value:
    """What a text says; ``*`` stands for what is not known."""
    first, *others = text.text.split("*")
    if not others:
        return Scalar(text.text, span=text.span)
    parts: list[Value] = [Scalar(first, span=text.span)]
    for other in others:
        parts += [Unknown('"*" stands for anything', span=text.span), Scalar(other, span=text.span)]
    return PartialText(tuple(parts), span=text.span)


def _values(entry: Declaration, key: str) -> list[Value]:
    text = entry.text(key)
    return [] if text is None else [_value(text)]


def _needed(entry: Declaration, key: str) -> Text:
    """The text of a key that no entry of its kind lacks."""
    return entry.texts[key][0]


# --- Vaults and grants ------------------------------------------------------------------------


def _vault(entry: Declaration, facts: Facts) -> None:
    """The vaults of that name, which become known by it, and the secrets in them."""
    name, model = _needed(entry, "name"), entry.text("permission-model")
    known = _MODELS[model.text] if model is not None else None
    found = [vault for vault in facts.vaults if fits_pattern(name.text, vault.name)]
    for vault in found:
        if not vault.managed and vault.permission_model is None and model is not None:
            vault.permission_model, vault.model_span = known, model.span
    if "*" not in name.text and not found:
        made = Vault(
            **_origin(entry, f'vault "{name.text}"'),
            name=_value(name),
            permission_model=known,
            model_span=model.span if model is not None else None,
        )
        facts.vaults.append(made)
        found.append(made)
    for vault in found:
        for kind, key in _CONTENTS.items():
            for named in entry.texts.get(key, ()):
                facts.vault_objects.append(_object(entry, kind, named, vault))


def _object(entry: Declaration, kind: VaultObjectKind, named: Text, vault: Vault) -> VaultObject:
    origin = _origin(entry, f'{kind.value} "{named.text}"')
    origin["address"] += f" in {vault.address}"
    origin["span"] = named.span
    within = vault.ids[0] if vault.ids else vault.name
    return VaultObject(**origin, kind=kind, name=_value(named), vault=within)


def _grant(entry: Declaration, names: Mapping[str, str], owners: Mapping[str, Value], facts: Facts) -> None:
    identity, vault, role = _needed(entry, "identity"), _needed(entry, "vault"), entry.text("role")
    by_name = Unknown("kvlint.toml tells it by name", span=entry.span)
    facts.declared_grants.append(
        DeclaredGrant(
            **_origin(entry, f'grant for "{identity.text}"'),
            kind=GrantKind.ROLE if role is not None else GrantKind.POLICY,
            principal=by_name,
            scope=by_name,
            role=None if role is None else _value(role),
            permissions={
                kind: [_value(text) for text in entry.texts.get(key, ())]
                for kind, key in _PERMISSIONS.items()
            },
            principal_span=identity.span,
            role_span=None if role is None else role.span,
            identity_name=names.get(identity.text.casefold(), identity.text),
            vault_name=vault.text,
            apps=owners,
        )
    )
    known = any(fits_pattern(vault.text, one.name) for one in facts.vaults)
    if "*" not in vault.text and not known:
        facts.vaults.append(Vault(**_origin(entry, f'vault "{vault.text}"'), name=_value(vault)))


# --- Identities -------------------------------------------------------------------------------


def _identity(entry: Declaration, facts: Facts) -> None:
    name = _needed(entry, "name")
    group = _values(entry, "resource-group")
    origin = _origin(entry, f'identity "{name.text}"')
    itself = EvaluatedResource(
        deployment=origin["deployment"],
        type=Language.CONFIGURATION.value,
        name=name.text,
        address=origin["address"],
        span=entry.span,
        config=MapValue({}),
        mode=origin["mode"],
    )
    facts.identities.append(
        Identity(
            **origin,
            kind=IdentityKind.USER_ASSIGNED,
            name=_value(name),
            resource_group=group[0] if group else None,
            resource_ids=[Symbol(itself, ("id",), span=entry.span)],
            client_ids=_values(entry, "client-id"),
            principal_ids=_values(entry, "principal-id"),
        )
    )


def _names_by_id(entries: Iterable[Declaration]) -> dict[str, str]:
    """The names of the declared identities by their ids, in lower case."""
    return {
        found.text.casefold(): _needed(entry, "name").text
        for entry in entries
        if entry.table == "identity"
        for key in ("client-id", "principal-id")
        if (found := entry.text(key)) is not None
    }


# --- Workload identity ------------------------------------------------------------------------


def _service_account(entry: Declaration, facts: Facts) -> None:
    name, client = _needed(entry, "name"), entry.text("client-id")
    annotations = {}
    if client is not None:
        annotations[CLIENT_ID_ANNOTATION] = Label(client.span, _value(client))
    facts.service_accounts.append(
        ServiceAccount(
            **_origin(entry, f'service account "{name.text}"'),
            name=_value(name),
            name_span=name.span,
            namespace=_value(_needed(entry, "namespace")),
            annotations=annotations,
        )
    )


def _credential(entry: Declaration, facts: Facts) -> None:
    subject, issuer, name = _needed(entry, "subject"), entry.text("issuer"), entry.text("identity")
    named = (one for one in facts.identities if name is not None and fits_pattern(name.text, one.name))
    identity = next((one for one in named if one.resource_ids), None)
    facts.credentials.append(
        FederatedCredential(
            **_origin(entry, f'federated credential "{subject.text}"'),
            subject=_value(subject),
            issuer=None if issuer is None else _value(issuer),
            identity=None if identity is None else identity.resource_ids[0],
            subject_span=subject.span,
            issuer_span=None if issuer is None else issuer.span,
        )
    )
