variable "environments" {
  type = number
}

resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "f" {
  for_each            = toset([for number in range(25) : tostring(number) if number < var.environments])
  name                = "shop-${each.key}"
  resource_group_name = "rg-shop"
  parent_id           = azurerm_user_assigned_identity.api.id
  audience            = ["api://AzureADTokenExchange"]
  issuer              = "https://westeurope.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/11111111-0000-0000-0000-000000000000/"
  subject             = "system:serviceaccount:shop-${each.key}:api"
}
