"""A variables file holds a secret as plain text.

## What it flags

A literal in `*.tfvars`, `*.tfvars.json` or the inputs of a `terragrunt.hcl`, or one that a workflow or script gives to
`TF_VAR_…`,

- whose variable flows into an argument that holds a secret (a Container App secret's `value`, a
  Key Vault secret's `value`, an administrator password, …), through locals, modules and templates,
- or whose value has the shape of a known kind of secret (an account key, a token, a private key),
- or whose name says that it is secret and whose value is not a placeholder.

Of `TF_VAR_…` it also flags the value of a variable that a root module declares `sensitive`.

The value itself is never shown.

## Why it matters

A variables file that is committed gives the secret to everybody who can read the repository, now
and in its history. Terraform copies it into the state as well.

## Example

```hcl title="bad/variables.tf"
variable "db_login" {
  type      = string
  sensitive = true
}
```

```hcl title="bad/main.tf"
resource "azurerm_key_vault_secret" "db" {
  name         = "db-login"
  value        = var.db_login
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.KeyVault/vaults/kv-shop"
}
```

```hcl title="bad/prod.tfvars"
db_login = "Wd7-kqRz-41Lm" # expect: KV301
```

```yaml title="bad/.github/workflows/deploy.yml"
name: deploy
on: push
env:
  TF_VAR_db_login: "Hq3.vT8m.Zr6x" # expect: KV301
jobs:
  apply:
    runs-on: ubuntu-latest
    steps:
      - run: terraform apply -auto-approve
```

```hcl title="good/variables.tf"
variable "db_login_secret_name" {
  type = string
}
```

```hcl title="good/prod.tfvars"
db_login_secret_name = "db-login"
```

## Silent when

The value is a placeholder (`changeme`, `<password>`, `__TOKEN__`, an all-zero GUID), a reference to
where the secret lies, something that the shell or the pipeline fills in (`$PASSWORD`), or a public credential of an emulator.

## Verify

`git log --follow -p -- FILE` shows for how long it has been there; rotate the secret all the same.

## References

- https://developer.hashicorp.com/terraform/language/manage-sensitive-data
- https://learn.microsoft.com/azure/key-vault/secrets/about-secrets
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Deployment, Finding, Graph, Level, LiteralSecret, Related

CHECK = CheckInfo(
    id="KV301",
    name="literal-secret-in-tfvars",
    level=Level.ERROR,
    summary="A variables file holds a secret as plain text",
    severity=8.0,
    tags=("secret", "terraform", "external/cwe/cwe-798"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each literal, however many arguments it reaches."""
    for literals in graph.literals.in_variable_files():
        first = literals[0]
        subject = f'variable "{first.variable}"' if first.variable else "a variable"
        finding = Finding(
            CHECK,
            first.span,
            f"The value of {subject} is a secret in plain text: {_why(first)}.",
            subject=f"{first.span.path}: {first.variable} {first.sink}".rstrip(),
            level=CHECK.level,
            label="a secret in plain text, not shown",
            steps=first.value.steps,
            help=(
                "Take the value out of the file, rotate it, and pass it as TF_VAR_… from a secret store,"
                " or read it from Key Vault."
            ),
            verify=f"git log --follow -p -- {first.span.path}",
            deployments=_deployments(literals),
            secret=True,
        )
        places = {literal.sink_span: literal.sink for literal in literals if literal.sink_span is not None}
        finding.related.extend(Related(span, f"it reaches {sink}") for span, sink in places.items())
        yield finding


def _why(literal: LiteralSecret) -> str:
    if literal.sink:
        return f"it reaches {literal.sink}"
    if literal.shape:
        return f"it has the form of {literal.shape}"
    if literal.declared:
        return "the variable is declared sensitive"
    return "its name says so, and it is not a placeholder"


def _deployments(literals: list[LiteralSecret]) -> set[Deployment]:
    """The deployments in which it reaches its arguments; that of its own file goes without saying."""
    reached = {literal.deployment for literal in literals if literal.sink}
    return set() if any(one.variant == literals[0].span.path for one in reached) else reached
