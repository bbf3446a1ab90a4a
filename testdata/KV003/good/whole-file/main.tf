# kvlint: ignore-file[KV002] modules are checked in their own repository
module "network" {
  source = "git::https://git.example.com/platform/network.git?ref=v1.2.0"
}

module "vault" {
  source = "git::https://git.example.com/platform/vault.git?ref=v2.0.1"
}
