# What plan.json beside this is a plan of: terraform plan -out p, then terraform show -json p.

variable "suffix" {
  type    = string
  default = "x"
}

locals {
  hidden = terraform_data.source.id
}

resource "terraform_data" "source" {}

resource "terraform_data" "keyed" {
  for_each = toset(["one", "two"])
  input    = each.key
}

module "inner" {
  source    = "./inner"
  for_each  = toset(["a", "b"])
  principal = terraform_data.source.id
  pair      = { id = terraform_data.source.id }
}

resource "terraform_data" "plain" {
  input = terraform_data.source.id
}

resource "terraform_data" "template" {
  input = "${terraform_data.source.id}/${var.suffix}"
}

resource "terraform_data" "by_key" {
  input = terraform_data.keyed["two"].id
}

resource "terraform_data" "by_any_key" {
  for_each = toset(["one"])
  input    = terraform_data.keyed[each.key].id
}

resource "terraform_data" "splat_and_key" {
  input = [terraform_data.keyed["one"].id, values(terraform_data.keyed)[*].id]
}

resource "terraform_data" "through_local" {
  input = local.hidden
}

resource "terraform_data" "each_value" {
  for_each = { k = terraform_data.source.id }
  input    = each.value
}

resource "terraform_data" "from_module" {
  input = module.inner["b"].out
}

resource "terraform_data" "command" {
  provisioner "local-exec" {
    command = "echo ${terraform_data.source.id}"
  }
}
