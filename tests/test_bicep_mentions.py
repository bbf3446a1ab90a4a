"""Bicep beside Terraform: what it names may be granted or federated there, nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvlint.engine import analyse

TERRAFORM = """\
locals {{ prefix = "shop" }}
variable "environment" {{}}
resource "azurerm_user_assigned_identity" "api" {{
  name                = {identity}
  resource_group_name = "rg"
  location            = "westeurope"
}}
resource "azurerm_key_vault" "shop" {{
  name                       = {vault}
  resource_group_name        = "rg"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}}
resource "azurerm_container_app" "api" {{
  name                         = "api"
  resource_group_name          = "rg"
  container_app_environment_id = "e"
  revision_mode                = "Single"
  identity {{
    {attached}
  }}
  secret {{
    name                = "db"
    key_vault_secret_id = "${{azurerm_key_vault.shop.vault_uri}}secrets/db"
    identity            = {used}
  }}
  template {{
    container {{
      name  = "api"
      image = "api"
      env {{
        name        = "DB"
        secret_name = "db"
      }}
    }}
  }}
}}
"""
USER = {
    "attached": 'type = "UserAssigned"\n    identity_ids = [azurerm_user_assigned_identity.api.id]',
    "used": "azurerm_user_assigned_identity.api.id",
}
SYSTEM = {"attached": 'type = "SystemAssigned"', "used": '"System"'}


def reports_the_grant(root: Path, bicep: str, *, name: str = "a.bicep", **terraform: str) -> bool:
    """Whether a missing grant is reported, Bicep beside it; else it is unresolved because of the Bicep."""
    texts = {"identity": '"id-api"', "vault": '"kv-shop"'} | USER | terraform
    (root / "main.tf").write_text(TERRAFORM.format(**texts))
    (root / name).write_text(bicep)
    result = analyse([root], root)
    found = [finding for finding in result.findings if finding.check.id == "KV201"]
    reasons = [one.reason for one in result.unresolved]
    assert bool(found) is not any(reason.startswith(f"{name} ") for reason in reasons), reasons
    return bool(found)


NAMING = [
    "var a = 'kv-shop'",
    "var a = 'KV-Shop'",
    "param a string = 'id-api'",
    "param a 'kv-shop' | 'kv-other'",
    "@allowed(['kv-shop'])\nparam a string",
    "type a = 'kv-shop'",
    "output a string = 'id-api'",
    "func a() string => 'id-api'",
    "var a = '/subscriptions/x/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-shop'",
    "var a = '${b}/providers/Microsoft.KeyVault/vaults/kv-${c}'",
    "var a = 'kv-${environment}'",
    "var a = '${prefix}-api'",
    "var a = '${b}-sho${c}'",
    "var a = concat('kv-', b)",
    "var a = format('{0}-shop', b)",
    "var a = '''\naz role assignment create --scope kv-shop\n'''",
    "resource a 'b@1' existing = if (c) {\n  name: 'kv-shop'\n}",
    "resource a 'b@1' = [for x in y: {\n  name: 'z'\n  resource c 'd' = if (x == 'id-api') {\n    name: x\n  }\n}]",
    "module a 'b.bicep' = {\n  params: { names: ['id-api'] }\n}",
    "resource a 'b@1' = {\n  name: 'kv-shop' 'b'\n}",
]
SILENT = [
    "",
    "// kv-shop and id-api",
    "@description('Not kv-shop.')\nparam a string",
    "metadata a = 'kv-shop'",
    "resource a 'kv-shop@1' = {}",
    "module a 'kv-shop/id-api.bicep' = {}",
    "var a = 'kv-sho'",
    "var a = '${b}${c}'",
    "var a = '${b}-${c}'",
    "var a = 'kv-other-${b}'",
    "var a = '${b}-kv'",
    "var a = format('{0}-{1}', b, c)",
    "param principalId string",
]


@pytest.mark.parametrize("bicep", NAMING)
def test_what_bicep_names_may_be_granted_there(tmp_path: Path, bicep: str) -> None:
    assert not reports_the_grant(tmp_path, bicep + "\n")


@pytest.mark.parametrize("bicep", SILENT)
def test_what_bicep_does_not_name_is_not_granted_there(tmp_path: Path, bicep: str) -> None:
    assert reports_the_grant(tmp_path, bicep + "\n")


def test_a_parameter_file_names_things_too(tmp_path: Path) -> None:
    text = "using 'a.bicep'\nparam vault = 'kv-shop'\n"
    assert not reports_the_grant(tmp_path, text, name="a.bicepparam")


@pytest.mark.parametrize(
    ("vault", "bicep", "reported"),
    [
        ('"kv-${var.environment}"', "'kv-prod'", False),
        ('"kv-${var.environment}"', "'st-prod'", True),
        ('"kv-${var.environment}"', "'kv-${environment}'", False),
        ('"kv-${var.environment}-a"', "'kv-${environment}-b'", True),
        ('var.environment == "p" ? "kv-one" : "kv-two"', "'kv-two'", False),
        ("local.prefix", "'shop'", False),
        ("var.environment", "'kv-shop'", True),
    ],
)
def test_names_with_unknown_parts(tmp_path: Path, vault: str, bicep: str, reported: bool) -> None:
    assert reports_the_grant(tmp_path, f"var a = {bicep}\n", vault=vault) is reported


@pytest.mark.parametrize(
    ("bicep", "reported"),
    [("'api'", False), ("'${a}/containerApps/api'", False), ("'${a}pi'", False), ("'the api'", True)],
)
def test_the_identity_of_an_app_goes_by_the_name_of_the_app(
    tmp_path: Path, bicep: str, reported: bool
) -> None:
    assert reports_the_grant(tmp_path, f"var x = {bicep}\n", **SYSTEM) is reported


def test_what_terraform_only_looks_up_may_be_granted_in_any_bicep(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = 'data "azurerm_key_vault" "other" {\n  name = "%s"\n  resource_group_name = "rg"\n}\n'
    grant = (
        'resource "azurerm_role_assignment" "other" {\n  scope = data.azurerm_key_vault.other.id\n'
        '  role_definition_name = "Key Vault Secrets User"\n'
        "  principal_id = azurerm_user_assigned_identity.other.principal_id\n}\n"
        'resource "azurerm_user_assigned_identity" "other" {\n  name = "id-other"\n}\n'
    )
    (tmp_path / "other" / "main.tf").write_text(other % "kv-shop" + grant)
    assert reports_the_grant(tmp_path, "var a = 'x'\n")
    text = TERRAFORM.format(identity='"id-api"', vault='"kv-unused"', **USER)
    text = text.replace("azurerm_key_vault.shop.vault_uri", "data.azurerm_key_vault.other.vault_uri")
    (tmp_path / "main.tf").write_text(text + other % "kv-looked-up" + grant)
    reasons = [one.reason for one in analyse([tmp_path], tmp_path).unresolved]
    assert any(reason.startswith("a.bicep ") for reason in reasons)
