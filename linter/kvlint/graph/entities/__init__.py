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
from kvlint.graph.entities.base import Entity, IdKind
from kvlint.graph.entities.code import AppCode, CodeLink, CodePlace, CredentialCall, EnvironmentScript
from kvlint.graph.entities.declared import DeclaredGrant
from kvlint.graph.entities.kubernetes import Cluster, FederatedCredential, Label, ServiceAccount, Workload
from kvlint.graph.entities.literals import (
    ExposedOutput,
    Exposure,
    LiteralOrigin,
    LiteralSecret,
    UnmarkedParameter,
)
from kvlint.graph.entities.registries import Registry, RegistryRoles
from kvlint.graph.entities.scopes import ScopeKind, WideScope
from kvlint.graph.entities.vaults import (
    FULL_RETENTION,
    Attachment,
    Grant,
    GrantKind,
    Identity,
    IdentityKind,
    Membership,
    NamedIdentity,
    ObjectReference,
    PermissionModel,
    PossibleGrant,
    Reader,
    ResourceGroup,
    RoleDefinition,
    RolePermissions,
    StoreName,
    Vault,
    VaultObject,
    VaultObjectKind,
    VaultRead,
)

__all__ = [
    "FULL_RETENTION",
    "App",
    "AppCode",
    "AppKind",
    "AppSecret",
    "Attachment",
    "Cluster",
    "CodeLink",
    "CodePlace",
    "CredentialCall",
    "DeclaredGrant",
    "Entity",
    "EnvironmentScript",
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
    "Membership",
    "NamedIdentity",
    "ObjectReference",
    "PermissionModel",
    "PossibleGrant",
    "Reader",
    "ReferenceSite",
    "Registry",
    "RegistryRoles",
    "ResourceGroup",
    "Revision",
    "RoleDefinition",
    "RolePermissions",
    "ScopeKind",
    "SecretReference",
    "SecretScript",
    "ServiceAccount",
    "StoreName",
    "UnmarkedParameter",
    "UrlDefect",
    "Vault",
    "VaultObject",
    "VaultObjectKind",
    "VaultRead",
    "WideScope",
    "Workload",
]
