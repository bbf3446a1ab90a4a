# kvlint: it is run in CI before every plan
# kvlint ignores what stands in comments
# See https://example.com/kvlint for more
resource "azurerm_resource_group" "shop" {
  name     = "rg-shop"
  location = "westeurope"
}
