# kvlint: ignore KV101 # expect: KV004
# kvlint: disable=KV101 # expect: KV004
# kvlint: ignroe[KV101] # expect: KV004
# kvlint ignore[KV101] # expect: KV004
resource "azurerm_resource_group" "shop" {
  name     = "rg-shop"
  location = "westeurope"
}

/* kvlint: ignore[KV101 */ # expect: KV004
