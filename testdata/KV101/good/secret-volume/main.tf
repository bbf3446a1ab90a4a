variable "environment_id" {
  type = string
}

variable "signing_key" {
  type      = string
  sensitive = true
}

resource "azurerm_container_app" "signer" {
  name                         = "signer"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  secret {
    name  = "signing-key"
    value = var.signing_key
  }

  template {
    container {
      name   = "signer"
      image  = "shop.azurecr.io/signer:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      volume_mounts {
        name = "keys"
        path = "/keys"
      }
    }

    # azurerm mounts every secret.
    volume {
      name         = "keys"
      storage_type = "Secret"
    }
  }
}
