variable "frontend_url" {
  type = string
}

variable "settings" {
  type = map(string)
}

# What a Kubernetes secret holds is not always secret: here it is an address.
resource "kubernetes_secret" "cdn" {
  metadata {
    name      = "cdn"
    namespace = "shop"
  }
  data = merge(var.settings, {
    FRONTEND_URL = var.frontend_url
  })
}
