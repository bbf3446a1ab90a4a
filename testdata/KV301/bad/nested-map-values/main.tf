variable "vault_entries" {
  type = map(string)
}

variable "services" {
  type = map(object({
    login   = string
    replica = number
  }))
}

resource "azurerm_key_vault_secret" "entry" {
  for_each = var.vault_entries

  name         = each.key
  value        = each.value
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.KeyVault/vaults/kv-shop"
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"

  secret {
    name  = "login"
    value = var.services["api"].login
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "SETTING"
        secret_name = "login"
      }
    }
  }
}
