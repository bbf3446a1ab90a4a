"""A suppression comment names an unknown check or is not well formed.

## What it flags

A comment that is meant as a suppression and is none: an id that no check has, no id at all,
brackets that are missing.

## Why it matters

What it was meant to silence is reported all the same, or the person who reads it believes
that something is checked which is not.

## Example

```hcl title="bad/main.tf"
# kvlint: ignore[KV999] # expect: KV004
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

Every id in the comment is one of a check.

## Verify

`kvlint checks` lists all ids.

## References

- The README's section on suppressing findings
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Level

CHECK = CheckInfo(
    id="KV004",
    name="invalid-suppression",
    level=Level.WARNING,
    summary="A suppression comment names an unknown check or is not well formed",
    severity=1.0,
    tags=("suppression",),
    about_suppressions=True,
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each such comment."""
    for note in graph.facts.suppressions:
        if not note.unused:
            yield Finding(
                CHECK,
                note.span,
                note.message,
                subject=note.message,
                level=CHECK.level,
                help="Write `kvlint: ignore[KV101] reason` with the id of a check; `kvlint checks` lists them.",
            )
