data "azurerm_key_vault" "books" {
  name                = "kv-books"
  resource_group_name = "rg-books"
}

resource "azurerm_role_assignment" "web" {
  scope                = data.azurerm_key_vault.books.id
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
    DB = "@Microsoft.KeyVault(VaultName=kv-books;SecretName=db-password)"
  }
}
