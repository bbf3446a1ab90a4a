resource "azurerm_key_vault_secret" "all" { # expect: KV602
  for_each = toset(["db-password", "mail-key"])

  name         = each.key
  value        = "changeme"
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-books/providers/Microsoft.KeyVault/vaults/kv-books"
}
