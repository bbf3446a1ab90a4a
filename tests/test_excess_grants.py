"""What an identity has beyond what its workload uses, and what it has too late: KV206 and KV209."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvlint.findings import Finding
from scenarios import run

BASE = """
variable "unknown" {
  type = string
}

resource "azurerm_user_assigned_identity" "api" {
  name = "id-api"
}

resource "azurerm_resource_group" "shop" {
  name = "rg-shop"
}

resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = azurerm_resource_group.shop.name
  rbac_authorization_enabled = true
}
"""
POLICY_BASE = BASE.replace("rbac_authorization_enabled = true", "rbac_authorization_enabled = false")
STORE = """
resource "kubernetes_manifest" "store" {
  manifest = {
    apiVersion = "external-secrets.io/v1"
    kind       = "ClusterSecretStore"
    metadata   = { name = "shop" }
    spec = {
      provider = {
        azurekv = {
          authType   = "ManagedIdentity"
          identityId = azurerm_user_assigned_identity.api.client_id
          vaultUrl   = azurerm_key_vault.shop.vault_uri
        }
      }
    }
  }
}
"""
REFERENCE = """
  secret {
    name                = "db"
    key_vault_secret_id = "${azurerm_key_vault.shop.vault_uri}secrets/db"
    identity            = azurerm_user_assigned_identity.api.id
  }
"""


def app(variables: str = "", *, secrets: str = REFERENCE, identity: str = "", head: str = "") -> str:
    identity = identity or (
        'type = "UserAssigned"\n    identity_ids = [azurerm_user_assigned_identity.api.id]'
    )
    return f"""
resource "azurerm_container_app" "api" {{
  {head}
  name = "api"

  identity {{
    {identity}
  }}
{secrets}
  template {{
    container {{
      name = "api"
{variables}
    }}
  }}
}}
"""


def variable(name: str, value: str) -> str:
    return f"env {{\n  name  = {name}\n  value = {value}\n}}\n"


def role(name: str, scope: str = "azurerm_key_vault.shop.id", owner: str = "api") -> str:
    return f"""
resource "azurerm_role_assignment" "{owner}" {{
  scope                = {scope}
  role_definition_name = "{name}"
  principal_id         = azurerm_user_assigned_identity.api.principal_id
}}
"""


def policy(permissions: str) -> str:
    return f"""
resource "azurerm_key_vault_access_policy" "api" {{
  key_vault_id       = azurerm_key_vault.shop.id
  object_id          = azurerm_user_assigned_identity.api.principal_id
  secret_permissions = {permissions}
}}
"""


def findings(root: Path, check: str, *texts: str, **more: str) -> list[Finding]:
    (root / "main.tf").write_text("".join(texts), encoding="utf-8")
    for name, text in more.items():
        (root / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return [one for one in run(root).findings if one.check.id == check]


READER = role("Key Vault Secrets User", owner="reads")


@pytest.mark.parametrize(
    ("name", "for_app", "for_driver"),
    [
        ("Key Vault Administrator", True, True),
        ("key vault secrets officer", True, True),
        ("Key Vault Certificates Officer", False, True),
        ("Key Vault Crypto Officer", False, True),
        ("Key Vault Crypto User", False, False),
        ("Key Vault Certificate User", False, False),
        ("Key Vault Reader", False, False),
        ("Key Vault Secrets User", False, False),
        ("Shop Secrets Writer", False, False),
        ("${var.unknown}", False, False),
    ],
)
def test_roles(tmp_path: Path, name: str, for_app: bool, for_driver: bool) -> None:
    assert bool(findings(tmp_path, "KV206", BASE, READER, role(name), app())) is for_app
    assert bool(findings(tmp_path, "KV206", BASE, READER, role(name), STORE)) is for_driver
    both = findings(tmp_path, "KV206", BASE, READER, role(name), STORE, app())
    assert bool(both) is for_app


@pytest.mark.parametrize(
    ("permissions", "named"),
    [
        ('["Get", "List"]', ""),
        ('["get"]', ""),
        ('["Get", var.unknown]', ""),
        ('concat(["Set"], [for one in split(",", var.unknown) : one])', ""),
        ('["Get", "set"]', '"set"'),
        ('["Get", "Backup", "Restore"]', '"Backup", "Restore"'),
        ('["Recover", "Get", "Purge", "Delete"]', '"Recover", "Purge", "Delete"'),
        ('["All"]', '"All"'),
        ('["Get", "Set", var.unknown]', '"Set"'),
    ],
)
def test_permissions(tmp_path: Path, permissions: str, named: str) -> None:
    found = findings(tmp_path, "KV206", POLICY_BASE, policy(permissions), app())
    assert [f"the secret permissions {named}, but" in one.message for one in found] == [True] * bool(named)


@pytest.mark.parametrize(
    ("scope", "called"),
    [
        ("azurerm_key_vault.shop.id", ""),
        ("azurerm_resource_group.shop.id", "a resource group"),
        ('"/subscriptions/${var.unknown}/resourceGroups/rg-shop"', "a resource group"),
        ('"/SUBSCRIPTIONS/0/resourcegroups/RG-Shop/"', "a resource group"),
        ('"${azurerm_subscription.shop.id}/resourceGroups/${var.unknown}"', "a resource group"),
        ('"/subscriptions/0/resourceGroups/rg-other"', ""),
        ('"/subscriptions/0"', "a subscription"),
        ('"/subscriptions/${var.unknown}"', "a subscription"),
        ("azurerm_subscription.shop.id", "a subscription"),
        ('"/providers/Microsoft.Management/managementGroups/shop"', "a management group"),
        ("azurerm_management_group.shop.id", "a management group"),
        ("var.unknown", ""),
        ('"${var.unknown}/rg-shop"', ""),
        ('"/subscriptions/<subscription>"', ""),
        ('var.unknown == "" ? azurerm_resource_group.shop.id : azurerm_key_vault.shop.id', ""),
        (
            'var.unknown == "" ? azurerm_subscription.shop.id : "/subscriptions/${var.unknown}"',
            "a subscription",
        ),
    ],
)
def test_scopes(tmp_path: Path, scope: str, called: str) -> None:
    holders = """
