"""The graph: the entities of a run and the questions that checks ask of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property

from kvlint.graph.access import Access
from kvlint.graph.bootstrap import Bootstrap, bootstraps
from kvlint.graph.clusters import UnreadyCluster, unready_clusters
from kvlint.graph.containerapps import ContainerApps
from kvlint.graph.credential_counts import CredentialOverflow, overflows
from kvlint.graph.credential_forms import CredentialForms
from kvlint.graph.facts import Facts
from kvlint.graph.federation import Federation
from kvlint.graph.holders import Holders
from kvlint.graph.identity_ids import IdentityIds
from kvlint.graph.issuers import Issuers
from kvlint.graph.literals import Literals
from kvlint.graph.locations import Locator
from kvlint.graph.privileges import Privileges
from kvlint.graph.races import Race, races
from kvlint.graph.registries import Registries
from kvlint.graph.role_forms import RoleDefect, role_defects
from kvlint.graph.role_scopes import RoleScopes
from kvlint.graph.roles import Roles
from kvlint.graph.sign_in import AmbiguousSignIn, ambiguous_sign_ins
from kvlint.graph.vault_objects import VaultObjects


class Graph:
    """The linked entities. Each group of questions is an index of its own, built on first use."""

    def __init__(self, facts: Facts, now: datetime | None = None) -> None:
        self.facts = facts
        self._now = now or datetime.now(UTC)

    @cached_property
    def containerapps(self) -> ContainerApps:
        """Container Apps, jobs and Dapr components: their secrets, identities and revisions."""
        return ContainerApps(self.facts.apps, self.facts.secret_scripts, self._locator.identities)

    @cached_property
    def federation(self) -> Federation:
        """Workload identity: pods, their service accounts, and federated credentials."""
        return Federation(self.facts, self._locator.identities)

    @cached_property
    def credential_forms(self) -> CredentialForms:
        """What is wrong with a federated credential by itself."""
        return CredentialForms(self._issuers)

    @cached_property
    def access(self) -> Access:
        """Who may read which vault, and why not."""
        return Access(self.facts, self._locator, self._roles, self.role_scopes, self._holders)

    @cached_property
    def identity_ids(self) -> IdentityIds:
        """Which of an identity's ids stands where."""
        return IdentityIds(self.facts, self._locator)

    @cached_property
    def privileges(self) -> Privileges:
        """Which grants give a workload more than it uses."""
        return Privileges(self.facts, self.access, self.identity_ids, self._issuers, self._roles)

    @cached_property
    def registries(self) -> Registries:
        """Container registries, and who pulls from them."""
        return Registries(
            self.facts,
            self._locator.identities,
            self.containerapps,
            self.role_scopes,
            self.access.neighbours,
            self._holders,
        )

    @cached_property
    def role_scopes(self) -> RoleScopes:
        """Roles that are assigned where they give nothing."""
        return RoleScopes(self.facts, self._locator.identities)

    def role_defects(self) -> Iterator[RoleDefect]:
        """Role assignments whose role is misspelt."""
        return role_defects(self.facts)

    def unready_clusters(self) -> Iterator[UnreadyCluster]:
        """Clusters that lack what their workloads need."""
        return unready_clusters(self.facts)

    def credential_overflows(self) -> Iterator[CredentialOverflow]:
        """Identities with more federated credentials than they may have."""
        return overflows(self.facts.credentials, self._locator.identities)

    def bootstraps(self) -> Iterator[Bootstrap]:
        """Apps that read Key Vault as themselves while they are created."""
        return bootstraps(self.facts, self.access, self.containerapps)

    @cached_property
    def vault_objects(self) -> VaultObjects:
        """What vaults hold, and the places that name it."""
        return VaultObjects(self.facts, self._locator, self._now)

    @cached_property
    def literals(self) -> Literals:
        """Secrets in plain text, and what does not keep one."""
        return Literals(self.facts)

    def ambiguous_sign_ins(self) -> Iterator[AmbiguousSignIn]:
        """Apps whose code does not say which of their identities it signs in as."""
        return ambiguous_sign_ins(self.facts, self.containerapps)

    def races(self) -> Iterator[Race]:
        """Apps that are created without waiting for the grants that they need for it."""
        return races(self.facts, self.access, self.containerapps)

    @cached_property
    def _issuers(self) -> Issuers:
        return Issuers(self.facts.clusters)

    @cached_property
    def _holders(self) -> Holders:
        return Holders(self.facts, self._locator.identities)

    @cached_property
    def _roles(self) -> Roles:
        return Roles(self.facts.role_definitions)

    @cached_property
    def _locator(self) -> Locator:
        return Locator(self.facts)
