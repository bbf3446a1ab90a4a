"""Grants that give a workload more than it uses.

Only consumers that can do nothing but read prove what an identity uses: a Key Vault reference,
a CSI driver, an External Secrets store. Code that knows a vault may write to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from kvlint.evaluate.values import PartialText, Scalar, Symbol, Value, alternatives, leaves, text_of
from kvlint.graph.access import Access, Proof
from kvlint.graph.entities import (
    App,
    EnvironmentVariable,
    Grant,
    GrantKind,
    Identity,
    IdentityKind,
    IdKind,
    PermissionModel,
    Reader,
    ScopeKind,
    Vault,
    VaultObjectKind,
    VaultRead,
)
from kvlint.graph.facts import Facts
from kvlint.graph.identity_ids import IdentityIds
from kvlint.graph.issuers import GAP, IssuerKind, Issuers, text_with_gaps
from kvlint.graph.matching import same_text
from kvlint.graph.roles import Role, Roles

#: Roles that change what a vault holds, by the consumers that surely have no use for them.
_MANAGERS = frozenset({"Key Vault Administrator", "Key Vault Secrets Officer"})
_OTHER_OFFICERS = frozenset({"Key Vault Certificates Officer", "Key Vault Crypto Officer"})
_DRIVERS = frozenset({Reader.SECRET_PROVIDER_CLASS, Reader.SECRET_STORE})
_READ_ONLY = _DRIVERS | {
    Reader.API_MANAGEMENT,
    Reader.APP_SECRET,
    Reader.APP_SETTING,
    Reader.ENVIRONMENT,
    Reader.GATEWAY,
}
#: Roles of those who deploy: they may set up whatever they need.
_DEPLOYER_ROLES = frozenset(
    {"Contributor", "Owner", "User Access Administrator", "Role Based Access Control Administrator"}
)
#: Secret permissions of access policies that do more than read.
_WRITES = frozenset({"all", "backup", "delete", "purge", "recover", "restore", "set"})
#: Variables by which people tell their code a vault.
_VAULT_VARIABLE = re.compile(r"key_*vault|akv|(?:^|_)kv(?:_|$)", re.IGNORECASE)
_REFERENCE = "@microsoft.keyvault("

_SUBSCRIPTION = rf"(?:/subscriptions/[^/]+|{GAP})"
_WIDE_IDS = (
    (ScopeKind.SUBSCRIPTION, re.compile(r"/subscriptions/[^/]+/?", re.IGNORECASE)),
    (
        ScopeKind.RESOURCE_GROUP,
        re.compile(rf"{_SUBSCRIPTION}/resourcegroups/[^/]+/?", re.IGNORECASE),
    ),
    (
        ScopeKind.MANAGEMENT_GROUP,
        re.compile(r"/providers/microsoft\.management/managementgroups/[^/]+/?", re.IGNORECASE),
    ),
)


@dataclass(slots=True, eq=False)
class ExcessGrant:
    """A grant that gives an identity more than its consumers use.

    ``writes`` are the secret permissions (of a policy) that change the vault, in the words of
    the policy; ``manages`` tells that the role does; ``scope`` is what it covers where that is
    wider than a vault. ``vaults`` are those that the ``reads`` read.
    """

    grant: Grant
    identity: Identity
    reads: list[VaultRead]
    vaults: list[Vault]
    manages: bool = False
    writes: list[str] = field(default_factory=list)
    scope: ScopeKind | None = None


@dataclass(slots=True, eq=False)
class _Use:
    """What an identity surely reads."""

    identity: Identity
    reads: list[VaultRead] = field(default_factory=list)
    vaults: list[Vault] = field(default_factory=list)


class Privileges:
    """Grants beside what the identities that hold them are used for."""

    def __init__(
        self, facts: Facts, access: Access, ids: IdentityIds, issuers: Issuers, roles: Roles
    ) -> None:
        self._facts = facts
        self._access = access
        self._ids = ids
        self._issuers = issuers
        self._roles = roles
        self._wide = {symbol.key: scope.kind for scope in facts.wide_scopes for symbol in scope.ids}
        self._groups = {symbol.key: group for group in facts.resource_groups for symbol in group.ids}

    def excess(self) -> Iterator[ExcessGrant]:
        """Every grant that surely is more than the workload behind its identity uses."""
        idle = {id(effect.grant) for effect in self._access.ignored_grants()} | self._blamed
        for use in self._uses.values():
            if self._deploys(use.identity):
                continue
            for grant in self._grants.get(use.identity.address, ()):
                if id(grant) not in idle and use.reads[0].deployment.sees(grant.deployment):
                    found = self._judge(grant, use)
                    if found is not None:
                        yield found

    # --- Who reads what -------------------------------------------------------------------

    @cached_property
    def _uses(self) -> dict[str, _Use]:
        """By the address of an identity: the consumers that read with it, and may."""
        found: dict[str, _Use] = {}
        for read in self._facts.vault_reads:
            answer = self._access.answer(read)
            if answer.identity is None or answer.vault is None:
                continue
            if answer.proof not in (Proof.GRANTED, Proof.UNKNOWN):
                continue
            use = found.setdefault(answer.identity.address, _Use(answer.identity))
            use.reads.append(read)
            if answer.vault not in use.vaults:
                use.vaults.append(answer.vault)
        return found

    @cached_property
    def _blamed(self) -> set[int]:
        """Grants that another check reports, because a consumer relies on them in vain."""
        answers = [self._access.answer(read) for read in self._facts.vault_reads]
        return {id(grant) for one in answers if one.proof is not Proof.GRANTED for grant in one.grants}

    @cached_property
    def _grants(self) -> dict[str, list[Grant]]:
        """The grants that surely are an identity's, by its address."""
        found: dict[str, list[Grant]] = {}
        for grant in self._facts.grants:
            named = [self._ids.named(option) for option in alternatives(grant.principal)]
            owners = {one.identity.address if one and one.kind is IdKind.PRINCIPAL else None for one in named}
            owner = owners.pop() if len(owners) == 1 else None
            if owner is not None:
                found.setdefault(owner, []).append(grant)
        return found

    def _deploys(self, identity: Identity) -> bool:
        """Whether an identity may be the one that deploys: it manages resources, or a pipeline has it."""
        if identity.kind in (IdentityKind.DEPLOYER, IdentityKind.GROUP):
            return True
        held = [grant for grant in self._grants.get(identity.address, ()) if not grant.elsewhere]
        roles = (self._roles.of(grant.role) for grant in held)
        if any(role is not None and role.name in _DEPLOYER_ROLES for role in roles):
            return True
        return identity.address in self._pipelines

    @cached_property
    def _pipelines(self) -> set[str]:
        """The identities that a workflow or pipeline can sign in as."""
        found: set[str] = set()
        for credential in self._facts.credentials:
            if self._issuers.kind_of(credential) in (IssuerKind.GITHUB, IssuerKind.OTHER):
                for option in alternatives(credential.identity):
                    named = self._ids.named(option)
                    if named is not None:
                        found.add(named.identity.address)
        return found

    # --- One grant ------------------------------------------------------------------------

    def _judge(self, grant: Grant, use: _Use) -> ExcessGrant | None:
        if not any(_heeds(vault, grant) for vault in use.vaults):
            return None
        if grant.kind is GrantKind.POLICY:
            writes = _writes(grant)
            if not writes or not self._is_at(grant, use.vaults) or not self._only_reads(use):
                return None
            return ExcessGrant(grant, use.identity, use.reads, use.vaults, writes=writes)
        role, scope = self._roles.only(grant.role), self._scope_of(grant, use.vaults)
        if role is None or (scope is None and not self._is_at(grant, use.vaults)):
            return None
        manages = self._is_too_much(role, use)
        wide = scope if role.reads_secrets else None
        if not manages and wide is None:
            return None
        return ExcessGrant(grant, use.identity, use.reads, use.vaults, manages=manages, scope=wide)

    def _is_too_much(self, role: Role, use: _Use) -> bool:
        """Whether a role changes vaults for consumers that only read them."""
        if role.name in _OTHER_OFFICERS and not all(read.reader in _DRIVERS for read in use.reads):
            return False
        return role.name in _MANAGERS | _OTHER_OFFICERS and self._only_reads(use)

    def _is_at(self, grant: Grant, vaults: Iterable[Vault]) -> bool:
        """Whether a grant surely holds at one of these vaults, and nowhere else."""
        return any(all(_is_vault(option, vault) for option in alternatives(grant.scope)) for vault in vaults)

    def _scope_of(self, grant: Grant, vaults: Iterable[Vault]) -> ScopeKind | None:
        """What a grant covers beside these vaults where that is more than one resource, else ``None``."""
        kinds = {self._wide_scope(option, vaults) for option in alternatives(grant.scope)}
        return kinds.pop() if len(kinds) == 1 else None

    def _wide_scope(self, scope: Value, vaults: Iterable[Vault]) -> ScopeKind | None:
        if isinstance(scope, Symbol):
            group = self._groups.get(scope.key)
            if group is None:
                return self._wide.get(scope.key)
            return ScopeKind.RESOURCE_GROUP if _may_hold(group.name, vaults) else None
        text = text_with_gaps(scope)
        if text is None:
            return None
        kind = next((kind for kind, form in _WIDE_IDS if form.fullmatch(text)), None)
        name = text.rstrip("/").rpartition("/")[2]
        known = Scalar(name) if kind is ScopeKind.RESOURCE_GROUP and GAP not in name else None
        return kind if _may_hold(known, vaults) else None

    # --- Code that may write --------------------------------------------------------------

    def _only_reads(self, use: _Use) -> bool:
        """Whether nothing that acts as an identity can do more than read its vaults."""
        if any(read.reader not in _READ_ONLY for read in use.reads):
            return False
        for app in self._facts.apps:
            if self._may_act_as(app, use.identity) and _is_told(app.environment, use.vaults):
                return False
        in_cluster = any(read.reader in _DRIVERS for read in use.reads)
        return not in_cluster or not any(
            _is_told(workload.environment, use.vaults) for workload in self._facts.workloads
        )

    def _may_act_as(self, app: App, identity: Identity) -> bool:
        if identity.address == f"{app.address}/identity":
            return True
        carried = [option for value in app.identity.user_assigned for option in alternatives(value)]
        named = [self._ids.named(option) for option in carried]
        return any(one is not None and one.identity is identity for one in named)


