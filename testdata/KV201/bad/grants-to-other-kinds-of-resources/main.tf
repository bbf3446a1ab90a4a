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

resource "azurerm_linux_virtual_machine" "runner" {
  name                  = "vm-runner"
  resource_group_name   = "rg-shop"
  location              = "westeurope"
  size                  = "Standard_B2s"
  admin_username        = "runner"
  network_interface_ids = []

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_data_factory" "etl" {
  name                = "adf-etl"
  resource_group_name = "rg-shop"
  location            = "westeurope"

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_storage_account" "files" {
  name                     = "stfiles"
  resource_group_name      = "rg-shop"
  location                 = "westeurope"
  account_tier             = "Standard"
  account_replication_type = "LRS"

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_role_assignment" "vm" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_linux_virtual_machine.runner.identity[0].principal_id
}

resource "azurerm_role_assignment" "adf" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_data_factory.etl.identity[0].principal_id
}

resource "azurerm_role_assignment" "st" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_storage_account.files.identity.0.principal_id
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
    DB_PASSWORD = "@Microsoft.KeyVault(SecretUri=${azurerm_key_vault.shop.vault_uri}secrets/db-password)" # expect: KV201
  }
}
