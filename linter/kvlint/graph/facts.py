"""Everything that the adapters found, before it is linked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from kvlint.evaluate.resources import Deployment, Language
from kvlint.evaluate.values import Value
from kvlint.graph.entities import (
    App,
    AppCode,
    AppKind,
    Attachment,
    Cluster,
    CodeLink,
    DeclaredGrant,
    EnvironmentScript,
    ExposedOutput,
    FederatedCredential,
    Grant,
    Identity,
    LiteralSecret,
    Membership,
    ObjectReference,
    PossibleGrant,
    Registry,
    ResourceGroup,
    RoleDefinition,
    SecretScript,
    ServiceAccount,
    StoreName,
    UnmarkedParameter,
    Vault,
    VaultObject,
    VaultObjectKind,
    VaultRead,
    WideScope,
    Workload,
)
from kvlint.source import Span
from kvlint.syntax.body import ParseProblem


@dataclass(slots=True, eq=False)
class MissingModule:
    """A module call whose source is not on disk; what it defines is unknown.

    ``remote`` where the source is that of a registry or a repository.
    """

    span: Span
    name: str
    source: str
    reason: str
    language: Language
    remote: bool = False


@dataclass(slots=True, eq=False)
class BicepRejection:
    """A Bicep file that kvlint reads and the compiler rejects, with the compiler's first error."""

    span: Span
    code: str
    message: str
    link: str


@dataclass(slots=True, eq=False)
class SuppressionNote:
    """A suppression comment that silenced nothing, or that is not one as written."""

    span: Span
    unused: bool
    message: str


@dataclass(slots=True, eq=False)
class AppPart:
    """What a resource of its own adds to an app, to be added when all resources have been read.

    ``app`` is the resource id of the app, or its name among those of this kind.
    """

    app: Value
    kind: AppKind
    deployment: Deployment
    add: Callable[[App], None]


@dataclass(slots=True, eq=False)
class StoreUse:
    """What an external secret reads through a store; ``kind`` is ``None`` where that is not known."""

    store: StoreName
    deployment: Deployment
    kind: VaultObjectKind | None


@dataclass(slots=True, eq=False)
class Facts:
    """The entities of a run, in the order in which their files were read."""

    apps: list[App] = field(default_factory=list)
    app_parts: list[AppPart] = field(default_factory=list)
    vaults: list[Vault] = field(default_factory=list)
    vault_objects: list[VaultObject] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    declared_grants: list[DeclaredGrant] = field(default_factory=list)
    role_definitions: list[RoleDefinition] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    resource_groups: list[ResourceGroup] = field(default_factory=list)
    wide_scopes: list[WideScope] = field(default_factory=list)
    possible_grants: list[PossibleGrant] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    vault_reads: list[VaultRead] = field(default_factory=list)
    store_uses: list[StoreUse] = field(default_factory=list)
    object_references: list[ObjectReference] = field(default_factory=list)
    workloads: list[Workload] = field(default_factory=list)
    service_accounts: list[ServiceAccount] = field(default_factory=list)
    credentials: list[FederatedCredential] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)
    #: What turns workload identity on in a way that no cluster's definition shows.
    workload_identity_setups: list[Span] = field(default_factory=list)
    registries: list[Registry] = field(default_factory=list)
    #: Admission policies that may add workload-identity labels to pods.
    labelling_policies: list[Span] = field(default_factory=list)
    secret_scripts: list[SecretScript] = field(default_factory=list)
    environment_scripts: list[EnvironmentScript] = field(default_factory=list)
    code_links: list[CodeLink] = field(default_factory=list)
    app_code: list[AppCode] = field(default_factory=list)
    literals: list[LiteralSecret] = field(default_factory=list)
    unmarked_parameters: list[UnmarkedParameter] = field(default_factory=list)
    exposed_outputs: list[ExposedOutput] = field(default_factory=list)
    parse_problems: list[ParseProblem] = field(default_factory=list)
    bicep_rejections: list[BicepRejection] = field(default_factory=list)
    missing_modules: list[MissingModule] = field(default_factory=list)
    suppressions: list[SuppressionNote] = field(default_factory=list)
