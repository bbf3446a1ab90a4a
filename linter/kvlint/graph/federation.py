"""Workload identity: which pods run as which service accounts, and who may exchange their tokens.

All questions are about what is certain. A name, namespace or subject that is not known
never proves anything broken.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property

from kvlint.evaluate.resources import Deployment, Language
from kvlint.evaluate.values import Symbol, Value, is_null, text_of
from kvlint.graph.credentials import CredentialIndex
from kvlint.graph.entities import (
    FederatedCredential,
    Identity,
    Label,
    PossibleGrant,
    ServiceAccount,
    Workload,
)
from kvlint.graph.facts import Facts
from kvlint.graph.identities import Identities
from kvlint.graph.subjects import Candidates, token
from kvlint.graph.workload_identity import (
    CLIENT_ID_ANNOTATION,
    IDENTITY_BINDING_ANNOTATION,
    USE_LABEL,
    UseLabel,
    account_name,
    has_own_credentials,
    sets_client_id,
    speaks_to_azure,
    title,
    use_label,
)


@dataclass(slots=True, eq=False)
class Setup:
    """What shows that a service account is meant for workload identity."""

    annotation: Label | None = None
    credential: FederatedCredential | None = None


class Federation:
    """Service accounts, the workloads that run as them, and their federated credentials."""

    def __init__(self, facts: Facts, identities: Identities) -> None:
        self._facts = facts
        self._who = identities
        self._credentials = CredentialIndex(facts.credentials)
        self._accounts: dict[Hashable, list[ServiceAccount]] = {}
        for account in facts.service_accounts:
            key = _account_key(account.name, account.namespace, account.deployment)
            if key is not None:
                self._accounts.setdefault(key, []).append(account)
        self._workloads: dict[Hashable, list[Workload]] = {}
        for workload in facts.workloads:
            key = _account_key(account_name(workload), workload.namespace, workload.deployment)
            if key is not None:
                self._workloads.setdefault(key, []).append(workload)

    # --- Workloads and their accounts -----------------------------------------------------

    @property
    def workloads(self) -> list[Workload]:
        """All workloads of the set."""
        return self._facts.workloads

    @property
    def service_accounts(self) -> list[ServiceAccount]:
        """The service accounts that the set creates."""
        return [account for account in self._facts.service_accounts if account.managed]

    @property
    def credentials(self) -> list[FederatedCredential]:
        """All federated credentials of the set."""
        return self._facts.credentials

    def accounts_of(self, workload: Workload) -> list[ServiceAccount]:
        """The definitions of the service account that a workload surely runs as.

        Where its own deployment has one, those of others are for other clusters.
        """
        key = _account_key(account_name(workload), workload.namespace, workload.deployment)
        found = [item for item in self._accounts.get(key, ()) if workload.deployment.sees(item.deployment)]
        near = [item for item in found if item.deployment == workload.deployment]
        return near or found

    def workloads_of(self, account: ServiceAccount) -> list[Workload]:
        """The workloads that surely run as a service account."""
        key = _account_key(account.name, account.namespace, account.deployment)
        served = {other.deployment for other in self._accounts.get(key, ())} - {account.deployment}
        return [
            workload
            for workload in self._workloads.get(key, ())
            if workload.deployment not in served and account.deployment.sees(workload.deployment)
        ]

    def definitions_of(self, account: ServiceAccount) -> list[ServiceAccount]:
        """The account and what other resources add to it."""
        key = _account_key(account.name, account.namespace, account.deployment)
        others = self._accounts.get(key, ())
        sees = account.deployment.sees
        return [account, *(item for item in others if not item.managed and sees(item.deployment))]

    def client_id(self, account: ServiceAccount) -> Label | None:
        """The annotation that names the identity of an account; an empty one counts as none."""
        for definition in self.definitions_of(account):
            label = definition.annotations.get(CLIENT_ID_ANNOTATION)
            if label is not None and not is_null(label.value) and text_of(label.value) != "":
                return label
        return None

    def may_get_client_id(self, account: ServiceAccount) -> bool:
        """Whether something that is not readable here may annotate the account."""
        return any(definition.annotations_open for definition in self.definitions_of(account))

    def setup(self, workload: Workload) -> Setup | None:
        """What sets the workload's service account up for workload identity, if anything does."""
        for account in self.accounts_of(workload):
            label = self.client_id(account)
            if label is not None:
                return Setup(annotation=label)
        credentials = self._credentials.matching(
            account_name(workload), workload.namespace, workload.deployment
        )
        if credentials:
            return Setup(credential=credentials[0])
        return None

    # --- Labels ---------------------------------------------------------------------------

    def lacks_label(self, workload: Workload) -> bool:
        """Whether its pods surely miss the label and have no other way to a token."""
        return use_label(workload) is UseLabel.MISSING and not self.is_excused(workload)

    def is_excused(self, workload: Workload) -> bool:
        """Whether the label would change nothing, or comes from somewhere else.

        Pods that mount a token themselves or hold a client secret do without it; the
        webhook leaves kube-system alone; a policy may label pods on admission.
        """
        if workload.projects_token is not False or self._facts.labelling_policies:
            return True
        if text_of(workload.namespace) == "kube-system":
            return True
        return has_own_credentials(workload)

    def label_stands_elsewhere(self, workload: Workload) -> bool:
        """Whether the label was written around the pod template, or on the service account."""
        accounts = self.accounts_of(workload)
        return bool(workload.misplaced_labels) or any(USE_LABEL in account.labels for account in accounts)

    def pods_relying_on(self, account: ServiceAccount) -> list[Workload]:
        """The workloads whose only label is the one on their service account."""
        label = account.labels.get(USE_LABEL)
        if label is None or text_of(label.value) == "false":
            return []
        workloads = self.workloads_of(account)
        return [item for item in workloads if self.lacks_label(item) and not item.misplaced_labels]

    def doubt(self, workload: Workload) -> str:
        """Why a workload may do without the label after all, empty where nothing says so."""
        peer = self._labelled_peer(workload)
        if peer is not None:
            return f"{title(peer)} of the same service account carries the label"
        if workload.provider_classes and not speaks_to_azure(workload):
            return "the pods seem to need Azure only for a CSI volume, which takes no label"
        return ""

    def _labelled_peer(self, workload: Workload) -> Workload | None:
        key = _account_key(account_name(workload), workload.namespace, workload.deployment)
        for other in self._workloads.get(key, ()):
            seen = other is not workload and workload.deployment.sees(other.deployment)
            if seen and use_label(other) is UseLabel.ON:
                return other
        return None

    def pods_without_client_id(self, account: ServiceAccount) -> list[Workload]:
        """The labelled workloads of an account that get no client id and set none themselves."""
        if self.client_id(account) is not None or self.may_get_client_id(account):
            return []
        return [
            workload
            for workload in self.workloads_of(account)
            if use_label(workload) is UseLabel.ON
            and workload.environment_open is None
            and not sets_client_id(workload)
            and not (workload.provider_classes and not speaks_to_azure(workload))
        ]

    # --- Credentials ----------------------------------------------------------------------

    def is_federated(self, account: ServiceAccount) -> bool | None:
        """Whether a credential is for this account; ``None`` where that cannot be told."""
        identity = self.identity_of(account)

        def is_another(credential: FederatedCredential) -> bool:
            if identity is None or credential.identity is None:
                return False
            return self._who.is_resource(credential.identity, identity) is False

        return self._credentials.is_for(account, is_another)

    def _uses_identity_binding(self, account: ServiceAccount) -> bool:
        """Whether pods of the account use AKS identity bindings, which need no credential."""
        held = [account.annotations, *(pod.annotations for pod in self.workloads_of(account))]
        return any(IDENTITY_BINDING_ANNOTATION in annotations for annotations in held)

    @cached_property
    def _identities(self) -> dict[Hashable, list[Identity]]:
        found: dict[Hashable, list[Identity]] = {}
        for identity in self._facts.identities:
            for value in identity.client_ids:
                key = _folded(value)
                if key is not None:
                    found.setdefault(key, []).append(identity)
        return found

    def identity_of(self, account: ServiceAccount) -> Identity | None:
        """The identity that the account's annotation names, where the set knows it."""
        label = self.client_id(account)
        key = _folded(label.value) if label is not None else None
        found = self._identities.get(key, ()) if key is not None else ()
        return next((item for item in found if account.deployment.sees(item.deployment)), None)

    @property
    def federates_accounts(self) -> bool:
        """Whether the set federates service accounts at all, so that a missing one stands out."""
        return self._credentials.names_accounts

    # --- Near misses ----------------------------------------------------------------------

    @cached_property
    def mismatches(self) -> dict[str, ServiceAccount]:
        """By the address of a credential: the account that its subject nearly names.

        Only credentials that are for no account of the set, and only accounts that no
        credential is for, so that neighbours with like names are never paired.
        """
        found: dict[str, ServiceAccount] = {}
        candidates = self._unserved()
        for credential in self._facts.credentials:
            subjects = self._credentials.subjects(credential)
            if len(subjects) != 1 or not credential.managed:
                continue
            namespace, name = subjects[0].namespace, subjects[0].name
            if not isinstance(namespace, str) or not isinstance(name, str):
                continue
            if self._may_be_right(namespace, name):
                continue
            account = candidates.nearest(namespace, name, credential.deployment)
            if account is not None:
                found[credential.address] = account
        return found

    def _may_be_right(self, namespace: str, name: str) -> bool:
        """Whether the set has, or may have, the very account that a subject names."""
        key = ("text", namespace, name)
        if key in self._accounts or key in self._workloads:
            return True
        return not self._unplaced.isdisjoint(
            ((namespace, name), (namespace, None), (None, name), (None, None))
        )

    @cached_property
    def _unplaced(self) -> set[tuple[str | None, str | None]]:
        """Namespace and name of the accounts of which one is not known; ``None`` for that one."""
        found: set[tuple[str | None, str | None]] = set()
        for account in self._facts.service_accounts:
            namespace, name = token(account.namespace), token(account.name)
            if not (isinstance(namespace, str) and isinstance(name, str)):
                found.add(
                    (
                        namespace if isinstance(namespace, str) else None,
                        name if isinstance(name, str) else None,
                    )
                )
        return found

    def surely_unfederated(self, account: ServiceAccount) -> bool:
        """Whether no credential is for an account, none was meant for it, and it needs one."""
        if self._uses_identity_binding(account) or self._may_be_federated_elsewhere(account):
            return False
        return self.is_federated(account) is False and not self.is_nearly_federated(account)

    def is_closed(self, account: ServiceAccount) -> bool:
        """Whether the set creates the identity that the account names."""
        identity = self.identity_of(account)
        return identity is not None and identity.managed

    def works(self, account: ServiceAccount) -> bool | None:
        """Whether the account's identity trusts its tokens; ``None`` where that cannot be told."""
        if self.is_federated(account):
            return True
        if self.is_nearly_federated(account):
            return False
        settled = self.is_closed(account) or self.federates_accounts
        return False if settled and self.surely_unfederated(account) else None

    def _may_be_federated_elsewhere(self, account: ServiceAccount) -> bool:
        """Whether something unreadable may make the credential: it has to be told the identity."""
        identity = self.identity_of(account)
        if identity is None or not identity.managed:
            return bool(self._facts.missing_modules or self._unread)
        return _is_told(self._facts.possible_grants, identity)

    def _may_be_federated_in_template(self, account: ServiceAccount) -> bool:
        """Whether something in Bicep or ARM JSON that cannot be read may make the credential."""
        identity = self.identity_of(account)
        if identity is None or not identity.managed:
            return bool(self._unread)
        return _is_told(self._unread, identity)

    @cached_property
    def _unread(self) -> list[PossibleGrant]:
        return [one for one in self._facts.possible_grants if one.language in (Language.BICEP, Language.ARM)]

    @cached_property
    def _mistaken(self) -> set[str]:
        return {account.address for account in self.mismatches.values()}

    def is_nearly_federated(self, account: ServiceAccount) -> bool:
        """Whether a credential was meant for this account and misses it."""
        return any(definition.address in self._mistaken for definition in self.definitions_of(account))

    def _unserved(self) -> Candidates:
        """The accounts with known names that are meant for workload identity and have no credential."""
        found = Candidates()
        for account in self.service_accounts:
            namespace, name = token(account.namespace), token(account.name)
            if not isinstance(namespace, str) or not isinstance(name, str):
                continue
            if self.is_federated(account) is not False or self._may_be_federated_in_template(account):
                continue
            labelled = any(use_label(pod) is UseLabel.ON for pod in self.workloads_of(account))
            found.add(namespace, name, account, meant=labelled or self.client_id(account) is not None)
        return found


def _account_key(name: Value, namespace: Value | None, deployment: Deployment) -> Hashable | None:
    """What two mentions of the same account share.

    Where no namespace is written, the objects of one deployment go to the same one.
    """
    called = token(name)
    if called is None:
        return None
    if namespace is None:
        return ("unwritten", deployment, called)
    at = token(namespace)
    return None if at is None else ("text", at, called)


def _is_told(possible_grants: Iterable[PossibleGrant], identity: Identity) -> bool:
    addresses = {value.resource.address for value in identity.client_ids if isinstance(value, Symbol)}
    return any(not addresses.isdisjoint(possible.mentions) for possible in possible_grants)


def _folded(value: Value) -> Hashable | None:
    found = token(value)
    return found.casefold() if isinstance(found, str) else found
