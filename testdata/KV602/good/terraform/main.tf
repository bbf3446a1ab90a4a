variable "expiry" {
  type = string
}

resource "azurerm_key_vault_secret" "dated" {
  name         = "dated"
  value        = "changeme"
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-books/providers/Microsoft.KeyVault/vaults/kv-books"
  expiration_date = "2999-01-01T00:00:00Z"
}

resource "azurerm_key_vault_secret" "unknown" {
  name         = "unknown"
  value        = "changeme"
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-books/providers/Microsoft.KeyVault/vaults/kv-books"
  expiration_date = var.expiry
}

resource "azurerm_key_vault_secret" "perhaps" {
  name         = "perhaps"
  value        = "changeme"
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-books/providers/Microsoft.KeyVault/vaults/kv-books"
  expiration_date = var.expiry == "never" ? null : var.expiry
}

resource "azurerm_key_vault_secret" "left" {
  name         = "left"
  value        = "changeme"
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-books/providers/Microsoft.KeyVault/vaults/kv-books"

  lifecycle {
    ignore_changes = [value, expiration_date]
  }
}

data "azurerm_key_vault_secret" "other" {
  name         = "other"
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-books/providers/Microsoft.KeyVault/vaults/kv-books"
}

resource "azurerm_key_vault_key" "key" {
  name         = "key"
  key_type     = "RSA"
  key_size     = 2048
  key_opts     = ["sign"]
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-books/providers/Microsoft.KeyVault/vaults/kv-books"
}
