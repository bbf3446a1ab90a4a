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

resource "azurerm_federated_identity_credential" "orders" {
  name                      = "orders"
  user_assigned_identity_id = azurerm_user_assigned_identity.api.id
  audience                  = ["api://AzureADTokenExchange"]
  issuer                    = "https://westeurope.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/11111111-1111-1111-1111-111111111111/"
  subject                   = "system:serviceaccount:shop:orders"
}

resource "kubernetes_service_account" "orders" {
  metadata {
    name      = "orders"
    namespace = "shop"
    annotations = {
      "azure.workload.identity/client-id" = azurerm_user_assigned_identity.api.client_id
    }
  }
}

resource "kubernetes_deployment" "orders" {
  metadata {
    name      = "orders"
    namespace = "shop"
  }

  spec {
    selector {
      match_labels = { app = "orders" }
    }

    template {
      metadata {
        labels = {
          app                           = "orders"
          "azure.workload.identity/use" = "true"
        }
      }

      spec {
        service_account_name = "orders"

        container {
          name  = "orders"
          image = "shop.azurecr.io/orders:1.4.0"

          env {
            name  = "KEY_VAULT_URL"
            value = azurerm_key_vault.shop.vault_uri
          }

          env {
            name = "AZURE_CLIENT_ID"

            value_from {
              secret_key_ref {
                name = "sign-in"
                key  = "client-id"
              }
            }
          }
        }
      }
    }
  }
}
