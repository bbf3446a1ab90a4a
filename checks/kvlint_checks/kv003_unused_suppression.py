"""A suppression comment silences nothing.

## What it flags

A `kvlint: ignore[…]` or `kvlint: ignore-file[…]` comment for a check that reports nothing
there.

## Why it matters

A comment that is left behind would hide the next defect on its line.

## Example

```hcl title="bad/main.tf"
# kvlint: ignore[KV301] the value is a test key # expect: KV003
resource "azurerm_resource_group" "shop" {
  name     = "rg-shop"
  location = "westeurope"
}
```

```hcl title="good/main.tf"
resource "azurerm_resource_group" "shop" {
  name     = "rg-shop"
  location = "westeurope"
}
```

## Silent when

The comment silences a finding, also one below the level that is shown.

## Verify

Remove the comment and run kvlint again.

## References

- The README's section on suppressing findings
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Level

CHECK = CheckInfo(
    id="KV003",
    name="unused-suppression",
    level=Level.WARNING,
    summary="A suppression comment silences nothing",
    severity=1.0,
    tags=("suppression",),
    about_suppressions=True,
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each such comment."""
    for note in graph.facts.suppressions:
        if note.unused:
            yield Finding(
                CHECK,
                note.span,
                note.message,
                subject=note.message,
                level=CHECK.level,
                help="Remove the comment, or this id from it.",
            )
