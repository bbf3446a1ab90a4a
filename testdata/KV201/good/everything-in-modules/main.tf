module "vault" {
  source = "./modules/vault"
  name   = "kv-shop"
}

module "identity" {
  source = "./modules/identity"
  name   = "id-api"
}

module "access" {
  source       = "./modules/access"
  key_vault_id = module.vault.id
  principal_id = module.identity.principal_id
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [module.identity.id]
  }

  secret {
    name                = "db-password"
    key_vault_secret_id = "${module.vault.uri}secrets/db-password"
    identity            = module.identity.id
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

  depends_on = [module.access]
}
