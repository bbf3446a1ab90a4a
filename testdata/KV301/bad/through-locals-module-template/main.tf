locals {
  database   = var.database
  connection = "Server=tcp:${local.database.host},1433;User ID=${local.database.user};Password=${local.database.pw};"
}

module "api" {
  source     = "./modules/service"
  connection = local.connection
  cache      = local.cache_login
}

locals {
  cache_login = var.cache
}
