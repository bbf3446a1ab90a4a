"""An output shows a secret.

## What it flags

An output of a Bicep or ARM template, or of one of its modules, that is not declared `@secure()` and whose value is or holds

- a secure parameter,
- keys or tokens that a function such as `listKeys()` or `listCredentials()` reads,
- a property that holds a secret.

It is a warning where only the name of the output says that it is a password.

## Why it matters

Outputs are kept in clear in the history of deployments, where everybody with read access to the
resource group sees them. An output of a module is kept there even if nobody uses it.

## Example

```bicep title="bad/main.bicep"
resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: 'stshop'
}

output storageKey string = storage.listKeys().keys[0].value // expect: KV307
```

```bicep title="good/main.bicep"
resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: 'stshop'
}

output storageId string = storage.id

@secure()
output storageKey string = storage.listKeys().keys[0].value
```

## Silent when

The output is declared secure, or shows where a secret is (its name, its uri) but not the secret. A
connection string of Application Insights is none.

What Bicep's own linter is told, `#disable-next-line outputs-should-not-contain-secrets`, does not
silence kvlint: a comment `// kvlint: ignore[KV307] reason` does, beside that line or above it.

## Verify

`az deployment group show -g GROUP -n DEPLOYMENT --query properties.outputs` shows what is kept.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/bicep/linter-rule-outputs-should-not-contain-secrets
- https://learn.microsoft.com/azure/azure-resource-manager/bicep/outputs#secure-outputs
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, ExposedOutput, Exposure, Finding, Graph, Language, Level, Related

CHECK = CheckInfo(
    id="KV307",
    name="secret-in-output",
    level=Level.ERROR,
    summary="An output shows a secret",
    severity=6.5,
    tags=("secret", "bicep", "arm", "external/cwe/cwe-532"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each output, at its declaration."""
    for outputs in graph.literals.exposed_outputs():
        first = outputs[0]
        by_name = first.exposure is Exposure.NAME
        finding = Finding(
            CHECK,
            first.span,
            f'Output "{first.display}" shows {_what(first)}.',
            subject=f"{first.span.path}: output {first.display}",
            level=Level.WARNING if by_name else CHECK.level,
            label="kept in clear in the history of deployments",
            help=_help(first),
        )
        if first.source_span is not None and first.exposure is Exposure.PARAMETER:
            finding.related.append(Related(first.source_span, "the secure parameter"))
        yield finding


def _what(output: ExposedOutput) -> str:
    match output.exposure:
        case Exposure.PARAMETER:
            return f'the secure parameter "{output.what}"'
        case Exposure.KEYS:
            return f"what {output.what} reads"
        case Exposure.PROPERTY:
            return f"the secret {output.what}"
    return "what its name calls a password"


def _help(output: ExposedOutput) -> str:
    if output.language is Language.ARM or output.span.path.endswith(".json"):
        return 'Remove it, or declare it with "type": "secureString"; better put the secret into Key Vault.'
    return "Remove it, or declare it with @secure(); better put the secret into Key Vault."
