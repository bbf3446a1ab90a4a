variable "prefix" {
  type = string
}

resource "azurerm_key_vault" "shop" {
  name                       = "${var.prefix}-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_linux_web_app" "api" {
  name                = "app-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.Web/serverFarms/plan"

  site_config {}

  identity {
    type = "SystemAssigned"
  }

  app_settings = {
    DB_PASSWORD = "@Microsoft.KeyVault(VaultName=${var.prefix}-shop;SecretName=db-password)" # expect: KV201
  }
}
