module "shop" {
  source   = "./modules/shop"
  for_each = toset(["one"])
}
