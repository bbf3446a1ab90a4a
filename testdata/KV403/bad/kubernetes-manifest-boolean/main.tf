resource "kubernetes_manifest" "probe" {
  manifest = {
    apiVersion = "v1"
    kind       = "Pod"
    metadata = {
      name      = "probe"
      namespace = "shop"
      labels = {
        "azure.workload.identity/use" = true # expect: KV403
      }
    }
    spec = {
      serviceAccountName = "orders"
      containers         = [{ name = "probe", image = "shop.azurecr.io/probe:1.4.0" }]
    }
  }
}
