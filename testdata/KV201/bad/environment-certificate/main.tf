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
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.environment.id]
  }
}

resource "azurerm_user_assigned_identity" "environment" {
  name                = "id-environment"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_container_app_environment_certificate" "shop" {
  name                         = "shop"
  container_app_environment_id = azurerm_container_app_environment.shop.id

  certificate_key_vault {
    identity            = azurerm_user_assigned_identity.environment.id
    key_vault_secret_id = "${azurerm_key_vault.shop.vault_uri}secrets/shop-certificate" # expect: KV201
  }
}
