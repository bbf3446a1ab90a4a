locals {
  vault = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.KeyVault/vaults/kv-shop"
}

resource "random_password" "login" {
  length = 24
}

resource "azurerm_key_vault_secret" "login" {
  name         = "login"
  value        = random_password.login.result
  key_vault_id = local.vault
}

resource "azurerm_key_vault_secret" "host" {
  name         = "db-host"
  value        = "psql-shop-7f3a.postgres.database.azure.com"
  key_vault_id = local.vault
}

resource "azurerm_key_vault_secret" "greeting" {
  name         = "my-secret"
  value        = "Hello!"
  key_vault_id = local.vault
}

resource "azurerm_key_vault_secret" "manual" {
  name         = "partner-key"
  value        = "set-by-hand"
  key_vault_id = local.vault

  lifecycle {
    ignore_changes = [value]
  }
}
