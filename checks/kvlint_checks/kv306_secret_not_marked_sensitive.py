"""A parameter that takes a secret is not declared secure.

## What it flags

A parameter of a Bicep or ARM template without `@secure()` (of type `string` or `object`, where ARM JSON
has `secureString` and `secureObject`) whose value flows into a property that holds a secret: a
Container App secret's `value`, a Key Vault secret's `value`, an administrator's password, …, or into
a secure parameter of a module. As a part of a longer text, such as a connection string, it counts
where its name says that it is secret.

## Why it matters

The values of parameters are kept in the history of deployments, where everybody with read access to
the resource group sees them, unless the parameter is declared secure. That holds for modules too:
each of them is a deployment of its own.

## Example

```bicep title="bad/main.bicep"
param apiKey string // expect: KV306

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'shop'
  location: 'westeurope'
  properties: {
    configuration: {
      secrets: [
        { name: 'api-key', value: apiKey }
      ]
    }
  }
}
```

```bicep title="good/main.bicep"
@secure()
param apiKey string

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'shop'
  location: 'westeurope'
  properties: {
    configuration: {
      secrets: [
        { name: 'api-key', value: apiKey }
      ]
    }
  }
}
```

## Silent when

Every value that the parameter gets in the analysed set is known and no secret, its name says that it
is none (`dbHost`, `secretName`, `sshPublicKey`), what it becomes is a secret in name only (`db-host`),
or it is an array, which cannot be declared secure.

## Verify

`az deployment group show -g GROUP -n DEPLOYMENT --query properties.parameters` shows what is kept of it.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/bicep/parameters#secure-parameters
- https://learn.microsoft.com/azure/azure-resource-manager/bicep/linter-rule-secure-secrets-in-parameters
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Language, Level, Related, UnmarkedParameter

CHECK = CheckInfo(
    id="KV306",
    name="secret-not-marked-sensitive",
    level=Level.WARNING,
    summary="A parameter that takes a secret is not declared secure",
    severity=5.5,
    tags=("secret", "bicep", "arm", "external/cwe/cwe-532"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each parameter, at its declaration."""
    for flows in graph.literals.unmarked_parameters():
        first = flows[0]
        finding = Finding(
            CHECK,
            first.span,
            f'Parameter "{first.display}" takes a secret but is not declared secure: it reaches {first.sink}.',
            subject=f"{first.span.path}: parameter {first.display}",
            level=CHECK.level,
            label="kept in clear in the history of deployments",
            steps=first.steps,
            help=_help(first),
        )
        places = {flow.sink_span: flow.sink for flow in flows}
        finding.related.extend(Related(span, f"it reaches {sink}") for span, sink in places.items())
        yield finding


def _help(parameter: UnmarkedParameter) -> str:
    if parameter.language is Language.ARM or parameter.span.path.endswith(".json"):
        secure = "secureObject" if parameter.kind == "object" else "secureString"
        return f'Declare it with "type": "{secure}".'
    return "Declare it with @secure()."
