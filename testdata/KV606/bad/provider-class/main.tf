resource "azurerm_key_vault" "books" { # expect: KV606
  name                       = "kv-books"
  resource_group_name        = "rg-books"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}
