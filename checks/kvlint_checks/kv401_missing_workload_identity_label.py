"""A pod of a service account that is set up for workload identity lacks the label that turns it on.

## What it flags

A pod template (Deployment, StatefulSet, Job, CronJob and so on, as a manifest or in Terraform)
without the label `azure.workload.identity/use: "true"`, whose service account has the annotation
`azure.workload.identity/client-id` or is the subject of a federated credential.

It is a warning where another workload of the same service account carries the label, or where the
pods seem to need Azure only for a Secrets Store CSI volume, whose driver takes no label.

## Why it fails in Azure

The workload identity webhook looks at pods with this label and at no others. Without it the pod gets
no projected token and none of `AZURE_CLIENT_ID`, `AZURE_TENANT_ID` and `AZURE_FEDERATED_TOKEN_FILE`:
`DefaultAzureCredential` falls through to the node's identity or to nothing.

## Example

```yaml title="bad/orders.yaml"
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
  name: orders # expect: KV401
  namespace: shop
spec:
  selector:
    matchLabels:
      app: orders
  template:
    metadata:
      labels:
        app: orders
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

The labels may get more entries (template actions, kustomize patches or labels, `ignore_changes`), the
service account or its namespace is not known, the pod mounts a token for
`api://AzureADTokenExchange` itself or holds a client secret, it runs in `kube-system`, or an admission
policy of the set labels pods. A label in the wrong place is KV403.

## Verify

`kubectl get deployment NAME -n NAMESPACE -o jsonpath='{.spec.template.metadata.labels}'`

## References

- https://learn.microsoft.com/azure/aks/workload-identity-overview#pod-labels
- https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import USE_LABEL, CheckInfo, Finding, Graph, Level, Related, Workload, place, pods_of

CHECK = CheckInfo(
    id="KV401",
    name="missing-workload-identity-label",
    level=Level.ERROR,
    summary="A pod of a federated service account without the workload-identity label",
    severity=6.0,
    tags=("azure", "kubernetes", "workload-identity"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """Every workload whose pods surely miss the label, and whose service account asks for it."""
    federation = graph.federation
    for workload in federation.workloads:
        if not federation.lacks_label(workload) or federation.label_stands_elsewhere(workload):
            continue
        setup = federation.setup(workload)
        if setup is None:
            continue
        related: list[Related] = []
        if setup.annotation is not None:
            related.append(
                Related(setup.annotation.span, "sets its service account up for workload identity")
            )
        if setup.credential is not None:
            span = setup.credential.subject_span or setup.credential.span
            related.append(Related(span, "the federated credential for its service account"))
        doubt = federation.doubt(workload)
        yield Finding(
            check=CHECK,
            span=workload.name_span,
            message=(
                f"The label `{USE_LABEL}` is missing on {pods_of(workload)}, whose service account is set up"
                " for workload identity. Without it there is no token and no `AZURE_CLIENT_ID`."
            ),
            subject=f"{workload.display} {place(workload)} {USE_LABEL}",
            level=CHECK.level.lowered() if doubt else CHECK.level,
            label="its pod template has no workload-identity label",
            related=related,
            help=f'Add `{USE_LABEL}: "true"` to the labels of the pod template.',
            verify=_command(workload),
            notes=[f"it is a warning because {doubt}"] if doubt else [],
            deployments={workload.deployment},
        )


def _command(workload: Workload) -> str:
    namespace = place(workload) or "<namespace>"
    return f"kubectl get pods -n {namespace} -l {USE_LABEL}=true"
