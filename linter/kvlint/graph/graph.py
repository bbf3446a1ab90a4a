"""The graph: the entities of a run and the questions that checks ask of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from kvlint.graph.access import Access
from kvlint.graph.bootstrap import Bootstrap, bootstraps
from kvlint.graph.containerapps import ContainerApps
from kvlint.graph.credential_forms import CredentialForms
from kvlint.graph.facts import Facts
from kvlint.graph.federation import Federation
from kvlint.graph.identity_ids import IdentityIds
from kvlint.graph.issuers import Issuers
from kvlint.graph.literals import Literals
from kvlint.graph.locations import Locator
from kvlint.graph.privileges import Privileges
from kvlint.graph.races import Race, races


class Graph:
    """The linked entities. Each group of questions is an index of its own, built on first use."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

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
        return Access(self.facts, self._locator)

    @cached_property
    def identity_ids(self) -> IdentityIds:
        """Which of an identity's ids stands where."""
        return IdentityIds(self.facts, self._locator)

    @cached_property
    def privileges(self) -> Privileges:
        """Which grants give a workload more than it uses."""
        return Privileges(self.facts, self.access, self.identity_ids, self._issuers)

    def bootstraps(self) -> Iterator[Bootstrap]:
        """Apps that read Key Vault as themselves while they are created."""
        return bootstraps(self.facts, self.access, self.containerapps)

    @cached_property
    def literals(self) -> Literals:
        """Secrets in plain text, and what does not keep one."""
        return Literals(self.facts)

    def races(self) -> Iterator[Race]:
        """Apps that are created without waiting for the grants that they need for it."""
        return races(self.facts, self.access, self.containerapps)

    @cached_property
    def _issuers(self) -> Issuers:
        return Issuers(self.facts.clusters)

    @cached_property
    def _locator(self) -> Locator:
        return Locator(self.facts)
