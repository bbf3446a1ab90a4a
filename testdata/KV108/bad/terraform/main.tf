variable "environment_id" {
  type = string
}

resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
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

  secret { # expect: KV108
    name = "empty"
  }
  secret { # expect: KV108
    name  = "nothing"
    value = null
  }
  secret { # expect: KV108
    name                = "both"
    value               = "${var.token}-1"
    key_vault_secret_id = "https://kv-shop.vault.azure.net/secrets/both"
    identity            = azurerm_user_assigned_identity.api.id
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "EMPTY"
        secret_name = "empty"
      }
      env {
        name        = "NOTHING"
        secret_name = "nothing"
      }
      env {
        name        = "BOTH"
        secret_name = "both"
      }
    }
  }
}
