data "azapi_resource" "vault" {
  type      = "Microsoft.KeyVault/vaults@2023-07-01"
  name      = "kv-shop"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
}

data "azapi_resource" "identity" {
  type                   = "Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31"
  name                   = "id-api"
  parent_id              = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  response_export_values = ["properties.principalId"]
}

resource "azurerm_role_assignment" "api" {
  scope                = data.azapi_resource.vault.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = data.azapi_resource.identity.output.properties.principalId
}