resource "azurerm_subscription" "shop" {
  subscription_name = "shop"
}

resource "azurerm_management_group" "shop" {
  name = "shop"
}
"""
    found = findings(tmp_path, "KV206", BASE, holders, READER, role("Key Vault Secrets User", scope), app())
    assert [f"at {called} lets" in one.message for one in found] == [True] * bool(called)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ('"LOG_LEVEL"', '"debug"', False),
        ('"LOG_LEVEL"', "var.unknown", False),
        ('"STORE"', '"https://kv-shop.vault.azure.net"', True),
        ('"STORE"', '"KV-SHOP"', True),
        ('"STORE"', "azurerm_key_vault.shop.vault_uri", True),
        ('"STORE"', "azurerm_key_vault.shop.id", True),
        ('"STORE"', '"vault=${azurerm_key_vault.shop.name}"', True),
        ('"KEYVAULT_NAME"', "var.unknown", True),
        ('"AZURE_KEY_VAULT_ENDPOINT"', "var.unknown", True),
        ('"KV_NAME"', "var.unknown", True),
        ('"AkvUri"', "var.unknown", True),
        ('"KVM"', "var.unknown", False),
    ],
)
def test_code_that_is_told_the_vault(tmp_path: Path, name: str, value: str, told: bool) -> None:
    environment = variable(name, value)
    for grant, base in (
        (role("Key Vault Secrets Officer"), BASE),
        (policy('["Get", "Set"]'), POLICY_BASE),
    ):
        assert bool(findings(tmp_path, "KV206", base, grant, app(environment))) is not told


def test_code_reads_at_a_wide_scope_too(tmp_path: Path) -> None:
    """That code may write is no reason to give it every vault of the group."""
    environment = variable('"STORE"', "azurerm_key_vault.shop.vault_uri")
    only_code = app(environment, secrets="")
    wide = role("Key Vault Secrets User", "azurerm_resource_group.shop.id")
    assert findings(tmp_path, "KV206", BASE, wide, only_code)
    assert not findings(tmp_path, "KV206", BASE, role("Key Vault Secrets Officer"), only_code)


@pytest.mark.parametrize(
    ("sign", "deploys"),
    [
        (role("Contributor", "azurerm_resource_group.shop.id", "sign"), True),
        (role("Owner", '"/subscriptions/0"', "sign"), True),
        (role("User Access Administrator", "azurerm_key_vault.shop.id", "sign"), True),
        (role("Contributor", "var.unknown", "sign"), True),
        (role("Contributor", "azurerm_storage_account.files.id", "sign"), False),
        (role("Reader", "azurerm_resource_group.shop.id", "sign"), False),
        (role("AcrPull", "azurerm_resource_group.shop.id", "sign"), False),
    ],
)
def test_signs_of_who_deploys(tmp_path: Path, sign: str, deploys: bool) -> None:
    files = 'resource "azurerm_storage_account" "files" {\n  name = "stshop"\n}\n'
    found = findings(tmp_path, "KV206", BASE, files, role("Key Vault Administrator"), sign, app())
    assert bool(found) is not deploys


@pytest.mark.parametrize(
    ("issuer", "subject", "deploys"),
    [
        ("https://token.actions.githubusercontent.com", "repo:shop/api:pull_request", True),
        ("https://gitlab.com", "project_path:shop/api:ref_type:branch:ref:main", True),
        ("https://vstoken.dev.azure.com/0f1c", "sc://shop/api/prod", True),
        ("https://westeurope.oic.prod-aks.azure.com/a/b/", "system:serviceaccount:shop:api", False),
        ("https://accounts.google.com", "112633961854638529490", False),
    ],
)
def test_identities_of_pipelines(tmp_path: Path, issuer: str, subject: str, deploys: bool) -> None:
    credential = f"""
