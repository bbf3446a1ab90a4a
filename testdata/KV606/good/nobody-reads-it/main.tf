resource "azurerm_key_vault" "books" {
  name                       = "kv-books"
  resource_group_name        = "rg-books"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

variable "db_password" {
  type      = string
  sensitive = true
}

resource "azurerm_key_vault_secret" "db" {
  name            = "db-password"
  value           = var.db_password
  key_vault_id    = azurerm_key_vault.books.id
  expiration_date = "2999-01-01T00:00:00Z"
}
