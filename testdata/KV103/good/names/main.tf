data "azurerm_client_config" "current" {}

variable "environment_id" {
  type = string
}

variable "stage" {
  type = string
}

variable "token" {
  type      = string
  sensitive = true
}

resource "random_password" "db" {
  length = 32
}

resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop-${var.stage}"
  location                   = "westeurope"
  resource_group_name        = "rg-shop"
  tenant_id                  = data.azurerm_client_config.current.tenant_id
  sku_name                   = "standard"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
}

resource "azurerm_key_vault_secret" "db" {
  name            = "DB-Password-${var.stage}"
  value           = random_password.db.result
  key_vault_id    = azurerm_key_vault.shop.id
  expiration_date = "2030-01-01T00:00:00Z"
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  secret {
    name  = "1st--token.v2"
    value = var.token
  }
  secret {
    name  = lower(replace("${var.stage}_token", "_", "-"))
    value = var.token
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "FIRST_TOKEN"
        secret_name = "1st--token.v2"
      }
      env {
        name        = "STAGE_TOKEN"
        secret_name = lower(replace("${var.stage}_token", "_", "-"))
      }
    }
  }
}
