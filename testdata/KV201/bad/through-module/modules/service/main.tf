variable "name" {
  type = string
}

variable "key_vault_uri" {
  type = string
}

resource "azurerm_user_assigned_identity" "this" {
  name                = "id-${var.name}"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_container_app" "this" { # expect: KV208
  name                         = var.name
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.this.id]
  }

  secret {
    name                = "db-password"
    key_vault_secret_id = "${var.key_vault_uri}secrets/db-password" # expect: KV201
    identity            = azurerm_user_assigned_identity.this.id
  }

  template {
    container {
      name   = var.name
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "DB_PASSWORD"
        secret_name = "db-password"
      }
    }
  }
}

output "principal_id" {
  value = azurerm_user_assigned_identity.this.principal_id
}
