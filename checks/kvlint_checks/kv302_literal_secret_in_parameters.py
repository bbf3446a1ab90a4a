"""A parameters file of a Bicep or ARM template holds a secret as plain text.

## What it flags

A literal in a `.bicepparam` file or in an ARM parameters file

- that is given to a `@secure()` parameter (`secureString`, `secureObject`),
- or that flows into a property that holds a secret (a Container App secret's `value`, a Key Vault
  secret's `value`, an administrator's password, …) or into a secure parameter of a module, through
  variables, modules and functions,
- or that has the shape of a known kind of secret (an account key, a token, a private key),
- or whose name says that it is secret, where the value can be one.

A parameters file that belongs to no template of the set is judged by names and shapes alone. The
value itself is never shown.

## Why it matters

A parameters file that is committed gives the secret to everybody who can read the repository, now
and in its history. `@secure()` keeps a value out of logs and of the history of deployments; it does
nothing for the file that the value is written in.

## Example

```bicep title="bad/main.bicep"
@secure()
param dbAccess string

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'shop'
  location: 'westeurope'
  properties: {
    configuration: {
      secrets: [
        { name: 'db', value: dbAccess }
      ]
    }
  }
}
```

```bicep title="bad/prod.bicepparam"
using './main.bicep'

param dbAccess = 'Wd7-kqRz-41Lm' // expect: KV302
```

```bicep title="good/main.bicep"
@secure()
param dbAccess string

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: 'shop'
  location: 'westeurope'
  properties: {
    configuration: {
      secrets: [
        { name: 'db', value: dbAccess }
      ]
    }
  }
}
```

```bicep title="good/prod.bicepparam"
using './main.bicep'

param dbAccess = az.getSecret('00000000-0000-0000-0000-000000000000', 'rg-shop', 'kv-shop', 'db-access')
```

## Silent when

The value is empty, a placeholder (`changeme`, `<password>`, `__TOKEN__`, `GEN-PASSWORD`), filled in by
azd or a pipeline (`${DB_LOGIN}`, `$(secretOrRandomPassword …)`, `#{DB_LOGIN}#`), read from the environment
(`readEnvironmentVariable`) or from Key Vault (`getSecret`, a `reference`), or a public credential of an
emulator.

## Verify

`git log --follow -p -- FILE` shows for how long it has been there; rotate the secret all the same.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/bicep/key-vault-parameter
- https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-parameters-file
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Deployment, Finding, Graph, Level, LiteralSecret, Related

CHECK = CheckInfo(
    id="KV302",
    name="literal-secret-in-parameters",
    level=Level.ERROR,
    summary="A parameters file of a template holds a secret as plain text",
    severity=8.0,
    tags=("secret", "bicep", "arm", "external/cwe/cwe-798"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each literal, however many properties it reaches."""
    for literals in graph.literals.in_parameter_files():
        first = literals[0]
        subject = f'parameter "{first.variable}"' if first.variable else "a parameter"
        finding = Finding(
            CHECK,
            first.span,
            f"The value of {subject} is a secret in plain text: {_why(literals)}.",
            subject=f"{first.span.path}: {first.variable} {first.sink}".rstrip(),
            level=CHECK.level,
            label="a secret in plain text, not shown",
            steps=first.value.steps,
            help=(
                "Take the value out of the file, rotate it, and read it from Key Vault (az.getSecret, a"
                " reference) or from the environment (readEnvironmentVariable)."
            ),
            verify=f"git log --follow -p -- {first.span.path}",
            deployments=_deployments(literals),
            secret=True,
        )
        places = {literal.sink_span: literal.sink for literal in literals if literal.sink_span is not None}
        finding.related.extend(Related(span, f"it reaches {sink}") for span, sink in places.items())
        yield finding


def _why(literals: list[LiteralSecret]) -> str:
    first = literals[0]
    if first.sink:
        return f"it reaches {first.sink}"
    if first.shape:
        return f"it has the form of {first.shape}"
    if any(one.declared for one in literals):
        return "the parameter is declared secure"
    return "its name says so, and it is not a placeholder"


def _deployments(literals: list[LiteralSecret]) -> set[Deployment]:
    """The deployments in which it reaches its properties; that of its own file goes without saying."""
    reached = {literal.deployment for literal in literals if literal.sink}
    return set() if any(one.variant == literals[0].span.path for one in reached) else reached
