module "service" {
  source = "./modules/service"
}

module "typo" { # expect: KV002
  source = "./modules/servise"
}
