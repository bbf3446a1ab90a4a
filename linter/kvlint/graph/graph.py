"""The graph: the entities of a run and the questions that checks ask of them."""

from __future__ import annotations

from functools import cached_property

from kvlint.graph.access import Access
from kvlint.graph.containerapps import ContainerApps
from kvlint.graph.entities import LiteralOrigin, LiteralSecret
from kvlint.graph.facts import Facts
from kvlint.graph.federation import Federation
from kvlint.graph.identity_ids import IdentityIds
from kvlint.graph.locations import Locator


class Graph:
    """The linked entities. Each group of questions is an index of its own, built on first use."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @cached_property
    def containerapps(self) -> ContainerApps:
        """Container Apps, jobs and Dapr components: their secrets, identities and revisions."""
        return ContainerApps(self.facts.apps, self.facts.secret_scripts)

    @cached_property
    def federation(self) -> Federation:
        """Workload identity: pods, their service accounts, and federated credentials."""
        return Federation(self.facts)

    @cached_property
    def access(self) -> Access:
        """Who may read which vault, and why not."""
        return Access(self.facts, self._locator)

    @cached_property
    def identity_ids(self) -> IdentityIds:
        """Which of an identity's ids stands where."""
        return IdentityIds(self.facts, self._locator)

    @cached_property
    def _locator(self) -> Locator:
        return Locator(self.facts)

    def secrets_in_variable_files(self) -> list[list[LiteralSecret]]:
        """Literals that variables are given, by place: where they go first, then what they look like."""
        places: dict[tuple[str, int], list[LiteralSecret]] = {}
        for literal in self.facts.literals:
            if literal.origin is not LiteralOrigin.CONFIGURATION:
                places.setdefault((literal.span.path, literal.span.start), []).append(literal)
        return [sorted(group, key=lambda one: (not one.sink, not one.shape)) for group in places.values()]
