"""Identities that sit beside the one that reads or pulls, and get its grants by mistake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kvlint.evaluate.values import Symbol
from kvlint.graph.entities import (
    App,
    Attachment,
    Grant,
    GrantKind,
    Identity,
    IdentityKind,
    IdKind,
    Reader,
    VaultRead,
)
from kvlint.graph.facts import Facts
from kvlint.graph.locations import Locator
from kvlint.graph.possible import PossibleGrants
from kvlint.graph.roles import Roles

#: The identities of a cluster; what runs in it may read with any of them, or with its own.
CLUSTER_KINDS = frozenset({IdentityKind.CONTROL_PLANE, IdentityKind.KUBELET, IdentityKind.SECRETS_PROVIDER})
#: The role to pull images, and those that let pull them, too.
_PULL = "AcrPull"
_PULLING = frozenset({_PULL, "AcrPush", "Contributor", "Owner", "Reader"})
_IN_CLUSTER = frozenset({Reader.SECRET_PROVIDER_CLASS, Reader.SECRET_STORE})


@dataclass(slots=True, eq=False)
class MisplacedPull:
    """A grant to pull images that a cluster's control plane has, and its kubelet has not."""

    grant: Grant
    holder: Identity
    kubelet: Identity


class Neighbours:
    """Which identities belong to the cluster or the environment that a consumer runs in."""

    def __init__(self, facts: Facts, locator: Locator, roles: Roles) -> None:
        self._facts = facts
        self._find = locator
        self._roles = roles

    def beside(self, other: Identity, read: VaultRead) -> IdentityKind | None:
        """What another identity is to a consumer, ``None`` where it is no neighbour, or reads itself."""
        if other.address in self._reading:
            return None
        if read.reader in _IN_CLUSTER:
            kinds = self.kinds_of(other) & CLUSTER_KINDS
        elif read.app is not None:
            kinds = self._kinds_at(other, _environment(read.app))
        else:
            return None
        return kinds.pop() if len(kinds) == 1 else None

    def kinds_of(self, identity: Identity) -> set[IdentityKind]:
        """What an identity is to the clusters and environments of the set."""
        own = {identity.kind} if identity.host else set()
        return own | self._attached.get(identity.address, set())

    def is_of_environment(self, identity: Identity, app: App) -> bool:
        """Whether an identity is one of the environment that an app lives in."""
        host = _environment(app)
        return bool(host) and IdentityKind.ENVIRONMENT in self._kinds_at(identity, host)

    # --- Images -----------------------------------------------------------------------------

    def misplaced_pulls(self) -> Iterator[MisplacedPull]:
        """Grants to pull images that went to the control plane of a cluster, where its kubelet has none."""
        for grant in self._facts.grants:
            role = self._roles.only(grant.role)
            named = self._find.identities.named_by(grant.principal)
            if role is None or role.name != _PULL or named is None or named.kind is not IdKind.PRINCIPAL:
                continue
            hosts = self._hosts_of(named.identity)
            if self.kinds_of(named.identity) != {IdentityKind.CONTROL_PLANE} or len(hosts) != 1:
                continue
            if self._serves_others(named.identity):
                continue
            kubelets = self._kubelets(hosts.pop())
            if kubelets and not any(self._may_pull(one, grant) for one in kubelets):
                yield MisplacedPull(grant, named.identity, kubelets[0])

    def _serves_others(self, identity: Identity) -> bool:
        """Whether an app carries the identity, or a credential lets something else sign in as it."""
        carried = (value for app in self._facts.apps for value in app.identity.user_assigned)
        trusted = (one.identity for one in self._facts.credentials if one.identity is not None)
        return any(
            self._find.identities.is_resource(value, identity) is not False for value in (*carried, *trusted)
        )

    def _hosts_of(self, identity: Identity) -> set[str]:
        carried = {one.host for one in self._facts.attachments if self._named(one) is identity}
        return carried | ({identity.host} if identity.host else set())

    def _kubelets(self, host: str) -> list[Identity]:
        """The identities that the kubelet of a managed cluster may have."""
        own = [
            one
            for one in self._find.identities
            if one.host == host and one.kind is IdentityKind.KUBELET and one.managed
        ]
        given = [
            one for one in self._facts.attachments if one.host == host and one.kind is IdentityKind.KUBELET
        ]
        return own + [named for one in given if (named := self._named(one)) is not None]

    def _may_pull(self, kubelet: Identity, misplaced: Grant) -> bool:
        """Whether any grant of the set, or something that cannot be read, may let a kubelet pull."""
        for grant in self._facts.grants:
            if grant.kind is not GrantKind.ROLE or grant is misplaced:
                continue
            role = self._roles.only(grant.role)
            if (role is None or role.name in _PULLING) and (
                self._find.identities.is_principal(grant.principal, kubelet) is not False
            ):
                return True
        possible = PossibleGrants(self._facts.possible_grants)
        found = possible.concerning(
            kubelet, misplaced.scope, {kubelet.host}, misplaced.deployment, lambda role: role.name in _PULLING
        )
        return found is not None

    def _named(self, attachment: Attachment) -> Identity | None:
        named = self._find.identities.named_by(attachment.identity)
        return named.identity if named is not None else None

    def _kinds_at(self, identity: Identity, host: str) -> set[IdentityKind]:
        if identity.host and identity.host == host:
            return {identity.kind}
        carried = [self._named(one) for one in self._facts.attachments if one.host == host]
        return {IdentityKind.ENVIRONMENT} if identity in carried else set()

    @cached_property
    def _attached(self) -> dict[str, set[IdentityKind]]:
        """What the identities that clusters and environments carry are to them, by address."""
        found: dict[str, set[IdentityKind]] = {}
        for one in self._facts.attachments:
            identity = self._named(one)
            if identity is not None:
                found.setdefault(identity.address, set()).add(one.kind)
        return found

    @cached_property
    def _reading(self) -> set[str]:
        """The identities that some consumer reads with."""
        found = (self._find.identity_of(read)[0] for read in self._facts.vault_reads)
        return {identity.address for identity in found if identity is not None}


def _environment(app: App) -> str:
    """The address of the environment that an app lives in, empty where the set does not show it."""
    return app.environment_id.resource.address if isinstance(app.environment_id, Symbol) else ""
