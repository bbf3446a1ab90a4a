variable "environment_id" {
  type = string
}

variable "secret_values" {
  type      = map(string)
  sensitive = true
}

variable "use_replica" {
  type = bool
}

locals {
  secrets = {
    db-password         = "DB_PASSWORD"
    db-replica-password = "DB_REPLICA_PASSWORD"
  }
}

resource "azurerm_container_app" "api" {
  for_each = toset(["blue", "green"])

  name                         = "api-${each.key}"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  dynamic "secret" {
    for_each = local.secrets
    iterator = item
    content {
      name  = item.key
      value = var.secret_values[item.key]
    }
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      dynamic "env" {
        for_each = local.secrets
        content {
          name        = env.value
          secret_name = env.key
        }
      }
      env {
        name        = "ACTIVE_PASSWORD"
        secret_name = var.use_replica ? "db-replica-password" : "db-password"
      }
      env {
        name        = "OPTIONAL_PASSWORD"
        value       = var.use_replica ? null : "none"
        secret_name = var.use_replica ? "db-password" : null
      }
    }
  }
}
