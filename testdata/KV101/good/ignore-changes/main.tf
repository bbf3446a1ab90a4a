variable "environment_id" {
  type = string
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

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
    }
  }

  # The platform team sets the secrets.
  lifecycle {
    ignore_changes = [secret, template[0].container[0].image]
  }
}

resource "azurerm_container_app_job" "import" {
  name                         = "import"
  location                     = "westeurope"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  replica_timeout_in_seconds   = 600

  manual_trigger_config {
    parallelism = 1
  }

  template {
    container {
      name   = "import"
      image  = "shop.azurecr.io/import:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "DB_PASSWORD"
        secret_name = "db-password"
      }
    }
  }

  lifecycle {
    ignore_changes = all
  }
}
