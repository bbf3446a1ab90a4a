"""Workloads use workload identity, which their cluster does not have.

## What it flags

The only cluster of the analysed set (`azurerm_kubernetes_cluster`, or
`Microsoft.ContainerService/managedClusters`) where pods of the set carry the label
`azure.workload.identity/use: "true"`, and the cluster does not turn on workload identity, or turns off
its OIDC issuer.

## Why it fails in Azure

Without workload identity nothing looks at the label: no token is mounted and no `AZURE_` variable is
set, and the code fails with `CredentialUnavailableError` or `no token file specified`. Without the OIDC
issuer Entra ID has no keys to check the tokens of the cluster with. Workload identity is off until it
is turned on, except in AKS Automatic; the issuer is on by default in new clusters since Kubernetes
1.34, so that nothing is said where it is not mentioned.

## Example

```hcl title="bad/main.tf"
resource "azurerm_kubernetes_cluster" "shop" { # expect: KV409
  name                = "aks-shop"
  location            = "westeurope"
  resource_group_name = "rg-shop"
  dns_prefix          = "shop"
  oidc_issuer_enabled = true

  default_node_pool {
    name    = "system"
    vm_size = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}
```

```yaml title="bad/api.yaml"
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: shop
spec:
  selector:
    matchLabels:
      app: api
  template:
    metadata:
      labels:
        app: api
        azure.workload.identity/use: "true"
    spec:
      serviceAccountName: api
      containers:
        - name: api
          image: shop.azurecr.io/api:1.4.0
```

```hcl title="good/main.tf"
resource "azurerm_kubernetes_cluster" "shop" {
  name                      = "aks-shop"
  location                  = "westeurope"
  resource_group_name       = "rg-shop"
  dns_prefix                = "shop"
  oidc_issuer_enabled       = true
  workload_identity_enabled = true

  default_node_pool {
    name    = "system"
    vm_size = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}
```

```yaml title="good/api.yaml"
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: shop
spec:
  selector:
    matchLabels:
      app: api
  template:
    metadata:
      labels:
        app: api
        azure.workload.identity/use: "true"
    spec:
      serviceAccountName: api
      containers:
        - name: api
          image: shop.azurecr.io/api:1.4.0
```

## Silent when

The set has several clusters or none, only looks the cluster up, or calls a module that is not on disk
and may be another one; a value is not known; the cluster is AKS Automatic, or something else may turn
workload identity on (a script, an update through azapi, the webhook's own chart). Pods that hold a
client secret, mount the token themselves or use identity bindings do not count.

## Verify

`az aks show --name CLUSTER --resource-group GROUP --query "{issuer:oidcIssuerProfile.enabled, identity:securityProfile.workloadIdentity.enabled}"`

## References

- https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster
- https://learn.microsoft.com/azure/aks/use-oidc-issuer
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    USE_LABEL,
    CheckInfo,
    Finding,
    Graph,
    Language,
    Level,
    Related,
    UnreadyCluster,
    text_of,
    title,
)

#: How many of the workloads are shown.
_MAX_SHOWN = 4

CHECK = CheckInfo(
    id="KV409",
    name="workload-identity-disabled",
    level=Level.ERROR,
    summary="Workloads use workload identity, and the only cluster of the set does not turn it on",
    severity=6.0,
    tags=("azure", "kubernetes", "workload-identity"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """The cluster that lacks what its workloads need."""
    for unready in graph.unready_clusters():
        cluster, workloads = unready.cluster, unready.workloads
        yield Finding(
            CHECK,
            cluster.span,
            f"The cluster does not turn on {' and '.join(unready.lacks)}, but {title(workloads[0])}{_others(unready)}"
            " uses workload identity. Its pods get no token for Entra ID.",
            subject=f"{cluster.display} workload identity",
            level=CHECK.level,
            label=f"{' and '.join(unready.lacks)} off",
            related=[
                Related(one.labels[USE_LABEL].span, "a workload that needs it")
                for one in workloads[:_MAX_SHOWN]
            ],
            help=_help(unready),
            verify=(
                f"az aks show --name {text_of(cluster.name) or '<cluster>'} --resource-group <group> --query"
                ' "{issuer:oidcIssuerProfile.enabled, identity:securityProfile.workloadIdentity.enabled}"'
            ),
            deployments={cluster.deployment},
        )


def _others(unready: UnreadyCluster) -> str:
    more = len(unready.workloads) - 1
    return f" (and {more} more)" if more else ""


def _help(unready: UnreadyCluster) -> str:
    if unready.cluster.language is Language.TERRAFORM:
        return "Set `workload_identity_enabled` and `oidc_issuer_enabled` to true."
    return "Set `securityProfile.workloadIdentity.enabled` and `oidcIssuerProfile.enabled` to true."
