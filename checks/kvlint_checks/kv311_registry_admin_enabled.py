"""A container registry has its admin user on.

## What it flags

`admin_enabled = true` of `azurerm_container_registry`, or `adminUserEnabled: true` of
`Microsoft.ContainerRegistry/registries`.

## Why it matters

The admin user is one account with a password that can push and delete every image of the registry.
It cannot be limited, its use shows no person or app in the logs, and its password ends up in the
secrets of every app that pulls with it, and in Terraform's state. A managed identity with the role
`AcrPull` needs no password at all.

## Example

```bicep title="bad/main.bicep"
resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'acrshop'
  location: resourceGroup().location
  sku: {
    name: 'Basic'
  }
  properties: {
    adminUserEnabled: true // expect: KV311
  }
}
```

```bicep title="good/main.bicep"
resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'acrshop'
  location: resourceGroup().location
  sku: {
    name: 'Basic'
  }
  properties: {
    adminUserEnabled: false
  }
}
```

## Silent when

The value is not known, depends on a condition, or is left to others (`ignore_changes`); the registry is
only looked up.

## Verify

`az acr show --name REGISTRY --query adminUserEnabled`

## References

- https://learn.microsoft.com/azure/container-registry/container-registry-authentication#admin-account
- https://learn.microsoft.com/azure/container-apps/managed-identity-image-pull
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Level, Related, text_of

CHECK = CheckInfo(
    id="KV311",
    name="registry-admin-enabled",
    level=Level.WARNING,
    summary="A container registry with the admin user on",
    severity=4.0,
    tags=("azure", "container-registry", "secrets"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """The argument that turns the admin user on, in every registry of the set."""
    for registry in graph.registries.with_admin_user():
        yield Finding(
            CHECK,
            registry.admin_user_span or registry.span,
            f"The admin user of {registry.title} is on: one password, shared by all who pull, that may push"
            " and delete every image.",
            subject=f"{registry.display} admin user",
            level=CHECK.level,
            label="the admin user is on",
            related=[Related(registry.span, "the registry")],
            steps=registry.admin_user.steps if registry.admin_user is not None else (),
            help="Turn it off, and let a managed identity with the role AcrPull pull the images.",
            verify=f"az acr show --name {text_of(registry.name) or '<registry>'} --query adminUserEnabled",
            deployments={registry.deployment},
        )
