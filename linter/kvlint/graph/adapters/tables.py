"""Which adapter reads which resource type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kvlint.graph.adapters import (
    app_service,
    container_app_terraform,
    container_app_yaml,
    federation,
    identity,
    key_vault,
    kubernetes,
    possible_grants,
    terraform_kubernetes,
)
from kvlint.graph.adapters.reading import Adapter

_TERRAFORM_FAMILIES = (
    key_vault.TERRAFORM_ADAPTERS,
    identity.TERRAFORM_ADAPTERS,
    possible_grants.TERRAFORM_ADAPTERS,
    container_app_terraform.TERRAFORM_ADAPTERS,
    app_service.TERRAFORM_ADAPTERS,
    federation.TERRAFORM_ADAPTERS,
    terraform_kubernetes.TERRAFORM_ADAPTERS,
)


def _merged(families: Iterable[Mapping[str, Adapter]]) -> dict[str, list[Adapter]]:
    """All adapters of each type: a resource may mean several things."""
    table: dict[str, list[Adapter]] = {}
    for family in families:
        for resource_type, adapter in family.items():
            table.setdefault(resource_type, []).append(adapter)
    return table


#: Terraform resources and data sources, by type.
TERRAFORM: Mapping[str, Sequence[Adapter]] = _merged(_TERRAFORM_FAMILIES)
#: Kubernetes objects, by kind.
KUBERNETES: Mapping[str, Adapter] = kubernetes.KUBERNETES_ADAPTERS
#: Container App YAML, by ARM type.
CONTAINER_APP: Mapping[str, Adapter] = container_app_yaml.CONTAINER_APP_ADAPTERS
