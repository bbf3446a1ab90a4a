"""Key vaults, identities, and the grants between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from kvlint.evaluate.values import Symbol, Unknown, Value, text_of
from kvlint.graph.entities.apps import App
from kvlint.graph.entities.base import Entity, IdKind
from kvlint.source import Span

#: For how many days a vault keeps what was deleted, unless it is told to keep it for fewer.
FULL_RETENTION = 90


class PermissionModel(Enum):
    """How a vault decides who may read."""

    RBAC = "Azure RBAC"
    ACCESS_POLICY = "access policies"


@dataclass(slots=True, eq=False, kw_only=True)
class Vault(Entity):
    """A key vault. ``permission_model`` is ``None`` where it is not known.

    ``policies_open`` is set where access policies exist that are not readable here.
    """

    name: Value
    #: Symbols of its resource id and of its url.
    ids: list[Symbol] = field(default_factory=list)
    urls: list[Symbol] = field(default_factory=list)
    resource_group: Value | None = None
    permission_model: PermissionModel | None = None
    model_span: Span | None = None
    policies_open: Unknown | None = None
    #: Whether what was deleted can be purged before its time; ``None`` where that is not known.
    purge_protected: bool | None = None
    #: For how many days what was deleted can be recovered; ``None`` where that is not known.
    retention_days: int | None = None

    @property
    def label(self) -> str:
        """Its name where that is known, else its address."""
        return text_of(self.name) or self.display

    @property
    def title(self) -> str:
        """The vault as a message names it."""
        name = text_of(self.name)
        return f'key vault "{name}"' if name else f"key vault {self.display}"


class VaultObjectKind(Enum):
    """What a vault holds. A certificate is also readable as a secret of the same name."""

    SECRET = "secret"  # noqa: S105  what it is called
    CERTIFICATE = "certificate"
    KEY = "key"


@dataclass(slots=True, eq=False, kw_only=True)
class VaultObject(Entity):
    """A secret, certificate or key in a vault.

    ``urls`` are symbols of the url under which it is read as a secret, ``version_urls`` of the
    one that names a version, too. ``expires`` is ``None`` where it never does.
    """

    kind: VaultObjectKind
    name: Value
    vault: Value | None
    value: Value | None = None
    urls: list[Symbol] = field(default_factory=list)
    version_urls: list[Symbol] = field(default_factory=list)
    expires: datetime | Unknown | None = None
    #: Whether it can be read; ``None`` where that is not known.
    enabled: bool | None = True


class GrantKind(Enum):
    """The two ways to give access."""

    ROLE = "role assignment"
    POLICY = "access policy"


@dataclass(slots=True, eq=False, kw_only=True)
class Grant(Entity):
    """A role assignment, or an access policy on a vault.

    For a role: ``role`` is the name or the definition id, ``scope`` where it holds. For a
    policy: ``permissions`` are what it allows for each kind of object (``None`` when not
    known), ``scope`` is the vault. ``principal`` is the object id of the identity; with an
    ``application`` only what signs in as both has the access.
    """

    kind: GrantKind
    principal: Value
    scope: Value
    role: Value | None = None
    application: Value | None = None
    permissions: dict[VaultObjectKind, list[Value] | None] = field(default_factory=dict)
    principal_span: Span | None = None
    scope_span: Span | None = None
    role_span: Span | None = None
    #: Whether the scope is surely a resource that neither is nor holds a vault.
    elsewhere: bool = False
    #: The resource provider of the one resource that the scope is or lies in, in lower case; empty
    #: where it is wider or not known.
    scope_provider: str = ""


@dataclass(slots=True, eq=False)
class RolePermissions:
    """What one block of a role definition allows; ``None`` for a list that is not known in full."""

    data_actions: list[Value] | None
    not_data_actions: list[Value] | None


@dataclass(slots=True, eq=False, kw_only=True)
class RoleDefinition(Entity):
    """A custom role. ``ids`` are symbols of its definition's id.

    ``permissions`` is ``None`` where nobody can tell what it allows.
    """

    name: Value | None
    ids: list[Symbol]
    permissions: list[RolePermissions] | None


@dataclass(slots=True, eq=False, kw_only=True)
class Membership(Entity):
    """A principal that a resource of its own makes a member of a group; both are object ids."""

    group: Value
    member: Value


@dataclass(slots=True, eq=False, kw_only=True)
class ResourceGroup(Entity):
    """A resource group: a scope that holds every vault in it."""

    name: Value | None
    ids: list[Symbol]


@dataclass(slots=True, eq=False, kw_only=True)
class PossibleGrant(Entity):
    """Something that may give access in a way that cannot be read here.

    A module that is not on disk, a group, a template, a command. It can only concern what
    it is told about: ``mentions`` are the addresses of resources, ``texts`` the literal
    texts among its arguments, lower case; ``anything`` where what it is told is computed,
    ``foreign`` where that may be of any other deployment: what a state gives out, or a variable
    for a principal that has no value.
    """

    mentions: frozenset[str]
    texts: frozenset[str]
    anything: bool = False
    foreign: bool = False
    #: The only role that it may give, ``None`` where it may be any.
    role: Value | None = None
    #: Whether it may give any; else it is only not known what it makes of what it is told about.
    grants: bool = True


@dataclass(slots=True, eq=False)
class NamedIdentity:
    """An identity, and how a value names it; ``label`` says it in words."""

    identity: Identity
    kind: IdKind
    label: str


class IdentityKind(Enum):
    """What sort of principal an identity is."""

    USER_ASSIGNED = "user-assigned identity"
    SYSTEM_ASSIGNED = "system-assigned identity"
    APPLICATION = "application"
    DEPLOYER = "deploying principal"
    GROUP = "group"
    CONTROL_PLANE = "control-plane identity of cluster"
    KUBELET = "kubelet identity of cluster"
    SECRETS_PROVIDER = "secrets-provider identity of cluster"
    ENVIRONMENT = "identity of managed environment"


#: Kinds of identities that are resources of their own, which an address alone does not tell.
_STANDALONE = frozenset({IdentityKind.USER_ASSIGNED, IdentityKind.APPLICATION, IdentityKind.GROUP})


@dataclass(slots=True, eq=False, kw_only=True)
class Identity(Entity):
    """A principal that can hold grants.

    ``resource_ids``, ``client_ids`` and ``principal_ids`` are values that name it in each
    of the three ways (symbols, or literal ids where known). ``resource_group`` is the name of
    the group that it lies in. A group has ``members``, by their object ids; ``members_open``
    is set where it may have others. ``application`` is the client id of the application that a
    service principal stands for.
    """

    kind: IdentityKind
    name: Value | None = None
    resource_group: Value | None = None
    resource_ids: list[Value] = field(default_factory=list)
    client_ids: list[Value] = field(default_factory=list)
    principal_ids: list[Value] = field(default_factory=list)
    members: list[Value] = field(default_factory=list)
    members_open: Unknown | None = None
    application: Value | None = None
    #: The address of the cluster or environment whose own identity it is.
    host: str = ""

    @property
    def title(self) -> str:
        """The identity as a message names it."""
        name = text_of(self.name)
        if name:
            article = "the " if self.host else ""
            return f'{article}{self.kind.value} "{name}"'
        return f"{self.kind.value} {self.display}" if self.kind in _STANDALONE else self.display


@dataclass(slots=True, eq=False, kw_only=True)
class Attachment(Entity):
    """A user-assigned identity, by its resource id, that a cluster or environment acts with."""

    kind: IdentityKind
    identity: Value
    host: str


class Reader(Enum):
    """What sort of consumer reads a vault."""

    APP_SECRET = "app secret"  # noqa: S105  what it is called
    APP_SETTING = "app setting"
    SECRET_PROVIDER_CLASS = "SecretProviderClass"  # noqa: S105  what it is called
    SECRET_STORE = "secret store"  # noqa: S105  what it is called
    SDK = "environment variable"
    API_MANAGEMENT = "API Management reference"
    GATEWAY = "gateway certificate"
    ENVIRONMENT = "environment certificate"


@dataclass(slots=True, frozen=True)
class StoreName:
    """A secret store of a cluster by its kind, name and namespace."""

    kind: str
    name: str
    namespace: str | None


@dataclass(slots=True, eq=False, kw_only=True)
class VaultRead(Entity):
    """A consumer that reads what a vault holds, most often secrets, through an identity.

    ``vault`` is whatever names the vault: a url of a secret, a vault url, a name, or an id.
    ``identity`` is a resource id, a client id, or ``None`` for the app's system-assigned
    identity; ``app`` the app whose identity block applies.
    """

    reader: Reader
    vault: Value
    identity: Value | None
    #: The kinds of objects that it must be able to read, none where they are not all known.
    objects: frozenset[VaultObjectKind] = frozenset({VaultObjectKind.SECRET})
    app: App | None = None
    #: The service account whose annotation names the identity, where that is how it is told.
    service_account: tuple[Value, Value | None] | None = None
    #: The secret's name and version, where they stand beside what names the vault.
    secret: Value | None = None
    version: Value | None = None
    #: What others call the store that reads.
    store: StoreName | None = None
    #: Whether what names the vault surely is malformed, so that nothing can be read.
    malformed: bool = False
    #: Why nothing may be read whoever has access, empty where nothing speaks against it.
    doubt: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class ObjectReference(Entity):
    """A place that names an object of a vault; its span is the argument that does.

    ``vault`` is a url of the object, or names the vault where ``name`` is set beside it.
    ``owner`` is the address of what may hold several such places. ``reader`` is ``None`` for
    what reads while it is deployed: it gets a newer version with the next deployment.
    """

    kind: VaultObjectKind = VaultObjectKind.SECRET
    vault: Value
    name: Value | None = None
    version: Value | None = None
    #: Where the version stands, if not in the argument that names the object.
    version_span: Span | None = None
    owner: str
    reader: Reader | None = None
    #: The app that reads, where that is all there is to name.
    app: App | None = None
    #: The store through which it is read, where that is how the vault is told.
    store: StoreName | None = None
