module "registry" {
  source = "./modules/registry"
  admin  = true
}
