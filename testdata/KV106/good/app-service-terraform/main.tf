# What App Service makes of urls that are not those of secrets is not documented.
resource "azurerm_key_vault" "quay" {
  name                       = "kv-quay"
  resource_group_name        = "rg-quay"
  location                   = "northeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_role_assignment" "crane" {
  scope                = azurerm_key_vault.quay.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_linux_web_app.crane.identity[0].principal_id
}

resource "azurerm_linux_web_app" "crane" {
  name                = "app-crane"
  resource_group_name = "rg-quay"
  location            = "northeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-quay/providers/Microsoft.Web/serverFarms/quay"

  identity {
    type = "SystemAssigned"
  }

  app_settings = {
    SECRET      = "@Microsoft.KeyVault(SecretUri=${azurerm_key_vault.quay.vault_uri}secrets/load/)"
    KEY         = "@Microsoft.KeyVault(SecretUri=${azurerm_key_vault.quay.vault_uri}keys/load)"
    CERTIFICATE = "@Microsoft.KeyVault(SecretUri=https://kv-quay.vault.azure.net/certificates/load)"
    NO_PATH     = "@Microsoft.KeyVault(SecretUri=${azurerm_key_vault.quay.vault_uri})"
    BY_NAME     = "@Microsoft.KeyVault(VaultName=kv-quay;SecretName=load)"
  }

  site_config {}
}
