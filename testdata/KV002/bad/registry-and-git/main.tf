module "vault" { # expect: KV002
  source  = "acme/key-vault/azurerm"
  version = "0.10.0"
}

module "network" { # expect: KV002
  source = "git::https://git.example.com/platform/network.git?ref=v1.2.0"
}
