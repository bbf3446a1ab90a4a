variable "environment_id" {
  type = string
}

variable "release" {
  default = "1.4.0"
}

variable "build" {
  type = string
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  template {
    revision_suffix = "2-${lower(replace(var.release, ".", "-"))}-${var.build}"

    container {
      name   = "api"
      image  = "shop.azurecr.io/api:${var.release}"
      cpu    = 0.5
      memory = "1Gi"
    }
  }
}
