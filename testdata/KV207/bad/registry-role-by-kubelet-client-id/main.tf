variable "cluster_name" {
  type = string
}

resource "azurerm_kubernetes_cluster" "shop" {
  name                = var.cluster_name
  resource_group_name = "rg-shop"
  location            = "westeurope"
  dns_prefix          = "shop"

  default_node_pool {
    name       = "default"
    node_count = 2
    vm_size    = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_container_registry" "shop" {
  name                = "acrshop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  sku                 = "Basic"
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.shop.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.shop.kubelet_identity[0].client_id # expect: KV207
}
