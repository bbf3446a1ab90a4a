terraform {
  backend "azurerm" {
    resource_group_name  = "rg-state"
    storage_account_name = "stordersstate"
    container_name       = "state"
    key                  = "app.tfstate"
  }
}

data "terraform_remote_state" "platform" {
  backend = "azurerm"

  config = {
    resource_group_name  = "rg-state"
    storage_account_name = "stordersstate"
    container_name       = "state"
    key                  = "platform.tfstate"
  }
}

resource "azurerm_container_app" "orders" {
  name                         = "orders"
  resource_group_name          = "rg-orders"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-orders/providers/Microsoft.App/managedEnvironments/orders"
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [data.terraform_remote_state.platform.outputs.identity.id]
  }

  secret {
    name                = "queue-key"
    key_vault_secret_id = "${data.terraform_remote_state.platform.outputs.vault_uri}secrets/queue-key" # expect: KV201
    identity            = data.terraform_remote_state.platform.outputs.identity.id
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
