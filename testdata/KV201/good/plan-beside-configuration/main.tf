variable "role" {
  type = string
}

resource "azurerm_user_assigned_identity" "app" {
  name                = "id-app"
  resource_group_name = "rg"
}

resource "azurerm_key_vault" "kv" {
  name                       = "kv-shop"
  resource_group_name        = "rg"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
}

resource "azurerm_container_app" "app" {
  name = "app"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.app.id]
  }

  secret {
    name                = "db"
    identity            = azurerm_user_assigned_identity.app.id
    key_vault_secret_id = "${azurerm_key_vault.kv.vault_uri}secrets/db"
  }

  depends_on = [azurerm_role_assignment.grant]
}

resource "azurerm_role_assignment" "grant" {
  role_definition_name = var.role
  principal_id         = azurerm_user_assigned_identity.app.principal_id
  scope                = azurerm_key_vault.kv.id
}
