"""Which vault and which identity a value means, and what a scope contains.

Answers are three-valued where a question allows it: yes, no, or ``None`` for nobody knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kvlint.evaluate.combine import reason_of
from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.values import PartialText, Scalar, Symbol, Value, alternatives, text_of
from kvlint.graph.entities import Identity, IdentityKind, IdKind, NamedIdentity, Reader, Vault, VaultRead
from kvlint.graph.facts import Facts
from kvlint.graph.matching import same_identity, same_text

_HOST = re.compile(r"https://([A-Za-z0-9-]+)\.", re.IGNORECASE)
_VAULT_ID = re.compile(
    r"/providers/microsoft\.keyvault/vaults/([^/]+)(?:/secrets/([^/]+))?/?$", re.IGNORECASE
)
_SUBSCRIPTION = re.compile(r"/subscriptions/[^/]+/?$", re.IGNORECASE)
_RESOURCE_GROUP = re.compile(r"/resourcegroups/([^/]+)/?$", re.IGNORECASE)
_VAULT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$")

#: Principals that may stand for a managed identity, or for several.
_SEVERAL = (IdentityKind.GROUP, IdentityKind.APPLICATION)
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
        self._vaults_by_name: dict[str, list[Vault]] = {}
        for vault in facts.vaults:
            name = text_of(vault.name)
            if name is not None:
                self._vaults_by_name.setdefault(name.casefold(), []).append(vault)
        self._identities = facts.identities
        self._credentials = facts.credentials
        self._by_symbol: dict[tuple[str, tuple[str | int, ...]], Identity] = {}
        for identity in facts.identities:
            for value in (*identity.resource_ids, *identity.client_ids, *identity.principal_ids):
                if isinstance(value, Symbol):
                    self._by_symbol.setdefault(value.key, identity)

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
        if isinstance(value, Symbol):
            vault = self._vault_of_symbol(value, deployment)
            return vault, "" if vault is not None else reason_of(value)
        if isinstance(value, PartialText):
            for part in value.parts:
                if isinstance(part, Symbol) and part.resource.address in self._vaults_by_address:
                    return self._one_vault(part, deployment)
                if isinstance(part, Scalar) and _names_vault(str(part.data)):
                    return self._by_name(_names_vault(str(part.data)), deployment)
            return None, reason_of(value)
        text = text_of(value)
        if text is None:
            return None, reason_of(value)
        name = _names_vault(text) or (text if _VAULT_NAME.match(text) else "")
        return self._by_name(name, deployment) if name else (None, "it names no vault")

    def _vault_of_symbol(self, symbol: Symbol, deployment: Deployment) -> Vault | None:
        vault = self._vaults_by_address.get(symbol.resource.address)
        if vault is not None:
            return self._canonical(vault, deployment)
        held = self._objects_by_address.get(symbol.resource.address)
        if held is None or held.vault is None:
            return None
        return self._one_vault(held.vault, deployment)[0]

    def _canonical(self, vault: Vault, deployment: Deployment) -> Vault:
        """The managed vault that a looked-up one is, where the set has it under the same name."""
        name = text_of(vault.name)
        if vault.managed or name is None:
            return vault
        managed = [one for one in self._visible(name, deployment) if one.managed]
        return managed[0] if managed else vault

    def _visible(self, name: str, deployment: Deployment) -> list[Vault]:
        return [
            one for one in self._vaults_by_name.get(name.casefold(), ()) if deployment.sees(one.deployment)
        ]

    def _by_name(self, name: str, deployment: Deployment) -> tuple[Vault | None, str]:
        found = sorted(self._visible(name, deployment), key=lambda vault: not vault.managed)
        if found:
            return found[0], ""
        return None, f'no vault named "{name}" is in the analysed set'

    def vault_at_scope(self, scope: Value) -> Vault | None:
        """The vault that a scope is, or in which it lies; ``None`` for wider or unknown scopes."""
        if isinstance(scope, PartialText) and isinstance(scope.parts[0], Symbol):
            scope = scope.parts[0]
        if isinstance(scope, Symbol):
            vault = self._vault_ids.get(scope.key)
            if vault is not None:
                return self._canonical(vault, vault.deployment)
            held = self._objects_by_address.get(scope.resource.address)
            return None if held is None or held.vault is None else self.vault_at_scope(held.vault)
        found = _VAULT_ID.search(text_of(scope) or "")
        named = self._vaults_by_name.get(found.group(1).casefold(), []) if found else []
        return min(named, key=lambda vault: not vault.managed) if named else None

    def covers(self, scope: Value, vault: Vault, reference: Value | None = None) -> bool | None:
        """Whether a scope contains the vault (or, with a ``reference``, the secret that it names)."""
        answers = {self._covers(option, vault, reference) for option in alternatives(scope)}
        return answers.pop() if len(answers) == 1 else None

    def _covers(self, scope: Value, vault: Vault, reference: Value | None) -> bool | None:
        if isinstance(scope, PartialText):
            return self._covers_partial(scope, vault)
        if isinstance(scope, Symbol):
            return self._covers_symbol(scope, vault, reference)
        text = text_of(scope)
        if text is None:
            return None
        found = _VAULT_ID.search(text)
        if found is not None:
            name = text_of(vault.name)
            same = None if name is None else name.casefold() == found.group(1).casefold()
            return same if same is not True or found.group(2) is None else None
        group = _RESOURCE_GROUP.search(text)
        if group is not None:
            return _same_or_unknown(Scalar(group.group(1)), vault.resource_group)
        if _SUBSCRIPTION.search(text) or "/managementgroups/" in text.casefold():
            return None
        return False if "/providers/" in text else None

    def _covers_partial(self, scope: PartialText, vault: Vault) -> bool | None:
        """A text around an id: ``${vault.id}/secrets/x`` holds for one secret of that vault."""
        first = scope.parts[0]
        if isinstance(first, Symbol) and first.key in self._vault_ids:
            inside = self._covers_symbol(first, vault, None)
            return None if inside is not False else False
        last = scope.parts[-1]
        text = str(last.data).casefold() if isinstance(last, Scalar) else ""
        found = re.search(r"/providers/([^/]+/[^/]+)/[^/]*$", text)
        if found is not None and found.group(1) != "microsoft.keyvault/vaults":
            return False
        return None

    def _covers_symbol(self, scope: Symbol, vault: Vault, reference: Value | None) -> bool | None:
        if scope.key in self._vault_ids:
            other = self.vault_at_scope(scope)
            if other is vault:
                return True
            return False if other is not None and other.managed and vault.managed else _differ(other, vault)
        if scope.key in self._vault_urls:
            return False  # an id is wanted: Azure rejects a url
        if scope.resource.address in self._objects_by_address:
            return self._covers_object(scope, vault, reference)
        group = self._groups.get(scope.key)
        return _same_or_unknown(group.name, vault.resource_group) if group is not None else None

    def _covers_object(self, scope: Symbol, vault: Vault, reference: Value | None) -> bool | None:
        """Whether a scope within a vault is the very secret that the reference names."""
        inside = self.vault_at_scope(scope)
        if inside is not vault:
            return False if inside is not None and inside.managed else None
        if not isinstance(reference, Symbol) or reference.resource.address not in self._objects_by_address:
            return None
        if reference.resource.address.endswith("[*]") or scope.resource.address.endswith("[*]"):
            return None
        return reference.resource.address == scope.resource.address

    # --- Identities -----------------------------------------------------------------------

    def identity_of(self, read: VaultRead) -> tuple[Identity | None, str]:
        """The identity that a consumer reads with, or why that is not known."""
        if read.identity is None and read.service_account is None:
            return self._system_identity(read)
        found: Identity | None = None
        why = "the identity is not known"
        for option in alternatives(read.identity):
            identity, why = self._one_identity(option, read.reader)
            if identity is None or (found is not None and found is not identity):
                found = None
                break
            found = identity
        if found is None and read.service_account is not None:
            return self._federated_identity(read)
        return found, "" if found is not None else why

    def _system_identity(self, read: VaultRead) -> tuple[Identity | None, str]:
        owner = read.app.address if read.app is not None else read.address
        for identity in self._identities:
            if identity.kind is IdentityKind.SYSTEM_ASSIGNED and identity.address == f"{owner}/identity":
                return identity, ""
        if read.app is not None and read.app.identity.system is False:
            return None, "the app has no system-assigned identity"
        return None, "it reads with an identity that the set does not create"

    def _one_identity(self, value: Value, reader: Reader) -> tuple[Identity | None, str]:
        """The identity that a value means, in the way that this sort of consumer names identities."""
        if isinstance(value, Symbol):
            named = self.identity_by(value)
            if named is None:
                return None, reason_of(value)
            wanted = IdKind.CLIENT if reader in CLIENT_ID_READERS else IdKind.RESOURCE
            if named.kind is wanted:
                return named.identity, ""
            return None, f"it names the identity by its {named.label}"
        if not isinstance(value, Scalar):
            return None, reason_of(value)
        matches = [
            identity
            for identity in self._identities
            if any(same_identity(value, one) is True for one in identity.resource_ids)
        ]
        if len(matches) == 1:
            return matches[0], ""
        return None, "the identity is not in the analysed set"

    def _federated_identity(self, read: VaultRead) -> tuple[Identity | None, str]:
        """The identity whose federated credential is for the service account that is read through."""
        name, namespace = read.service_account or (None, None)
        subject = f"system:serviceaccount:{text_of(namespace)}:{text_of(name)}"
        for credential in self._credentials:
            if text_of(credential.subject) == subject and isinstance(credential.identity, Symbol):
                named = self.identity_by(credential.identity)
                if named is not None:
                    return named.identity, ""
        return None, f"no federated credential of the set is for {subject.removeprefix('system:')}"

    def is_principal(self, value: Value, identity: Identity) -> bool | None:
        """Whether a value is the principal id of the identity."""
        answers = {self._is_principal(option, identity) for option in alternatives(value)}
        return answers.pop() if len(answers) == 1 else None

    def _is_principal(self, value: Value, identity: Identity) -> bool | None:
        if not isinstance(value, Symbol):
            return None
        keys = {one.key for one in identity.principal_ids if isinstance(one, Symbol)}
        if value.key in keys:
            return True
        addresses = {address for address, _ in keys}
        if value.resource.address in addresses:
            return False
        named = self.identity_by(value)
        if named is not None and named.identity.kind is IdentityKind.DEPLOYER:
            return False
        if not value.resource.type or (named is not None and named.identity.kind in _SEVERAL):
            return None
        if value.resource.managed and identity.managed:
            return False
        if named is None or named.identity.name is None or identity.name is None:
            return None
        return False if same_text(named.identity.name, identity.name, fold=True) is False else None

    def is_wrong_attribute(self, value: Value, identity: Identity) -> bool:
        """Whether a value surely is this identity, named by something other than its principal id."""
        named = [self.identity_by(option) for option in alternatives(value)]
        return bool(named) and all(
            one is not None and one.identity is identity and one.kind is not IdKind.PRINCIPAL for one in named
        )

    def is_resource(self, value: Value, identity: Identity) -> bool | None:
        """Whether a value is the resource id of the identity."""
        answers = {same_identity(value, one) for one in identity.resource_ids}
        return True if True in answers else None if None in answers else False

    def identity_by(self, value: Value) -> NamedIdentity | None:
        """The identity that a symbol names, and by which of its attributes."""
        if not isinstance(value, Symbol):
            return None
        identity = self._by_symbol.get(value.key)
        if identity is None:
            return self._by_other_attribute(value)
        for kind, values in _attributes(identity):
            if any(isinstance(one, Symbol) and one.key == value.key for one in values):
                return NamedIdentity(identity, kind, kind.value)
        return None

    def _by_other_attribute(self, value: Symbol) -> NamedIdentity | None:
        """A user-assigned identity named by an attribute that is none of its ids."""
        identity = self._by_symbol.get((value.resource.address, ("id",)))
        if identity is None or identity.kind is not IdentityKind.USER_ASSIGNED or len(value.path) != 1:
            return None
        return NamedIdentity(identity, IdKind.OTHER, str(value.path[0]).replace("_", " "))


def _attributes(identity: Identity) -> Iterable[tuple[IdKind, list[Value]]]:
    yield IdKind.PRINCIPAL, identity.principal_ids
    yield IdKind.CLIENT, identity.client_ids
    is_application = identity.kind is IdentityKind.APPLICATION
    yield (IdKind.APPLICATION if is_application else IdKind.RESOURCE), identity.resource_ids


def _names_vault(text: str) -> str:
    """The vault's name in a url or resource id, empty where there is none."""
    found = _HOST.match(text) or _VAULT_ID.search(text)
    return found.group(1) if found else ""


def _same_or_unknown(left: Value | None, right: Value | None) -> bool | None:
    if left is None or right is None:
        return None
    return same_text(left, right, fold=True)


def _differ(left: Vault | None, right: Vault) -> bool | None:
    """``False`` where two vaults surely are not the same, else nobody knows."""
    if left is None:
        return None
    return False if same_text(left.name, right.name, fold=True) is False else None
