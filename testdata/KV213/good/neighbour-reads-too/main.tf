resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_kubernetes_cluster" "shop" {
  name                = "aks-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  dns_prefix          = "shop"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D2s_v5"
    node_count = 2
  }

  identity {
    type = "SystemAssigned"
  }

  key_vault_secrets_provider {
    secret_rotation_enabled = true
  }
}

resource "azurerm_role_assignment" "secrets" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_kubernetes_cluster.shop.kubelet_identity[0].object_id
}

resource "kubernetes_manifest" "orders" {
  manifest = {
    apiVersion = "secrets-store.csi.x-k8s.io/v1"
    kind       = "SecretProviderClass"
    metadata = {
      name      = "orders"
      namespace = "shop"
    }
    spec = {
      provider = "azure"
      parameters = {
        keyvaultName           = azurerm_key_vault.shop.name # expect: KV201
        useVMManagedIdentity   = "true"
        userAssignedIdentityID = azurerm_kubernetes_cluster.shop.key_vault_secrets_provider[0].secret_identity[0].client_id
        tenantId               = "00000000-0000-0000-0000-000000000000"
        objects                = <<-EOT
          array:
            - |
              objectName: db-password
              objectType: secret
        EOT
      }
    }
  }
}

resource "kubernetes_manifest" "stock" {
  manifest = {
    apiVersion = "secrets-store.csi.x-k8s.io/v1"
    kind       = "SecretProviderClass"
    metadata = {
      name      = "stock"
      namespace = "shop"
    }
    spec = {
      provider = "azure"
      parameters = {
        keyvaultName           = azurerm_key_vault.shop.name
        useVMManagedIdentity   = "true"
        userAssignedIdentityID = azurerm_kubernetes_cluster.shop.kubelet_identity[0].client_id
        tenantId               = "00000000-0000-0000-0000-000000000000"
        objects                = <<-EOT
          array:
            - |
              objectName: db-password
              objectType: secret
        EOT
      }
    }
  }
}
