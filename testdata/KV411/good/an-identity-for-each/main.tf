resource "azurerm_user_assigned_identity" "tenant" {
  count               = 30
  name                = "id-tenant-${count.index}"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "tenant" {
  count                     = 30
  name                      = "tenant-${count.index}"
  user_assigned_identity_id = azurerm_user_assigned_identity.tenant[count.index].id
  issuer                    = "https://westeurope.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/00000000-0000-0000-0000-000000000001/"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:tenant-${count.index}:api"
}
