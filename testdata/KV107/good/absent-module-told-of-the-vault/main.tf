resource "azurerm_key_vault" "books" {
  name                       = "kv-books"
  resource_group_name        = "rg-books"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-books"
  location            = "westeurope"
}

resource "azurerm_role_assignment" "api" {
  scope                = azurerm_key_vault.books.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.api.principal_id
}

variable "db_password" {
  type      = string
  sensitive = true
}

resource "azurerm_key_vault_secret" "db" {
  name         = "db-password"
  value        = var.db_password
  key_vault_id = azurerm_key_vault.books.id
}

module "seed" { # expect: KV002
  source       = "example/seed-secrets/azurerm"
  key_vault_id = azurerm_key_vault.books.id # the module is not here
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-books"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-books/providers/Microsoft.App/managedEnvironments/books"
  revision_mode                = "Single"
  depends_on                   = [azurerm_role_assignment.api]

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  secret {
    name                = "db-password"
    key_vault_secret_id = "${azurerm_key_vault.books.vault_uri}secrets/smtp-token"
    identity            = azurerm_user_assigned_identity.api.id
  }

  template {
    container {
      name   = "api"
      image  = "books.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "DB_PASSWORD"
        secret_name = "db-password"
      }
    }
  }
}
