"""A module's source is not on disk, so what it defines is unknown.

## What it flags

A Terraform `module` block whose source is in a registry or in git and was not installed by
`terraform init`, whose folder does not exist, or that calls itself in a circle. In Bicep a module
of a registry or template spec that `bicep restore` has not put into the module cache, a module or
linked template that is not there, and a `.bicepparam` whose template is not there.

## Why it matters

Nothing is wrong with such a module. But what it defines is unknown: a vault, a secret or a
grant in it can be neither proven nor missed, and kvlint stays silent about whatever may
depend on it. After `terraform init` kvlint reads the modules under `.terraform/modules`, after
`bicep restore` those in the compiler's cache. The common Azure Verified Modules (container app and
job, key vault, user-assigned identity, role assignment) are understood by their interface.

## Example

```hcl title="bad/main.tf"
module "network" { # expect: KV002
  source = "./network"
}
```

```bicep title="bad/app.bicep"
module network 'br/public:avm/res/network/virtual-network:0.5.0' = { // expect: KV002
  params: {
    name: 'vnet-shop'
    addressPrefixes: ['10.0.0.0/16']
  }
}
```

```hcl title="good/main.tf"
module "network" {
  source = "./net"
}
```

```hcl title="good/net/main.tf"
output "name" {
  value = "vnet-shop"
}
```

## Silent when

The module is in the analysed folder, under `.terraform/modules`, or in the compiler's module cache.

## Verify

`terraform init -backend=false` or `bicep restore FILE`, then run kvlint again.

## References

- https://developer.hashicorp.com/terraform/language/modules/sources
- https://learn.microsoft.com/azure/azure-resource-manager/bicep/modules
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Language, Level, MissingModule

CHECK = CheckInfo(
    id="KV002",
    name="unresolved-module",
    level=Level.NOTE,
    summary="A module's source is not on disk, so what it defines is unknown",
    severity=1.0,
    tags=("terraform", "bicep"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each module call that could not be followed."""
    for module in graph.facts.missing_modules:
        source = f' ("{module.source}")' if module.source else ""
        yield Finding(
            CHECK,
            module.span,
            f'Module "{module.name}"{source} cannot be read: {module.reason}. What it defines is unknown.',
            subject=f"module {module.name}: {module.source}",
            level=CHECK.level,
            label=module.reason,
            help=_help(module),
        )


def _help(module: MissingModule) -> str:
    if module.language is Language.TERRAFORM:
        return "Run `terraform init -backend=false` so that kvlint can read the installed modules."
    if module.remote:
        return "Run `bicep restore FILE` so that kvlint can read the module in the compiler's cache."
    return "Add the file to the analysed set, or mend the path: it compares with case."
