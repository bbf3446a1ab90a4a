"""A revision suffix that another revision of the app has already.

## What it flags

In Container App YAML: two definitions of one app with the same `revisionSuffix` and different
templates, and a suffix that an exported file shows as taken (`latestRevisionName`,
`latestReadyRevisionName`, `traffic`) by another template.

## Why it fails in Azure

The name of a revision stays taken for as long as the revision exists, active or not. A different
template under the same name is rejected: `Field 'template.revisionsuffix' is invalid with details:
'Invalid value: "x": revision with suffix x already exists.'`

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

```yaml title="bad/canary.yaml"
type: Microsoft.App/containerApps
name: api
properties:
  template:
    revisionSuffix: v1 # expect: KV501
    containers:
      - name: api
        image: shop.azurecr.io/api:1.5.0-rc1
```

```yaml title="good/app.yaml"
type: Microsoft.App/containerApps
name: api
properties:
  template:
    revisionSuffix: v${BUILD_NUMBER}
    containers:
      - name: api
        image: shop.azurecr.io/api:${BUILD_NUMBER}
```

## Silent when

The templates are equal (the same revision again), parts of either are not known, the definitions
name different environments, or their paths name different stages (`dev/app.yaml`,
`prod/app.yaml`).

## Verify

`az containerapp revision list --name APP --resource-group GROUP --all --query "[].name"`

## References

- https://learn.microsoft.com/azure/container-apps/revisions
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Level, Related, app_name, known_text

CHECK = CheckInfo(
    id="KV501",
    name="revision-suffix-collision",
    level=Level.ERROR,
    summary="A revision suffix that another template of the app has taken",
    severity=5.0,
    tags=("azure", "container-apps", "revisions"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """The definitions whose revision another one takes."""
    for collision in graph.containerapps.collisions():
        app, suffix = collision.app, collision.revision.suffix
        text = known_text(suffix)
        taken = (
            f"the app has a revision of that name already ({collision.place.path} shows it)"
            if collision.exists
            else f"{collision.place.path} gives it to another template of the app"
        )
        yield Finding(
            check=CHECK,
            span=suffix.span or app.span,
            message=(
                f'The revision suffix "{text}" of {app.title} is taken: {taken}.'
                f' The deployment fails with "revision with suffix {text} already exists".'
            ),
            subject=f"{known_text(app.name) or app.display} revision {text}",
            level=CHECK.level,
            label="taken by another template",
            related=[
                Related(collision.place, "shows that it exists" if collision.exists else "the other one")
            ],
            steps=suffix.steps,
            help="Remove `revisionSuffix`, or derive it from the build.",
            verify=(
                f"az containerapp revision list --name {app_name(app)} --resource-group <group>"
                ' --all --query "[].name"'
            ),
            deployments={app.deployment},
        )
