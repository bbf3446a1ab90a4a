"""Which adapter reads which resource type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kvlint.graph.adapters import (
    app_service,
    arm_azapi,
    arm_tables,
    container_app_terraform,
    container_app_yaml,
    federation,
    gateways,
    identity,
    key_vault,
    kubernetes,
    possible_grants,
    registries,
    role_definitions,
    scopes,
    terraform_kubernetes,
    terraform_modules,
)
from kvlint.graph.adapters.reading import Adapter, merged

_TERRAFORM_FAMILIES = (
    key_vault.TERRAFORM_ADAPTERS,
    identity.TERRAFORM_ADAPTERS,
    possible_grants.TERRAFORM_ADAPTERS,
    role_definitions.TERRAFORM_ADAPTERS,
    registries.TERRAFORM_ADAPTERS,
    container_app_terraform.TERRAFORM_ADAPTERS,
    app_service.TERRAFORM_ADAPTERS,
    arm_azapi.TERRAFORM_ADAPTERS,
    federation.TERRAFORM_ADAPTERS,
    gateways.TERRAFORM_ADAPTERS,
    scopes.TERRAFORM_ADAPTERS,
    terraform_kubernetes.TERRAFORM_ADAPTERS,
    terraform_modules.TERRAFORM_ADAPTERS,
)


#: Terraform resources and data sources, by type.
TERRAFORM: Mapping[str, Sequence[Adapter]] = {
    kind: (*adapters, possible_grants.commands) for kind, adapters in merged(_TERRAFORM_FAMILIES).items()
}
#: Kubernetes objects, by kind.
KUBERNETES: Mapping[str, Adapter] = kubernetes.KUBERNETES_ADAPTERS
#: Container App YAML, by ARM type.
CONTAINER_APP: Mapping[str, Adapter] = container_app_yaml.CONTAINER_APP_ADAPTERS
#: ARM resources and modules that are known by their interface, by type in lower case.
ARM: Mapping[str, Sequence[Adapter]] = arm_tables.ARM
#: The modules of the public registry of Terraform that are known by their interface.
UNDERSTOOD_CALLS = frozenset(terraform_modules.TERRAFORM_ADAPTERS)
#: The modules of the public registry of Bicep among the ARM types.
UNDERSTOOD_MODULES = arm_tables.UNDERSTOOD_MODULES
