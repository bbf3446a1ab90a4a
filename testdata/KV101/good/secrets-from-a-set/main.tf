locals {
  secrets = [
    { name = "db-password", value = var.db_password },
    { name = "api-key", value = var.api_key },
  ]
  by_name = { for secret in local.secrets : secret.name => secret }
}

variable "db_password" {
  type      = string
  sensitive = true
}

variable "api_key" {
  type      = string
  sensitive = true
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"

  # The key of a set's element is the element itself, not its position.
  dynamic "secret" {
    for_each = nonsensitive(toset([for secret in local.secrets : secret.name]))

    content {
      name  = secret.key
      value = local.by_name[secret.key].value
    }
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
        secret_name = "api-key"
      }
    }
  }
}
