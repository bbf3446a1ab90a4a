resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azapi_resource" "orders" {
  type      = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31"
  parent_id = azurerm_user_assigned_identity.orders.id
  name      = "orders"
  body = {
    properties = {
      issuer    = "https://westeurope.oic.prod-aks.azure.com/0f1c2b3a/5d6e7f80/"
      subject   = "system:serviceaccount:shop:orders"
      audiences = ["api://AzureADTokenExchange"]
    }
  }
}

resource "kubernetes_service_account_v1" "orders" {
  metadata {
    name      = "orders"
    namespace = "shop"
    annotations = {
      "azure.workload.identity/client-id" = azurerm_user_assigned_identity.orders.client_id
    }
  }
}
