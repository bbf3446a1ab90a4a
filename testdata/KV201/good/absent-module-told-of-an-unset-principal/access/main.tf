variable "vault_id" {
  type = string
}

variable "principal_id" {
  type = string
}

module "grants" { # expect: KV002
  source = "git::https://example.com/grants.git?ref=v1"

  scope = var.vault_id
  readers = {
    api = { principal_id = var.principal_id }
  }
}
