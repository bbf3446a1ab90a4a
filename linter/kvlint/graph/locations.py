"""Which vault and which identity a value means, and what a scope contains.

Answers are three-valued where a question allows it: yes, no, or ``None`` for nobody knows.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence

from kvlint.evaluate.combine import name_key, reason_of
from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.values import PartialText, Scalar, Symbol, Value, alternatives, known_text, text_of
from kvlint.graph.entities import Identity, IdentityKind, IdKind, Reader, Vault, VaultRead
from kvlint.graph.facts import Facts
from kvlint.graph.identities import Identities
from kvlint.graph.matching import same_text
from kvlint.graph.resource_ids import ResourceId, bare, joined, parse_id

_HOST = re.compile(r"https://([A-Za-z0-9-]+)\.", re.IGNORECASE)
_SCHEME = "https://"
_VAULT_TYPE = "microsoft.keyvault/vaults"
_VAULT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$")

#: Consumers that name an identity by its client id; the others take its resource id.
CLIENT_ID_READERS = frozenset({Reader.SECRET_PROVIDER_CLASS, Reader.SECRET_STORE, Reader.SDK})


class Locator:
    """Vaults and identities of a run by everything that may name them."""

    def __init__(self, facts: Facts) -> None:
        self._vaults_by_address = {vault.address: vault for vault in facts.vaults}
        self._vault_ids = {symbol.key: vault for vault in facts.vaults for symbol in vault.ids}
        self._vault_urls = {symbol.key for vault in facts.vaults for symbol in vault.urls}
        self._groups = {symbol.key: group for group in facts.resource_groups for symbol in group.ids}
        self._objects_by_address = {one.address: one for one in facts.vault_objects}
        self._vaults_by_name: dict[Hashable, list[Vault]] = {}
        for vault in facts.vaults:
            key = name_key(vault.name)
            if key is not None:
                self._vaults_by_name.setdefault(key, []).append(vault)
        self._credentials = facts.credentials
        self.identities = Identities(facts.identities)

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

    def _one_vault(self, value: Value, deployment: Deployment) -> tuple[Vault | None, str]:
        value = bare(value)
        if isinstance(value, Symbol):
            vault = self._vault_of_symbol(value, deployment)
            return vault, "" if vault is not None else reason_of(value)
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
        found = self._visible(name, deployment, vault.resource_group)
        return found[0] if found and found[0].managed else vault

    def _visible(self, name: Value, deployment: Deployment, group: Value | None = None) -> list[Vault]:
        """Vaults of a name that a deployment sees, those that it manages itself first."""
        found = [
            one
            for one in self._vaults_by_name.get(name_key(name), ())
            if deployment.sees(one.deployment) and _same_or_unknown(group, one.resource_group) is not False
        ]
        return sorted(found, key=lambda one: (not one.managed, one.deployment != deployment))

    def declared_again(self, vault: Vault) -> list[Vault]:
        """Other managed vaults that are declared with the same name in the same deployment."""
        found = self._visible(vault.name, vault.deployment, vault.resource_group)
        return [
            one for one in found if one is not vault and one.managed and one.deployment == vault.deployment
        ]

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

    def covers(self, scope: Value, vault: Vault, reference: Value | None = None) -> bool | None:
        """Whether a scope contains the vault (or, with a ``reference``, the secret that it names)."""
        answers = {self._covers(option, vault, reference) for option in alternatives(scope)}
        return answers.pop() if len(answers) == 1 else None

    def _covers(self, scope: Value, vault: Vault, reference: Value | None) -> bool | None:
        scope = bare(scope)
        if isinstance(scope, Symbol):
            return self._covers_symbol(scope, vault, reference)
        found = parse_id(scope)
        if found is not None:
            return _id_covers(found, vault)
        if isinstance(scope, PartialText) and isinstance(scope.parts[0], Symbol):
            return self._covers_within(scope.parts[0], vault)
        return None

    def _covers_within(self, container: Symbol, vault: Vault) -> bool | None:
        """A text behind an id: ``${vault.id}/secrets/x`` holds for one secret of that vault."""
        if container.key not in self._vault_ids:
            return None
        return None if self._covers_symbol(container, vault, None) is not False else False

    def _covers_symbol(self, scope: Symbol, vault: Vault, reference: Value | None) -> bool | None:
        if scope.key in self._vault_ids:
            other = self.vault_at_scope(scope, vault.deployment)
            if other is vault:
                return True
            return _differ(other, vault)
        if scope.key in self._vault_urls:
            return False  # an id is wanted: Azure rejects a url
        if scope.resource.address in self._objects_by_address:
            return self._covers_object(scope, vault, reference)
        group = self._groups.get(scope.key)
        return _same_or_unknown(group.name, vault.resource_group) if group is not None else None

    def _covers_object(self, scope: Symbol, vault: Vault, reference: Value | None) -> bool | None:
        """Whether a scope within a vault is the very secret that the reference names."""
        inside = self.vault_at_scope(scope, vault.deployment)
        if inside is not vault:
            return _differ(inside, vault)
        if not isinstance(reference, Symbol) or reference.resource.address not in self._objects_by_address:
            return None
        if reference.resource.address.endswith("[*]") or scope.resource.address.endswith("[*]"):
            return None
        return reference.resource.address == scope.resource.address

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
            if identity.kind is IdentityKind.SYSTEM_ASSIGNED and identity.address == f"{owner}/identity":
                return identity, ""
        if read.app is not None and read.app.identity.system is False:
            return None, "the app has no system-assigned identity"
        return None, "it reads with an identity that the set does not create"

    def _one_identity(
        self, value: Value, reader: Reader, deployment: Deployment
    ) -> tuple[Identity | None, str]:
        """The identity that a value means, in the way that this sort of consumer names identities."""
        value = bare(value)
        if isinstance(value, Symbol):
            named = self.identities.named_by(value)
            if named is None:
                return None, reason_of(value)
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
        name, namespace = read.service_account or (None, None)
        subject = f"system:serviceaccount:{text_of(namespace)}:{text_of(name)}"
        for credential in self._credentials:
            if text_of(credential.subject) == subject and isinstance(credential.identity, Symbol):
                named = self.identities.named_by(credential.identity)
                if named is not None:
                    return named.identity, ""
        return None, f"no federated credential of the set is for {subject.removeprefix('system:')}"


def _id_covers(scope: ResourceId, vault: Vault) -> bool | None:
    """Whether a scope that is told by its id contains a vault; subscriptions are never known."""
    if scope.is_group:
        return _same_or_unknown(scope.group, vault.resource_group)
    if not scope.type or scope.type.startswith("microsoft.management/"):
        return None
    if not f"{scope.type}/".startswith(f"{_VAULT_TYPE}/"):
        return False
    if _same_or_unknown(scope.group, vault.resource_group) is False:
        return False
    same = same_text(scope.names[0], vault.name, fold=True)
    return same if same is not True or scope.type == _VAULT_TYPE else None


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


def _same_or_unknown(left: Value | None, right: Value | None) -> bool | None:
    if left is None or right is None:
        return None
    return same_text(left, right, fold=True)


def _differ(left: Vault | None, right: Vault) -> bool | None:
    """``False`` where two declarations surely are not of one vault, else nobody knows."""
    if left is None:
        return None
    same = same_text(left.name, right.name, fold=True)
    if same is False or _same_or_unknown(left.resource_group, right.resource_group) is False:
        return False
    twins = same is True and left.deployment == right.deployment
    return False if left.managed and right.managed and not twins else None
