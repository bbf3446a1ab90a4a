"""Roles that are assigned where they can give nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.values import alternatives
from kvlint.graph.entities import Grant, GrantKind, Identity
from kvlint.graph.facts import Facts
from kvlint.graph.identities import Identities
from kvlint.graph.roles import Role, role_of

#: The providers of key vaults and of container registries.
VAULTS = "microsoft.keyvault"
REGISTRIES = "microsoft.containerregistry"
_STORAGE = "microsoft.storage"
#: The provider that roles of these names give rights in, and in no other.
_PROVIDERS = {
    **dict.fromkeys(("AcrDelete", "AcrImageSigner", "AcrPull", "AcrPush"), REGISTRIES),
    **{
        f"Container Registry Repository {what}": REGISTRIES
        for what in ("Catalog Lister", "Contributor", "Reader", "Writer")
    },
    **{
        f"Storage {what}": _STORAGE
        for what in (
            "Blob Data Contributor",
            "Blob Data Owner",
            "Blob Data Reader",
            "Queue Data Contributor",
            "Queue Data Message Processor",
            "Queue Data Message Sender",
            "Queue Data Reader",
            "Table Data Contributor",
            "Table Data Reader",
        )
    },
    **{f"Azure Service Bus Data {what}": "microsoft.servicebus" for what in ("Owner", "Receiver", "Sender")},
    **{f"Azure Event Hubs Data {what}": "microsoft.eventhub" for what in ("Owner", "Receiver", "Sender")},
    **{f"App Configuration Data {what}": "microsoft.appconfiguration" for what in ("Owner", "Reader")},
}
#: What each of these providers holds that such a role is for.
_PLACES = {
    VAULTS: "a key vault",
    REGISTRIES: "a container registry",
    _STORAGE: "a storage account",
    "microsoft.servicebus": "a Service Bus namespace",
    "microsoft.eventhub": "an Event Hubs namespace",
    "microsoft.appconfiguration": "an App Configuration store",
}


@dataclass(slots=True, eq=False)
class MisplacedRole:
    """A role assignment at a resource that has nothing the role speaks of.

    ``place`` is what the role is for.
    """

    grant: Grant
    role: Role
    place: str


class RoleScopes:
    """The role assignments of a run by whether their role can give anything at their scope."""

    def __init__(self, facts: Facts, identities: Identities) -> None:
        self._facts = facts
        self._who = identities

    @cached_property
    def misplaced(self) -> Sequence[MisplacedRole]:
        """Roles for what one provider has, assigned at a resource of another one."""
        return list(self._find())

    def _find(self) -> Iterator[MisplacedRole]:
        for grant in self._facts.grants:
            role = _only_role(grant)
            provider = _provider_of(role) if role is not None else ""
            if role is not None and provider and grant.scope_provider not in ("", provider):
                yield MisplacedRole(grant, role, _PLACES[provider])

    def meant_for(self, identity: Identity, provider: str, deployment: Deployment) -> bool:
        """Whether a misplaced grant was meant to give an identity a right in what a provider has."""
        return any(
            _provider_of(one.role) == provider
            and deployment.sees(one.grant.deployment)
            and self._who.is_principal(one.grant.principal, identity) is not False
            for one in self.misplaced
        )


def _only_role(grant: Grant) -> Role | None:
    if grant.kind is not GrantKind.ROLE:
        return None
    roles = {role_of(option) for option in alternatives(grant.role)}
    return roles.pop() if len(roles) == 1 else None


def _provider_of(role: Role) -> str:
    return VAULTS if role.vault_data else _PROVIDERS.get(role.name, "")
