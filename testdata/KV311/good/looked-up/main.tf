data "azurerm_container_registry" "shop" {
  name                = "acrshop"
  resource_group_name = "rg-shop"
}
