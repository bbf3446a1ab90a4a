terraform {
  source = "../../modules/api"
}

# The grant is written into the module before Terraform runs there.
generate "access" {
  path      = "access.tf"
  if_exists = "overwrite"
  contents  = <<-EOF
    resource "azurerm_role_assignment" "api" {
      scope                = azurerm_key_vault.shop.id
      role_definition_name = "Key Vault Secrets User"
      principal_id         = azurerm_user_assigned_identity.api.principal_id
    }
  EOF
}
