resource "azurerm_user_assigned_identity" "gateway" {
  name                = "id-gateway"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_key_vault_certificate" "site" {
  name         = "site"
  key_vault_id = azurerm_key_vault.shop.id
}

resource "azurerm_application_gateway" "shop" {
  name                = "agw-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.gateway.id]
  }

  ssl_certificate {
    name                = "site"
    key_vault_secret_id = azurerm_key_vault_certificate.site.versionless_secret_id # expect: KV201
  }
}
