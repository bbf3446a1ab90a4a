resource "azurerm_user_assigned_identity" "shop" {
  name                = "id-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

locals {
  tenants = [for number in range(21) : "tenant-${number}"]
}

resource "azurerm_federated_identity_credential" "tenant" { # expect: KV411
  for_each                  = toset(local.tenants)
  name                      = "tenant-${each.key}"
  user_assigned_identity_id = azurerm_user_assigned_identity.shop.id
  issuer                    = "https://westeurope.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/00000000-0000-0000-0000-000000000001/"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:${each.key}:api"
}
