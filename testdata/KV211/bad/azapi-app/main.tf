resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_container_registry" "shop" {
  name                = "acrshop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  sku                 = "Basic"
}

resource "azapi_resource" "api" {
  type      = "Microsoft.App/containerApps@2024-03-01"
  name      = "api"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  location  = "westeurope"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  body = {
    properties = {
      environmentId = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
      configuration = {
        registries = [
          { # expect: KV211
            server   = azurerm_container_registry.shop.login_server
            identity = azurerm_user_assigned_identity.api.id
          }
        ]
      }
      template = {
        containers = [
          {
            name  = "api"
            image = "acrshop.azurecr.io/api:1.4.0"
          }
        ]
      }
    }
  }
}
