variable "environment_id" {
  type = string
}

data "azurerm_key_vault" "shop" {
  name                = "kv-shop"
  resource_group_name = "rg-shop"
}

data "azurerm_key_vault_secret" "db" {
  name         = "db-password"
  key_vault_id = data.azurerm_key_vault.shop.id
}


resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  secret { # expect: KV202
    name                = "db-password"
    key_vault_secret_id = data.azurerm_key_vault_secret.db.versionless_id
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
