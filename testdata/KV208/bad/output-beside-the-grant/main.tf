resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

module "vault" {
  source       = "./modules/vault"
  principal_id = azurerm_user_assigned_identity.api.principal_id
}

module "service" {
  source      = "./modules/service"
  identity_id = azurerm_user_assigned_identity.api.id
  vault_uri   = module.vault.vault_uri
}
