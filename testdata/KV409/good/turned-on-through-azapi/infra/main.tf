resource "azurerm_kubernetes_cluster" "shop" {
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

resource "azapi_update_resource" "workload_identity" {
  type        = "Microsoft.ContainerService/managedClusters@2024-09-01"
  resource_id = azurerm_kubernetes_cluster.shop.id

  body = {
    properties = {
      securityProfile = {
        workloadIdentity = {
          enabled = true
        }
      }
    }
  }
}
