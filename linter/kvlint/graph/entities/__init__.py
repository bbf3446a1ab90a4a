"""The things that decide whether a workload reaches its secrets.

Entities know nothing of the languages they were written in. Whatever may be unknown is a
:class:`~kvlint.evaluate.values.Value`; ``None`` means that nothing was written there. A
list that may have further elements has an ``open`` reason beside it.
"""

from __future__ import annotations

from kvlint.graph.entities.apps import (
    App,
    AppKind,
    AppSecret,
    EnvironmentVariable,
    IdentityBlock,
    IdentitySite,
    IdentityUse,
    IgnoredKey,
    ReferenceSite,
    Revision,
    SecretReference,
    SecretScript,
    UrlDefect,
)
from kvlint.graph.entities.base import Entity
from kvlint.graph.entities.kubernetes import Cluster, FederatedCredential, Label, ServiceAccount, Workload
from kvlint.graph.entities.literals import (
    ExposedOutput,
    Exposure,
    LiteralOrigin,
    LiteralSecret,
    UnmarkedParameter,
)
from kvlint.graph.entities.scopes import ScopeKind, WideScope
from kvlint.graph.entities.vaults import (
    Grant,
    GrantKind,
    Identity,
    IdentityKind,
    IdKind,
    NamedIdentity,
    PermissionModel,
    PossibleGrant,
    Reader,
    ResourceGroup,
    Vault,
    VaultObject,
    VaultObjectKind,
    VaultRead,
)

__all__ = [
    "App",
    "AppKind",
    "AppSecret",
    "Cluster",
    "Entity",
    "EnvironmentVariable",
    "ExposedOutput",
    "Exposure",
    "FederatedCredential",
    "Grant",
    "GrantKind",
    "IdKind",
    "Identity",
    "IdentityBlock",
    "IdentityKind",
    "IdentitySite",
    "IdentityUse",
    "IgnoredKey",
    "Label",
    "LiteralOrigin",
    "LiteralSecret",
    "NamedIdentity",
    "PermissionModel",
    "PossibleGrant",
    "Reader",
    "ReferenceSite",
    "ResourceGroup",
    "Revision",
    "ScopeKind",
    "SecretReference",
    "SecretScript",
    "ServiceAccount",
    "UnmarkedParameter",
    "UrlDefect",
    "Vault",
    "VaultObject",
    "VaultObjectKind",
    "VaultRead",
    "WideScope",
    "Workload",
]
