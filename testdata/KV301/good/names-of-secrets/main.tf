variable "secret_name" {
  type = string
}

variable "db_secret" {
  type = string
}

data "azurerm_key_vault_secret" "db" {
  name         = var.db_secret
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.KeyVault/vaults/kv-shop"
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"

  secret {
    name  = var.secret_name
    value = data.azurerm_key_vault_secret.db.value
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "SETTING"
        secret_name = var.secret_name
      }
    }
  }
}
