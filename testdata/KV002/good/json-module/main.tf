module "group" {
  source = "./group"
  count  = 0
}
