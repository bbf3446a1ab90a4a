variable "environment_id" {
  type = string
}

variable "name" {
  type = string
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

  dynamic "secret" {
    for_each = toset([
      "db-password",
      "API_KEY", # expect: KV103
    ])
    content {
      name  = secret.value
      value = var.values[secret.value]
    }
  }
  secret {
    name  = "${var.name}_token" # expect: KV103
    value = var.values["token"]
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "DB_PASSWORD"
        secret_name = "db-password"
      }
      env {
        name        = "API_KEY"
        secret_name = "API_KEY"
      }
      env {
        name        = "TOKEN"
        secret_name = "${var.name}_token"
      }
    }
  }
}
