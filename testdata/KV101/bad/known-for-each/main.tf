variable "environment_id" {
  type = string
}

variable "secret_values" {
  type      = map(string)
  sensitive = true
}

locals {
  # One place for all of them: the variable of the container, and the secret behind it.
  secret_env = {
    DB_PASSWORD    = "db-password"
    STRIPE_API_KEY = "stripe-api-key"
  }
  job_env = {
    DB_PASSWORD = "db-password"
    SMTP_KEY    = "smtp-key" # expect: KV101
  }
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  dynamic "secret" {
    for_each = toset(values(local.secret_env))
    content {
      name  = secret.value
      value = var.secret_values[secret.value]
    }
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      dynamic "env" {
        for_each = merge(local.secret_env, local.job_env)
        content {
          name        = env.key
          secret_name = env.value
        }
      }
    }
  }
}
