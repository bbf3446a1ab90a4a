resource "azurerm_user_assigned_identity" "shop" {
  name                = "id-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "tenant" {
  count                     = 15
  name                      = "tenant-${count.index}"
  user_assigned_identity_id = azurerm_user_assigned_identity.shop.id
  issuer                    = "https://westeurope.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/00000000-0000-0000-0000-000000000001/"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:tenant-${count.index}:api"
}
