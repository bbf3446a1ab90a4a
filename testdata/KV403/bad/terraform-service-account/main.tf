resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "orders" {
  name                = "orders"
  resource_group_name = "rg-shop"
  parent_id           = azurerm_user_assigned_identity.orders.id
  audience            = ["api://AzureADTokenExchange"]
  issuer              = var.issuer
  subject             = "system:serviceaccount:shop:orders"
}

variable "issuer" {
  type = string
}

resource "kubernetes_service_account_v1" "orders" {
  metadata {
    name      = "orders"
    namespace = "shop"
    annotations = {
      "azure.workload.identity/client-id" = azurerm_user_assigned_identity.orders.client_id
    }
    labels = {
      "azure.workload.identity/use" = "true" # expect: KV403
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
      match_labels = {
        app = "orders"
      }
    }
    template {
      metadata {
        labels = {
          app = "orders"
        }
      }
      spec {
        service_account_name = kubernetes_service_account_v1.orders.metadata[0].name
        container {
          name  = "orders"
          image = "shop.azurecr.io/orders:1.4.0"
        }
      }
    }
  }
}
