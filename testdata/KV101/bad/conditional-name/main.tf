variable "environment_id" {
  type = string
}

variable "use_replica" {
  type = bool
}

variable "db_password" {
  type      = string
  sensitive = true
}

resource "azurerm_container_app" "report" {
  name                         = "report"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  secret {
    name  = "db-password"
    value = var.db_password
  }

  template {
    container {
      name   = "report"
      image  = "shop.azurecr.io/report:0.7.2"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "DB_PASSWORD"
        secret_name = var.use_replica ? "db-replica-password" : "db-password" # expect: KV101
      }
    }
  }
}
