variable "token" {
  type      = string
  sensitive = true
}

resource "azurerm_key_vault" "portal" {
  name                       = "kv-portal"
  resource_group_name        = "rg-portal"
  location                   = "northeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_key_vault_secret" "token" {
  name         = "crm-token"
  value        = var.token
  key_vault_id = azurerm_key_vault.portal.id
}

resource "azurerm_key_vault_secret" "mail" {
  name         = "mail-api-key"
  value        = var.token
  key_vault_id = azurerm_key_vault.portal.id
}

resource "azurerm_role_assignment" "portal" {
  scope                = azurerm_key_vault.portal.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_linux_web_app.portal.identity[0].principal_id
}

resource "azurerm_linux_web_app" "portal" {
  name                = "portal"
  resource_group_name = "rg-portal"
  location            = "northeurope"
  service_plan_id     = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-portal/providers/Microsoft.Web/serverFarms/portal"

  identity {
    type = "SystemAssigned"
  }

  site_config {}

  app_settings = {
    CRM_TOKEN   = "@Microsoft.KeyVault(VaultName=${azurerm_key_vault.portal.name};SecretName=crm-tokn)" # expect: KV107
    MAIL_KEY    = "@Microsoft.KeyVault(SecretUri=${azurerm_key_vault.portal.vault_uri}secrets/mailapikey/)" # expect: KV107
    OTHER_VAULT = "@Microsoft.KeyVault(VaultName=kv-shared;SecretName=crm-tokn)"
  }
}
