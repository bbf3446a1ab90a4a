"""Labelled pods run as a service account that names no identity.

## What it flags

A service account without the annotation `azure.workload.identity/client-id`, as which pods with the
label `azure.workload.identity/use: "true"` run that do not set `AZURE_CLIENT_ID` themselves.

## Why it fails in Azure

The webhook takes the value of `AZURE_CLIENT_ID` from this annotation. Without it the pods get a token
but no client id, and `DefaultAzureCredential` and `WorkloadIdentityCredential` fail with
"no client ID specified" unless the code passes one.

## Example

```yaml title="bad/orders.yaml"
apiVersion: v1
kind: ServiceAccount
metadata:
  name: orders # expect: KV402
  namespace: shop
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
  namespace: shop
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
        - name: api
          image: shop.azurecr.io/orders:1.4.0
```

```yaml title="good/orders.yaml"
apiVersion: v1
kind: ServiceAccount
metadata:
  name: orders
  namespace: shop
  annotations:
    azure.workload.identity/client-id: 5f8c2a40-6a1e-4d0b-9f53-0c2b7f1f6a11
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
  namespace: shop
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
        - name: api
          image: shop.azurecr.io/orders:1.4.0
```

## Silent when

Annotations may be added (template actions, kustomize patches, `ignore_changes`, `kubernetes_annotations`
with unknown content), a container sets `AZURE_CLIENT_ID` or takes variables from elsewhere (`envFrom`),
or the pods seem to need Azure only for a CSI volume, whose class names the client id itself.

## Verify

`kubectl get serviceaccount NAME -n NAMESPACE -o jsonpath='{.metadata.annotations}'`

## References

- https://learn.microsoft.com/azure/aks/workload-identity-overview#service-account-annotations
- https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    CLIENT_ID_ANNOTATION,
    CheckInfo,
    Finding,
    Graph,
    Level,
    Related,
    ServiceAccount,
    near_miss,
    place,
    text_of,
    title,
)

CHECK = CheckInfo(
    id="KV402",
    name="missing-client-id-annotation",
    level=Level.WARNING,
    summary="Labelled pods whose service account names no identity",
    severity=5.0,
    tags=("azure", "kubernetes", "workload-identity"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """Every service account of labelled pods that surely has no client id."""
    for account in graph.federation.service_accounts:
        pods = graph.federation.pods_without_client_id(account)
        if not pods:
            continue
        namespace = place(account) or "<namespace>"
        hint = _hint(account)
        yield Finding(
            check=CHECK,
            span=account.name_span,
            message=(
                f"The pods of {title(pods[0])} use workload identity as {title(account)}, which has no"
                f" `{CLIENT_ID_ANNOTATION}`. They get a token but no `AZURE_CLIENT_ID`.{hint}"
            ),
            subject=f"{account.display} {place(account)} {CLIENT_ID_ANNOTATION}",
            level=CHECK.level,
            label="names no identity",
            related=[Related(pod.name_span, "its pods carry the label") for pod in pods],
            help=f"Annotate it with `{CLIENT_ID_ANNOTATION}`, or set `AZURE_CLIENT_ID` in the containers.",
            verify=f"kubectl get serviceaccount {text_of(account.name)} -n {namespace} -o yaml",
            deployments={account.deployment},
        )


def _hint(account: ServiceAccount) -> str:
    """What was written instead of the annotation, as the end of the message."""
    if CLIENT_ID_ANNOTATION in account.annotations:
        return " The annotation is empty."
    if CLIENT_ID_ANNOTATION in account.labels:
        return " It stands among the labels."
    written = near_miss(CLIENT_ID_ANNOTATION, account.annotations)
    return f' It has "{written}": did you mean "{CLIENT_ID_ANNOTATION}"?' if written else ""
