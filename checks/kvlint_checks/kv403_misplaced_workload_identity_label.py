"""The workload-identity label stands where nothing reads it, or does not say "true".

## What it flags

- `azure.workload.identity/use` on the workload, in its selector, on the job template, on the service
  account or among annotations, while the pod template lacks it;
- the label on the pod template with a value other than the text `"true"`: `True`, `yes`, or an
  unquoted `true`, which is a boolean and no text.

It is a warning where another workload of the same service account carries the label, where the pods
seem to need Azure only for a CSI volume, and for `"false"` on the pods of an account that is set up.

## Why it fails in Azure

The webhook compares the labels of pods with the text `"true"`. Labels of a Deployment are not passed
on to its pods, and the one on the service account has had no effect since version 1.0 of the webhook.
An unquoted `true` makes the API server refuse the whole object.

## Example

```yaml title="bad/orders.yaml"
apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
  namespace: shop
  labels:
    app: orders
    azure.workload.identity/use: "true" # expect: KV403
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
apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
  namespace: shop
  labels:
    app: orders
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

The labels of the pod template may get more entries, the label's value is not known, the pod mounts a
token itself or holds a client secret, it runs in `kube-system`, or an admission policy of the set
labels pods. In typed Terraform resources `true` is fine: the provider makes it a text.

## Verify

`kubectl get pods -n NAMESPACE -l azure.workload.identity/use=true`

## References

- https://learn.microsoft.com/azure/aks/workload-identity-overview#pod-labels
- https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kvlint.checks import (
    USE_LABEL,
    CheckInfo,
    Finding,
    Graph,
    Label,
    Level,
    Related,
    Scalar,
    ServiceAccount,
    Span,
    UseLabel,
    Workload,
    place,
    pods_of,
    text_of,
    title,
    use_label,
)

CHECK = CheckInfo(
    id="KV403",
    name="misplaced-workload-identity-label",
    level=Level.ERROR,
    summary="The workload-identity label in the wrong place, or with a value that means nothing",
    severity=6.0,
    tags=("azure", "kubernetes", "workload-identity"),
)

#: How many workloads a message names.
_MAX_NAMES = 3


def find(graph: Graph) -> Iterator[Finding]:
    """Wrong values on pod templates, labels around them, and labels on service accounts."""
    federation = graph.federation
    for workload in federation.workloads:
        if federation.is_excused(workload):
            continue
        state = use_label(workload)
        doubt = federation.doubt(workload)
        if state is UseLabel.WRONG:
            yield from _wrong_value(graph, workload, doubt)
        elif state is UseLabel.MISSING and workload.misplaced_labels:
            label = workload.misplaced_labels[0]
            owner = title(workload) if workload.kind == "Pod" else f"the pod template of {title(workload)}"
            message = (
                f"`{USE_LABEL}` stands as {label.where}, and {owner} lacks it."
                " The webhook reads labels of pods only, so the pods get no token."
            )
            yield _finding(workload, label, message, "not on the pods", doubt)
    for account in federation.service_accounts:
        pods = federation.pods_relying_on(account)
        if pods:
            yield _on_account(account, pods, [federation.doubt(pod) for pod in pods])


def _wrong_value(graph: Graph, workload: Workload, doubt: str) -> Iterator[Finding]:
    label = workload.labels[USE_LABEL]
    text = text_of(label.value)
    if text == "false":
        # A decision rather than a mistake, unless the account was set up for these pods.
        if graph.federation.setup(workload) is not None:
            message = (
                f'`{USE_LABEL}: "false"` turns workload identity off for {pods_of(workload)}, whose service'
                " account is set up for it. Without it there is no token."
            )
            yield _finding(workload, label, message, "turned off", doubt or "it may be turned off on purpose")
        return
    if isinstance(label.value, Scalar) and text is None:
        message = (
            f"`{USE_LABEL}` of {title(workload)} is no text: labels must be strings, and Kubernetes"
            " rejects the object."
        )
        yield _finding(workload, label, message, 'write "true" with quotes', "")
        return
    message = (
        f'`{USE_LABEL}` of {title(workload)} is "{text}" and not "true". The webhook compares the text'
        " exactly, so the pods get no token."
    )
    yield _finding(workload, label, message, 'must be the text "true"', doubt)


def _on_account(account: ServiceAccount, pods: Sequence[Workload], doubts: Sequence[str]) -> Finding:
    label = account.labels[USE_LABEL]
    doubt = doubts[0] if all(doubts) else ""
    message = (
        f"`{USE_LABEL}` stands on {title(account)}, where the webhook does not look, and is missing on"
        f" {_names(pods)}. Without it there is no token."
    )
    found = _finding(account, label, message, "not on the pods", doubt)
    found.related = [Related(pod.name_span, "its pod template lacks the label") for pod in pods]
    return found


def _names(pods: Sequence[Workload]) -> str:
    """The pods of some workloads; what is a pod itself comes behind those of others."""
    first, *more = sorted(pods, key=lambda pod: pod.kind == "Pod")[:_MAX_NAMES]
    shown = [pods_of(first), *map(title, more), *(["others"] if len(pods) > _MAX_NAMES else [])]
    *others, last = shown
    return f"{', '.join(others)} and {last}" if others else last


def _finding(
    owner: Workload | ServiceAccount, label: Label, message: str, caption: str, doubt: str
) -> Finding:
    related = [Related(owner.name_span, "the workload")] if isinstance(owner, Workload) else []
    return Finding(
        check=CHECK,
        span=_whole(label),
        message=message,
        subject=f"{owner.display} {place(owner)} {USE_LABEL}",
        level=CHECK.level.lowered() if doubt else CHECK.level,
        label=caption,
        related=related,
        help=f'Put `{USE_LABEL}: "true"` under the labels of the pod template.',
        verify=f"kubectl get pods -n {place(owner) or '<namespace>'} -l {USE_LABEL}=true",
        notes=[f"it is a warning because {doubt}"] if doubt else [],
        deployments={owner.deployment},
    )


def _whole(label: Label) -> Span:
    """The range of the entry, key and value, where they stand together."""
    value = label.value.span
    if value is not None and value.source is label.span.source and value.end > label.span.start:
        return Span(label.span.source, label.span.start, value.end)
    return label.span
