"""Kubernetes objects: workloads, service accounts, and what reads a vault for them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from kvlint.evaluate.combine import key_of
from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.values import (
    MapValue,
    Scalar,
    Unknown,
    Value,
    choice,
    leaves,
    text_of,
    truth_of,
)
from kvlint.graph.adapters import kubernetes_vaults
from kvlint.graph.adapters.federation import add_credential
from kvlint.graph.adapters.pods import labels_of, misplaced_labels, read_template
from kvlint.graph.adapters.reading import Adapter, argument_span, attribute, entries, given, origin, single
from kvlint.graph.entities import (
    PossibleGrant,
    Reader,
    ServiceAccount,
    VaultRead,
    Workload,
)
from kvlint.graph.facts import Facts
from kvlint.graph.matching import same_text
from kvlint.graph.workload_identity import CLIENT_ID_ANNOTATION, PREFIX

#: Where the pod template stands in an object of each kind.
_TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "Pod": (),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Deployment": ("spec", "template"),
    "Job": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "Rollout": ("spec", "template"),
    "ScaledJob": ("spec", "jobTargetRef", "template"),
    "Service": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
}
#: The groups of operators that deploy role assignments: Azure Service Operator and Crossplane.
_ROLE_GROUPS = ("authorization.azure.com", "authorization.azure.upbound.io")
#: The API groups that mean these kinds by those names; a version that is not known passes.
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "Pod": ("",),
    "CronJob": ("batch",),
    "DaemonSet": ("apps", "extensions"),
    "Deployment": ("apps", "extensions"),
    "Job": ("batch",),
    "ReplicaSet": ("apps", "extensions"),
    "ReplicationController": ("",),
    "Rollout": ("argoproj.io",),
    "ScaledJob": ("keda.sh",),
    "Service": ("serving.knative.dev",),
    "StatefulSet": ("apps",),
}


def workload(resource: EvaluatedResource, facts: Facts) -> None:
    """A pod, or an object that makes pods from a template."""
    kind = resource.type.rpartition("/")[2]
    if not _belongs(resource, _GROUPS[kind]):
        return
    config = resource.config
    template: MapValue | None = config
    hidden: Unknown | None = None
    for step in _TEMPLATES[kind]:
        hidden = hidden or entries(template, step).open
        template = single(template, step)
    if template is None and hidden is None:
        return
    metadata = single(config, "metadata") or MapValue({})
    found = Workload(
        **origin(resource),
        kind=kind,
        name=_name(metadata),
        name_span=argument_span(metadata, "name", resource.span),
        namespace=given(metadata, "namespace"),
        service_account=hidden,
        labels_open=hidden
        or _ignored(resource, f"{_TEMPLATE_PATHS.get(kind, 'spec.template.')}metadata.labels"),
        environment_open=hidden,
        projects_token=None if hidden else False,
    )
    if template is not None:
        read_template(found, template)
    found.misplaced_labels = list(misplaced_labels(config, template, kind, resource.span))
    facts.workloads.append(found)


def service_account(resource: EvaluatedResource, facts: Facts) -> None:
    """``ServiceAccount``."""
    if not _belongs(resource, ("",)):
        return
    metadata = single(resource.config, "metadata") or MapValue({})
    annotations, hidden = labels_of(
        metadata, "annotations", "annotation of the service account", resource.span
    )
    labels, _ = labels_of(metadata, "labels", "label of the service account", resource.span)
    facts.service_accounts.append(
        ServiceAccount(
            **origin(resource),
            name=_name(metadata),
            name_span=argument_span(metadata, "name", resource.span),
            namespace=given(metadata, "namespace"),
            annotations=annotations,
            annotations_open=hidden or _ignored(resource, "metadata.annotations"),
            labels=labels,
        )
    )


def secret_provider_class(resource: EvaluatedResource, facts: Facts) -> None:
    """``SecretProviderClass`` of the Azure provider: what the CSI driver reads, and as whom."""
    spec = single(resource.config, "spec")
    provider = attribute(spec, "provider") if spec is not None else None
    parameters = single(spec, "parameters")
    if parameters is None or (text_of(provider) or "azure") != "azure":
        return
    vault = given(parameters, "keyvaultName")
    if vault is None:
        return
    if truth_of(attribute(parameters, "useVMManagedIdentity")) is True:
        identity = given(parameters, "userAssignedIdentityID")
    else:
        identity = given(parameters, "clientID")
    if identity is None:
        identity = Unknown("the class names no identity of its own", span=parameters.span)
    read = _vault_read(resource, Reader.SECRET_PROVIDER_CLASS, vault, identity)
    read.span = argument_span(parameters, "keyvaultName", resource.span)
    facts.vault_reads.append(read)
    kubernetes_vaults.add_class_objects(resource, parameters, read, facts)


def secret_store(resource: EvaluatedResource, facts: Facts) -> None:
    """``SecretStore`` and ``ClusterSecretStore`` of External Secrets, for Key Vault."""
    provider = single(single(resource.config, "spec"), "provider")
    azure = single(provider, "azurekv")
    vault = given(azure, "vaultUrl") if azure is not None else None
    if azure is None or vault is None:
        return
    kind = text_of(attribute(azure, "authType")) or "ServicePrincipal"
    identity: Value | None = None
    account = None
    if kind == "ManagedIdentity":
        identity = given(azure, "identityId")
    elif kind == "WorkloadIdentity":
        account = _account_reference(resource, azure)
    if identity is None:
        identity = Unknown("the store names no identity of its own", span=azure.span)
    read = _vault_read(resource, Reader.SECRET_STORE, vault, identity)
    read.span = argument_span(azure, "vaultUrl", resource.span)
    read.service_account = account
    read.store = kubernetes_vaults.own_name(resource)
    facts.vault_reads.append(read)


def secret(resource: EvaluatedResource, facts: Facts) -> None:
    """``Secret``: nothing that shows the file may show its values."""
    for name in ("data", "stringData"):
        for leaf in leaves(resource.config.entries.get(name) or MapValue({})):
            if isinstance(leaf, Scalar) and leaf.data is not None and leaf.span is not None:
                leaf.span.source.secrets.add((leaf.span.start, leaf.span.end))


def operator_credential(resource: EvaluatedResource, facts: Facts) -> None:
    """``FederatedIdentityCredential`` of Azure Service Operator or of Crossplane's provider."""
    spec = single(resource.config, "spec")
    given_by_provider = single(spec, "forProvider")
    arguments = given_by_provider or spec
    if arguments is None:
        return
    owner = single(arguments, "owner") or MapValue({})
    identity = attribute(owner, "armId") or Unknown("an operator knows it", span=owner.span)
    add_credential(resource, arguments, identity, facts)


