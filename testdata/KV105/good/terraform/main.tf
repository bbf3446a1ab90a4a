variable "environment_id" {
  type = string
}

variable "token" {
  type      = string
  sensitive = true
}

variable "mode" {
  type = string
}

variable "local" {
  type = bool
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

      dynamic "env" {
        for_each = {
          MODE  = { value = var.mode, secret = null }
          TOKEN = { value = null, secret = "token" }
          EMPTY = { value = "", secret = "token" }
        }
        content {
          name        = env.key
          value       = env.value.value
          secret_name = env.value.secret
        }
      }
      env {
        name        = "EITHER"
        value       = var.local ? "none" : null
        secret_name = var.local ? null : "token"
      }
      env {
        name = "NEITHER"
      }
    }
  }
}
