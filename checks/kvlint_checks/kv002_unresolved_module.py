"""A module's source is not on disk, so what it defines is unknown.

## What it flags

A Terraform `module` block whose source is in a registry or in git and was not installed by
`terraform init`, whose folder does not exist, or that calls itself in a circle.

## Why it matters

Nothing is wrong with such a module. But what it defines is unknown: a vault, a secret or a
grant in it can be neither proven nor missed, and kvlint stays silent about whatever may
depend on it. After `terraform init` kvlint reads the modules under `.terraform/modules`.

## Example

```hcl title="bad/main.tf"
module "network" { # expect: KV002
  source = "./network"
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

The module is in the analysed folder, or under `.terraform/modules`.

## Verify

`terraform init -backend=false`, then run kvlint again.

## References

- https://developer.hashicorp.com/terraform/language/modules/sources
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Level

CHECK = CheckInfo(
    id="KV002",
    name="unresolved-module",
    level=Level.NOTE,
    summary="A module's source is not on disk, so what it defines is unknown",
    severity=1.0,
    tags=("terraform",),
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
            help="Run `terraform init -backend=false` so that kvlint can read the installed modules.",
        )
