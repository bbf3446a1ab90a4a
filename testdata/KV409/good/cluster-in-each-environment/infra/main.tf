module "dev" {
  source = "./modules/cluster"
  name   = "dev"
}

module "prod" {
  source = "./modules/cluster"
  name   = "prod"
}