def _heeds(vault: Vault, grant: Grant) -> bool:
    """Whether the vault's permission model may heed the grant."""
    ignored = PermissionModel.RBAC if grant.kind is GrantKind.POLICY else PermissionModel.ACCESS_POLICY
    return vault.permission_model is not ignored


def _may_hold(group: Value | None, vaults: Iterable[Vault]) -> bool:
    """Whether a resource group of that name may hold one of the vaults."""
    groups = [vault.resource_group for vault in vaults]
    return group is None or any(
        one is None or same_text(group, one, fold=True) is not False for one in groups
    )


def _writes(grant: Grant) -> list[str]:
    """The secret permissions of a policy that do more than read, as they are written."""
    written = [
        text_of(permission) or "" for permission in grant.permissions.get(VaultObjectKind.SECRET) or ()
    ]
    return [text for text in written if text.casefold() in _WRITES]


def _is_vault(scope: Value, vault: Vault) -> bool:
    """Whether a scope surely is the id of a vault."""
    if isinstance(scope, Symbol):
        return any(scope.key == symbol.key for symbol in vault.ids)
    text, name = text_with_gaps(scope), text_of(vault.name)
    if text is None or name is None:
        return False
    end = f"/providers/microsoft.keyvault/vaults/{name}".casefold()
    return text.rstrip("/").casefold().endswith(end)


def _is_told(environment: Iterable[EnvironmentVariable], vaults: Iterable[Vault]) -> bool:
    """Whether variables give code a vault to use by itself."""
    told = [one for one in environment if one.value is not None and not _is_reference(one.value)]
    if any(_VAULT_VARIABLE.search(text_of(one.name) or "") for one in told):
        return True
    addresses = {vault.address for vault in vaults}
    names = {name.casefold() for vault in vaults if (name := text_of(vault.name))}
    for variable in told:
        for leaf in leaves(variable.value) if variable.value is not None else ():
            if isinstance(leaf, Symbol) and leaf.resource.address in addresses:
                return True
            if any(name in (text_of(leaf) or "").casefold() for name in names):
                return True
    return False


def _is_reference(value: Value) -> bool:
    """Whether a value is what App Service replaces with a secret: no code sees the vault in it."""
    first = value.parts[0] if isinstance(value, PartialText) else value
    return (text_of(first) or "").lstrip().casefold().startswith(_REFERENCE)
