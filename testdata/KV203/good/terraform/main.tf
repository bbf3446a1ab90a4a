variable "environment_id" {
  type = string
}

resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

data "azurerm_user_assigned_identity" "shared" {
  name                = "id-shared"
  resource_group_name = "rg-shop"
}

variable "identity_ids" {
  type = list(string)
}

variable "pull_identity" {
  type = string
}

resource "azurerm_container_app" "literal_ids" {
  name                         = "literal-ids"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  identity {
    type         = "systemassigned,UserAssigned"
    identity_ids = ["/subscriptions/11111111-1111-1111-1111-111111111111/resourcegroups/rg-shop/providers/microsoft.managedidentity/userassignedidentities/ID-API", "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-shared"]
  }

  secret {
    name                = "one"
    key_vault_secret_id = "https://kv-shop.vault.azure.net/secrets/one"
    identity            = azurerm_user_assigned_identity.api.id
  }
  secret {
    name                = "two"
    key_vault_secret_id = "https://kv-shop.vault.azure.net/secrets/two"
    identity            = data.azurerm_user_assigned_identity.shared.id
  }

  registry {
    server   = "shop.azurecr.io"
    identity = "system"
  }
  registry {
    server   = "mirror.azurecr.io"
    identity = "System"
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "ONE"
        secret_name = "one"
      }
      env {
        name        = "TWO"
        secret_name = "two"
      }
    }
  }
}

resource "azurerm_container_app" "unknown_ids" {
  name                         = "unknown-ids"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = concat([azurerm_user_assigned_identity.api.id], var.identity_ids)
  }

  secret {
    name                = "token"
    key_vault_secret_id = "https://kv-shop.vault.azure.net/secrets/token"
    identity            = data.azurerm_user_assigned_identity.shared.id
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "TOKEN"
        secret_name = "token"
      }
    }
  }
}

resource "azurerm_container_app" "unknown_use" {
  name                         = "unknown-use"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  registry {
    server   = "shop.azurecr.io"
    identity = var.pull_identity
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

    }
  }
}
