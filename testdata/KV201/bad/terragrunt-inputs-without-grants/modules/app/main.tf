terraform {
  backend "azurerm" {}
}

resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-orders"
  location            = "westeurope"
}

resource "azurerm_container_app" "orders" {
  name                         = "orders"
  resource_group_name          = "rg-orders"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-orders/providers/Microsoft.App/managedEnvironments/orders"
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.orders.id]
  }

  secret {
    name                = "queue-key"
    key_vault_secret_id = "https://kv-orders.vault.azure.net/secrets/queue-key" # expect: KV201
    identity            = azurerm_user_assigned_identity.orders.id
  }

  template {
    container {
      name   = "orders"
      image  = "orders.azurecr.io/orders:2.1.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "QUEUE_KEY"
        secret_name = "queue-key"
      }
    }
  }
}

output "principal_id" {
  value = azurerm_user_assigned_identity.orders.principal_id
}
