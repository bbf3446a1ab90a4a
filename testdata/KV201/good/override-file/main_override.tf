resource "azurerm_role_assignment" "api" {
  role_definition_name = "Key Vault Secrets User"
}
