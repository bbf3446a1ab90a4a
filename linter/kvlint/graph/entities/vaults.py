"""Key vaults, identities, and the grants between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from kvlint.evaluate.values import Symbol, Unknown, Value, text_of
from kvlint.graph.entities.apps import App
from kvlint.graph.entities.base import Entity
from kvlint.source import Span


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

    @property
    def label(self) -> str:
        """Its name where that is known, else its address."""
        return text_of(self.name) or self.display

    @property
    def title(self) -> str:
        """The vault as a message names it."""
        name = text_of(self.name)
        return f'key vault "{name}"' if name else self.display


class VaultObjectKind(Enum):
    """What a vault holds. A certificate is also readable as a secret of the same name."""

    SECRET = "secret"  # noqa: S105  what it is called
    CERTIFICATE = "certificate"
    KEY = "key"


@dataclass(slots=True, eq=False, kw_only=True)
class VaultObject(Entity):
    """A secret, certificate or key in a vault."""

    kind: VaultObjectKind
    name: Value
    vault: Value | None
    value: Value | None = None


class GrantKind(Enum):
    """The two ways to give access."""

    ROLE = "role assignment"
    POLICY = "access policy"


@dataclass(slots=True, eq=False, kw_only=True)
class Grant(Entity):
    """A role assignment, or an access policy on a vault.

    For a role: ``role`` is the name or the definition id, ``scope`` where it holds. For a
    policy: ``permissions`` are the secret permissions (``None`` when not known), ``scope``
    is the vault. ``principal`` is the object id of the identity.
    """

    kind: GrantKind
    principal: Value
    scope: Value
    role: Value | None = None
    permissions: list[Value] | None = None
    principal_span: Span | None = None
    role_span: Span | None = None
    #: Whether the scope is surely a resource that neither is nor holds a vault.
    elsewhere: bool = False


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
    texts among its arguments, lower case; ``anything`` where what it is told is computed.
    """

    mentions: frozenset[str]
    texts: frozenset[str]
    anything: bool = False


class IdKind(Enum):
    """The ways to name an identity; each place takes one of the first three."""

    RESOURCE = "resource id"
    CLIENT = "client id"
    PRINCIPAL = "principal id"
    APPLICATION = "object id of the application itself"
    #: Any other attribute, such as its tenant id.
    OTHER = "other attribute"


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
    OTHER = "principal"


@dataclass(slots=True, eq=False, kw_only=True)
class Identity(Entity):
    """A principal that can hold grants.

    ``resource_ids``, ``client_ids`` and ``principal_ids`` are values that name it in each
    of the three ways (symbols, or literal ids where known). ``resource_group`` is the name of
    the group that it lies in.
    """

    kind: IdentityKind
    name: Value | None = None
    resource_group: Value | None = None
    resource_ids: list[Value] = field(default_factory=list)
    client_ids: list[Value] = field(default_factory=list)
    principal_ids: list[Value] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The identity as a message names it."""
        name = text_of(self.name)
        return f'{self.kind.value} "{name}"' if name else self.display


class Reader(Enum):
    """What sort of consumer reads a vault."""

    APP_SECRET = "app secret"  # noqa: S105  what it is called
    APP_SETTING = "app setting"
    SECRET_PROVIDER_CLASS = "SecretProviderClass"  # noqa: S105  what it is called
    SECRET_STORE = "secret store"  # noqa: S105  what it is called
    SDK = "environment variable"


@dataclass(slots=True, eq=False, kw_only=True)
class VaultRead(Entity):
    """A consumer that reads secrets of a vault through an identity.

    ``vault`` is whatever names the vault: a url of a secret, a vault url, a name, or an id.
    ``identity`` is a resource id, a client id, or ``None`` for the app's system-assigned
    identity; ``app`` the app whose identity block applies.
    """

    reader: Reader
    vault: Value
    identity: Value | None
    app: App | None = None
    #: The service account whose annotation names the identity, where that is how it is told.
    service_account: tuple[Value, Value | None] | None = None
    #: Whether what names the vault surely is malformed, so that nothing can be read.
    malformed: bool = False
