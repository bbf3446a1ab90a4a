"""Federated credentials by what is known of their subjects."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.values import Value
from kvlint.graph.entities import FederatedCredential, ServiceAccount
from kvlint.graph.subjects import Subject, Token, subjects_of, token


class CredentialIndex:
    """Finds the credentials that are, or may be, for a service account: by namespace and name."""

    def __init__(self, credentials: Iterable[FederatedCredential]) -> None:
        self._subjects: dict[str, list[Subject]] = {}
        self._exact: dict[tuple[Token, Token], list[FederatedCredential]] = {}
        self._by_name: dict[Token, list[FederatedCredential]] = {}
        self._vague_by_name: dict[Token, list[FederatedCredential]] = {}
        self._vague_by_namespace: dict[Token, list[FederatedCredential]] = {}
        self._anybody: list[FederatedCredential] = []
        for credential in credentials:
            subjects = list(subjects_of(credential))
            self._subjects[credential.address] = subjects
            for subject in subjects:
                self._add(credential, subject)

    def subjects(self, credential: FederatedCredential) -> list[Subject]:
        """The accounts that one of the indexed credentials may be for."""
        return self._subjects[credential.address]

    @property
    def names_accounts(self) -> bool:
        """Whether the subject of any credential is wholly known."""
        return bool(self._exact)

    def _add(self, credential: FederatedCredential, subject: Subject) -> None:
        namespace, name = subject.namespace, subject.name
        if name is not None:
            self._by_name.setdefault(name, []).append(credential)
        if namespace is not None and name is not None:
            self._exact.setdefault((namespace, name), []).append(credential)
        if isinstance(name, str) and not isinstance(namespace, str):
            self._vague_by_name.setdefault(name, []).append(credential)
        elif isinstance(namespace, str) and not isinstance(name, str):
            self._vague_by_namespace.setdefault(namespace, []).append(credential)
        elif not isinstance(name, str):
            self._anybody.append(credential)

    def matching(
        self, name: Value, namespace: Value | None, deployment: Deployment
    ) -> list[FederatedCredential]:
        """The credentials whose subject is surely this account."""
        at, called = token(namespace), token(name)
        if at is None or called is None:
            return []
        return [item for item in self._exact.get((at, called), ()) if deployment.sees(item.deployment)]

    def is_for(
        self, account: ServiceAccount, is_another: Callable[[FederatedCredential], bool]
    ) -> bool | None:
        """Whether a credential is for this account; ``None`` where that cannot be told.

        Without a known namespace the answer is still no, where no credential names the
        account in any namespace. ``is_another`` tells credentials of identities that the account
        surely does not use.
        """

        def counts(item: FederatedCredential) -> bool:
            return account.deployment.sees(item.deployment) and not is_another(item)

        if any(map(counts, self.matching(account.name, account.namespace, account.deployment))):
            return True
        namespace, name = token(account.namespace), token(account.name)
        if not isinstance(name, str) or any(map(counts, self._anybody)):
            return None
        possible = list(self._vague_by_name.get(name, ()))
        if isinstance(namespace, str):
            possible += self._vague_by_namespace.get(namespace, ())
        else:
            possible += self._by_name.get(name, ())
            for vague in self._vague_by_namespace.values():
                possible += vague
        return None if any(map(counts, possible)) else False
