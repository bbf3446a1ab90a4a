"""May this consumer read this vault? The proof, the break, or why nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from kvlint.evaluate.combine import reason_of
from kvlint.evaluate.values import Scalar, Symbol, Value, alternatives, text_of
from kvlint.graph.entities import (
    Grant,
    GrantKind,
    Identity,
    IdentityKind,
    PermissionModel,
    Reader,
    Vault,
    VaultRead,
)
from kvlint.graph.facts import Facts
from kvlint.graph.locations import Locator
from kvlint.graph.matching import same_text
from kvlint.graph.roles import SECRETS_USER, Role, role_of

#: Roles that people take for a right to everything within their scope.
_GENERAL_ROLES = frozenset({"Contributor", "Owner", "Reader"})


class Proof(Enum):
    """How a question for access ends; the broken ones name their cause."""

    GRANTED = "granted"
    UNKNOWN = "unknown"
    NO_GRANT = "no grant"
    WRONG_ROLE = "a role that does not read secrets"
    WRONG_MODEL = "a grant that the vault's permission model ignores"
    WRONG_PRINCIPAL = "a grant that names the identity by the wrong attribute"
    NOT_ATTACHED = "an identity that the app does not carry"


@dataclass(slots=True, eq=False)
class Answer:
    """The answer for one consumer. ``grants`` are those that decided it."""

    proof: Proof
    reason: str = ""
    identity: Identity | None = None
    vault: Vault | None = None
    grants: list[Grant] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class PolicyEffect:
    """A grant on a vault whose permission model ignores it; ``relied_on`` by a consumer."""

    grant: Grant
    vault: Vault
    readers: list[VaultRead]


class Access:
    """Grants, identities and vaults of a run, indexed for questions about access."""

    #: The role to name in a fix.
    SECRETS_USER = SECRETS_USER

    def __init__(self, facts: Facts, locator: Locator) -> None:
        self._facts = facts
        self._find = locator
        self._answers: dict[int, Answer] = {}
        known: list[Vault | Identity] = [*facts.vaults, *facts.identities]
        self._looked_up = [
            one
            for one in known
            if not one.managed and not (isinstance(one, Identity) and one.kind is IdentityKind.DEPLOYER)
        ]
        self._by_vault: dict[str, list[Grant]] = {}
        self._elsewhere: list[Grant] = []
        for grant in facts.grants:
            if grant.elsewhere:
                continue
            vault = locator.vault_at_scope(grant.scope, grant.deployment)
            if vault is None or not vault.managed:
                # A vault that is only looked up may be any that is not surely another one.
                self._elsewhere.append(grant)
            if vault is not None:
                self._by_vault.setdefault(vault.address, []).append(grant)

    def answer(self, read: VaultRead) -> Answer:
        """Whether a consumer may read, with everything that decided it."""
        known = self._answers.get(id(read))
        if known is None:
            known = self._answers[id(read)] = self._answer(read)
        return known

    def _answer(self, read: VaultRead) -> Answer:
        vault, why = self._find.vault_of(read.vault, read.deployment)
        if vault is None:
            return Answer(Proof.UNKNOWN, why)
        if self._has_no_system_identity(read):
            return Answer(Proof.NOT_ATTACHED, vault=vault)
        identity, why = self._find.identity_of(read)
        if identity is None:
            return Answer(Proof.UNKNOWN, why, vault=vault)
        if self._not_attached(read, identity):
            return Answer(Proof.NOT_ATTACHED, "", identity, vault)
        return self._weigh(read, identity, vault)

    def _weigh(self, read: VaultRead, identity: Identity, vault: Vault) -> Answer:
        grants = [grant for grant in self.grants_on(vault) if read.deployment.sees(grant.deployment)]
        perhaps: str = ""
        causes: dict[Proof, list[Grant]] = {}
        for grant in grants:
            verdict, why = self._judge(grant, read, identity, vault)
            if verdict is Proof.GRANTED:
                return Answer(Proof.GRANTED, identity=identity, vault=vault, grants=[grant])
            if verdict is Proof.UNKNOWN:
                perhaps = perhaps or why
            elif verdict is not Proof.NO_GRANT:
                causes.setdefault(verdict, []).append(grant)
        perhaps = perhaps or self._possible(identity, vault, read)
        if perhaps:
            return Answer(Proof.UNKNOWN, perhaps, identity, vault)
        if not identity.managed:
            return Answer(Proof.UNKNOWN, f"{identity.display} is managed elsewhere", identity, vault)
        if not vault.managed and not any(not _is_elsewhere(self._find, grant) for grant in grants):
            return Answer(Proof.UNKNOWN, f"{vault.display} is managed elsewhere", identity, vault)
        for cause in (Proof.WRONG_PRINCIPAL, Proof.WRONG_MODEL, Proof.WRONG_ROLE):
            if cause in causes:
                return Answer(cause, "", identity, vault, causes[cause])
        return Answer(Proof.NO_GRANT, "", identity, vault)

    def granting(self, read: VaultRead) -> list[Grant]:
        """Every grant that gives a consumer its access, or may give it."""
        answer = self.answer(read)
        identity, vault = answer.identity, answer.vault
        if answer.proof is not Proof.GRANTED or identity is None or vault is None:
            return []
        return [
            grant
            for grant in self.grants_on(vault)
            if read.deployment.sees(grant.deployment)
            and self._judge(grant, read, identity, vault)[0] in (Proof.GRANTED, Proof.UNKNOWN)
        ]

    def missing_grants(self) -> Iterator[tuple[Answer, list[VaultRead]]]:
        """Reads without a grant, those of one app, identity and vault together: one grant mends them."""
        groups: dict[tuple[str, str, str], list[VaultRead]] = {}
        for read in self._facts.vault_reads:
            answer = self.answer(read)
            if answer.proof is Proof.NO_GRANT and answer.identity is not None and answer.vault is not None:
                owner = read.app.address if read.app is not None else read.address
                groups.setdefault((owner, answer.identity.address, answer.vault.address), []).append(read)
        for reads in groups.values():
            yield self.answer(reads[0]), reads

    def grants_on(self, vault: Vault) -> list[Grant]:
        """Grants at the vault, and those whose scope may contain it."""
        here = list(self._by_vault.get(vault.address, []))
        for twin in self._find.declared_again(vault):
            here += self._by_vault.get(twin.address, [])
        return [*here, *(grant for grant in self._elsewhere if grant not in here)]

    def _judge(self, grant: Grant, read: VaultRead, identity: Identity, vault: Vault) -> tuple[Proof, str]:
        """What one grant does for one consumer: gives, may give, or why it does not count."""
        covers = self._find.covers(grant.scope, vault, read.vault)
        if covers is False:
            return Proof.NO_GRANT, ""
        names = self._find.identities.is_principal(grant.principal, identity)
        if names is False:
            if covers and self._find.identities.is_wrong_attribute(grant.principal, identity):
                return Proof.WRONG_PRINCIPAL, ""
            return Proof.NO_GRANT, ""
        reads = _reads_secrets(grant)
        if reads is False and read.reader is Reader.SDK:
            # What code does with a vault's url is not known: it may use keys or certificates.
            reads = _opens_vault(grant)
        fits = _fits(grant, vault)
        if names is None or covers is None:
            # A grant that cannot help in any case is not the missing one.
            if reads is False or fits is False:
                return Proof.NO_GRANT, ""
            unclear = grant.principal if names is None else grant.scope
            return Proof.UNKNOWN, f"{grant.display} may give it: {_reason(unclear)}"
        at_vault = self._find.vault_at_scope(grant.scope, grant.deployment) is vault
        if fits is False:
            return (Proof.WRONG_MODEL if at_vault else Proof.NO_GRANT), ""
        if reads is None:
            return Proof.UNKNOWN, f"whether the role of {grant.display} reads secrets is not known"
        if not reads:
            # A role at a wider scope is most likely there for something else.
            return (Proof.WRONG_ROLE if at_vault or _about_vaults(grant) else Proof.NO_GRANT), ""
        if fits is None:
            return Proof.UNKNOWN, f"the permission model of {vault.display} is not known"
        return Proof.GRANTED, ""

    def _possible(self, identity: Identity, vault: Vault, read: VaultRead) -> str:
        """Why something that cannot be read may give the access, empty where nothing can."""
        if vault.policies_open is not None and vault.permission_model is not PermissionModel.RBAC:
            return vault.policies_open.reason
        addresses = {identity.address, vault.address, *self._lookups_of(identity, vault, read)}
        addresses |= {value.resource.address for value in identity.principal_ids if isinstance(value, Symbol)}
        names = {(text_of(vault.name) or "").casefold(), (text_of(identity.name) or "").casefold()} - {""}
        for possible in self._facts.possible_grants:
            told = (
                possible.anything
                or possible.mentions & addresses
                or any(name in text for text in possible.texts for name in names)
            )
            if told and read.deployment.sees(possible.deployment):
                return f"{possible.display} may give the access"
        return ""

    def _lookups_of(self, identity: Identity, vault: Vault, read: VaultRead) -> Iterator[str]:
        """Addresses under which these two may be looked up."""
        for one in self._looked_up:
            ours = vault if isinstance(one, Vault) else identity
            name = ours.name
            same = None if name is None or one.name is None else same_text(one.name, name, fold=True)
            if same or (same is None and one.deployment != read.deployment):
                yield one.address

    def _has_no_system_identity(self, read: VaultRead) -> bool:
        """Whether it reads with a system-assigned identity that its app surely does not have."""
        if read.app is None or read.identity is not None:
            return False
        return read.app.identity.system is False and read.app.identity.open is None

    def _not_attached(self, read: VaultRead, identity: Identity) -> bool:
        app = read.app
        if app is None or read.identity is None or app.identity.open is not None or read.reader is Reader.SDK:
            return False
        return not any(
            self._find.identities.is_resource(value, identity) is not False
            for value in app.identity.user_assigned
        )

    def remedy(self, identity: Identity, vault: Vault) -> str:
        """What gives the identity access to the vault."""
        if vault.permission_model is PermissionModel.ACCESS_POLICY:
            return f'Add an access policy with the secret permission "Get" for {identity.title} to {vault.title}.'
        return f'Assign the role "{SECRETS_USER}" at {vault.title} to the principal id of {identity.title}.'

    def ignored_grants(self) -> list[PolicyEffect]:
        """Grants at a vault whose permission model ignores them, with the consumers that rely on them."""
        readers: dict[int, list[VaultRead]] = {}
        for read in self._facts.vault_reads:
            answer = self.answer(read)
            if answer.proof is Proof.WRONG_MODEL:
                for grant in answer.grants:
                    readers.setdefault(id(grant), []).append(read)
        found = []
        for grants in self._by_vault.values():
            for grant in grants:
                vault = self._find.vault_at_scope(grant.scope, grant.deployment)
                if vault is not None and _fits(grant, vault) is False:
                    found.append(PolicyEffect(grant, vault, readers.get(id(grant), [])))
        return found


def _reason(value: Value) -> str:
    if isinstance(value, Scalar):
        return "its principal or scope is a literal id"
    return reason_of(value)


def _is_elsewhere(find: Locator, grant: Grant) -> bool:
    return find.vault_at_scope(grant.scope, grant.deployment) is None


def _about_vaults(grant: Grant) -> bool:
    """Whether a role at a wider scope was likely meant for the vaults in it, too."""
    role = role_of(grant.role)
    return role is not None and (role.name.startswith("Key Vault") or role.name in _GENERAL_ROLES)


def _fits(grant: Grant, vault: Vault) -> bool | None:
    """Whether the vault's permission model heeds the grant."""
    if vault.permission_model is None:
        return None
    if grant.kind is GrantKind.POLICY:
        return vault.permission_model is PermissionModel.ACCESS_POLICY
    if vault.permission_model is PermissionModel.RBAC:
        return True
    # Roles about the vault itself work in both models; they never read secrets.
    role = role_of(grant.role)
    return None if role is None else not role.vault_data


def _reads_secrets(grant: Grant) -> bool | None:
    """Whether the grant gives the right to read a secret's value."""
    if grant.kind is GrantKind.ROLE:
        answers = {_role_reads(role_of(option)) for option in alternatives(grant.role)}
        return answers.pop() if len(answers) == 1 else None
    if grant.permissions is None:
        return None
    unknown = False
    for permission in grant.permissions:
        text = text_of(permission)
        if text is None:
            unknown = True
        elif text.casefold() in ("get", "all"):
            return True
    return None if unknown else False


def _opens_vault(grant: Grant) -> bool | None:
    """Whether the grant gives any right to what the vault holds; its reader only sees what there is."""
    role = role_of(grant.role)
    if role is not None and role.name == "Key Vault Reader":
        return None
    return grant.kind is GrantKind.POLICY or (role is not None and role.vault_data)


def _role_reads(role: Role | None) -> bool | None:
    return None if role is None else role.reads_secrets
