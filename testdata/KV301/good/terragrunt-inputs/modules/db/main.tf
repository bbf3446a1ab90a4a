variable "login" {
  type = string
}

variable "settings" {
  type    = map(string)
  default = {}
}

resource "azurerm_key_vault_secret" "db" {
  name         = "db-login"
  value        = var.login
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-orders/providers/Microsoft.KeyVault/vaults/kv-orders"
}
