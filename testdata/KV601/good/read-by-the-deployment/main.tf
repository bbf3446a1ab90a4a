data "azurerm_key_vault" "books" {
  name                = "kv-books"
  resource_group_name = "rg-books"
}

data "azurerm_key_vault_secret" "db" {
  name         = "db-password"
  key_vault_id = data.azurerm_key_vault.books.id
  version      = "8a1f0c52b7d94e6fa3c1d07e5b2f9a64"
}
