"""Apps, their secrets, and the places that name them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from kvlint.evaluate.values import Step, Unknown, Value, known_text, text_of
from kvlint.graph.entities.base import Entity, IdKind
from kvlint.source import Span


class AppKind(Enum):
    """What sort of thing owns secrets and refers to them by name."""

    CONTAINER_APP = "container app"
    JOB = "container app job"
    DAPR_COMPONENT = "Dapr component"
    SESSION_POOL = "session pool"
    APP_SERVICE = "app service"
    API_MANAGEMENT = "API Management service"
    APPLICATION_GATEWAY = "application gateway"
    CONTAINER_GROUP = "container group"
    ENVIRONMENT = "managed environment"

    @property
    def has_app_secrets(self) -> bool:
        """Whether it declares secrets of its own, and names them elsewhere in itself."""
        return self in _SECRET_OWNERS


_SECRET_OWNERS = frozenset({AppKind.CONTAINER_APP, AppKind.JOB, AppKind.DAPR_COMPONENT, AppKind.SESSION_POOL})


class ReferenceSite(Enum):
    """The place in an app that names one of its secrets."""

    ENVIRONMENT = "environment variable"
    REGISTRY = "registry password"
    SCALE_RULE = "scale rule"
    VOLUME = "secret volume"
    DAPR_METADATA = "Dapr metadata"
    AUTHENTICATION = "authentication setting"

    @property
    def described(self) -> str:
        """The place with its article."""
        return f"an {self.value}" if self.value[0] in "aeiou" else f"a {self.value}"


@dataclass(slots=True, eq=False)
class UrlDefect:
    """Why a text is no url of a Key Vault secret, where that is written, and the way from there.

    The reason is a sentence that begins with "it".
    """

    reason: str
    span: Span
    steps: tuple[Step, ...]


@dataclass(slots=True, eq=False)
class AppSecret:
    """A secret that an app declares.

    ``key_vault_url`` and ``identity`` belong to a Key Vault reference; ``value`` to a plain
    secret. ``exported`` when the file was written by an export, which strips values.
    """

    span: Span
    name: Value
    value: Value | None = None
    key_vault_url: Value | None = None
    identity: Value | None = None
    exported: bool = False
    #: Where the app itself says the url, whatever file that was written in.
    url_span: Span | None = None
    #: Why it may not be there though the app is.
    conditional: Unknown | None = None
    #: One for each alternative of the url that surely is none.
    url_defects: list[UrlDefect] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class SecretReference:
    """A place in an app that names one of its secrets; ``owner`` is the variable, server or rule."""

    span: Span
    name: Value
    site: ReferenceSite
    owner: Value | None = None


@dataclass(slots=True, eq=False)
class EnvironmentVariable:
    """An environment variable of a container; the span is the entry's."""

    span: Span
    name: Value | None
    value: Value | None = None
    secret_name: Value | None = None


class IdentitySite(Enum):
    """The place in an app that says which of its identities to use."""

    SECRET = "secret"  # noqa: S105  what it is called
    REGISTRY = "registry"
    SCALE_RULE = "scale rule"
    SETTING = "setting"
    KEY_VAULT_REFERENCES = "Key Vault references"
    NAMED_VALUE = "named value"
    CERTIFICATE = "certificate"


@dataclass(slots=True, eq=False)
class IdentityUse:
    """A place that says which identity of the app to use: an id of it, or ``System``.

    ``by`` is the kind of id that the place takes. ``owner`` is the name of the secret, rule or setting, or the server of the registry; ``entry``
    the whole of it.
    """

    span: Span
    identity: Value
    site: IdentitySite
    owner: Value | None = None
    entry: Span | None = None
    by: IdKind = IdKind.RESOURCE

    @property
    def place(self) -> str:
        """The place with its name, where that is known."""
        owner = text_of(self.owner)
        return f'{self.site.value} "{owner}"' if owner else self.site.value


@dataclass(slots=True, eq=False)
class IdentityBlock:
    """The identities that an app carries.

    ``system`` is ``None`` where that is not known. ``open`` is set where the list of
    user-assigned identities may have more than ``user_assigned`` shows.
    """

    system: bool | None = False
    user_assigned: list[Value] = field(default_factory=list)
    open: Unknown | None = None
    span: Span | None = None


@dataclass(slots=True, eq=False)
class IgnoredKey:
    """A key that the platform drops without a word.

    Either ``meant`` is the key that it was most likely meant to be, or ``home`` is a clause
    that says where it belongs.
    """

    span: Span
    key: str
    home: str = ""
    meant: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class App(Entity):
    """A Container App, a job, a Dapr component or an App Service app.

    ``secrets_open`` is set where there may be secrets beyond ``secrets`` (an unknown list,
    ``ignore_changes``, a script that sets them). ``partial`` marks a document that holds a
    template but no configuration, as updates do.
    """

    kind: AppKind
    name: Value
    secrets: list[AppSecret] = field(default_factory=list)
    secrets_open: Unknown | None = None
    references: list[SecretReference] = field(default_factory=list)
    environment: list[EnvironmentVariable] = field(default_factory=list)
    #: Why there may be variables beyond these.
    environment_open: Unknown | None = None
    identity: IdentityBlock = field(default_factory=IdentityBlock)
    identity_uses: list[IdentityUse] = field(default_factory=list)
    #: What resolves the Key Vault references of an app service, ``None`` for its own identity.
    reference_identity: Value | None = None
    ignored_keys: list[IgnoredKey] = field(default_factory=list)
    partial: bool = False
    revision: Revision | None = None
    #: The managed environment it lives in, which tells apps of one name apart.
    environment_id: Value | None = None
    #: Whether it is there already: what happens when it is created is past.
    exists: bool = False
    #: The images that its containers run.
    images: list[Value] = field(default_factory=list)
    #: The name of the service whose code is deployed to it, as its tags tell.
    service: Value | None = None

    @property
    def title(self) -> str:
        """The app as a message names it."""
        name = known_text(self.name)
        return f'{self.kind.value} "{name}"' if name else f"{self.kind.value} {self.display}"


@dataclass(slots=True, eq=False)
class Revision:
    """The revision that an app's template makes.

    ``suffix`` is the wanted name; ``template`` a normalised text of everything else in the
    template, equal for equal templates, ``None`` where parts are unknown; ``taken`` are
    suffixes that an exported file shows as existing, with where. ``resent`` tells whether
    the platform gets the suffix again with every deployment.
    """

    suffix: Value
    template: str | None
    taken: list[tuple[str, Span]] = field(default_factory=list)
    #: The newest of the taken suffixes: the one that was made from this very template.
    latest: str | None = None
    resent: bool = True


@dataclass(slots=True, eq=False)
class SecretScript:
    """A command that sets secrets of an app; ``app`` is ``None`` where its name is computed."""

    span: Span
    app: str | None
