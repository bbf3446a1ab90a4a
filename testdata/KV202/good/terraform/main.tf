variable "environment_id" {
  type = string
}

resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

variable "secret_identity" {
  type = string
}

variable "in_vault" {
  type = bool
}

variable "token" {
  type      = string
  sensitive = true
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
    name                = "known"
    key_vault_secret_id = "https://kv-shop.vault.azure.net/secrets/known"
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "unknown"
    key_vault_secret_id = "https://kv-shop.vault.azure.net/secrets/unknown"
    identity            = var.secret_identity
  }
  secret {
    name                = "either"
    value               = var.in_vault ? null : var.token
    key_vault_secret_id = var.in_vault ? "https://kv-shop.vault.azure.net/secrets/either" : null
    identity            = var.in_vault ? azurerm_user_assigned_identity.api.id : null
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "KNOWN"
        secret_name = "known"
      }
      env {
        name        = "UNKNOWN"
        secret_name = "unknown"
      }
      env {
        name        = "EITHER"
        secret_name = "either"
      }
    }
  }
}
