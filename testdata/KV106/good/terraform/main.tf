variable "environment_id" {
  type = string
}

variable "vault" {
  type = string
}

variable "secret" {
  type = string
}

variable "host" {
  type = string
}

variable "url" {
  type = string
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
    name                = "versionless"
    key_vault_secret_id = data.azurerm_key_vault_secret.db.versionless_id
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "vault-uri"
    key_vault_secret_id = "${data.azurerm_key_vault.shop.vault_uri}secrets/db-password"
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "two-slashes"
    key_vault_secret_id = "${data.azurerm_key_vault.shop.vault_uri}/secrets/db-password"
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "by-name"
    key_vault_secret_id = "https://${data.azurerm_key_vault.shop.name}.vault.azure.net/secrets/db-password"
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "by-variable"
    key_vault_secret_id = "https://${var.vault}.vault.azure.net/secrets/${var.secret}"
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "host-unknown"
    key_vault_secret_id = "https://${var.host}/secrets/db-password"
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "all-unknown"
    key_vault_secret_id = var.url
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "china"
    key_vault_secret_id = "https://kv-shop.vault.azure.cn/secrets/db-password"
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "government"
    key_vault_secret_id = "https://kv-shop.vault.usgovcloudapi.net/secrets/db-password/"
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "certificate"
    key_vault_secret_id = data.azurerm_key_vault_certificate.tls.versionless_secret_id
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "formatted"
    key_vault_secret_id = format("%ssecrets/%s", data.azurerm_key_vault.shop.vault_uri, "db-password")
    identity            = azurerm_user_assigned_identity.api.id
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "VERSIONLESS"
        secret_name = "versionless"
      }
      env {
        name        = "VAULT_URI"
        secret_name = "vault-uri"
      }
      env {
        name        = "TWO_SLASHES"
        secret_name = "two-slashes"
      }
      env {
        name        = "BY_NAME"
        secret_name = "by-name"
      }
      env {
        name        = "BY_VARIABLE"
        secret_name = "by-variable"
      }
      env {
        name        = "HOST_UNKNOWN"
        secret_name = "host-unknown"
      }
      env {
        name        = "ALL_UNKNOWN"
        secret_name = "all-unknown"
      }
      env {
        name        = "CHINA"
        secret_name = "china"
      }
      env {
        name        = "GOVERNMENT"
        secret_name = "government"
      }
      env {
        name        = "CERTIFICATE"
        secret_name = "certificate"
      }
      env {
        name        = "FORMATTED"
        secret_name = "formatted"
      }
    }
  }
}
