"""Everything that the adapters found, before it is linked."""

from __future__ import annotations

from dataclasses import dataclass, field

from kvlint.graph.entities import (
    App,
    FederatedCredential,
    Grant,
    Identity,
    LiteralSecret,
    PossibleGrant,
    ResourceGroup,
    SecretScript,
    ServiceAccount,
    Vault,
    VaultObject,
    VaultRead,
    Workload,
)
from kvlint.source import Span
from kvlint.syntax.body import ParseProblem


@dataclass(slots=True, eq=False)
class MissingModule:
    """A module call whose source is not on disk; what it defines is unknown."""

    span: Span
    name: str
    source: str
    reason: str


@dataclass(slots=True, eq=False)
class SuppressionNote:
    """A suppression comment that silenced nothing, or that is not one as written."""

    span: Span
    unused: bool
    message: str


@dataclass(slots=True, eq=False)
class Facts:
    """The entities of a run, in the order in which their files were read."""

    apps: list[App] = field(default_factory=list)
    vaults: list[Vault] = field(default_factory=list)
    vault_objects: list[VaultObject] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    resource_groups: list[ResourceGroup] = field(default_factory=list)
    possible_grants: list[PossibleGrant] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)
    vault_reads: list[VaultRead] = field(default_factory=list)
    workloads: list[Workload] = field(default_factory=list)
    service_accounts: list[ServiceAccount] = field(default_factory=list)
    credentials: list[FederatedCredential] = field(default_factory=list)
    #: Admission policies that may add workload-identity labels to pods.
    labelling_policies: list[Span] = field(default_factory=list)
    secret_scripts: list[SecretScript] = field(default_factory=list)
    literals: list[LiteralSecret] = field(default_factory=list)
    parse_problems: list[ParseProblem] = field(default_factory=list)
    missing_modules: list[MissingModule] = field(default_factory=list)
    suppressions: list[SuppressionNote] = field(default_factory=list)
