"""What the names in a plan or a state mean, where the plan itself does not tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kvlint.evaluate.combine import key_of
from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.terraform.planned import Path, PlannedValues, Vocabulary
from kvlint.evaluate.values import ListValue, MapValue, Scalar, Symbol, Unknown, Value, cloned, truth_of
from kvlint.graph.adapters import tables
from kvlint.graph.adapters.reading import attribute
from kvlint.graph.entities import PossibleGrant
from kvlint.graph.facts import Facts
from kvlint.source import Span

_IDENTITY: tuple[Path, ...] = (("id",), ("identity", 0, "principal_id"))
_SERVICE_PRINCIPAL: tuple[Path, ...] = (("id",), ("object_id",), ("client_id",), ("application_id",))
#: The attributes by which others name a resource, where they are more than its id.
_OWN_NAMES: Mapping[str, tuple[Path, ...]] = {
    "azuread_application": _SERVICE_PRINCIPAL,
    "azuread_client_config": (("object_id",), ("client_id",)),
    "azuread_group": (("id",), ("object_id",)),
    "azuread_service_principal": _SERVICE_PRINCIPAL,
    "azurerm_client_config": (("object_id",), ("client_id",)),
    "azurerm_key_vault": (("id",), ("vault_uri",)),
    "azurerm_key_vault_secret": (
        ("id",),
        ("versionless_id",),
        ("resource_id",),
        ("resource_versionless_id",),
    ),
    "azurerm_kubernetes_cluster": (
        *_IDENTITY,
        ("oidc_issuer_url",),
        *(("kubelet_identity", 0, name) for name in ("object_id", "client_id", "user_assigned_identity_id")),
        *(
            ("key_vault_secrets_provider", 0, "secret_identity", 0, name)
            for name in ("object_id", "client_id", "user_assigned_identity_id")
        ),
    ),
    "azurerm_role_definition": (("id",), ("role_definition_resource_id",)),
    "azurerm_user_assigned_identity": (("id",), ("principal_id",), ("client_id",)),
}
_POLICIES = "access_policy"
#: Both names of the argument that gives a vault its permission model.
_RBAC_ARGUMENTS = ("rbac_authorization_enabled", "enable_rbac_authorization")
#: What the provider writes where an app resolves its references with its own identity.
_OWN_IDENTITY = ("key_vault_reference_identity_id", "SystemAssigned")


def _own_names(resource_type: str) -> Sequence[Path]:
    return _OWN_NAMES.get(resource_type, _IDENTITY)


#: For the resource types that adapters read.
VOCABULARY = Vocabulary(
    wanted=lambda resource_type: resource_type in tables.TERRAFORM,
    own_names=_own_names,
    computed=frozenset(
        {*_RBAC_ARGUMENTS, "key_vault_reference_identity_id", "role_definition_id", "role_definition_name"}
    ),
)


def add_plan(values: PlannedValues, facts: Facts) -> None:
    """The resources of a plan or state that stands for a deployment of its own."""
    add_resources(list(values.resources()), values, facts)
    plan = values.plan
    if not plan.complete:
        facts.possible_grants.append(
            PossibleGrant(
                address=values.address(plan.source.path),
                display=f"what the plan in {plan.source.path} leaves out",
                span=Span(plan.source, 0, 0),
                deployment=values.deployment,
                language=values.deployment.language,
                mentions=frozenset(values.address(one) for one in plan.resources),
                texts=frozenset(),
            )
        )


def add_resources(resources: Sequence[EvaluatedResource], values: PlannedValues, facts: Facts) -> None:
    """Resources as a plan has them, and the ids of those identities that exist already."""
    known = len(facts.identities)
    for resource in resources:
        _settle(resource, values, resources)
        for adapter in tables.TERRAFORM.get(resource.type, ()):
            adapter(resource, facts)
    for identity in facts.identities[known:]:
        ids = [values.name_text(one) for one in identity.principal_ids if isinstance(one, Symbol)]
        identity.principal_ids += [Scalar(text) for text in ids if text]


def _settle(
    resource: EvaluatedResource, values: PlannedValues, resources: Sequence[EvaluatedResource]
) -> None:
    """Leave out what the provider read back from Azure although nobody configures it there."""
    config = resource.config
    name, word = _OWN_IDENTITY
    own = config.entries.get(name)
    if isinstance(own, Scalar) and own.data == word:
        resource.config = _with(config, name, None)
    policies = config.entries.get(_POLICIES)
    if not isinstance(policies, ListValue):
        return
    if not resource.managed:
        policies = cloned(policies)
        policies.rest = Unknown("others may have added to its policies since", span=policies.span)
    if not values.is_configured(resource, _POLICIES):
        resource.config = _with(config, _POLICIES, _not_repeated(policies, resource, resources))


def _not_repeated(
    policies: ListValue, vault: EvaluatedResource, resources: Sequence[EvaluatedResource]
) -> Value | None:
    """The policies of a vault without those that a resource of their own makes.

    A vault that goes by roles keeps policies of earlier times, which nobody configures.
    """
    if any(truth_of(vault.config.entries.get(name)) for name in _RBAC_ARGUMENTS):
        return None
    repeated = set()
    for one in resources:
        target = attribute(one.config, "key_vault_id")
        at_vault = isinstance(target, Symbol) and target.resource.address == vault.address
        if one.type == "azurerm_key_vault_access_policy" and at_vault:
            repeated.add(_principal(one.config))
    kept = cloned(policies)
    kept.items = tuple(
        one for one in policies.items if not isinstance(one, MapValue) or _principal(one) not in repeated
    )
    return kept


def _principal(config: MapValue) -> object:
    principal = attribute(config, "object_id")
    key = key_of(principal) if principal is not None else None
    return key if key is not None else id(config)


def _with(config: MapValue, name: str, value: Value | None) -> MapValue:
    """A configuration with another value under a name, or with none."""
    other = cloned(config)
    other.entries = {key: one for key, one in config.entries.items() if key != name}
    if value is not None:
        other.entries[name] = value
    return other
