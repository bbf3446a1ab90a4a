# kvlint: ignore[KV101, KV003] generated, and sometimes right
resource "azurerm_resource_group" "shop" {
  name     = "rg-shop"
  location = "westeurope"
}
