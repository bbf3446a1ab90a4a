resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

variable "tag" {
  type = string
}

variable "registry" {
  type = string
}

resource "azurerm_container_app" "orders" { # expect: KV210
  name                         = "orders"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  template {
    container {
      name   = "orders"
      image  = "${var.registry}/shop/orders:${var.tag}"
      cpu    = 0.5
      memory = "1Gi"
    }
  }
}
