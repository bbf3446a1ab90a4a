"""Workloads, service accounts and federated credentials."""

from __future__ import annotations

from dataclasses import dataclass, field

from kvlint.evaluate.values import Symbol, Unknown, Value
from kvlint.graph.entities.apps import EnvironmentVariable
from kvlint.graph.entities.base import Entity
from kvlint.source import Span


@dataclass(slots=True, eq=False)
class Label:
    """A label or annotation entry: where it stands and what it says (``None`` value: unknown)."""

    span: Span
    value: Value
    where: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class Workload(Entity):
    """A pod template and the object around it.

    ``namespace`` is ``None`` where the manifest names none. ``labels`` are those of the pod
    template, ``labels_open`` is set where more may be added (placeholders, overlays).
    ``misplaced_labels`` are workload-identity labels elsewhere on the object.
    """

    kind: str
    name: Value
    name_span: Span
    namespace: Value | None
    service_account: Value | None
    labels: dict[str, Label] = field(default_factory=dict)
    labels_open: Unknown | None = None
    misplaced_labels: list[Label] = field(default_factory=list)
    environment: list[EnvironmentVariable] = field(default_factory=list)
    environment_open: Unknown | None = None
    provider_classes: list[Value] = field(default_factory=list)
    #: Annotations of the pod template.
    annotations: dict[str, Label] = field(default_factory=dict)
    #: Whether the pod mounts a token for Entra ID by itself; ``None`` where that is not known.
    projects_token: bool | None = False


@dataclass(slots=True, eq=False, kw_only=True)
class ServiceAccount(Entity):
    """A Kubernetes service account; ``annotations_open`` where more may be added."""

    name: Value
    name_span: Span
    namespace: Value | None
    annotations: dict[str, Label] = field(default_factory=dict)
    annotations_open: Unknown | None = None
    labels: dict[str, Label] = field(default_factory=dict)


@dataclass(slots=True, eq=False, kw_only=True)
class FederatedCredential(Entity):
    """A federated identity credential: who may exchange a token for this identity's.

    The spans are those of the arguments, ``None`` for one that is not written. A flexible
    credential has a ``claims_matching_expression`` instead of a subject. ``audiences_open`` is
    set where there may be audiences beyond ``audiences``.
    """

    subject: Value | None
    issuer: Value | None
    identity: Value | None
    subject_span: Span | None = None
    issuer_span: Span | None = None
    audiences: list[Value] = field(default_factory=list)
    audiences_open: Unknown | None = None
    audiences_span: Span | None = None
    claims_matching_expression: Value | None = None
    expression_span: Span | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Cluster(Entity):
    """An AKS cluster; ``issuer`` is the symbol of its OIDC issuer url, which ends in a slash.

    ``has_issuer`` and ``has_workload_identity`` tell whether these are on, ``None`` where the set
    does not say and the default depends on more than it shows.
    """

    name: Value | None
    issuer: Symbol
    has_issuer: bool | None = None
    has_workload_identity: bool | None = None
