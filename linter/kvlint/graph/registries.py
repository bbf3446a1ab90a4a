"""Registries, and the apps that pull from them through an identity."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from kvlint.evaluate.combine import name_key
from kvlint.evaluate.resources import Deployment, Language
from kvlint.evaluate.values import (
    PartialText,
    Scalar,
    Symbol,
    Value,
    alternatives,
    is_null,
    text_of,
    truth_of,
)
from kvlint.graph.containerapps import ContainerApps
from kvlint.graph.entities import (
    App,
    Grant,
    GrantKind,
    Identity,
    IdentitySite,
    IdentityUse,
    IdKind,
    Registry,
    RegistryRoles,
)
from kvlint.graph.facts import Facts
from kvlint.graph.holders import Holders
from kvlint.graph.identities import Identities
from kvlint.graph.matching import is_system, same_name, same_text
from kvlint.graph.neighbours import Neighbours
from kvlint.graph.possible import PossibleGrants
from kvlint.graph.resource_ids import bare, id_covers, joined, parse_id
from kvlint.graph.role_scopes import REGISTRIES, RoleScopes
from kvlint.graph.roles import Role, role_of

_TYPE = "microsoft.containerregistry/registries"
_HOSTS = (".azurecr.io", ".azurecr.cn", ".azurecr.us")

#: Roles that pull where the registry heeds roles of the whole registry.
_PULLING = frozenset({"AcrPull", "AcrPush", "Contributor", "Owner", "Reader"})
#: Roles that pull where it heeds roles that speak of repositories.
_PULLING_REPOSITORIES = frozenset(
    f"Container Registry Repository {what}" for what in ("Reader", "Writer", "Contributor")
)
#: How the names of roles begin that surely never pull; others may read everything.
_OTHERS = (
    "Acr", "App Configuration", "Azure Event Hubs", "Azure Service Bus", "Cognitive Services",
    "Container Registry Repository Catalog", "Key Vault", "Managed Identity", "Search", "Storage",
)  # fmt: skip


@dataclass(slots=True, eq=False)
class BrokenPull:
    """An app that pulls through an identity without the right to do so.

    ``sure`` where that holds in every case; ``idle`` are the grants that the identity has at the
    registry and that do not pull, ``beside`` the grants to pull that its environment's identity has
    in its place.
    """

    app: App
    use: IdentityUse
    registry: Registry
    identity: Identity
    sure: bool = True
    idle: list[Grant] = field(default_factory=list)
    beside: list[Grant] = field(default_factory=list)

    @property
    def ignored(self) -> list[Grant]:
        """Those of the idle grants that would pull from a registry of the other kind."""
        return [grant for grant in self.idle if _is_ignored(grant, self.registry)]

    @property
    def role(self) -> str:
        """The role that is missing."""
        by_repository = self.registry.roles is RegistryRoles.REPOSITORIES
        return "Container Registry Repository Reader" if by_repository else "AcrPull"


class Registries:
    """The registries of a run by everything that may name them, and who may pull from them."""

    def __init__(
        self,
        facts: Facts,
        identities: Identities,
        containerapps: ContainerApps,
        scopes: RoleScopes,
        neighbours: Neighbours,
        holders: Holders,
    ) -> None:
        self._facts = facts
        self._who = identities
        self._apps = containerapps
        self._scopes = scopes
        self._neighbours = neighbours
        self._holders = holders
        self._possible = PossibleGrants(facts.possible_grants, facts.registries)
        self._ids = {symbol.key: one for one in facts.registries for symbol in one.ids}
        self._servers = {symbol.key: one for one in facts.registries for symbol in one.servers}
        self._groups = {symbol.key: group for group in facts.resource_groups for symbol in group.ids}
        self._by_name: dict[Hashable, list[Registry]] = {}
        for registry in facts.registries:
            key = name_key(registry.name)
            if key is not None:
                self._by_name.setdefault(key, []).append(registry)

    def with_admin_user(self) -> Iterator[Registry]:
        """The registries of the set whose admin user surely is on."""
        for registry in self._facts.registries:
            options = alternatives(registry.admin_user)
            if registry.managed and options and all(truth_of(option) for option in options):
                yield registry

    def broken_pulls(self) -> Iterator[BrokenPull]:
        """Every place that makes an app pull through an identity that surely may not."""
        for app in self._apps.apps:
            for use in app.identity_uses:
                if use.site is IdentitySite.REGISTRY:
                    broken = self._broken(app, use)
                    if broken is not None:
                        yield broken

    def _broken(self, app: App, use: IdentityUse) -> BrokenPull | None:
        registry = self.with_server(use.owner, app.deployment)
        if registry is None or not registry.managed or _may_pull_anonymously(registry):
            return None
        found: list[BrokenPull] = []
        options = alternatives(use.identity)
        for option in options:
            if is_null(option):
                continue
            identity = self._identity(app, option)
            if identity is None or not identity.managed or self._apps.carries(app, option) is False:
                return None
            pull = BrokenPull(app, use, registry, identity)
            if self._may_pull(pull):
                return None
            pull.idle.sort(key=lambda grant: (grant.span.path, grant.span.start))
            found.append(pull)
        if not found:
            return None
        found[0].sure = len(found) == len(options)
        return found[0]

    # --- What is named --------------------------------------------------------------------

    def with_server(self, server: Value | None, deployment: Deployment) -> Registry | None:
        """The registry that a server surely is, ``None`` where the set has none or nobody can tell."""
        options = alternatives(server)
        return self._at(options[0], deployment) if len(options) == 1 else None

    def at_scope(self, scope: Value) -> Registry | None:
        """The registry of the set that the scope of a grant names by its id."""
        scope = bare(scope)
        return self._ids.get(scope.key) if isinstance(scope, Symbol) else None

    def _at(self, server: Value, deployment: Deployment) -> Registry | None:
        server = bare(server)
        if isinstance(server, Symbol):
            registry = self._servers.get(server.key)
            return None if registry is None else self._canonical(registry)
        name = _registry_name(server)
        return None if name is None else self._named(name, deployment)

    def _canonical(self, registry: Registry) -> Registry:
        """The managed registry that a looked-up one is, where the set has just one of that name."""
        if registry.managed:
            return registry
        name = registry.name
        if isinstance(name, Symbol):
            declared = [one for one in self._facts.registries if one.address == name.resource.address]
            if declared:
                return declared[0]
        return self._named(name, registry.deployment, registry.resource_group) or registry

    def _named(self, name: Value, deployment: Deployment, group: Value | None = None) -> Registry | None:
        found = [
            one
            for one in self._by_name.get(name_key(name), ())
            if one.managed
            and deployment.sees(one.deployment)
            and same_name(group, one.resource_group) is not False
        ]
        near = [one for one in found if one.deployment == deployment]
        return (near or found)[0] if len(near) == 1 or len(found) == 1 else None

    def _identity(self, app: App, value: Value) -> Identity | None:
        if is_system(value):
            # A document may be an update of an app that was granted its rights long ago.
            if app.language is Language.CONTAINER_APP_YAML or app.identity.system is not True:
                return None
            return next((one for one in self._who if one.address == f"{app.address}/identity"), None)
        named = self._who.named_by(value)
        if named is not None:
            return named.identity if named.kind is IdKind.RESOURCE else None
        return self._who.with_id(value, app.deployment)

    # --- Who may pull ---------------------------------------------------------------------

    def _may_pull(self, pull: BrokenPull) -> bool:
        """Whether the identity has the right, may have it, or fails for another reason."""
        identity, registry, deployment = pull.identity, pull.registry, pull.app.deployment
        for grant in self._holders.may_hold(identity):
            if grant.kind is not GrantKind.ROLE or not deployment.sees(grant.deployment):
                continue
            covers = self._covers(grant, registry)
            names = None if covers is False else self._who.is_principal(grant.principal, identity)
            if covers is False:
                continue
            if names is False and not self._who.is_wrong_attribute(grant.principal, identity):
                if covers and self._is_beside(grant, pull):
                    pull.beside.append(grant)
                continue
            pulls = _pulls(grant, registry)
            if pulls is not False:
                return True
            if covers and names:
                pull.idle.append(grant)
        if self._scopes.meant_for(identity, REGISTRIES, deployment):
            return True
        return self._possibly(identity, registry, deployment)

    def _is_beside(self, grant: Grant, pull: BrokenPull) -> bool:
        """Whether a grant to pull went to the app's environment, whose identity pulls for no app."""
        named = self._who.named_by(grant.principal)
        role = role_of(grant.role)
        if named is None or named.kind is not IdKind.PRINCIPAL or role is None or role.name != pull.role:
            return False
        beside = self._neighbours.is_of_environment(named.identity, pull.app)
        return beside and named.identity.address not in self._pulling

    @cached_property
    def _pulling(self) -> set[str]:
        """The identities that some app surely pulls with."""
        uses = [
            self._identity(app, option)
            for app in self._apps.apps
            for use in app.identity_uses
            if use.site is IdentitySite.REGISTRY
            for option in alternatives(use.identity)
        ]
        return {identity.address for identity in uses if identity is not None}

    def _possibly(self, identity: Identity, registry: Registry, deployment: Deployment) -> bool:
        """Whether something that cannot be read may give the right."""
        addresses = {registry.address}
        for one in (*self._facts.registries, *self._who):
            ours = registry if isinstance(one, Registry) else identity
            if not one.managed and one.name is not None and ours.name is not None:
                same = same_text(one.name, ours.name, fold=True)
                if same or (same is None and one.deployment != deployment):
                    addresses.add(one.address)
        found = self._possible.concerning(
            identity,
            registry.name,
            addresses,
            deployment,
            lambda role: _role_pulls(role, registry) is not False,
        )
        return found is not None

    def _covers(self, grant: Grant, registry: Registry) -> bool | None:
        """Whether a grant holds at the registry."""
        if grant.scope_provider not in ("", REGISTRIES):
            return False
        answers = {self._scope_covers(bare(option), registry) for option in alternatives(grant.scope)}
        return answers.pop() if len(answers) == 1 else None

    def _scope_covers(self, scope: Value, registry: Registry) -> bool | None:
        if isinstance(scope, Symbol):
            other = self._ids.get(scope.key)
            if other is not None:
                return _is_one(self._canonical(other), registry)
            if scope.key in self._servers:
                return False  # an id is wanted: Azure rejects a host name
            group = self._groups.get(scope.key)
            return None if group is None else same_name(group.name, registry.resource_group)
        found = parse_id(scope)
        if found is None:
            return None
        covers = id_covers(found, _TYPE, registry.name, registry.resource_group)
        # What lies in a registry is less than all of it.
        return None if covers and not found.is_group and found.type != _TYPE else covers


