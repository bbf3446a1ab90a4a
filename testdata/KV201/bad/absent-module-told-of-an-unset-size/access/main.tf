variable "size" {
  type = number
}

module "network" { # expect: KV002
  source = "git::https://example.com/network.git?ref=v1"

  size = var.size
}
