"""Plans and states of ``terraform show -json``: what they prove, alone and beside their configuration."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from kvlint.engine import analyse
from kvlint.evaluate.resources import Deployment, EvaluatedResource, Language
from kvlint.evaluate.terraform.plan import Plan, read_plan
from kvlint.evaluate.terraform.planned import PlannedValues
from kvlint.evaluate.values import ListValue, MapValue, Symbol, Value
from kvlint.graph.adapters.terraform_plan import VOCABULARY
from kvlint.kinds import FileKind
from kvlint.report.sources import redactor
from kvlint.result import RunResult
from kvlint.source import Source
from kvlint.syntax.json import read_json
from kvlint.syntax.terraform_show import looks_like_show, module_names, steps
from plan_files import SUBSCRIPTION, Json, PlanFile, configured, const, refs, shop

RECORDED = Path(__file__).parent / "data" / "planned" / "plan.json"

CONFIGURATION = """\
variable "role" {
  type = string
}

resource "azurerm_user_assigned_identity" "app" {
  name                = "id-app"
  resource_group_name = "rg"
}

resource "azurerm_key_vault" "kv" {
  name                       = "kv-shop"
  resource_group_name        = "rg"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
}

resource "azurerm_container_app" "app" {
  name = "app"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.app.id]
  }

  secret {
    name                = "db"
    identity            = azurerm_user_assigned_identity.app.id
    key_vault_secret_id = "${azurerm_key_vault.kv.vault_uri}secrets/db"
  }
}
"""
GRANT = """
resource "azurerm_role_assignment" "grant" {
  role_definition_name = var.role
  principal_id         = azurerm_user_assigned_identity.app.principal_id
  scope                = azurerm_key_vault.kv.id
}
"""
#: The same with the grant, for which the app waits.
GRANTED = CONFIGURATION.removesuffix("}\n") + "\n  depends_on = [azurerm_role_assignment.grant]\n}\n" + GRANT


def run(folder: Path, *files: str) -> RunResult:
    """Analyse a folder, or files of it that are named."""
    return analyse([folder / file for file in files] or [folder], folder)


def found(result: RunResult) -> list[tuple[str, str]]:
    """The checks of the findings with file and line."""
    return [(one.check.id, f"{one.span.path}:{one.span.first.line}") for one in result.findings]


def ids(result: RunResult) -> list[str]:
    return [one.check.id for one in result.findings]


def line_of(path: Path, text: str) -> int:
    """The first line of a file that holds a text."""
    return next(number for number, line in enumerate(path.read_text().splitlines(), 1) if text in line)


# A plan by itself ---------------------------------------------------------------------------------


def test_a_plan_proves_a_grant(tmp_path: Path) -> None:
    shop().write(tmp_path / "plan.json")
    result = run(tmp_path)
    assert not result.findings
    assert (result.proven, result.broken, result.unresolved) == (3, 0, [])
    assert result.files == {FileKind.TERRAFORM_PLAN: 1}


def test_a_missing_grant_stands_in_the_plan(tmp_path: Path) -> None:
    path = shop(granted=False).write(tmp_path / "plan.json")
    place = f"plan.json:{line_of(path, 'key_vault_secret_id')}"
    assert found(run(tmp_path)) == found(run(tmp_path, "plan.json")) == [("KV201", place)]


def test_a_wrong_role_and_a_wrong_model(tmp_path: Path) -> None:
    path = shop(role="Reader").write(tmp_path / "plan.json")
    role = line_of(path, '"role_definition_name": "Reader"')
    assert found(run(tmp_path)) == [("KV204", f"plan.json:{role}")]
    path = shop(rbac=False).write(tmp_path / "plan.json")
    grant = line_of(path, "azurerm_role_assignment.grant")
    assert found(run(tmp_path)) == [("KV205", f"plan.json:{grant}")]


@pytest.mark.parametrize(
    "references",
    [
        ["local.principal"],
        ["each.value"],
        ["azurerm_user_assigned_identity.app", "each.key"],
        ["var.prefix", "azurerm_user_assigned_identity.app"],
        ["module.elsewhere.principal_id", "module.elsewhere"],
        [],
    ],
)
def test_an_unknown_principal_says_nothing(tmp_path: Path, references: list[str]) -> None:
    plan = shop()
    grant = next(one for one in plan.resources if one["type"] == "azurerm_role_assignment")
    grant["expressions"]["principal_id"] = {"references": references}
    plan.write(tmp_path / "plan.json")
    result = run(tmp_path)
    assert not result.findings
    assert len(result.unresolved) == 1


def test_a_command_may_grant(tmp_path: Path) -> None:
    plan = shop(granted=False)
    plan.add("null_resource.grant", {"triggers": None}, {"id": True}, {})
    plan.resources[-1]["provisioners"] = [
        {"type": "local-exec", "expressions": {"command": {"references": ["local.command"]}}}
    ]
    plan.write(tmp_path / "plan.json")
    assert not run(tmp_path).findings


def test_a_dynamic_block_may_add_a_policy(tmp_path: Path) -> None:
    plan = shop(granted=False, rbac=False)
    plan.write(tmp_path / "plan.json")
    assert not run(tmp_path).findings


def test_blocks_of_a_set_are_told_apart_by_their_constants(tmp_path: Path) -> None:
    """The elements of a set stand in another order than the blocks that make them."""
    plan = shop()
    app = next(one["change"] for one in plan.changes if one["type"] == "azurerm_container_app")
    blocks = next(one for one in plan.resources if one["type"] == "azurerm_container_app")["expressions"]
    plan.add(
        "azurerm_key_vault.other",
        {"name": "kv-other", "resource_group_name": "rg", "rbac_authorization_enabled": True}
        | {"purge_protection_enabled": True},
        {"id": True, "vault_uri": True},
        {"name": const("kv-other")},
    )
    app["after"]["secret"].insert(0, {"name": "mail"})
    app["after_unknown"]["secret"].insert(0, {"identity": True, "key_vault_secret_id": True})
    other = {
        "name": const("mail"),
        "identity": refs("azurerm_user_assigned_identity.app.id"),
        "key_vault_secret_id": refs("azurerm_key_vault.other.vault_uri"),
    }
    blocks["secret"].append(other)
    plan.write(tmp_path / "plan.json")
    result = run(tmp_path)
    assert ids(result) == ["KV201"]
    assert "kv-other" in result.findings[0].message
    # Two elements of which one block cannot be told: nobody knows which is which.
    del other["name"]
    app["after"]["secret"].append({"name": "third"})
    app["after_unknown"]["secret"].append({"identity": True, "key_vault_secret_id": True})
    plan.write(tmp_path / "plan.json")
    assert not run(tmp_path).findings


def test_secrets_of_a_dynamic_block_are_not_in_the_configuration(tmp_path: Path) -> None:
    """Nobody tells which vault they are of; they are no secrets without a source."""
    plan = shop(granted=False)
    del plan.resources[-1]["expressions"]["secret"]
    plan.write(tmp_path / "plan.json")
    result = run(tmp_path)
    assert not result.findings
    assert any("Key Vault access" in one.subject for one in result.unresolved)
    plan.changes[-1]["change"]["after"].pop("secret")
    plan.changes[-1]["change"]["after_unknown"]["secret"] = True
    plan.write(tmp_path / "plan.json")
    assert not run(tmp_path).findings


def test_nobody_tells_whether_a_url_is_all_of_a_text(tmp_path: Path) -> None:
    """An issuer that a cluster gives is not an issuer with something behind it."""
    plan = PlanFile()
    plan.add(
        "azurerm_kubernetes_cluster.aks",
        {"name": "aks", "oidc_issuer_enabled": True},
        {"oidc_issuer_url": True},
        {"name": const("aks"), "oidc_issuer_enabled": const(True)},
    )
    plan.add(
        "azurerm_federated_identity_credential.app",
        {
            "name": "app",
            "subject": "system:serviceaccount:shop:app",
            "audience": ["api://AzureADTokenExchange"],
        },
        {"issuer": True, "parent_id": True},
        {
            "issuer": refs("azurerm_kubernetes_cluster.aks.oidc_issuer_url"),
            "subject": const("system:serviceaccount:shop:app"),
        },
    )
    plan.write(tmp_path / "plan.json")
    assert not run(tmp_path).findings


def test_what_was_left_out_for_being_sensitive_is_unknown(tmp_path: Path) -> None:
    plan = shop(granted=False)
    del plan.changes[-1]["change"]["after"]["secret"]
    del plan.changes[-1]["change"]["after_unknown"]["secret"]
    plan.write(tmp_path / "plan.json")
    result = run(tmp_path)
    assert not result.findings
    assert result.unresolved


def test_what_is_deleted_does_not_exist(tmp_path: Path) -> None:
    plan = shop()
    plan.changes[-1]["change"]["actions"] = ["delete"]
    plan.prior.append({**plan.changes[-1], "values": {}, "sensitive_values": {}})
    plan.write(tmp_path / "plan.json")
    assert ids(run(tmp_path)) == ["KV201"]


def test_what_is_forgotten_stays(tmp_path: Path) -> None:
    plan = state_of_shop()
    resources = plan["values"]["root_module"]["resources"]
    forgotten = PlanFile(prior=resources)
    for one in resources:
        last = one["type"] == "azurerm_role_assignment"
        forgotten.add(
            one["address"],
            one["values"],
            {},
            None if last else {},
            actions=("forget",) if last else ("no-op",),
        )
    forgotten.write(tmp_path / "plan.json")
    result = run(tmp_path)
    assert not result.findings
    assert (result.proven, result.broken) == (2, 0)


@pytest.mark.parametrize("more", [{"errored": True}, {"complete": False}])
def test_a_plan_that_is_not_complete_proves_no_absence(tmp_path: Path, more: Json) -> None:
    plan = shop(granted=False)
    plan.more = more
    plan.write(tmp_path / "plan.json")
    result = run(tmp_path)
    assert not result.findings
    assert "leaves out" in result.unresolved[0].reason


def test_what_exists_is_not_created_any_more(tmp_path: Path) -> None:
    """That an app cannot read as itself while it is created does not matter to one that is there."""
    for actions, expected in ((("create",), ["KV209"]), (("update",), [])):
        plan = shop(granted=False)
        app = plan.changes[-1]["change"]
        app["actions"] = list(actions)
        app["after"]["identity"] = [{"type": "SystemAssigned"}]
        app["after"]["secret"][0]["identity"] = "System"
        app["after_unknown"]["identity"] = [{"principal_id": True}]
        del app["after_unknown"]["secret"][0]["identity"]
        plan.add(
            "azurerm_role_assignment.grant",
            {"role_definition_name": "Key Vault Secrets User"},
            {"principal_id": True, "scope": True},
            {
                "principal_id": refs("azurerm_container_app.app.identity[0].principal_id"),
                "scope": refs("azurerm_key_vault.kv.id"),
            },
        )
        references = plan.resources[-1]["expressions"]["principal_id"]["references"]
        references[1:] = [
            "azurerm_container_app.app.identity[0]",
            "azurerm_container_app.app.identity",
            "azurerm_container_app.app",
        ]
        plan.write(tmp_path / "plan.json")
        assert ids(run(tmp_path)) == expected


# Modules ------------------------------------------------------------------------------------------


def modules(*, granted: tuple[str, ...], principal: str = "var.principal") -> PlanFile:
    """Two apps with identities out of one repeated module, and grants out of another."""
    plan = PlanFile()
    vault: Json = {
        "name": "kv-shop",
        "resource_group_name": "rg",
        "rbac_authorization_enabled": True,
        "purge_protection_enabled": True,
    }
    plan.add("azurerm_key_vault.kv", vault, {"id": True, "vault_uri": True}, {"name": const("kv-shop")})
    for key in "ab":
        plan.add(
            f'module.id["{key}"].azurerm_user_assigned_identity.this',
            {"name": f"id-{key}", "resource_group_name": "rg"},
            {"id": True, "principal_id": True, "client_id": True},
        )
        identity = {"references": [f'module.id["{key}"].id', f'module.id["{key}"]']}
        secret = {"name": const("db"), "identity": identity}
        plan.add(
            f"azurerm_container_app.{key}",
            {"name": key, "identity": [{"type": "UserAssigned"}], "secret": [{"name": "db"}]},
            {
                "identity": [{"identity_ids": [True]}],
                "secret": [{"identity": True, "key_vault_secret_id": True}],
            },
            {
                "identity": [{"type": const("UserAssigned"), "identity_ids": identity}],
                "secret": [{**secret, "key_vault_secret_id": refs("azurerm_key_vault.kv.vault_uri")}],
            },
        )
    identities = {
        "resources": [
            configured("azurerm_user_assigned_identity.this", {"name": {"references": ["var.name"]}})
        ],
        "outputs": {
            name: {"expression": refs(f"azurerm_user_assigned_identity.this.{name}")}
            for name in ("id", "principal_id")
        },
    }
    plan.calls["id"] = {
        "source": "./id",
        "expressions": {"name": {"references": ["each.key"]}},
        "for_each_expression": const(["a", "b"]),
        "module": identities,
    }
    for key in granted:
        plan.add(
            f"module.grant_{key}.azurerm_role_assignment.this",
            {"role_definition_name": "Key Vault Secrets User"},
            {"id": True, "principal_id": True, "scope": True},
        )
        of_key = {"references": [f'module.id["{key}"].principal_id', f'module.id["{key}"]']}
        arguments = {"principal_id": {"references": [principal]}, "scope": {"references": ["var.scope"]}}
        plan.calls[f"grant_{key}"] = {
            "source": "./grant",
            "expressions": {"principal": of_key, "scope": refs("azurerm_key_vault.kv.id")},
            "module": {"resources": [configured("azurerm_role_assignment.this", arguments)]},
        }
    return plan


def module_configuration(*granted: str) -> str:
    """The root module of the same, whose modules are in a registry."""
    text = """\
