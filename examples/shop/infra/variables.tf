variable "stage" {
  type    = string
  default = "dev"
}

variable "environment_id" {
  type = string
}

variable "cluster_issuer" {
  type = string
}

variable "db_password" {
  type      = string
  sensitive = true
}
