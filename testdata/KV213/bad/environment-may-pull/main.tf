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

resource "azurerm_user_assigned_identity" "environment" {
  name                = "id-environment"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_container_app_environment" "shop" {
  name                = "shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.environment.id]
  }
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.shop.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_user_assigned_identity.environment.principal_id # expect: KV213
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = azurerm_container_app_environment.shop.id
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  registry {
    server   = azurerm_container_registry.shop.login_server
    identity = azurerm_user_assigned_identity.api.id
  }

  template {
    container {
      name   = "api"
      image  = "acrshop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"
    }
  }
}
