variable "database" {
  type = object({
    host = string
    user = string
    pw   = string
  })
}

variable "cache" {
  type = string
}
