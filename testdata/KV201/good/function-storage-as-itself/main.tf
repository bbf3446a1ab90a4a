resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_role_assignment" "api" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_linux_function_app.worker.identity[0].principal_id
}

resource "azurerm_linux_function_app" "worker" {
  name                        = "func-worker"
  resource_group_name         = "rg-shop"
  location                    = "westeurope"
  service_plan_id             = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.Web/serverFarms/plan"
  storage_key_vault_secret_id = "${azurerm_key_vault.shop.vault_uri}secrets/storage"

  identity {
    type = "SystemAssigned"
  }

  site_config {}
}
