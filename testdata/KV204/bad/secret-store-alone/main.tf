resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_role_assignment" "api" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Crypto User" # expect: KV204
  principal_id         = azurerm_user_assigned_identity.api.principal_id
}

resource "kubernetes_manifest" "store" {
  manifest = {
    apiVersion = "external-secrets.io/v1"
    kind       = "SecretStore"
    metadata   = { name = "vault", namespace = "shop" }
    spec = {
      provider = {
        azurekv = {
          vaultUrl   = azurerm_key_vault.shop.vault_uri
          authType   = "ManagedIdentity"
          identityId = azurerm_user_assigned_identity.api.client_id
        }
      }
    }
  }
}

