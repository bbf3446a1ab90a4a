resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

variable "grant" {
  type = bool
}

resource "azapi_resource" "access" {
  type      = var.grant ? "Microsoft.Authorization/roleAssignments@2022-04-01" : "Microsoft.Authorization/locks@2020-05-01"
  name      = "0a6cb1ad-8b2b-4f2c-9d2e-6d5ad1d3a6c1"
  parent_id = azurerm_key_vault.shop.id

  body = {
    properties = {
      principalId      = azurerm_user_assigned_identity.api.principal_id
      roleDefinitionId = "/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"
    }
  }
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  secret {
    name                = "db-password"
    key_vault_secret_id = "${azurerm_key_vault.shop.vault_uri}secrets/db-password"
    identity            = azurerm_user_assigned_identity.api.id
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "DB_PASSWORD"
        secret_name = "db-password"
      }
    }
  }

  depends_on = [azapi_resource.access]
}
