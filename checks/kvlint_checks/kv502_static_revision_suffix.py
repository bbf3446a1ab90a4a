"""A revision suffix that is the same in every deployment.

## What it flags

A literal `revisionSuffix` in Container App YAML.

## Why it fails in Azure

The first deployment makes the revision. The next one that changes the template asks for a second
revision of the same name and is rejected: `revision with suffix x already exists`.

## Example

```yaml title="bad/app.yaml"
type: Microsoft.App/containerApps
name: api
properties:
  template:
    revisionSuffix: v1 # expect: KV502
    containers:
      - name: api
        image: shop.azurecr.io/api:1.4.0
```

```yaml title="good/app.yaml"
type: Microsoft.App/containerApps
name: api
properties:
  template:
    revisionSuffix: v${BUILD_NUMBER}
    containers:
      - name: api
        image: shop.azurecr.io/api:1.4.0
```

## Silent when

A placeholder makes the suffix, or KV501 reports the same line. Terraform's azurerm sends the suffix
only when it changes, so a constant one does no harm there.

## Verify

`az containerapp revision list --name APP --resource-group GROUP --all --query "[].name"`

## References

- https://learn.microsoft.com/azure/container-apps/revisions
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Language, Level, Related, app_name, known_text

CHECK = CheckInfo(
    id="KV502",
    name="static-revision-suffix",
    level=Level.WARNING,
    summary="A revision suffix that never changes",
    severity=3.0,
    tags=("azure", "container-apps", "revisions"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """The literal suffixes that do not collide already."""
    colliding = {id(collision.app) for collision in graph.containerapps.collisions()}
    for app in graph.containerapps.apps:
        revision = app.revision
        if revision is None or not revision.resent or app.language is Language.TERRAFORM:
            continue
        suffix = known_text(revision.suffix)
        if not suffix or id(app) in colliding or any(step.replaceable for step in revision.suffix.steps):
            continue
        exists = next((span for taken, span in revision.taken if taken == suffix), None)
        when = "The next deployment" if exists is not None else "The second deployment"
        yield Finding(
            check=CHECK,
            span=revision.suffix.span or app.span,
            message=(
                f'The revision suffix "{suffix}" of {app.title} is the same in every deployment.'
                f' {when} that changes the template fails with "revision with suffix {suffix} already exists".'
            ),
            subject=f"{app.display} revision {suffix}",
            level=CHECK.level,
            label="never changes",
            related=[Related(exists, "the revision exists already")] if exists is not None else [],
            steps=revision.suffix.steps,
            help="Remove `revisionSuffix`, or derive it from the build.",
            verify=(
                f"az containerapp revision list --name {app_name(app)} --resource-group <group>"
                ' --all --query "[].name"'
            ),
            deployments={app.deployment},
        )
