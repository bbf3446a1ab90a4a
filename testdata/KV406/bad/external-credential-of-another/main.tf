resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
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
