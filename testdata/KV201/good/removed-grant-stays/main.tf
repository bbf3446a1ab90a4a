resource "azurerm_key_vault" "orders" {
  name                       = "kv-orders"
  resource_group_name        = "rg-orders"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
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
    key_vault_secret_id = "${azurerm_key_vault.orders.vault_uri}secrets/queue-key"
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

removed {
  from = azurerm_role_assignment.orders

  lifecycle {
    destroy = false
  }
}
