variable "namespace" {
  type = string
}

resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "orders" {
  name                      = "orders"
  user_assigned_identity_id = azurerm_user_assigned_identity.api.id
  audience                  = ["api://AzureADTokenExchange"]
  issuer                    = "https://westeurope.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/11111111-1111-1111-1111-111111111111/"
  subject                   = "system:serviceaccount:${var.namespace}:orders"
}

resource "kubectl_manifest" "account" {
  yaml_body = <<-YAML
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: orders
      namespace: ${var.namespace}
      annotations:
        azure.workload.identity/client-id: ${azurerm_user_assigned_identity.api.client_id}
  YAML
}

resource "kubectl_manifest" "orders" {
  yaml_body = <<-YAML
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: orders
      namespace: ${var.namespace}
    spec:
      selector:
        matchLabels:
          app: orders
      template:
        metadata:
          labels:
            app: orders
            azure.workload.identity/use: "true"
        spec:
          serviceAccountName: orders
          containers:
            - name: orders
              image: ${var.namespace}.azurecr.io/orders:1.4.0
  YAML
}