module "id" {
  source   = "shop.example/id/azurerm"
  for_each = toset(["a", "b"])
  name     = each.key
}

resource "azurerm_key_vault" "kv" {
  name                       = "kv-shop"
  resource_group_name        = "rg"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
}
"""
    for key in "ab":
        text += f"""
resource "azurerm_container_app" "{key}" {{
  name = "{key}"
  identity {{
    type         = "UserAssigned"
    identity_ids = [module.id["{key}"].id]
  }}
  secret {{
    name                = "db"
    identity            = module.id["{key}"].id
    key_vault_secret_id = "${{azurerm_key_vault.kv.vault_uri}}secrets/{key}"
  }}
}}
"""
    for key in granted:
        text += f"""
module "grant_{key}" {{
  source    = "shop.example/grant/azurerm"
  principal = module.id["{key}"].principal_id
  scope     = azurerm_key_vault.kv.id
}}
"""
    return text


def test_references_go_through_modules(tmp_path: Path) -> None:
    modules(granted=("a", "b")).write(tmp_path / "plan.json")
    result = run(tmp_path)
    assert (ids(result), result.proven) == ([], 4)
    modules(granted=("a",)).write(tmp_path / "plan.json")
    result = run(tmp_path)
    assert ids(result) == ["KV201"]
    assert '"id-b"' in result.findings[0].message


def test_a_local_value_in_a_module_may_be_any_principal(tmp_path: Path) -> None:
    modules(granted=("a",), principal="local.principal").write(tmp_path / "plan.json")
    assert not run(tmp_path).findings


def test_the_plan_has_what_registries_keep(tmp_path: Path) -> None:
    """Modules that are not on disk are those of the plan; findings stand in the configuration."""
    (tmp_path / "main.tf").write_text(module_configuration("a"))
    assert ids(run(tmp_path)) == ["KV002", "KV002"]
    modules(granted=("a",)).write(tmp_path / "plan.json")
    place = f"main.tf:{line_of(tmp_path / 'main.tf', 'secrets/b')}"
    assert found(run(tmp_path)) == [("KV201", place)]
    (tmp_path / "main.tf").write_text(module_configuration("a", "b"))
    modules(granted=("a", "b")).write(tmp_path / "plan.json")
    result = run(tmp_path)
    assert (ids(result), result.proven, result.unresolved) == ([], 4, [])


def test_a_registry_module_without_resources_is_not_missing(tmp_path: Path) -> None:
    """What only gives out names makes nothing, and grants nothing."""
    call = (
        '\nmodule "names" {\n  source = "shop.example/names/azurerm"\n  app    = azurerm_key_vault.kv.id\n}\n'
    )
    (tmp_path / "main.tf").write_text(CONFIGURATION + call)
    assert ids(run(tmp_path)) == ["KV002"]
    plan = planned(granted=False)
    module = {"outputs": {"region": {"expression": const("westeurope")}}}
    plan.calls["names"] = {"source": "shop.example/names/azurerm", "expressions": {}, "module": module}
    plan.write(tmp_path / "plan.json")
    assert ids(run(tmp_path)) == ["KV201"]


def test_instances_that_nobody_knows_have_no_modules_of_a_plan(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "main.tf").write_text(
        'module "inner" {\n  source   = "./inner"\n  for_each = toset(split(",", timestamp()))\n}\n'
    )
    (tmp_path / "inner" / "main.tf").write_text(
        'module "names" {\n  source = "shop.example/names/azurerm"\n}\n'
    )
    plan = PlanFile()
    names = {"names": {"source": "shop.example/names/azurerm", "module": {}}}
    plan.calls["inner"] = {"source": "./inner", "for_each_expression": {}, "module": {"module_calls": names}}
    plan.write(tmp_path / "plan.json")
    assert ids(run(tmp_path)) == ["KV002"]


# Beside the configuration -------------------------------------------------------------------------


def planned(**words: Any) -> PlanFile:
    plan = shop(**words)
    plan.variables = {"role": words.get("role", "Reader")}
    return plan


def test_the_plan_tells_what_the_variables_were(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(GRANTED)
    assert not run(tmp_path).findings
    planned(role="Reader").write(tmp_path / "plan.json")
    place = f"main.tf:{line_of(tmp_path / 'main.tf', 'role_definition_name')}"
    assert found(run(tmp_path)) == [("KV204", place)]
    planned(role="Key Vault Secrets User").write(tmp_path / "plan.json")
    result = run(tmp_path)
    assert (ids(result), result.proven, result.unresolved) == ([], 2, [])


def test_a_plan_that_is_named_finds_its_configuration(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(CONFIGURATION)
    planned(granted=False).write(tmp_path / "plan.json")
    place = f"main.tf:{line_of(tmp_path / 'main.tf', 'key_vault_secret_id')}"
    assert found(run(tmp_path, "plan.json")) == found(run(tmp_path)) == [("KV201", place)]


def test_a_plan_in_another_folder_finds_the_root_that_it_fits(tmp_path: Path) -> None:
    for folder in ("infra", "out"):
        (tmp_path / folder).mkdir()
    (tmp_path / "infra" / "main.tf").write_text(CONFIGURATION)
    planned(granted=False).write(tmp_path / "out" / "plan.json")
    place = f"infra/main.tf:{line_of(tmp_path / 'infra' / 'main.tf', 'key_vault_secret_id')}"
    assert found(run(tmp_path)) == [("KV201", place)]


def test_an_old_plan_does_not_speak_against_the_configuration(tmp_path: Path) -> None:
    """Where the configuration has the grant by now, only a plan that is named tells of its lack."""
    (tmp_path / "main.tf").write_text(GRANTED)
    planned(granted=False).write(tmp_path / "plan.json")
    assert not run(tmp_path).findings
    assert ids(run(tmp_path, "plan.json")) == ["KV201"]


def test_a_plan_is_a_further_choice_beside_var_files(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(GRANTED)
    (tmp_path / "dev.tfvars").write_text('role = "Reader"\n')
    (tmp_path / "prod.tfvars").write_text('role = "Key Vault Secrets User"\n')
    planned(role="Key Vault Secrets User").write(tmp_path / "plan.json")
    result = run(tmp_path)
    assert [(one.check.id, {str(each) for each in one.deployments}) for one in result.findings] == [
        ("KV204", {"dev.tfvars"})
    ]


def test_what_data_sources_returned_is_known(tmp_path: Path) -> None:
    """A vault that is looked up has the permission model that it had when the plan was made."""
    vault = """\
