variable "environment_id" {
  type = string
}

variable "registry_password" {
  type      = string
  sensitive = true
}

variable "queue_connection" {
  type      = string
  sensitive = true
}

resource "azurerm_container_app" "worker" {
  name                         = "worker"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  revision_mode                = "Single"

  secret {
    name  = "registry-password"
    value = var.registry_password
  }
  secret {
    name  = "queue-connection"
    value = var.queue_connection
  }

  registry {
    server               = "shop.azurecr.io"
    username             = "shop"
    password_secret_name = "registry-password"
  }
  registry {
    server               = "mirror.azurecr.io"
    username             = "mirror"
    password_secret_name = "mirror-password" # expect: KV101
  }

  template {
    init_container {
      name   = "migrate"
      image  = "shop.azurecr.io/migrate:1.4.0"
      cpu    = 0.25
      memory = "0.5Gi"

      env {
        name        = "DB_PASSWORD"
        secret_name = "db-password" # expect: KV101
      }
    }
    container {
      name   = "worker"
      image  = "shop.azurecr.io/worker:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "QUEUE"
        secret_name = "queue-connection"
      }
    }

    azure_queue_scale_rule {
      name         = "work"
      queue_name   = "work"
      queue_length = 10

      authentication {
        secret_name       = "queue_connection" # expect: KV101
        trigger_parameter = "connection"
      }
    }
    http_scale_rule {
      name                = "requests"
      concurrent_requests = "50"

      authentication {
        secret_name = "http-token" # expect: KV101
      }
    }
  }
}

resource "azurerm_container_app_job" "nightly" {
  name                         = "nightly"
  location                     = "westeurope"
  resource_group_name          = "rg-shop"
  container_app_environment_id = var.environment_id
  replica_timeout_in_seconds   = 600

  secret {
    name  = "queue-connection"
    value = var.queue_connection
  }

  event_trigger_config {
    scale {
      rules {
        name             = "queue"
        custom_rule_type = "azure-servicebus"
        metadata         = { queueName = "nightly" }

        authentication {
          secret_name       = "queue-conection" # expect: KV101
          trigger_parameter = "connection"
        }
      }
    }
  }

  template {
    container {
      name   = "nightly"
      image  = "shop.azurecr.io/nightly:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "QUEUE"
        secret_name = "queue-connection"
      }
    }
  }
}

resource "azurerm_container_app_environment_dapr_component" "pubsub" {
  name                         = "pubsub"
  container_app_environment_id = var.environment_id
  component_type               = "pubsub.azure.servicebus"
  version                      = "v1"

  secret {
    name  = "connection"
    value = var.queue_connection
  }

  metadata {
    name        = "connectionString"
    secret_name = "connection"
  }
  metadata {
    name        = "accessKey"
    secret_name = "queue-connection" # expect: KV101
  }
}
