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
