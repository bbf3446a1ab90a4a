resource "azuread_application" "orders" {
  display_name = "orders"
}

resource "azuread_application_federated_identity_credential" "orders" {
  application_id = azuread_application.orders.id
  display_name   = "orders"
  issuer         = "https://westeurope.oic.prod-aks.azure.com/0f1c2b3a/5d6e7f80/"
  audiences      = ["api://AzureADTokenExchange"]
  subject        = "system:serviceaccount:shop:orders"
}

resource "kubernetes_service_account_v1" "orders" {
  metadata {
    name      = "orders"
    namespace = "shop"
    annotations = {
      "azure.workload.identity/client-id" = azuread_application.orders.client_id
    }
  }
}
