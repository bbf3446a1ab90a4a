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
  expiration_date = "2999-01-01T00:00:00Z"
}

resource "azurerm_user_assigned_identity" "gateway" {
  name                = "id-gateway"
  resource_group_name = "rg-books"
  location            = "westeurope"
}

resource "azurerm_role_assignment" "gateway" {
  scope                = azurerm_key_vault.books.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.gateway.principal_id
}

resource "azurerm_api_management" "gateway" {
  name                = "apim-books"
  resource_group_name = "rg-books"
  location            = "westeurope"
  publisher_name      = "Books"
  publisher_email     = "api@example.com"
  sku_name            = "Developer_1"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.gateway.id]
  }
}

resource "azurerm_api_management_named_value" "db" {
  name                = "db-password"
  resource_group_name = "rg-books"
  api_management_name = azurerm_api_management.gateway.name
  display_name        = "db-password"
  secret              = true

  value_from_key_vault {
    secret_id          = azurerm_key_vault_secret.db.id # expect: KV601
    identity_client_id = azurerm_user_assigned_identity.gateway.client_id
  }
}
