resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

# Foundry User, which was called Azure AI User.
variable "foundry_user_role" {
  type    = string
  default = "/providers/Microsoft.Authorization/roleDefinitions/53ca6127-db72-4b80-b1b0-d745d6d5456d" # Azure AI User
}

resource "azurerm_role_assignment" "models" {
  scope              = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.CognitiveServices/accounts/ai-shop"
  role_definition_id = var.foundry_user_role
  principal_id       = azurerm_user_assigned_identity.api.principal_id
}

resource "azurerm_role_assignment" "projects" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.CognitiveServices/accounts/ai-shop"
  role_definition_name = "Foundry Project Manager"
  principal_id         = azurerm_user_assigned_identity.api.principal_id
}
