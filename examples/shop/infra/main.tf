# The shop: a vault, an API on Container Apps, and workers on AKS.

terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}

data "azurerm_client_config" "current" {}

resource "azurerm_resource_group" "shop" {
  name     = "rg-shop-${var.stage}"
  location = "westeurope"
}

resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop-${var.stage}"
  resource_group_name        = azurerm_resource_group.shop.name
  location                   = azurerm_resource_group.shop.location
  tenant_id                  = data.azurerm_client_config.current.tenant_id
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_key_vault_secret" "db_password" {
  name         = "db-password"
  value        = var.db_password
  key_vault_id = azurerm_key_vault.shop.id
}

resource "azurerm_user_assigned_identity" "api" {
  name                = "id-shop-api"
  resource_group_name = azurerm_resource_group.shop.name
  location            = azurerm_resource_group.shop.location
}

resource "azurerm_user_assigned_identity" "worker" {
  name                = "id-shop-worker"
  resource_group_name = azurerm_resource_group.shop.name
  location            = azurerm_resource_group.shop.location
}

# Contributor manages the vault, but does not read what is in it.
resource "azurerm_role_assignment" "api_vault" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Contributor"
  principal_id         = azurerm_user_assigned_identity.api.principal_id
}

# The grant of the worker names the client id where the principal id belongs.
resource "azurerm_role_assignment" "worker_vault" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.worker.client_id
}

# The manifests say namespace "shop", not "shops".
resource "azurerm_federated_identity_credential" "worker" {
  name                      = "shop-worker"
  user_assigned_identity_id = azurerm_user_assigned_identity.worker.id
  audience                  = ["api://AzureADTokenExchange"]
  issuer                    = var.cluster_issuer
  subject                   = "system:serviceaccount:shops:worker"
}

module "api" {
  source = "./modules/app"

  name           = "shop-api"
  resource_group = azurerm_resource_group.shop.name
  environment_id = var.environment_id
  identity_id    = azurerm_user_assigned_identity.api.id
  secrets = {
    db-password = azurerm_key_vault_secret.db_password.versionless_id
  }
  environment = {
    DB_PASSWORD = "db-passwd"
  }
}
