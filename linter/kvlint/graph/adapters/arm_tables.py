"""Which adapter reads which type of ARM resource or of module, by its name in lower case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kvlint.graph.adapters import (
    arm_container_app,
    arm_gateways,
    arm_identity,
    arm_key_vault,
    arm_parts,
    arm_verified_modules,
    possible_grants,
    registries,
    role_definitions,
)
from kvlint.graph.adapters.reading import Adapter, merged

ARM: Mapping[str, Sequence[Adapter]] = merged(
    (
        arm_container_app.ARM_ADAPTERS,
        arm_gateways.ARM_ADAPTERS,
        arm_identity.ARM_ADAPTERS,
        arm_key_vault.ARM_ADAPTERS,
        arm_parts.ARM_ADAPTERS,
        arm_verified_modules.ARM_ADAPTERS,
        possible_grants.ARM_ADAPTERS,
        registries.ARM_ADAPTERS,
        role_definitions.ARM_ADAPTERS,
    )
)
#: The modules of the public registry that are known by their interface.
UNDERSTOOD_MODULES = frozenset(arm_verified_modules.ARM_ADAPTERS)
