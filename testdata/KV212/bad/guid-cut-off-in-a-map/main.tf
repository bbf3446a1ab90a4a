variable "principal_id" {
  type = string
}

locals {
  role_ids = {
    kv_secrets_user = "4633458b-17de-408a-b874-0445c86b69e"
  }
}

resource "azurerm_role_assignment" "api" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_id   = "/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.Authorization/roleDefinitions/${local.role_ids.kv_secrets_user}" # expect: KV212
  principal_id         = var.principal_id
}