def admission_policy(resource: EvaluatedResource, facts: Facts) -> None:
    """A policy that changes objects as they are admitted; of interest where it labels pods."""
    if resource.extent is not None and PREFIX in resource.extent.text:
        facts.labelling_policies.append(resource.span)


def complete(facts: Facts) -> None:
    """Fill in what takes all objects: the identity of stores that read through a service account."""
    accounts: dict[Hashable, list[ServiceAccount]] = {}
    for account in facts.service_accounts:
        key = key_of(account.name)
        if key is not None:
            accounts.setdefault(key, []).append(account)
    for read in facts.vault_reads:
        if read.service_account is None:
            continue
        found = [
            account
            for account in accounts.get(key_of(read.service_account[0]), ())
            if _same_namespace(read, read.service_account[1], account)
        ]
        near = [account for account in found if account.deployment == read.deployment]
        labels = [account.annotations.get(CLIENT_ID_ANNOTATION) for account in near or found]
        values = [label.value for label in labels if label is not None]
        if values:
            read.identity = choice(values)
    kubernetes_vaults.complete(facts)


def operator_role(resource: EvaluatedResource, facts: Facts) -> None:
    """``RoleAssignment`` of an operator that deploys to Azure: the names in it are those of the cluster."""
    if _belongs(resource, _ROLE_GROUPS):
        facts.possible_grants.append(
            PossibleGrant(**origin(resource), mentions=frozenset(), texts=frozenset(), anything=True)
        )


KUBERNETES_ADAPTERS: Mapping[str, Adapter] = {
    "RoleAssignment": operator_role,
    **dict.fromkeys(_TEMPLATES, workload),
    "ServiceAccount": service_account,
    "SecretProviderClass": secret_provider_class,
    "SecretStore": secret_store,
    "ClusterSecretStore": secret_store,
    "Secret": secret,
    **kubernetes_vaults.KUBERNETES_ADAPTERS,
    "FederatedIdentityCredential": operator_credential,
    **dict.fromkeys(
        ("ClusterPolicy", "Policy", "MutatingPolicy", "MutatingAdmissionPolicy"), admission_policy
    ),
    **dict.fromkeys(("Assign", "AssignMetadata", "ModifySet"), admission_policy),
}


def adapt(resource: EvaluatedResource, facts: Facts) -> None:
    """Whatever a Kubernetes object tells; nothing for kinds that matter to nobody here."""
    adapter = KUBERNETES_ADAPTERS.get(resource.type.rpartition("/")[2])
    if adapter is not None:
        adapter(resource, facts)


# --- Parts of objects --------------------------------------------------------------------


def _belongs(resource: EvaluatedResource, groups: tuple[str, ...]) -> bool:
    """Whether the object is of one of these API groups; the core group is the empty text."""
    version = resource.type.rpartition("/")[0]
    return not version or version.rpartition("/")[0] in groups


#: Where Terraform's provider has the pod template, where that is not ``spec.template``.
_TEMPLATE_PATHS = {"Pod": "", "CronJob": "spec.job_template.spec.template."}


def _ignored(resource: EvaluatedResource, path: str) -> Unknown | None:
    if resource.leaves_alone(path):
        return Unknown("ignore_changes leaves it to others", span=resource.span)
    return None


def _name(metadata: MapValue) -> Value:
    return given(metadata, "name") or Unknown("the cluster generates the name", span=metadata.span)


def _account_reference(resource: EvaluatedResource, azure: MapValue) -> tuple[Value, Value | None] | None:
    """The service account that a store reads through, with its namespace."""
    reference = single(azure, "serviceAccountRef")
    name = attribute(reference, "name") if reference is not None else None
    if reference is None or name is None:
        return None
    metadata = single(resource.config, "metadata") or MapValue({})
    return name, given(reference, "namespace") or given(metadata, "namespace")


def _same_namespace(read: VaultRead, namespace: Value | None, account: ServiceAccount) -> bool:
    if namespace is None or account.namespace is None:
        return namespace is account.namespace and read.deployment == account.deployment
    return same_text(namespace, account.namespace) is True


def _vault_read(resource: EvaluatedResource, reader: Reader, vault: Value, identity: Value) -> VaultRead:
    return VaultRead(
        **origin(resource),
        reader=reader,
        vault=vault,
        identity=identity,
    )
