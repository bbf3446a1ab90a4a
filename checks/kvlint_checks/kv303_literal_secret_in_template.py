"""A template or configuration holds a secret as plain text.

## What it flags

A literal in Terraform, Bicep, an ARM template or a Container App YAML document

- that is, or flows into, a property that holds a secret (a Container App secret's `value`, a Key
  Vault secret's `value`, an administrator's password, …), through variables and modules,
- that is the default of a `@secure()` parameter, or is given to the secure parameter of a module,
- that is the password in a connection string or url which ends there,
- or that is the default of a parameter or a variable of a template and has the shape of a known kind of secret, or a
  name that says secret where the value can be one.

The value itself is never shown.

## Why it matters

A template is committed, copied and shown in the portal. Whoever can read it, or the history of
deployments, has the secret. A default of a secure parameter looks protected and is not.

## Example

```bicep title="bad/main.bicep"
@secure()
param dbAccess string = 'Wd7-kqRz-41Lm' // expect: KV303

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: 'kv-shop'
}

resource login 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'db-access'
  properties: { value: dbAccess }
}
```

```bicep title="good/main.bicep"
@secure()
param dbAccess string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: 'kv-shop'
}

resource login 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
  parent: vault
  name: 'db-access'
  properties: { value: dbAccess }
}
```

## Silent when

The value is empty, a placeholder (`changeme`, `<password>`, `__TOKEN__`), a reference to where the
secret lies, made at deployment (`newGuid()`, `uniqueString()`), a public credential of an emulator, or
the value of a secret whose name says that it is none (`db-host`, `client-id`). Plain environment
variables are not secrets by themselves.

## Verify

`git log --follow -p -- FILE` shows for how long it has been there; rotate the secret all the same.

## References

- https://learn.microsoft.com/azure/azure-resource-manager/bicep/linter-rule-secure-parameter-default
- https://learn.microsoft.com/azure/azure-resource-manager/bicep/scenarios-secrets
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Deployment, Finding, Graph, Language, Level, LiteralSecret, Related

CHECK = CheckInfo(
    id="KV303",
    name="literal-secret-in-template",
    level=Level.ERROR,
    summary="A template or configuration holds a secret as plain text",
    severity=8.0,
    tags=("secret", "terraform", "bicep", "arm", "external/cwe/cwe-798"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each literal, however many properties it reaches."""
    for literals in graph.literals.in_configuration():
        first = literals[0]
        owner = next((one.variable for one in literals if one.variable), "")
        subject = f"The value of {owner}" if owner else "This literal"
        finding = Finding(
            CHECK,
            first.span,
            f"{subject} is a secret in plain text: {_why(literals)}.",
            subject=f"{first.span.path}: {owner} {first.sink}".rstrip(),
            level=CHECK.level,
            label="a secret in plain text, not shown",
            steps=first.value.steps,
            help=(
                f"Take the value out of the file, rotate it, and hand it over as {_input(first)} that is read"
                " from Key Vault or from a pipeline's secrets."
            ),
            verify=f"git log --follow -p -- {first.span.path}",
            deployments=_deployments(literals),
            secret=True,
        )
        places = {
            literal.sink_span: literal.sink
            for literal in literals
            if literal.sink_span is not None and not _within(first, literal)
        }
        finding.related.extend(Related(span, f"it reaches {sink}") for span, sink in places.items())
        yield finding


def _why(literals: list[LiteralSecret]) -> str:
    first = literals[0]
    if any(one.declared for one in literals):
        return "it is the default of a secure parameter"
    if first.sink:
        return f"it is what {first.sink} gets" if _within(first, first) else f"it reaches {first.sink}"
    if first.shape:
        return f"it has the form of {first.shape}"
    return "its name says so, and it is not a placeholder"


def _input(literal: LiteralSecret) -> str:
    match literal.language:
        case Language.TERRAFORM:
            return "a sensitive variable"
        case Language.CONTAINER_APP_YAML:
            return "a value"
    return "a secure parameter"


def _within(literal: LiteralSecret, reached: LiteralSecret) -> bool:
    """Whether a literal is written at the very place that it reaches."""
    place = reached.sink_span
    return (
        place is not None
        and place.source is literal.span.source
        and (place.first.line == literal.span.first.line)
    )


def _deployments(literals: list[LiteralSecret]) -> set[Deployment]:
    """The deployments in which it reaches its properties; those of its own file go without saying."""
    reached = {literal.deployment for literal in literals if literal.sink}
    return set() if any(one.root == literals[0].span.path for one in reached) else reached
