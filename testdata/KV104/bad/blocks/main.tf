variable "environment_id" {
  type = string
}

variable "token" {
  type      = string
  sensitive = true
}

variable "new_token" {
  type      = string
  sensitive = true
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
  secret {
    name  = "token" # expect: KV104
    value = var.new_token
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
