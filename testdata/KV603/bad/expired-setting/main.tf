resource "azurerm_key_vault" "books" {
  name                       = "kv-books"
  resource_group_name        = "rg-books"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
}

variable "db_password" {
  type      = string
  sensitive = true
}

resource "azurerm_key_vault_secret" "db" {
  name            = "db-password"
  value           = var.db_password
  key_vault_id    = azurerm_key_vault.books.id
  expiration_date = "2020-01-01T00:00:00Z"
}

resource "azurerm_role_assignment" "web" {
  scope                = azurerm_key_vault.books.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_linux_web_app.web.identity[0].principal_id
}

resource "azurerm_linux_web_app" "web" {
  name                = "web"
  resource_group_name = "rg-books"
  location            = "westeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-books/providers/Microsoft.Web/serverFarms/books"

  identity {
    type = "SystemAssigned"
  }

  site_config {}

  app_settings = {
    DB = "@Microsoft.KeyVault(VaultName=kv-books;SecretName=db-password)" # expect: KV603
  }
}
