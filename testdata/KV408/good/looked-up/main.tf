data "azurerm_federated_identity_credential" "orders" {
  name                = "orders"
  resource_group_name = "rg-shop"
}
