variable "environment_id" {
  type = string
}

variable "secrets" {
  description = "Secret values by name; they come from the pipeline."
  type        = map(string)
  sensitive   = true
}

variable "prefix" {
  type = string
}

variable "key_secret" {
  type = string
}

data "terraform_remote_state" "platform" {
  backend = "local"
}

resource "azurerm_container_app" "dynamic" {
  name                         = "dynamic"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  dynamic "secret" {
    for_each = nonsensitive(toset(keys(var.secrets)))
    content {
      name  = secret.value
      value = var.secrets[secret.value]
    }
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "DB_PASSWORD"
        secret_name = "db-password"
      }
    }
  }
}

resource "azurerm_container_app" "named_by_prefix" {
  name                         = "named-by-prefix"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  secret {
    name  = "${var.prefix}-db-password"
    value = var.secrets["db"]
  }
  secret {
    name  = var.key_secret
    value = var.secrets["key"]
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "DB_PASSWORD"
        secret_name = "${var.prefix}-db-password"
      }
      env {
        name        = "DB_ADMIN_PASSWORD"
        secret_name = "shop-db-password"
      }
      env {
        name        = "API_KEY"
        secret_name = data.terraform_remote_state.platform.outputs.key_secret
      }
      env {
        name = "DEBUG"
      }
    }
  }
}
