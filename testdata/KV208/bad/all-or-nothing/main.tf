variable "enabled" {
  type = bool
}

module "shop" {
  source = "./modules/shop"
  count  = var.enabled ? 1 : 0
}