resource "azurerm_federated_identity_credential" "api" {{
  name      = "api"
  parent_id = azurerm_user_assigned_identity.api.id
  issuer    = "{issuer}"
  audience  = ["api://AzureADTokenExchange"]
  subject   = "{subject}"
}}
"""
    found = findings(tmp_path, "KV206", BASE, role("Key Vault Administrator"), credential, app())
    assert bool(found) is not deploys


def test_one_finding_for_all_consumers_of_an_identity(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, "KV206", BASE, role("Key Vault Administrator"), STORE, app())
    assert found.span.text.startswith('resource "azurerm_role_assignment" "api"')
    assert [one.label for one in found.related] == ["what the identity is used for", "the identity"]


def test_the_help_names_every_vault_that_is_read(tmp_path: Path) -> None:
    other = BASE[BASE.index('resource "azurerm_key_vault"') :].replace("shop", "backup")
    other = other.replace("azurerm_resource_group.backup", "azurerm_resource_group.shop")
    second = REFERENCE.replace('"db"', '"old"').replace("azurerm_key_vault.shop", "azurerm_key_vault.backup")
    wide = role("Key Vault Secrets User", "azurerm_resource_group.shop.id")
    (found,) = findings(tmp_path, "KV206", BASE, other, wide, app(secrets=REFERENCE + second))
    assert "at each vault that it reads" in found.help


# --- KV209 --------------------------------------------------------------------------------------

OWN = 'type = "SystemAssigned"'
OWN_REFERENCE = REFERENCE.replace("azurerm_user_assigned_identity.api.id", '"System"')
OWN_GRANT = READER.replace(
    "azurerm_user_assigned_identity.api.principal_id", "azurerm_container_app.api.identity[0].principal_id"
)


@pytest.mark.parametrize(
    ("change", "reported"),
    [
        ({}, True),
        ({"identity": 'type = "SystemAssigned, UserAssigned"\n    identity_ids = [var.unknown]'}, True),
        ({"identity": "type = var.unknown"}, False),
        ({"head": 'count = var.unknown == "" ? 1 : 0'}, False),
        ({"head": 'for_each = toset(["a"])'}, True),
        ({"head": "lifecycle {\n    ignore_changes = [secret]\n  }"}, False),
        ({"head": "lifecycle {\n    ignore_changes = all\n  }"}, False),
        ({"head": "lifecycle {\n    ignore_changes = [tags]\n  }"}, True),
        ({"secrets": OWN_REFERENCE.replace('"System"', "var.unknown")}, False),
        ({"secrets": OWN_REFERENCE.replace('"System"', 'var.unknown == "" ? "System" : "system"')}, True),
        ({"secrets": OWN_REFERENCE.replace("key_vault_secret_id", "value")}, False),
    ],
)
def test_what_is_a_bootstrap(tmp_path: Path, change: dict[str, str], reported: bool) -> None:
    text = app(**{"identity": OWN, "secrets": OWN_REFERENCE, **change})
    grant = OWN_GRANT.replace(".api.", '.api["a"].') if "for_each" in text else OWN_GRANT
    assert bool(findings(tmp_path, "KV209", BASE, grant, text)) is reported


def test_one_finding_for_all_secrets_of_an_app(tmp_path: Path) -> None:
    secrets = "".join(OWN_REFERENCE.replace('"db"', f'"db-{number}"') for number in range(7))
    (found,) = findings(tmp_path, "KV209", BASE, OWN_GRANT, app(secrets=secrets, identity=OWN))
    assert found.span.text == '"System"'
    assert "7 secrets" in found.message
    assert [one.label for one in found.related].count("read with the app's own identity too") == 3
    assert found.related[-1].label == "this grant waits for the app"


def test_a_yaml_of_the_same_app_changes_nothing(tmp_path: Path) -> None:
    document = "type: Microsoft.App/containerApps\nname: api\nproperties:\n  template:\n    containers: []\n"
    text = app(secrets=OWN_REFERENCE, identity=OWN)
    assert findings(tmp_path, "KV209", BASE, OWN_GRANT, text, app_yaml=document)
