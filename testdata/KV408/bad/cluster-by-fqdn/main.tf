resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_kubernetes_cluster" "shop" {
  name                      = "aks-shop"
  resource_group_name       = "rg-shop"
  location                  = "westeurope"
  dns_prefix                = "shop"
  oidc_issuer_enabled       = true
  workload_identity_enabled = true

  default_node_pool {
    name       = "system"
    node_count = 1
    vm_size    = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_federated_identity_credential" "orders" {
  name                      = "orders"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = azurerm_kubernetes_cluster.shop.fqdn # expect: KV408
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:shop:orders"
}
