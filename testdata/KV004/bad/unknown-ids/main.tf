# kvlint: ignore[KV999] no such check # expect: KV004
# kvlint: ignore[KV1O1] a letter for a digit # expect: KV004
# kvlint: ignore[dangling-secret-ref] the name instead of the id # expect: KV004
# kvlint: ignore[] none at all # expect: KV004
resource "azurerm_resource_group" "shop" {
  name     = "rg-shop"
  location = "westeurope"
}
