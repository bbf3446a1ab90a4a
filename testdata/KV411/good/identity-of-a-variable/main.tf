variable "identity_id" {
  type = string
}

resource "azurerm_federated_identity_credential" "tenant" {
  count                     = 15
  name                      = "tenant-${count.index}"
  user_assigned_identity_id = var.identity_id
  issuer                    = "https://westeurope.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/00000000-0000-0000-0000-000000000001/"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:tenant-${count.index}:api"
}
