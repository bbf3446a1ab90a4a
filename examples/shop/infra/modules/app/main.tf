variable "name" {
  type = string
}

variable "resource_group" {
  type = string
}

variable "environment_id" {
  type = string
}

variable "identity_id" {
  type = string
}

variable "secrets" {
  description = "Key Vault secret ids by the name that the app gives them"
  type        = map(string)
}

variable "environment" {
  description = "Names of secrets by the environment variable that gets them"
  type        = map(string)
}

resource "azurerm_container_app" "this" {
  name                         = var.name
  resource_group_name          = var.resource_group
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [var.identity_id]
  }

  dynamic "secret" {
    for_each = var.secrets

    content {
      name                = secret.key
      key_vault_secret_id = secret.value
      identity            = var.identity_id
    }
  }

  template {
    container {
      name   = "main"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      dynamic "env" {
        for_each = var.environment

        content {
          name        = env.key
          secret_name = env.value
        }
      }
    }
  }
}
