resource "azurerm_kubernetes_cluster" "shop" { # expect: KV409
  name                = "aks-shop"
  location            = "westeurope"
  resource_group_name = "rg-shop"
  dns_prefix          = "shop"
  oidc_issuer_enabled = true

  default_node_pool {
    name    = "system"
    vm_size = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "kubernetes_deployment_v1" "api" {
  metadata {
    name      = "api"
    namespace = "shop"
  }

  spec {
    selector {
      match_labels = {
        app = "api"
      }
    }

    template {
      metadata {
        labels = {
          app                           = "api"
          "azure.workload.identity/use" = "true"
        }
      }

      spec {
        service_account_name = "api"

        container {
          name  = "api"
          image = "acrshop.azurecr.io/api:1.4.0"
        }
      }
    }
  }
}
