variable "key_vault_id" {
  type = string
}

variable "principal_id" {
  type = string
}

data "azapi_resource" "vault" {
  type        = "Microsoft.KeyVault/vaults@2023-07-01"
  resource_id = var.key_vault_id
}

resource "azurerm_role_assignment" "api" {
  scope                = data.azapi_resource.vault.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = var.principal_id
}
