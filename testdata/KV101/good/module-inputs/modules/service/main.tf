variable "name" {
  type = string
}

variable "image" {
  type = string
}

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

variable "secret_env" {
  description = "The secret's name for each environment variable."
  type        = map(string)
  default     = {}
}

resource "azurerm_container_app" "this" {
  name                         = var.name
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  secret {
    name  = "db-password"
    value = var.db_password
  }
  secret {
    name  = "queue-key"
    value = var.queue_key
  }

  template {
    container {
      name   = var.name
      image  = var.image
      cpu    = 0.5
      memory = "1Gi"

      dynamic "env" {
        for_each = var.secret_env
        content {
          name        = env.key
          secret_name = env.value
        }
      }
    }

    custom_scale_rule {
      name             = "queue"
      custom_rule_type = "azure-servicebus"
      metadata         = { queueName = "work", messageCount = "20" }

      authentication {
        secret_name       = "queue-key"
        trigger_parameter = "connection"
      }
    }
    custom_scale_rule {
      name             = "database"
      custom_rule_type = "postgresql"
      metadata         = { query = "select count(*) from jobs" }

      authentication {
        secret_name       = "db-password"
        trigger_parameter = "password"
      }
    }
  }
}
