resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
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

resource "azurerm_container_group" "api" {
  name                = "aci-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  os_type             = "Linux"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  container {
    name   = "api"
    image  = "shop.azurecr.io/api:1.4.0"
    cpu    = "0.5"
    memory = "1.5"

    environment_variables = {
      KEY_VAULT_URL = azurerm_key_vault.shop.vault_uri # expect: KV201
    }
  }
}
