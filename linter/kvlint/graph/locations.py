"""Which vault and which identity a value means, and what a scope contains.

Answers are three-valued where a question allows it: yes, no, or ``None`` for nobody knows.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence

from kvlint.evaluate.combine import name_key, reason_of
from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.values import (
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    alternatives,
    known_text,
    text_of,
)
from kvlint.graph.entities import Identity, IdentityKind, IdKind, Reader, Vault, VaultRead
from kvlint.graph.facts import Facts
from kvlint.graph.identities import Identities
from kvlint.graph.matching import same_name, same_text
from kvlint.graph.object_scopes import ObjectScopes
from kvlint.graph.resource_ids import ResourceId, bare, id_covers, joined, parse_id

_HOST = re.compile(r"https://([A-Za-z0-9-]+)\.", re.IGNORECASE)
_SCHEME = "https://"
_VAULT_TYPE = "microsoft.keyvault/vaults"
_VAULT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$")

#: Consumers that name an identity by its client id; the others take its resource id.
CLIENT_ID_READERS = frozenset(
    {Reader.API_MANAGEMENT, Reader.SECRET_PROVIDER_CLASS, Reader.SECRET_STORE, Reader.SDK}
)


class Locator:
    """Vaults and identities of a run by everything that may name them."""

    def __init__(self, facts: Facts) -> None:
        self._vaults_by_address = {vault.address: vault for vault in facts.vaults}
        self._vault_ids = {symbol.key: vault for vault in facts.vaults for symbol in vault.ids}
        self._vault_urls = {symbol.key for vault in facts.vaults for symbol in vault.urls}
        self._groups = {symbol.key: group for group in facts.resource_groups for symbol in group.ids}
        self._objects_by_address = {one.address: one for one in facts.vault_objects}
        self._object_scopes = ObjectScopes(facts.vault_objects)
        self._vaults_by_name: dict[Hashable, list[Vault]] = {}
        self._vaults_by_attribute = {(vault.address, ("name",)): vault for vault in facts.vaults}
        for vault in facts.vaults:
            # One whose name depends on a condition may have any of its names.
            for key in {name_key(option) for option in alternatives(vault.name)} - {None}:
                self._vaults_by_name.setdefault(key, []).append(vault)
        self._credentials = facts.credentials
        self.identities = Identities(facts.identities, facts.memberships, facts.attachments)

    # --- Vaults ---------------------------------------------------------------------------

    def vault_of(self, value: Value, deployment: Deployment) -> tuple[Vault | None, str]:
        """The vault that a url, an id or a name means, or why that is not known."""
        found: Vault | None = None
        for option in alternatives(value):
            vault, why = self._one_vault(option, deployment)
            if vault is None:
                return None, why
            if found is not None and found is not vault:
                return None, "the vault depends on a condition"
            found = vault
        return found, "" if found is not None else "no vault is named"

    def vault_name(self, value: Value, deployment: Deployment) -> str:
        """The name of the vault that is meant, in the set or not; empty where it is not known."""
        vault, _ = self.vault_of(value, deployment)
        if vault is not None:
            return text_of(vault.name) or ""
        names = {_written_name(option) for option in alternatives(value)}
        return names.pop() if len(names) == 1 else ""

    def _one_vault(self, value: Value, deployment: Deployment) -> tuple[Vault | None, str]:
        value = bare(value)
        if isinstance(value, Symbol):
            vault = self._vault_of_symbol(value, deployment)
            return vault, "" if vault is not None else reason_of(value)
        if isinstance(value, Unknown) and value.key in self._vaults_by_attribute:
            return self._canonical(self._vaults_by_attribute[value.key], deployment), ""
        found = parse_id(value)
        if found is not None:
            vault = self._by_id(found, deployment)
            return vault, "" if vault is not None else "no vault of that id is in the analysed set"
        if isinstance(value, PartialText):
            return self._in_parts(value, deployment)
        text = text_of(value)
        host = _HOST.match(text or "")
        if host is not None:
            return self._by_name(Scalar(host.group(1)), deployment)
        if text is not None and not _VAULT_NAME.match(text):
            return None, "it names no vault"
        return self._by_name(value, deployment)

    def _in_parts(self, value: PartialText, deployment: Deployment) -> tuple[Vault | None, str]:
        """The vault in a text with unknown parts: a url of it, or its name."""
        for part in value.parts:
            if isinstance(part, Symbol) and part.resource.address in self._vaults_by_address:
                return self._one_vault(part, deployment)
            if isinstance(part, Unknown) and part.key in self._vaults_by_attribute:
                return self._one_vault(part, deployment)
        for name in _host_names(value):
            vault, why = self._by_name(name, deployment)
            if vault is not None or isinstance(name, Scalar):
                return vault, why
        return None, reason_of(value)

    def _vault_of_symbol(self, symbol: Symbol, deployment: Deployment) -> Vault | None:
        vault = self._vaults_by_address.get(symbol.resource.address)
        if vault is not None:
            return self._canonical(vault, deployment)
        held = self._objects_by_address.get(symbol.resource.address)
        if held is None or held.vault is None:
            return self._by_name(symbol, deployment)[0]
        return self._one_vault(held.vault, deployment)[0]

    def _canonical(self, vault: Vault, deployment: Deployment) -> Vault:
        """The managed vault that a looked-up one is, where the set has it under the same name."""
        if vault.managed:
            return vault
        name = vault.name
        if isinstance(name, Symbol) and name.resource.address in self._vaults_by_address:
            return self._vaults_by_address[name.resource.address]
        if isinstance(name, Unknown) and name.key in self._vaults_by_attribute:
            named = self._vaults_by_attribute[name.key]
            return named if named.managed else vault
        found = self._visible(name, deployment, vault.resource_group)
        return found[0] if found and found[0].managed else vault

    def _visible(self, name: Value, deployment: Deployment, group: Value | None = None) -> list[Vault]:
        """Vaults of a name that a deployment sees, those that it manages itself first."""
        found = [
            one
            for one in self._vaults_by_name.get(name_key(name), ())
            if deployment.sees(one.deployment) and same_name(group, one.resource_group) is not False
        ]
        return sorted(found, key=lambda one: (not one.managed, one.deployment != deployment))

    def declared_again(self, vault: Vault) -> list[Vault]:
        """Other managed vaults that are declared with the same name in the same deployment."""
        found = self._visible(vault.name, vault.deployment, vault.resource_group)
        return [
            one for one in found if one is not vault and one.managed and one.deployment == vault.deployment
        ]

    def has_namesake(self, vault: Vault) -> bool:
        """Whether another deployment makes a vault of the same name."""
        found = self._vaults_by_name.get(name_key(vault.name), ())
        return any(one.managed and one.deployment != vault.deployment for one in found)

    def _by_name(self, name: Value, deployment: Deployment) -> tuple[Vault | None, str]:
        found = self._visible(name, deployment)
        if found:
            return found[0], ""
        text = known_text(name)
        return None, reason_of(name) if text is None else f'no vault named "{text}" is in the analysed set'

    def _by_id(self, found: ResourceId, deployment: Deployment) -> Vault | None:
        """The vault that an id names, or in which it lies."""
        if not f"{found.type}/".startswith(f"{_VAULT_TYPE}/"):
            return None
        named = self._visible(found.names[0], deployment, found.group)
        return named[0] if named else None

    def vault_at_scope(self, scope: Value, deployment: Deployment) -> Vault | None:
        """The vault that a scope is, or in which it lies; ``None`` for wider or unknown scopes.

        ``deployment`` is that of the grant.
        """
        if isinstance(scope, PartialText) and isinstance(scope.parts[0], Symbol):
            scope = scope.parts[0]
        if isinstance(scope, Symbol):
            vault = self._vault_ids.get(scope.key)
            if vault is not None:
                return self._canonical(vault, vault.deployment)
            held = self._objects_by_address.get(scope.resource.address)
            if held is None or held.vault is None:
                return None
            return self._one_vault(held.vault, held.deployment)[0]
        found = parse_id(scope)
        return None if found is None else self._by_id(found, deployment)

    def covers(self, scope: Value, vault: Vault, read: VaultRead | None = None) -> bool | None:
        """Whether a scope contains the vault (or, with a ``read`` of it, the secret that is read)."""
        answers = {self._covers(option, vault, read) for option in alternatives(scope)}
        return answers.pop() if len(answers) == 1 else None

    def _covers(self, scope: Value, vault: Vault, read: VaultRead | None) -> bool | None:
        scope = bare(scope)
        if isinstance(scope, Symbol):
            return self._covers_symbol(scope, vault, read)
        found = parse_id(scope)
        if found is not None:
            covers = id_covers(found, _VAULT_TYPE, vault.name, vault.resource_group)
            if covers and found.type.startswith(f"{_VAULT_TYPE}/"):
                return self._object_scopes.is_read(scope, read)
            return covers
        if isinstance(scope, PartialText) and isinstance(scope.parts[0], Symbol):
            return self._covers_within(scope, scope.parts[0], vault, read)
        return None

    def _covers_within(
        self, scope: PartialText, container: Symbol, vault: Vault, read: VaultRead | None
    ) -> bool | None:
        """A text behind an id: ``${vault.id}/secrets/x`` holds for one secret of that vault."""
        if container.key not in self._vault_ids:
            return None
        covers = self._covers_symbol(container, vault, None)
        return self._object_scopes.is_read(scope, read) if covers else covers

    def _covers_symbol(self, scope: Symbol, vault: Vault, read: VaultRead | None) -> bool | None:
        if scope.key in self._vault_ids:
            other = self.vault_at_scope(scope, vault.deployment)
            if other is vault:
                return True
            named = self._vault_ids[scope.key]
            may_be_both = not named.managed and same_text(named.name, vault.name, fold=True) is True
            return _differ(named if may_be_both else other, vault, read)
        if scope.key in self._vault_urls:
            return False  # an id is wanted: Azure rejects a url
        if scope.resource.address in self._objects_by_address:
            return self._covers_object(scope, vault, read)
        group = self._groups.get(scope.key)
        return same_name(group.name, vault.resource_group) if group is not None else None

    def _covers_object(self, scope: Symbol, vault: Vault, read: VaultRead | None) -> bool | None:
        """Whether a scope within a vault is the very secret that is read."""
        inside = self.vault_at_scope(scope, vault.deployment)
        return self._object_scopes.is_read(scope, read) if inside is vault else _differ(inside, vault, read)

    # --- Identities ---------------------------------------------------------------------

    def identity_of(self, read: VaultRead) -> tuple[Identity | None, str]:
        """The identity that a consumer reads with, or why that is not known."""
        if read.identity is None and read.service_account is None:
            return self._system_identity(read)
        found: Identity | None = None
        why = "the identity is not known"
        for option in alternatives(read.identity):
            identity, why = self._one_identity(option, read.reader, read.deployment)
            if identity is not None and found not in (None, identity):
                identity, why = None, "the identity depends on a condition"
            if identity is None:
                found = None
                break
            found = identity
        if found is None and read.service_account is not None:
            return self._federated_identity(read)
        return found, "" if found is not None else why

    def _system_identity(self, read: VaultRead) -> tuple[Identity | None, str]:
        owner = read.app.address if read.app is not None else read.address
        for identity in self.identities:
            if identity.address == f"{owner}/identity" and identity.kind is IdentityKind.SYSTEM_ASSIGNED:
                return identity, ""
            if identity.host == owner and identity.kind is IdentityKind.ENVIRONMENT:
                return identity, ""
        if read.app is not None and read.app.identity.system is False:
            return None, "the app has no system-assigned identity"
        return None, "it reads with an identity that the set does not create"

    def _one_identity(
        self, value: Value, reader: Reader, deployment: Deployment
    ) -> tuple[Identity | None, str]:
        """The identity that a value means, in the way that this sort of consumer names identities."""
        value = bare(value)
        named = self.identities.named_by(value)
        if isinstance(value, Symbol) and named is None:
            return None, reason_of(value)
        if named is not None:
            wanted = IdKind.CLIENT if reader in CLIENT_ID_READERS else IdKind.RESOURCE
            if named.kind is wanted:
                return named.identity, ""
            return None, f"it names the identity by its {named.label}"
        found = self.identities.with_id(value, deployment)
        if found is not None:
            return found, ""
        known = isinstance(value, Scalar)
        return None, "the identity is not in the analysed set" if known else reason_of(value)

    def _federated_identity(self, read: VaultRead) -> tuple[Identity | None, str]:
        """The identity whose federated credential is for the service account that is read through."""
        name, namespace = map(text_of, read.service_account or (None, None))
        if name is None or namespace is None:
            return None, "the service account that it reads through is not known"
        subject = f"system:serviceaccount:{namespace}:{name}"
        found: dict[str, Identity] = {}
        for credential in self._credentials:
            if text_of(credential.subject) == subject and isinstance(credential.identity, Symbol):
                named = self.identities.named_by(credential.identity)
                if named is not None:
                    found[named.identity.address] = named.identity
        if len(found) > 1:
            return None, f"several identities trust {subject.removeprefix('system:')}"
        for identity in found.values():
            return identity, ""
        return None, f"no federated credential of the set is for {subject.removeprefix('system:')}"


def _written_name(value: Value) -> str:
    """The name of a vault that a url, an id or a name says as a text; empty where none does."""
    value = bare(value)
    found = parse_id(value)
    if found is not None:
        return (known_text(found.names[0]) or "") if f"{found.type}/".startswith(f"{_VAULT_TYPE}/") else ""
    if isinstance(value, PartialText):
        return next((text for name in _host_names(value) if (text := text_of(name))), "")
    text = text_of(value) or ""
    host = _HOST.match(text)
    if host is not None:
        return host.group(1)
    return text if _VAULT_NAME.match(text) else ""


def _host_names(value: PartialText) -> Sequence[Value]:
    """What the vault's name may be in a url, the longest first; what is no url may be a name itself."""
    first = known_text(value.parts[0]) or ""
    if not first.casefold().startswith(_SCHEME):
        return [value]
    found: list[Value] = []
    names: list[Value] = []
    for part in (Scalar(first[len(_SCHEME) :], span=value.span), *value.parts[1:]):
        text = known_text(part)
        if text is None:
            if names and known_text(joined(names, value)) is None:
                found.append(joined(names, value))  # what follows may be the suffix of the host
            names.append(part)
            continue
        label, dot, _ = text.partition(".")
        if "/" in label:
            break
        if label:
            names.append(Scalar(label, span=value.span))
        if dot:
            return [joined(names, value), *reversed(found)]
    return found[::-1]


def _differ(left: Vault | None, right: Vault, read: VaultRead | None) -> bool | None:
    """``False`` where two declarations surely are not of one vault, else nobody knows.

    Deployments that each make a vault of one name are environments: who only looks it up may read either.
    """
    if left is None:
        return None
    same = same_text(left.name, right.name, fold=True)
    if same is False or same_name(left.resource_group, right.resource_group) is False:
        return False
    apart = left.deployment != right.deployment
    twins = same is True and not (apart and (read is None or read.deployment == right.deployment))
    return False if left.managed and right.managed and not twins else None
