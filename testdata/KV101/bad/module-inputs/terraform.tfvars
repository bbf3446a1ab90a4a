environment_id = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"

services = {
  orders = {
    image   = "shop.azurecr.io/orders:2.3.1"
    secrets = { DB_PASSWORD = "db-password", QUEUE_KEY = "queue-key" }
  }
  billing = {
    image   = "shop.azurecr.io/billing:1.9.0"
    secrets = { DB_PASSWORD = "database-password", QUEUE_KEY = "queue-key" } # expect: KV101
  }
}
