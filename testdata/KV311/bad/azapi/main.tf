resource "azapi_resource" "registry" {
  type      = "Microsoft.ContainerRegistry/registries@2023-07-01"
  name      = "acrshop"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  location  = "westeurope"

  body = {
    sku = {
      name = "Basic"
    }
    properties = {
      adminUserEnabled = true # expect: KV311
    }
  }
}
