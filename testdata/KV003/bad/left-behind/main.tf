# kvlint: ignore[KV101] was wrong once # expect: KV003
resource "azurerm_resource_group" "shop" {
  name     = "rg-shop"
  location = "westeurope"
}

# kvlint: ignore-file[KV204] nothing here has a role # expect: KV003
