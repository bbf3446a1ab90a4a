module "first" {
  source = "./first"
}
