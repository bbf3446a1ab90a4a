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

# The provider at hand does not know the argument yet.
resource "null_resource" "workload_identity" {
  provisioner "local-exec" {
    command = "az aks update --name ${azurerm_kubernetes_cluster.shop.name} --resource-group rg-shop --enable-workload-identity"
  }
}
