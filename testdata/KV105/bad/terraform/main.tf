variable "environment_id" {
  type = string
}

variable "token" {
  type      = string
  sensitive = true
}

variable "vault" {
  type = string
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  secret {
    name  = "token"
    value = var.token
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env { # expect: KV105
        name  = "DB_PASSWORD"
        value = "@Microsoft.KeyVault(VaultName=${var.vault};SecretName=db-password)"
      }
      env { # expect: KV105
        name        = "TOKEN"
        value       = "default"
        secret_name = "token"
      }
    }
  }
}
