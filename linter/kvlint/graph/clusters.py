"""Clusters beside the workloads that need something of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kvlint.evaluate.combine import name_key
from kvlint.graph.entities import Cluster, Workload
from kvlint.graph.facts import Facts
from kvlint.graph.workload_identity import (
    IDENTITY_BINDING_ANNOTATION,
    UseLabel,
    has_own_credentials,
    use_label,
)

_MANY = "[*]"
#: What a command says that turns it on.
_SETUP = "--enable-workload-identity"
#: Words in the name or source of a module that may be another cluster.
_CLUSTER_WORDS = ("aks", "cluster", "k8s", "kubernetes", "landing")


@dataclass(slots=True, eq=False)
class UnreadyCluster:
    """A cluster that lacks what its workloads need; ``lacks`` names what is off, one or two things."""

    cluster: Cluster
    lacks: list[str]
    workloads: list[Workload]


def unready_clusters(facts: Facts) -> Iterator[UnreadyCluster]:
    """The only cluster of the set, where workloads use workload identity and it is off there."""
    using = filter(_uses_workload_identity, facts.workloads)
    workloads = sorted(using, key=lambda one: (one.span.path, one.span.start))
    for cluster in _only_cluster(facts) if workloads else ():
        switches = {
            "the OIDC issuer": cluster.has_issuer,
            "workload identity": cluster.has_workload_identity,
        }
        lacks = [what for what, on in switches.items() if on is False]
        seen = [one for one in workloads if one.deployment.sees(cluster.deployment)]
        if lacks and seen and not _may_be_set_up_elsewhere(facts, cluster):
            yield UnreadyCluster(cluster, lacks, seen)


def _uses_workload_identity(workload: Workload) -> bool:
    """Whether the pods surely need the webhook of workload identity."""
    if use_label(workload) is not UseLabel.ON or workload.conditional is not None:
        return False
    bound = IDENTITY_BINDING_ANNOTATION in workload.annotations
    return not bound and workload.projects_token is False and not has_own_credentials(workload)


def _only_cluster(facts: Facts) -> Sequence[Cluster]:
    """The one cluster that the set creates in each variant of its deployment, none where it has others.

    One that is looked up by the same name is no other.
    """
    made = [one for one in facts.clusters if one.managed]
    places = {(one.deployment.language, one.deployment.root, one.span, _display(one)) for one in made}
    if len(places) != 1 or any(_display(one).endswith(_MANY) for one in made):
        return ()
    names = {name_key(one.name) for one in made}
    seen = (one for one in facts.clusters if not one.managed)
    others = any(None in names or name_key(one.name) not in names for one in seen)
    return made if not others and all(one.conditional is None for one in made) else ()


def _display(cluster: Cluster) -> str:
    return cluster.address.rpartition("|")[2]


def _may_be_set_up_elsewhere(facts: Facts, cluster: Cluster) -> bool:
    """Whether something that is not readable may turn it on, install it, or be another cluster."""
    if facts.workload_identity_setups:
        return True
    if any(
        cluster.address in possible.mentions or any(_SETUP in text for text in possible.texts)
        for possible in facts.possible_grants
    ):
        return True
    named = (f"{call.name} {call.source}".casefold() for call in facts.missing_modules)
    return any(word in text for text in named for word in _CLUSTER_WORDS)
