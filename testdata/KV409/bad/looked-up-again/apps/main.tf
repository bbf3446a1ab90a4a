data "azurerm_kubernetes_cluster" "other" {
  name                = "aks-shop"
  resource_group_name = "rg-shop"
}