data "azurerm_key_vault" "kv" {
  name                = "kv-shop"
  resource_group_name = "rg"
}
"""
    begin = GRANTED.index('resource "azurerm_key_vault"')
    end = GRANTED.index('resource "azurerm_container_app"')
    text = GRANTED[:begin] + vault + GRANTED[end:]
    (tmp_path / "main.tf").write_text(text.replace("azurerm_key_vault.kv", "data.azurerm_key_vault.kv"))
    assert run(tmp_path).proven != 2
    plan = planned(role="Key Vault Secrets User")
    plan.changes = [one for one in plan.changes if one["type"] != "azurerm_key_vault"]
    plan.resources = [one for one in plan.resources if one["type"] != "azurerm_key_vault"]
    plan.resources.append(configured("data.azurerm_key_vault.kv", {}))
    known = {
        "id": f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-shop",
        "name": "kv-shop",
        "vault_uri": "https://kv-shop.vault.azure.net/",
        "rbac_authorization_enabled": True,
    }
    plan.prior.append(
        {
            "address": "data.azurerm_key_vault.kv",
            "mode": "data",
            "type": "azurerm_key_vault",
            "name": "kv",
            "values": known,
        }
    )
    plan.write(tmp_path / "plan.json")
    result = run(tmp_path)
    assert (ids(result), result.proven, result.unresolved) == ([], 2, [])


def test_a_secret_of_a_plan_is_no_literal_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "password" {\n  type = string\n  sensitive = true\n}\n'
        'resource "azurerm_key_vault_secret" "db" {\n  name = "db"\n  value = var.password\n'
        '  key_vault_id = "x"\n}\n'
    )
    plan = PlanFile(variables={"password": "Zx81-spectrum!-48k"})
    value = {"name": "db", "value": "Zx81-spectrum!-48k", "key_vault_id": "x"}
    expressions = {"name": const("db"), "value": {"references": ["var.password"]}, "key_vault_id": const("x")}
    plan.add("azurerm_key_vault_secret.db", value, {"id": True}, expressions, sensitive={"value": True})
    plan.write(tmp_path / "plan.json")
    assert not any(one.startswith("KV3") for one in ids(run(tmp_path)))
    (tmp_path / "main.tf").unlink()
    assert not any(one.startswith("KV3") for one in ids(run(tmp_path)))


# States -------------------------------------------------------------------------------------------

PRINCIPAL = "11111111-2222-3333-4444-555555555555"


def state_of_shop(
    *, principal: str | None = PRINCIPAL, rbac: bool = True, policies: list[Json] | None = None
) -> Json:
    """The state of the shop, with ids as they are after deployment."""
    providers = f"{SUBSCRIPTION}/resourceGroups/rg/providers"
    identity = f"{providers}/Microsoft.ManagedIdentity/userAssignedIdentities/id-app"
    vault = f"{providers}/Microsoft.KeyVault/vaults/kv-shop"
    values: Json = {
        "azurerm_user_assigned_identity.app": {
            "id": identity,
            "name": "id-app",
            "resource_group_name": "rg",
            "principal_id": PRINCIPAL,
            "client_id": "21111111-2222-3333-4444-555555555555",
        },
        "azurerm_key_vault.kv": {
            "id": vault,
            "name": "kv-shop",
            "resource_group_name": "rg",
            "vault_uri": "https://kv-shop.vault.azure.net/",
            "rbac_authorization_enabled": rbac,
            "purge_protection_enabled": True,
            "access_policy": policies or [],
        },
        "azurerm_container_app.app": {
            "id": f"{providers}/Microsoft.App/containerApps/app",
            "name": "app",
            "identity": [{"type": "UserAssigned", "identity_ids": [identity], "principal_id": ""}],
            "secret": [
                {
                    "name": "db",
                    "value": "",
                    "identity": identity,
                    "key_vault_secret_id": "https://kv-shop.vault.azure.net/secrets/db",
                }
            ],
        },
    }
    if principal is not None:
        values["azurerm_role_assignment.grant"] = {
            "id": f"{vault}/providers/Microsoft.Authorization/roleAssignments/x",
            "principal_id": principal,
            "role_definition_name": "Key Vault Secrets User",
            "role_definition_id": "",
            "scope": vault,
        }
    resources = [
        {
            "address": address,
            "mode": "managed",
            "type": address.partition(".")[0],
            "name": address.partition(".")[2],
            "values": one,
        }
        for address, one in values.items()
    ]
    root = {"resources": resources}
    return {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": root}}


def write(path: Path, content: Json) -> Path:
    path.write_text(json.dumps(content, indent=2))
    return path


def test_a_state_proves_by_its_ids(tmp_path: Path) -> None:
    write(tmp_path / "state.json", state_of_shop())
    result = run(tmp_path)
    assert (ids(result), result.proven, result.unresolved) == ([], 2, [])
    assert result.files == {FileKind.TERRAFORM_STATE: 1}


def test_a_grant_that_a_state_lacks(tmp_path: Path) -> None:
    path = write(tmp_path / "state.json", state_of_shop(principal=None))
    place = f"state.json:{line_of(path, 'key_vault_secret_id')}"
    assert found(run(tmp_path)) == [("KV201", place)]


def test_a_literal_principal_may_be_a_group(tmp_path: Path) -> None:
    write(tmp_path / "state.json", state_of_shop(principal="91111111-2222-3333-4444-555555555555"))
    result = run(tmp_path)
    assert not result.findings
    assert len(result.unresolved) == 1


def test_policies_that_were_read_back_count(tmp_path: Path) -> None:
    policy: Json = {"object_id": PRINCIPAL, "secret_permissions": ["Get"], "application_id": ""}
    write(tmp_path / "state.json", state_of_shop(principal=None, rbac=False, policies=[policy]))
    assert (ids(run(tmp_path)), run(tmp_path).proven) == ([], 2)
    # Those of earlier times have no effect, and nobody configures them.
    write(tmp_path / "state.json", state_of_shop(policies=[policy]))
    assert (ids(run(tmp_path)), run(tmp_path).proven) == ([], 2)


def raw(state: Json) -> Json:
    """The same state as Terraform keeps it itself."""
    resources = [
        {
            "mode": one["mode"],
            "type": one["type"],
            "name": one["name"],
            "module": "module.shop",
            "instances": [{"index_key": "x", "attributes": one["values"], "sensitive_attributes": []}],
        }
        for one in state["values"]["root_module"]["resources"]
    ]
    return {"version": 4, "terraform_version": "1.11.4", "serial": 1, "outputs": {}, "resources": resources}


def test_the_file_of_a_state_is_read_only_where_it_is_named(tmp_path: Path) -> None:
    write(tmp_path / "terraform.tfstate", raw(state_of_shop(principal=None)))
    assert not run(tmp_path).files
    result = run(tmp_path, "terraform.tfstate")
    assert ids(result) == ["KV201"]
    assert 'module.shop.azurerm_container_app.app["x"]' in result.findings[0].subject


def test_a_state_beside_its_configuration_speaks_where_it_is_named(tmp_path: Path) -> None:
    text = GRANTED.replace("var.role", '"Key Vault Secrets User"')
    (tmp_path / "main.tf").write_text(text)
    write(tmp_path / "state.json", state_of_shop(principal=None))
    assert not run(tmp_path).findings
    assert ids(run(tmp_path, "main.tf", "state.json")) == ["KV201"]


# Secrets ------------------------------------------------------------------------------------------


def test_what_is_sensitive_is_never_shown(tmp_path: Path) -> None:
    plan = shop(granted=False)
    app = plan.changes[-1]["change"]
    app["after"]["secret"].append({"name": "pw", "value": "Hunter2-Hunter2"})
    app["after_unknown"]["secret"].append({})
    plan.resources[-1]["expressions"]["secret"].append({"name": const("pw")})
    plan.variables = {"db_password": "correct horse", "region": "westeurope"}
    plan.more = {"output_changes": {"o": {"after": "Out-Put-Secret-1", "after_sensitive": True}}}
    text = json.dumps(json.loads(plan.text()))
    (tmp_path / "plan.json").write_text(text)
    result = run(tmp_path)
    source = result.findings[0].span.source
    shown = redactor(result).line(source, 1).text
    for secret in ("Hunter2-Hunter2", "correct horse", "Out-Put-Secret-1"):
        assert secret in text
        assert secret not in shown
    assert "kv-shop" in shown
    assert "westeurope" in shown


@pytest.mark.parametrize("part", [0.05, 0.2, 0.5, 0.9, 0.999])
def test_a_plan_that_breaks_off_shows_nothing(tmp_path: Path, part: float) -> None:
    plan = shop(granted=False)
    plan.variables = {"x": "hunter2"}
    text = json.dumps(json.loads(plan.text()))
    text = text[: int(len(text) * part)]
    (tmp_path / "plan.json").write_text(text)
    for result in (run(tmp_path), run(tmp_path, "plan.json")):
        assert ids(result) == ["KV001"]
        assert redactor(result).line(result.findings[0].span.source, 1).text == "***"


# Finding and reading them -------------------------------------------------------------------------


def test_plans_are_known_by_their_beginning(tmp_path: Path) -> None:
    assert looks_like_show(shop().text())
    assert looks_like_show(json.dumps(state_of_shop()))
    assert not looks_like_show('{"format_version": "1.0", "provider_schemas": {}}')
    assert not looks_like_show('{"name": "x"}')
    shop(granted=False).write(tmp_path / "any-name.json")
    (tmp_path / "schemas.json").write_text('{"format_version": "1.0", "provider_schemas": {}')
    (tmp_path / "other.json").write_text('{"format_version": "1.0", "valid": ')
    assert ids(run(tmp_path)) == ["KV201"]


def test_a_plan_that_powershell_wrote(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes(shop(granted=False).text().encode("utf-16"))
    assert ids(run(tmp_path)) == ["KV201"]


def test_addresses() -> None:
    assert module_names('module.a["x.y\\"]"].module.b[0]') == ("a", "b")
    assert module_names("") == ()
    assert module_names("module") is None
    assert module_names("azurerm_key_vault.kv") is None
    assert steps("a..b") is None
    assert [step.name for step in steps('a.b["k"].c[0]') or ()] == ["a", "b", '"k"', "c", "0"]


def test_malformed_plans_are_survived(tmp_path: Path) -> None:
    """Whatever stands where a plan has something else, the run ends."""
    chance = random.Random(5)  # noqa: S311  nothing secret comes of it
    things: list[Any] = [None, 3, "x", "module.", [], {}, [[]], {"references": [1, ""]}, True]
    for _ in range(60):
        plan = json.loads(modules(granted=("a",)).text())
        for _ in range(4):
            node = plan
            while True:
                keys = list(node) if isinstance(node, dict) else list(range(len(node)))
                if not keys:
                    break
                key = chance.choice(keys)
                inner = node[key]
                if not isinstance(inner, dict | list) or chance.random() < 0.1:
                    node[key] = chance.choice(things)
                    break
                node = inner
        write(tmp_path / "plan.json", plan)
        run(tmp_path, "plan.json")


# Against Terraform itself -------------------------------------------------------------------------


def recorded() -> tuple[Plan, PlannedValues]:
    """The plan that Terraform made of ``data/planned``."""
    source = Source("plan.json", RECORDED.read_text("utf-8"))
    root = read_json(source).root
    assert root is not None
    plan = read_plan(source, root)
    assert plan is not None
    return plan, PlannedValues(plan, Deployment(Language.TERRAFORM, "plan.json"), VOCABULARY)


def resource(values: PlannedValues, address: str) -> EvaluatedResource:
    return values.evaluated(values.plan.resources[address])


def named(value: Value | None) -> set[str]:
    """The resources that a value was made of."""
    found: set[str] = set()
    stack = [value] if value is not None else []
    while stack:
        one = stack.pop()
        if isinstance(one, Symbol):
            found.add(".".join([one.resource.address.rpartition("|")[2], *map(str, one.path)]))
        elif isinstance(one, ListValue):
            stack += one.items
        elif isinstance(one, MapValue):
            stack += one.entries.values()
        stack += one.sources
    return found


SOURCE = {"terraform_data.source.id"}


@pytest.mark.parametrize(
    ("address", "made_of"),
    [
        ("terraform_data.plain", SOURCE),
        ("terraform_data.template", SOURCE),
        ("terraform_data.by_key", {'terraform_data.keyed["two"].id'}),
        ('terraform_data.by_any_key["one"]', {'terraform_data.keyed["one"]', 'terraform_data.keyed["two"]'}),
        (
            "terraform_data.splat_and_key",
            {
                'terraform_data.keyed["one"].id',
                'terraform_data.keyed["one"]',
                'terraform_data.keyed["two"]',
            },
        ),
        ('terraform_data.each_value["k"]', SOURCE),
        ("terraform_data.from_module", {'module.inner["b"].terraform_data.taker[1].id'}),
        ('module.inner["a"].terraform_data.taker[0]', SOURCE),
        ('module.inner["a"].terraform_data.of_pair', SOURCE),
    ],
)
def test_references_as_terraform_lists_them(address: str, made_of: set[str]) -> None:
    _, values = recorded()
    found = resource(values, address).configured(("input",))
    assert not isinstance(found, Symbol)  # an input may be any part of what is referred to
    assert named(found) == made_of


def test_a_local_value_may_be_made_of_anything() -> None:
    plan, values = recorded()
    found = named(resource(values, "terraform_data.through_local").configured(("input",)))
    assert found == {one.address for one in plan.resources.values() if one.managed}


def test_commands_are_a_part_of_the_resource() -> None:
    _, values = recorded()
    command = resource(values, "terraform_data.command").configured(("provisioner", 0, "command"))
    assert named(command) >= SOURCE


def test_known_values_are_those_of_the_plan() -> None:
    _, values = recorded()
    assert resource(values, 'terraform_data.keyed["one"]').configured(("input",)) is not None
    assert resource(values, "terraform_data.source").configured(("input",)) is None


def test_other_roots_read_the_state_of_a_planned_root(tmp_path: Path) -> None:
    """What one root gives out is the same thing whether there is a plan of that root or not."""
    platform, shop_folder = tmp_path / "platform", tmp_path / "shop"
    for folder in (platform, shop_folder):
        folder.mkdir()
    app = CONFIGURATION.index('resource "azurerm_container_app"')
    (platform / "main.tf").write_text(
        'terraform {\n  backend "local" {\n    path = "../platform.tfstate"\n  }\n}\n'
        + CONFIGURATION[:app]
        + GRANT
        + 'output "identity" {\n  value = azurerm_user_assigned_identity.app.id\n}\n'
        + 'output "vault" {\n  value = azurerm_key_vault.kv.vault_uri\n}\n'
    )
    outputs = "data.terraform_remote_state.platform.outputs"
    (shop_folder / "main.tf").write_text(
        'data "terraform_remote_state" "platform" {\n  backend = "local"\n'
        '  config = {\n    path = "../platform.tfstate"\n  }\n}\n'
        + CONFIGURATION[app:]
        .replace("azurerm_user_assigned_identity.app.id", f"{outputs}.identity")
        .replace("azurerm_key_vault.kv.vault_uri", f"{outputs}.vault")
    )
    assert run(tmp_path).unresolved
    for role, expected in (("Key Vault Secrets User", []), ("Reader", ["KV204"])):
        plan = planned(role=role)
        plan.changes = [one for one in plan.changes if one["type"] != "azurerm_container_app"]
        plan.resources = [one for one in plan.resources if one["type"] != "azurerm_container_app"]
        plan.write(platform / "plan.json")
        result = run(tmp_path)
        assert (ids(result), result.unresolved) == (expected, [])
