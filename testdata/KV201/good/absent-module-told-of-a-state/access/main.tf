data "terraform_remote_state" "platform" {
  backend = "azurerm"
  config = {
    resource_group_name  = "rg-state"
    storage_account_name = "stshopstate"
    container_name       = "state"
    key                  = "platform.tfstate"
  }
}
module "grants" { # expect: KV002
  source       = "git::https://example.com/grants.git"
  scope        = data.terraform_remote_state.platform.outputs.key_vault_id
  principal_id = data.terraform_remote_state.platform.outputs.principal_id
}
