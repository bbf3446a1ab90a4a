variable "identity_id" {
  type = string
}

variable "vault_uri" {
  type = string
}

resource "azurerm_container_app" "this" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [var.identity_id]
  }

  secret {
    name                = "db-password"
    key_vault_secret_id = "${var.vault_uri}secrets/db-password"
    identity            = var.identity_id
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
    }
  }
}
