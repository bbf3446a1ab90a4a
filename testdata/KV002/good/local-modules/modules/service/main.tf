module "group" {
  source = "./group"
}
