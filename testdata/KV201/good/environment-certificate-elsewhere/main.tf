variable "environment_id" {
  type = string
}

resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_container_app_environment" "shop" {
  name                = "cae-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_container_app_environment_certificate" "shop" {
  name                         = "shop"
  container_app_environment_id = var.environment_id

  certificate_key_vault {
    key_vault_secret_id = "${azurerm_key_vault.shop.vault_uri}secrets/shop-certificate"
  }
}