def _registry_name(server: Value) -> Value | None:
    """The name in the host name of a registry, ``None`` where it is none of Azure's or not known."""
    parts = server.parts if isinstance(server, PartialText) else (server,)
    text = text_of(parts[-1])
    suffix = next((host for host in _HOSTS if text is not None and text.casefold().endswith(host)), "")
    if text is None or not suffix:
        return None
    rest = text[: -len(suffix)]
    left: Iterable[Value] = [*parts[:-1], Scalar(rest, span=server.span)] if rest else parts[:-1]
    return joined(list(left), server)


def _is_one(other: Registry, registry: Registry) -> bool | None:
    if other is registry:
        return True
    same = same_text(other.name, registry.name, fold=True)
    if same is False or same_name(other.resource_group, registry.resource_group) is False:
        return False
    return None if same or not other.managed else False


def _may_pull_anonymously(registry: Registry) -> bool:
    value = registry.anonymous_pull
    return value is not None and truth_of(value) is not False


def _pulls(grant: Grant, registry: Registry) -> bool | None:
    """Whether the role of a grant pulls from a registry; nobody knows of custom roles."""
    answers = {_role_pulls(role_of(option), registry) for option in alternatives(grant.role)}
    return answers.pop() if len(answers) == 1 else None


def _role_pulls(role: Role | None, registry: Registry) -> bool | None:
    if role is None:
        return None
    if role.name in _PULLING:
        return None if registry.roles is None else registry.roles is RegistryRoles.REGISTRY
    if role.name in _PULLING_REPOSITORIES:
        return True if registry.roles is RegistryRoles.REPOSITORIES else None
    return False if role.name.startswith(_OTHERS) else None


def _is_ignored(grant: Grant, registry: Registry) -> bool:
    role = role_of(grant.role)
    return registry.roles is RegistryRoles.REPOSITORIES and role is not None and role.name in _PULLING
