data "terraform_remote_state" "platform" {
  backend = "azurerm"
  config = {
    resource_group_name  = "rg-state"
    storage_account_name = "stshopstate"
    container_name       = "state"
    key                  = "platform.tfstate"
  }
}

resource "azurerm_role_assignment" "api" {
  scope                = data.terraform_remote_state.platform.outputs.key_vault_id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = data.terraform_remote_state.platform.outputs.principal_id
}
