resource "kubernetes_service_account_v1" "orders" {
  metadata {
    name      = "orders" # expect: KV402
    namespace = "shop"
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
          "azure.workload.identity/use" = true
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
