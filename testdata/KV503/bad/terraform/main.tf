variable "environment_id" {
  type = string
}

variable "release" {
  type = string
}

variable "branch" {
  type = string
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  template {
    revision_suffix = var.release

    container {
      name   = "api"
      image  = "shop.azurecr.io/api:${var.release}"
      cpu    = 0.5
      memory = "1Gi"
    }
  }
}

resource "azurerm_container_app" "worker" {
  name                         = "worker"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  template {
    revision_suffix = "Release-${var.branch}" # expect: KV503

    container {
      name   = "api"
      image  = "shop.azurecr.io/worker:${var.release}"
      cpu    = 0.5
      memory = "1Gi"
    }
  }
}
