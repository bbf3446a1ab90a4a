resource "azurerm_user_assigned_identity" "shop" {
  name                = "id-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

locals {
  tenants = {
    t00 = "tenant-00"
    t01 = "tenant-01"
    t02 = "tenant-02"
    t03 = "tenant-03"
    t04 = "tenant-04"
    t05 = "tenant-05"
    t06 = "tenant-06"
    t07 = "tenant-07"
    t08 = "tenant-08"
    t09 = "tenant-09"
    t10 = "tenant-10"
    t11 = "tenant-11"
    t12 = "tenant-12"
    t13 = "tenant-13"
    t14 = "tenant-14"
    t15 = "tenant-15"
    t16 = "tenant-16"
    t17 = "tenant-17"
    t18 = "tenant-18"
    t19 = "tenant-19"
    t20 = "tenant-20"
    t21 = "tenant-21"
  }
}

resource "azurerm_federated_identity_credential" "tenant" { # expect: KV411
  for_each                  = local.tenants
  name                      = "tenant-${each.key}"
  user_assigned_identity_id = azurerm_user_assigned_identity.shop.id
  issuer                    = "https://westeurope.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/00000000-0000-0000-0000-000000000001/"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:${each.value}:api"
}
