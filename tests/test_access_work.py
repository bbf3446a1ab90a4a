"""The work behind questions about access grows with the number of grants, not with its square."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvlint.engine import analyse
from kvlint.graph.entities import Grant, Identity, Vault, VaultRead
from kvlint.graph.verdicts import Judge, Verdict

VAULT = """\
resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}
"""
IDENTITY = """
resource "azurerm_user_assigned_identity" "i{number}" {{
  name                = "id-{number}"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}}
"""
GRANT = """
resource "azurerm_role_assignment" "r{number}" {{
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.i{number}.principal_id
}}
"""
APP = """
resource "azurerm_container_app" "a{number}" {{
  name                         = "api{number}"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "x"
  revision_mode                = "Single"
  identity {{
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.i{number}.id]
  }}
  secret {{
    name                = "db"
    key_vault_secret_id = "${{azurerm_key_vault.shop.vault_uri}}secrets/db"
    identity            = azurerm_user_assigned_identity.i{number}.id
  }}
  template {{
    container {{
      name  = "api"
      image = "x"
      env {{
        name        = "DB"
        secret_name = "db"
      }}
    }}
  }}
}}
"""


@pytest.mark.parametrize("granted", [True, False])
def test_grants_weighed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, granted: bool) -> None:
    """Apps with an identity and a grant each; or with a grant for another identity each."""
    apps = 40
    parts = [VAULT]
    for number in range(apps):
        parts += IDENTITY.format(number=number), APP.format(number=number)
        holder = number if granted else number + apps
        parts.append(GRANT.format(number=holder))
        if not granted:
            parts.append(IDENTITY.format(number=holder))
    (tmp_path / "main.tf").write_text("".join(parts), encoding="utf-8")
    weighed = 0
    weigh = Judge.weigh

    def counting(self: Judge, grant: Grant, read: VaultRead, identity: Identity, vault: Vault) -> Verdict:
        nonlocal weighed
        weighed += 1
        return weigh(self, grant, read, identity, vault)

    monkeypatch.setattr(Judge, "weigh", counting)
    result = analyse([tmp_path], tmp_path)
    found = [finding for finding in result.findings if finding.check.id == "KV201"]
    assert len(found) == (0 if granted else apps)
    assert weighed <= 8 * apps
