variable "environment_id" {
  type = string
}

resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_user_assigned_identity" "other" {
  name                = "id-other"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  secret {
    name                = "other"
    key_vault_secret_id = "https://kv-shop.vault.azure.net/secrets/other"
    identity            = azurerm_user_assigned_identity.other.id # expect: KV203
  }
  secret {
    name                = "client-id"
    key_vault_secret_id = "https://kv-shop.vault.azure.net/secrets/client-id"
    identity            = azurerm_user_assigned_identity.api.client_id # expect: KV203
  }
  secret {
    name                = "system"
    key_vault_secret_id = "https://kv-shop.vault.azure.net/secrets/system"
    identity            = "System" # expect: KV203
  }

  registry {
    server   = "shop.azurecr.io"
    identity = azurerm_user_assigned_identity.other.id # expect: KV203
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "OTHER"
        secret_name = "other"
      }
      env {
        name        = "CLIENT_ID"
        secret_name = "client-id"
      }
      env {
        name        = "SYSTEM"
        secret_name = "system"
      }
    }
  }
}
