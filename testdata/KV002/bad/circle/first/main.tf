module "second" {
  source = "../second"
}
