"""Places that take the wrong one of an identity's ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.values import Value, alternatives, text_of
from kvlint.graph.entities import Entity, EnvironmentVariable, IdKind, NamedIdentity, Reader
from kvlint.graph.facts import Facts
from kvlint.graph.locations import Locator
from kvlint.graph.naming import reader_name
from kvlint.graph.workload_identity import CLIENT_ID_ANNOTATION
from kvlint.source import Span

#: The variable that Azure's libraries read, and how others like it end.
_DEFAULT_VARIABLE, _CLIENT_ID = "AZURE_CLIENT_ID", "CLIENT_ID"


@dataclass(slots=True, eq=False)
class MistakenId:
    """A place that wants one of an identity's ids and gets another one."""

    place: str
    display: str
    span: Span
    value: Value
    wanted: IdKind
    given: NamedIdentity
    deployment: Deployment
    #: Whether the place can be for nothing else; the name of a variable is a word of its code's author.
    certain: bool = True


class IdentityIds:
    """The places of a run that name an identity, and by which of its ids they should."""

    def __init__(self, facts: Facts, locator: Locator) -> None:
        self._facts = facts
        self._find = locator

    def named(self, value: Value) -> NamedIdentity | None:
        """The identity that a value surely names, and by which of its ids, ``None`` where it names none."""
        return self._find.identities.named_by(value)

    def mistaken(self) -> Iterator[MistakenId]:
        """Places that get the wrong one of an identity's ids."""
        for grant in self._facts.grants:
            place = f"The principal of {grant.display}"
            at = grant.principal_span or grant.span
            yield from self._mistaken(place, grant, grant.principal, IdKind.PRINCIPAL, at)
        for membership in self._facts.memberships:
            place, at = f"The member of {membership.display}", membership.member.span or membership.span
            yield from self._mistaken(place, membership, membership.member, IdKind.PRINCIPAL, at)
        for app in self._facts.apps:
            yield from self._mistaken_environment(app, app.environment)
        for workload in self._facts.workloads:
            yield from self._mistaken_environment(workload, workload.environment)
        for account in self._facts.service_accounts:
            annotation = account.annotations.get(CLIENT_ID_ANNOTATION)
            if annotation is not None:
                place = "The client-id annotation"
                yield from self._mistaken(place, account, annotation.value, IdKind.CLIENT, annotation.span)
        for read in self._facts.vault_reads:
            if (
                read.reader in (Reader.SECRET_PROVIDER_CLASS, Reader.SECRET_STORE)
                and read.identity is not None
                and read.service_account is None
            ):
                at = read.identity.span or read.span
                yield from self._mistaken(f"The {reader_name(read)}", read, read.identity, IdKind.CLIENT, at)

    def _mistaken_environment(
        self, owner: Entity, environment: Iterable[EnvironmentVariable]
    ) -> Iterator[MistakenId]:
        for variable in environment:
            name, value = text_of(variable.name) or "", variable.value
            if value is not None and name.upper().endswith(_CLIENT_ID):
                at = value.span if value.span and not value.steps else variable.span
                for found in self._mistaken(name, owner, value, IdKind.CLIENT, at):
                    found.certain = name == _DEFAULT_VARIABLE
                    yield found

    def _mistaken(
        self, place: str, owner: Entity, value: Value, wanted: IdKind, at: Span
    ) -> Iterator[MistakenId]:
        """The mistake of one place, where every alternative is one."""
        found = [self._find.identities.named_by(option) for option in alternatives(value)]
        first = found[0] if found else None
        if first is None or any(one is None or one.kind is wanted for one in found):
            return
        yield MistakenId(place, owner.display, at, value, wanted, first, owner.deployment)
