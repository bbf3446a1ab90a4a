"""How many references of a run are proven, broken, or could not be settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from kvlint.evaluate.combine import reason_of
from kvlint.graph.access import Proof
from kvlint.graph.graph import Graph
from kvlint.result import Unresolved
from kvlint.source import Span


@dataclass(slots=True)
class References:
    """The three answers to the question whether a reference works; only ``counted`` places do."""

    counted: Callable[[Span], bool]
    proven: int = 0
    broken: int = 0
    unresolved: list[Unresolved] = field(default_factory=list)

    def add(self, works: bool | None, span: Span, subject: str, reason: str) -> None:
        """Count one reference; ``None`` where nobody can tell, for this reason."""
        if not self.counted(span):
            return
        if works is None:
            self.unresolved.append(Unresolved(span, subject, reason))
        elif works:
            self.proven += 1
        else:
            self.broken += 1


def count_references(graph: Graph, counted: Callable[[Span], bool]) -> References:
    """References to app secrets, to identities, to vaults, and from service accounts to identities."""
    found = References(counted)
    _app_secrets(graph, found)
    _identities(graph, found)
    _vaults(graph, found)
    _service_accounts(graph, found)
    return found


def _app_secrets(graph: Graph, found: References) -> None:
    for app in graph.containerapps.apps:
        for reference in app.references:
            resolved = graph.containerapps.resolve(app, reference)
            open_reason = resolved.unresolved
            works = None if open_reason is not None else resolved.proven
            subject = f"the secret of {reference.site.described} of {app.title}"
            found.add(works, reference.span, subject, open_reason.reason if open_reason else "")


def _identities(graph: Graph, found: References) -> None:
    for app in graph.facts.apps:
        for use in app.identity_uses:
            carries = graph.containerapps.carries(app, use.identity, use.by)
            found.add(carries, use.span, f"the identity of the {use.place}", reason_of(use.identity))


def _vaults(graph: Graph, found: References) -> None:
    unreadable = graph.vault_objects.unreadable()
    for read in graph.facts.vault_reads:
        answer = graph.access.answer(read)
        works = None if answer.proof is Proof.UNKNOWN else answer.proof is Proof.GRANTED
        if read.malformed or read.address in unreadable:
            works = False
        elif works and read.doubt:
            works = None
        subject = f"Key Vault access of {read.display}"
        found.add(works, read.span, subject, answer.reason or read.doubt)


def _service_accounts(graph: Graph, found: References) -> None:
    federation = graph.federation
    for account in federation.service_accounts:
        if federation.client_id(account) is not None:
            subject = f"the federated credential of {account.display}"
            works = federation.works(account)
            found.add(works, account.name_span, subject, "no credential of the set is surely for it")
