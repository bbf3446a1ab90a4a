variable "logins" {
  type = map(string)
}

resource "azurerm_key_vault_secret" "login" {
  for_each = var.logins

  name         = each.key
  value        = each.value
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.KeyVault/vaults/kv-shop"
}
