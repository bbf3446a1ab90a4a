resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
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

resource "kubernetes_deployment_v1" "orders" {
  metadata {
    name      = "orders"
    namespace = "shop"
  }

  spec {
    selector {
      match_labels = { app = "orders" }
    }

    template {
      metadata {
        labels = {
          app                           = "orders"
          "azure.workload.identity/use" = "true"
        }
        annotations = {
          "azure.workload.identity/use-identity-binding" = "true"
        }
      }

      spec {
        service_account_name = kubernetes_service_account_v1.orders.metadata[0].name

        container {
          name  = "api"
          image = "shop.azurecr.io/orders:1.4.0"
        }
      }
    }
  }
}
