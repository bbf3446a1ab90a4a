variable "registry_server" {
  type = string
}

variable "identity_id" {
  type = string
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [var.identity_id]
  }

  registry { # expect: KV211
    server   = var.registry_server
    identity = var.identity_id
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
