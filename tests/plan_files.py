"""Plans and states as ``terraform show -json`` prints them, from a few words."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"


@dataclass
class PlanFile:
    """A plan in the making: its changes and the configuration of its root module."""

    changes: list[Json] = field(default_factory=list)
    resources: list[Json] = field(default_factory=list)
    calls: Json = field(default_factory=dict)
    variables: Json = field(default_factory=dict)
    prior: list[Json] = field(default_factory=list)
    more: Json = field(default_factory=dict)

    def add(
        self,
        address: str,
        after: Json,
        unknown: Json | None = None,
        expressions: Json | None = None,
        *,
        actions: tuple[str, ...] = ("create",),
        sensitive: Json | None = None,
    ) -> PlanFile:
        """A resource, and its configuration where it is in the root module."""
        module, _, name = address.rpartition("module.")
        if module or name != address:
            inner = address.split(".")
            kind, label = inner[-2], inner[-1]
        else:
            kind, label = address.split(".", 1)
        change = {
            "address": address,
            "mode": "managed",
            "type": kind,
            "name": label.partition("[")[0],
            "provider_name": "registry.terraform.io/hashicorp/azurerm",
            "change": {
                "actions": list(actions),
                "before": None,
                "after": after,
                "after_unknown": unknown or {},
                "before_sensitive": False,
                "after_sensitive": sensitive or {},
            },
        }
        if address.startswith("module."):
            change["module_address"] = address.removesuffix(f".{kind}.{label}")
        self.changes.append(change)
        if expressions is not None:
            self.resources.append(configured(f"{kind}.{label.partition('[')[0]}", expressions))
        return self

    def text(self, indent: int | None = 2) -> str:
        """The text of the file."""
        plan = {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "variables": {name: {"value": value} for name, value in self.variables.items()},
            "planned_values": {"root_module": {}},
            "resource_changes": self.changes,
            "prior_state": {
                "format_version": "1.0",
                "values": {"root_module": {"resources": self.prior}},
            },
            "configuration": {
                "root_module": {
                    "resources": self.resources,
                    "module_calls": self.calls,
                    "variables": {name: {} for name in self.variables},
                }
            },
            "complete": True,
            "errored": False,
            **self.more,
        }
        return json.dumps(plan, indent=indent)

    def write(self, path: Path) -> Path:
        """Write it to a file."""
        path.write_text(self.text(), "utf-8")
        return path


def configured(address: str, expressions: Json, **more: Any) -> Json:
    """A resource of a configuration."""
    mode = "managed"
    if address.startswith("data."):
        mode, address = "data", address.removeprefix("data.")
    kind, name = address.split(".")
    prefix = "data." if mode == "data" else ""
    return {
        "address": f"{prefix}{address}",
        "mode": mode,
        "type": kind,
        "name": name,
        "expressions": expressions,
        **more,
    }


def refs(*references: str) -> Json:
    """An expression that refers to attributes of resources, as a plan lists them."""
    listed: list[str] = []
    for reference in references:
        listed.append(reference)
        parts = reference.split(".")
        floor = 3 if parts[0] == "data" else 2
        listed += [".".join(parts[:size]) for size in range(len(parts) - 1, floor - 1, -1)]
    return {"references": listed}


def const(value: Any) -> Json:
    """An expression that is a constant."""
    return {"constant_value": value}


def shop(*, granted: bool = True, role: str = "Key Vault Secrets User", rbac: bool = True) -> PlanFile:
    """A new app that reads a new vault with a new identity, which may have its grant."""
    plan = PlanFile()
    plan.add(
        "azurerm_user_assigned_identity.app",
        {"name": "id-app", "resource_group_name": "rg", "tags": None},
        {"id": True, "principal_id": True, "client_id": True, "tenant_id": True},
        {"name": const("id-app"), "resource_group_name": const("rg")},
    )
    plan.add(
        "azurerm_key_vault.kv",
        {
            "name": "kv-shop",
            "resource_group_name": "rg",
            "rbac_authorization_enabled": rbac,
            "purge_protection_enabled": True,
        },
        {"id": True, "vault_uri": True, "enable_rbac_authorization": True, "access_policy": True},
        {
            "name": const("kv-shop"),
            "resource_group_name": const("rg"),
            "rbac_authorization_enabled": const(rbac),
            "purge_protection_enabled": const(True),
        },
    )
    identity = "azurerm_user_assigned_identity.app.id"
    plan.add(
        "azurerm_container_app.app",
        {
            "name": "app",
            "identity": [{"type": "UserAssigned"}],
            "secret": [{"name": "db", "value": ""}],
            "template": [
                {"container": [{"name": "app", "env": [{"name": "DB", "secret_name": "db", "value": None}]}]}
            ],
            "workload_profile_name": None,
        },
        {
            "id": True,
            "identity": [{"identity_ids": True, "principal_id": True, "tenant_id": True}],
            "secret": [{"identity": True, "key_vault_secret_id": True}],
            "template": [{"container": [{"env": [{}]}]}],
        },
        {
            "name": const("app"),
            "identity": [{"type": const("UserAssigned"), "identity_ids": refs(identity)}],
            "secret": [
                {
                    "name": const("db"),
                    "identity": refs(identity),
                    "key_vault_secret_id": refs("azurerm_key_vault.kv.vault_uri"),
                }
            ],
            "template": [
                {
                    "container": [
                        {"name": const("app"), "env": [{"name": const("DB"), "secret_name": const("db")}]}
                    ]
                }
            ],
        },
        sensitive={"secret": True},
    )
    if granted:
        plan.add(
            "azurerm_role_assignment.grant",
            {"role_definition_name": role, "condition": None},
            {"id": True, "principal_id": True, "scope": True, "role_definition_id": True},
            {
                "role_definition_name": const(role),
                "principal_id": refs("azurerm_user_assigned_identity.app.principal_id"),
                "scope": refs("azurerm_key_vault.kv.id"),
            },
        )
    return plan
