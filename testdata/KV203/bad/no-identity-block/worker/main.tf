variable "environment_id" {
  type = string
}

variable "identity_id" {
  type = string
}

resource "azurerm_container_app" "worker" {
  name                         = "worker"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  secret {
    name                = "token"
    key_vault_secret_id = "https://kv-shop.vault.azure.net/secrets/token"
    identity            = var.identity_id # expect: KV203
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "TOKEN"
        secret_name = "token"
      }
    }
  }
}
