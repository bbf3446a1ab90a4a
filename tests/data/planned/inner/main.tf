variable "principal" {}

variable "pair" {}

resource "terraform_data" "taker" {
  count = 2
  input = var.principal
}

resource "terraform_data" "of_pair" {
  input = var.pair.id
}

output "out" {
  value = terraform_data.taker[1].id
}
