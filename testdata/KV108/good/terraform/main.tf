variable "environment_id" {
  type = string
}

resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

variable "token" {
  type      = string
  sensitive = true
}

variable "secrets" {
  description = "Each with a value, or with the name of a secret of the vault."
  type        = map(object({ value = optional(string), vault_name = optional(string) }))
  default = {
    in-vault = { vault_name = "token" }
  }
}

variable "in_vault" {
  type = bool
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  dynamic "secret" {
    for_each = var.secrets
    content {
      name                = secret.key
      value               = secret.value.value
      key_vault_secret_id = secret.value.vault_name == null ? null : "https://kv-shop.vault.azure.net/secrets/${secret.value.vault_name}"
      identity            = secret.value.vault_name == null ? null : azurerm_user_assigned_identity.api.id
    }
  }
  secret {
    name  = "plain"
    value = var.token
  }
  secret {
    name                = "either"
    value               = var.in_vault ? null : var.token
    key_vault_secret_id = var.in_vault ? "https://kv-shop.vault.azure.net/secrets/either" : null
    identity            = var.in_vault ? azurerm_user_assigned_identity.api.id : null
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "IN_VAULT"
        secret_name = "in-vault"
      }
      env {
        name        = "PLAIN"
        secret_name = "plain"
      }
      env {
        name        = "EITHER"
        secret_name = "either"
      }
    }
  }
}
