"""A file of a known kind cannot be parsed.

## What it flags

A Terraform, variables, Bicep, Kubernetes or Container App file that is not valid in its language,
at the first line and column that is wrong. The rest of the file, where it can be read, and
the rest of the set are still analysed. Where a second reader (python-hcl2, ruamel.yaml, the Bicep CLI)
accepts the file, the finding is a note: then the fault may be kvlint's.

## Why it fails in Azure

`terraform plan`, `az deployment`, `kubectl apply` and `az containerapp create --yaml` reject the
file. Until then everything in it is unknown to kvlint: what it defines can be neither proven nor
broken.

## Example

```hcl title="bad/main.tf"
resource "azurerm_resource_group" "shop" {
  name     = "rg-shop"
  location = = "westeurope" # expect: KV001
}
```

```hcl title="good/main.tf"
resource "azurerm_resource_group" "shop" {
  name     = "rg-shop"
  location = "westeurope"
}
```

## Silent when

The file is of no kind that kvlint knows: a broken `docker-compose.yml` is not its business
unless the command line names it. The same holds of a template that only its tool can render; one
of a Helm chart is a note.

## Verify

`terraform fmt -check FILE`, `az bicep build --stdout --file FILE`, or
`kubectl apply --dry-run=client -f FILE`.

## References

- https://developer.hashicorp.com/terraform/language/syntax/configuration
- https://learn.microsoft.com/azure/azure-resource-manager/bicep/file
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Level, ParseProblem

CHECK = CheckInfo(
    id="KV001",
    name="parse-error",
    level=Level.ERROR,
    summary="A file cannot be parsed, so what it defines is unknown",
    severity=3.0,
    tags=("syntax",),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each place that could not be read."""
    for problem in graph.facts.parse_problems:
        finding = Finding(
            CHECK,
            problem.span,
            f"{_opening(problem)}: {problem.message}.",
            subject=f"{problem.span.path}: {problem.message}",
            level=Level.NOTE if problem.accepted or problem.excuse else Level.ERROR,
            label=problem.message,
            help="Correct the syntax; what stands here is unknown to kvlint until then.",
        )
        if problem.accepted:
            finding.notes.append("another reader accepts this file, so the fault may be kvlint's")
        if problem.excuse:
            finding.notes.append(problem.excuse)
        yield finding


def _opening(problem: ParseProblem) -> str:
    return "The file cannot be parsed here" if problem.span.source.text else "The file cannot be read"
