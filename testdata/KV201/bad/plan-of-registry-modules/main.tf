module "id" {
  source   = "shop.example/id/azurerm"
  for_each = toset(["a", "b"])
  name     = each.key
}

resource "azurerm_key_vault" "kv" {
  name                       = "kv-shop"
  resource_group_name        = "rg"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
}

resource "azurerm_container_app" "a" {
  name = "a"
  identity {
    type         = "UserAssigned"
    identity_ids = [module.id["a"].id]
  }
  secret {
    name                = "db"
    identity            = module.id["a"].id
    key_vault_secret_id = "${azurerm_key_vault.kv.vault_uri}secrets/a"
  }
}

resource "azurerm_container_app" "b" {
  name = "b"
  identity {
    type         = "UserAssigned"
    identity_ids = [module.id["b"].id]
  }
  secret {
    name                = "db"
    identity            = module.id["b"].id
    key_vault_secret_id = "${azurerm_key_vault.kv.vault_uri}secrets/b" # expect: KV201
  }
}

module "grant_a" {
  source    = "shop.example/grant/azurerm"
  principal = module.id["a"].principal_id
  scope     = azurerm_key_vault.kv.id
}
