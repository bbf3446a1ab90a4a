variable "environment_id" {
  type = string
}

variable "db_password" {
  type      = string
  sensitive = true
}

variable "queue_key" {
  type      = string
  sensitive = true
}

variable "services" {
  description = "The services by name: their image, and the secret of each variable."
  type = map(object({
    image   = string
    secrets = map(string)
  }))
}

module "service" {
  source   = "./modules/service"
  for_each = var.services

  name           = each.key
  image          = each.value.image
  environment_id = var.environment_id
  db_password    = var.db_password
  queue_key      = var.queue_key
  secret_env     = each.value.secrets
}
