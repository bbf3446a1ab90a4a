data "azurerm_kubernetes_cluster" "other" {
  name                = "aks-tools"
  resource_group_name = "rg-shop"
}
