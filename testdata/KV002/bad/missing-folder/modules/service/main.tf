# A source is relative to the module that names it.
module "inner" { # expect: KV002
  source = "../inner"
}
