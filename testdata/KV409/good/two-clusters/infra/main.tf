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

resource "azurerm_kubernetes_cluster" "tools" {
  name                = "aks-tools"
  location            = "westeurope"
  resource_group_name = "rg-shop"
  dns_prefix          = "tools"
  oidc_issuer_enabled = true

  workload_identity_enabled = true

  default_node_pool {
    name    = "system"
    vm_size = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}
