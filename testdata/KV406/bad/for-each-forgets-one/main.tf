resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

locals {
  accounts = toset(["catalogue", "billing"])
}

resource "azurerm_federated_identity_credential" "accounts" {
  for_each                  = local.accounts
  name                      = each.key
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://westeurope.oic.prod-aks.azure.com/0f1c2b3a/5d6e7f80/"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:shop:${each.key}"
}

resource "kubernetes_service_account_v1" "orders" {
  metadata {
    name      = "orders" # expect: KV406
    namespace = "shop"
    annotations = {
      "azure.workload.identity/client-id" = azurerm_user_assigned_identity.orders.client_id
    }
  }
}
