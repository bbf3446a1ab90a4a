variable "environment_id" {
  type = string
}

variable "db_password" {
  type      = string
  sensitive = true
}

variable "queue_key" {
  type      = string
  sensitive = true
}

variable "db_secret" {
  type = string
}

module "orders" {
  source = "./modules/service"

  name           = "orders"
  image          = "shop.azurecr.io/orders:2.3.1"
  environment_id = var.environment_id
  db_password    = var.db_password
  queue_key      = var.queue_key
  secret_env = {
    DB_PASSWORD = var.db_secret
    QUEUE_KEY   = join("-", ["queue", "key"])
  }
}
