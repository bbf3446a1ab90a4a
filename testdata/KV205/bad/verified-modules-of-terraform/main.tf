module "identity" {
  source  = "Azure/avm-res-managedidentity-userassignedidentity/azurerm"
  version = "0.3.3"

  name                = "id-api"
  location            = "westeurope"
  resource_group_name = "rg-shop"
}

module "vault" {
  source  = "Azure/avm-res-keyvault-vault/azurerm"
  version = "0.10.0"

  name                = "kv-shop"
  location            = "westeurope"
  resource_group_name = "rg-shop"
  tenant_id           = "00000000-0000-0000-0000-000000000000"
  legacy_access_policies_enabled = true

  role_assignments = {
    api = { # expect: KV205
      role_definition_id_or_name = "Key Vault Secrets User"
      principal_id               = module.identity.principal_id
    }
  }
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [module.identity.resource_id]
  }

  secret {
    name                = "db-password"
    key_vault_secret_id = "${module.vault.uri}secrets/db-password"
    identity            = module.identity.resource_id
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
