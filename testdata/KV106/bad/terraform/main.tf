variable "environment_id" {
  type = string
}

variable "vault" {
  type = string
}

variable "suffix" {
  default = ".vault.azure.net"
}

data "azurerm_key_vault" "shop" {
  name                = "kv-shop"
  resource_group_name = "rg-shop"
}

data "azurerm_key_vault_secret" "db" {
  name         = "db-password"
  key_vault_id = data.azurerm_key_vault.shop.id
}

data "azurerm_key_vault_certificate" "tls" {
  name         = "tls"
  key_vault_id = data.azurerm_key_vault.shop.id
}

resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
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

  secret {
    name                = "arm-id"
    key_vault_secret_id = data.azurerm_key_vault_secret.db.resource_id # expect: KV106
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "its-name"
    key_vault_secret_id = data.azurerm_key_vault_secret.db.name # expect: KV106
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "its-value"
    key_vault_secret_id = data.azurerm_key_vault_secret.db.value # expect: KV106
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "vault-only"
    key_vault_secret_id = data.azurerm_key_vault.shop.vault_uri # expect: KV106
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "vault-id"
    key_vault_secret_id = "${data.azurerm_key_vault.shop.id}/secrets/db-password" # expect: KV106
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "certificate"
    key_vault_secret_id = data.azurerm_key_vault_certificate.tls.versionless_id # expect: KV106
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "no-secrets"
    key_vault_secret_id = "${data.azurerm_key_vault.shop.vault_uri}db-password" # expect: KV106
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "underscore"
    key_vault_secret_id = "https://${var.vault}.vault.azure.net/secrets/db_password" # expect: KV106
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "two-dots"
    key_vault_secret_id = "https://${var.vault}.${var.suffix}/secrets/db-password" # expect: KV106
    identity            = azurerm_user_assigned_identity.api.id
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "ARM_ID"
        secret_name = "arm-id"
      }
      env {
        name        = "ITS_NAME"
        secret_name = "its-name"
      }
      env {
        name        = "ITS_VALUE"
        secret_name = "its-value"
      }
      env {
        name        = "VAULT_ONLY"
        secret_name = "vault-only"
      }
      env {
        name        = "VAULT_ID"
        secret_name = "vault-id"
      }
      env {
        name        = "CERTIFICATE"
        secret_name = "certificate"
      }
      env {
        name        = "NO_SECRETS"
        secret_name = "no-secrets"
      }
      env {
        name        = "UNDERSCORE"
        secret_name = "underscore"
      }
      env {
        name        = "TWO_DOTS"
        secret_name = "two-dots"
      }
    }
  }
}
