variable "environment_id" {
  type = string
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  template {
    # azurerm sends the suffix only when it changes.
    revision_suffix = "first"

    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"
    }
  }
}
