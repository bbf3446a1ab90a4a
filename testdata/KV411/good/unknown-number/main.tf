variable "tenants" {
  type = set(string)
}

resource "azurerm_user_assigned_identity" "shop" {
  name                = "id-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "job" {
  count                     = 15
  name                      = "job-${count.index}"
  user_assigned_identity_id = azurerm_user_assigned_identity.shop.id
  issuer                    = "https://westeurope.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/00000000-0000-0000-0000-000000000001/"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:job-${count.index}:api"
}

resource "azurerm_federated_identity_credential" "tenant" {
  for_each                  = var.tenants
  name                      = "tenant-${each.key}"
  user_assigned_identity_id = azurerm_user_assigned_identity.shop.id
  issuer                    = "https://westeurope.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/00000000-0000-0000-0000-000000000001/"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:${each.key}:api"
}
