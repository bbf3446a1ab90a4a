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

resource "azurerm_kubernetes_cluster" "shop" {
  name                = "aks-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  dns_prefix          = "shop"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  kubelet_identity {
    client_id                 = azurerm_user_assigned_identity.api.client_id
    object_id                 = azurerm_user_assigned_identity.api.principal_id
    user_assigned_identity_id = azurerm_user_assigned_identity.api.id
  }
}

resource "azurerm_role_assignment" "kubelet" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_kubernetes_cluster.shop.kubelet_identity[0].object_id
}

resource "azurerm_linux_web_app" "web" {
  name                            = "app-web"
  resource_group_name             = "rg-shop"
  location                        = "westeurope"
  service_plan_id                 = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.Web/serverFarms/plan"
  key_vault_reference_identity_id = azurerm_user_assigned_identity.api.id

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  site_config {}

  app_settings = {
    DB_PASSWORD = "@Microsoft.KeyVault(SecretUri=${azurerm_key_vault.shop.vault_uri}secrets/db-password)"
  }
}
