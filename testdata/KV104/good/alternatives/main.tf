variable "environment_id" {
  type = string
}

variable "extended" {
  type = bool
}

variable "values" {
  type      = map(string)
  sensitive = true
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  # One or the other: the name stands in both lists, the app gets it once.
  dynamic "secret" {
    for_each = var.extended ? ["token", "key"] : ["token"]
    content {
      name  = secret.value
      value = var.values[secret.value]
    }
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
      env {
        name        = "KEY"
        secret_name = "key"
      }
    }
  }
}
