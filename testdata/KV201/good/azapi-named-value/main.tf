resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azapi_resource" "apim" {
  type      = "Microsoft.ApiManagement/service@2023-05-01-preview"
  name      = "apim-shop"
  parent_id = "/subscriptions/0/resourceGroups/rg-shop"
  location  = "westeurope"

  identity {
    type = "SystemAssigned"
  }

  body = {
    sku        = { name = "Developer", capacity = 1 }
    properties = { publisherName = "Shop", publisherEmail = "shop@example.com" }
  }
}

resource "azurerm_role_assignment" "reader" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azapi_resource.apim.identity[0].principal_id
}

resource "azapi_resource" "backend_key" {
  type      = "Microsoft.ApiManagement/service/namedValues@2023-05-01-preview"
  name      = "backend-key"
  parent_id = azapi_resource.apim.id

  body = {
    properties = {
      displayName = "backend-key"
      secret      = true
      keyVault = {
        secretIdentifier = "${azurerm_key_vault.shop.vault_uri}secrets/backend-key"
      }
    }
  }
}
