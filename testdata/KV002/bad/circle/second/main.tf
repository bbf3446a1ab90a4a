module "first" { # expect: KV002
  source = "../first"
}
