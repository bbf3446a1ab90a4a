resource "azurerm_key_vault_secret" "plain" { # expect: KV602
  name         = "plain"
  value        = "changeme"
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-books/providers/Microsoft.KeyVault/vaults/kv-books"
}

resource "azurerm_key_vault_secret" "null-date" { # expect: KV602
  name         = "null-date"
  value        = "changeme"
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-books/providers/Microsoft.KeyVault/vaults/kv-books"
  expiration_date = null
}

resource "azurerm_key_vault_secret" "dated" {
  name         = "dated"
  value        = "changeme"
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-books/providers/Microsoft.KeyVault/vaults/kv-books"
  expiration_date = "2999-01-01T00:00:00Z"
}
