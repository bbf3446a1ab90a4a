variable "environment_id" {
  type = string
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  template {
    revision_suffix = "v1"

    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"
    }
  }
}

resource "azurerm_container_app" "api_canary" {
  name                         = "api-canary"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  template {
    revision_suffix = "v1"

    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.5.0"
      cpu    = 0.5
      memory = "1Gi"
    }
  }
}
