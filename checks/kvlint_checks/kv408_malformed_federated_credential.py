"""A federated credential has an audience, subject or issuer that no token can match.

## What it flags

- no audience, or more than one;
- an audience other than `api://AzureADTokenExchange`, also in another case, where the issuer is an AKS
  cluster (for other clusters and GitHub a warning, because a token may be asked for with any audience);
- a subject that is not of the issuer's form: `system:serviceaccount:NAMESPACE:NAME` for Kubernetes,
  `repo:OWNER/REPOSITORY:` with `ref:refs/heads/…`, `environment:…` or `pull_request` for GitHub, the
  numeric id of a service account for Google; and one with a `*`, which matches nothing but itself;
- a subject together with `claimsMatchingExpression`;
- an issuer without `https://`, with white space, with an attribute of a cluster that is not its issuer
  url, with text around that url, or with the url of GitHub, GitLab, Google or Terraform Cloud in other
  letters or with a slash at its end; as a warning, the url of an AKS cluster without that slash.

## Why it fails in Azure

Nothing checks these texts when the credential is created. Entra ID compares them with the `aud`, `sub`
and `iss` claims of the token letter by letter, and refuses the exchange with
`AADSTS70021: No matching federated identity record found for presented assertion`.

## Example

```hcl title="bad/main.tf"
resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "deploy" {
  name                      = "deploy"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://token.actions.githubusercontent.com/" # expect: KV408
  audience                  = ["api://azureadtokenexchange"]                 # expect: KV408
  subject                   = "repo:shop/orders:ref:main"                    # expect: KV408
}
```

```hcl title="good/main.tf"
resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "deploy" {
  name                      = "deploy"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://token.actions.githubusercontent.com"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "repo:shop/orders:ref:refs/heads/main"
}
```

## Silent when

The argument, or the part of it that would be wrong, is not known; the audience is that of another
cloud, or belongs to an issuer with audiences of its own; the issuer's subjects have a form that is not
known here (GitLab, Terraform Cloud, Azure DevOps), or claims that a repository chose itself; a subject
of the right form nearly names a service account of the set (KV407).

## Verify

`az identity federated-credential list --identity-name IDENTITY --resource-group GROUP`

## References

- https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
- https://learn.microsoft.com/entra/workload-id/workload-identities-flexible-federated-identity-credentials
- https://docs.github.com/actions/reference/security/oidc
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    CheckInfo,
    FederatedCredential,
    Finding,
    Graph,
    IdentityKind,
    Level,
    Related,
    text_of,
)

CHECK = CheckInfo(
    id="KV408",
    name="malformed-federated-credential",
    level=Level.ERROR,
    summary="A federated credential with an audience, subject or issuer that no token matches",
    severity=6.0,
    tags=("azure", "workload-identity", "oidc"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """Every faulty argument of the credentials that the set creates."""
    federation = graph.federation
    for credential in federation.credentials:
        if not credential.managed:
            continue
        for defect in graph.credential_forms.defects(credential):
            in_subject = defect.span == credential.subject_span
            if in_subject and credential.address in federation.mismatches:
                continue
            issuer = credential.issuer_span if in_subject else None
            yield Finding(
                check=CHECK,
                span=defect.span,
                message=f"{defect.message} {_consequence(sure=defect.certain)}",
                subject=f"{credential.display} {defect.label}",
                level=CHECK.level if defect.always and defect.certain else CHECK.level.lowered(),
                label=defect.label,
                related=[Related(issuer, "the issuer")] if issuer is not None else [],
                steps=defect.steps,
                help=defect.help,
                verify=_command(graph, credential),
                deployments={credential.deployment},
            )


def _consequence(*, sure: bool) -> str:
    return f"Entra ID {'exchanges' if sure else 'most likely exchanges'} no token for it."


def _command(graph: Graph, credential: FederatedCredential) -> str:
    named = graph.identity_ids.named(credential.identity) if credential.identity is not None else None
    query = '--query "[].{issuer: issuer, subject: subject, audiences: audiences}"'
    if named is not None and named.identity.kind is IdentityKind.APPLICATION:
        return f"az ad app federated-credential list --id <application id> {query}"
    name = text_of(named.identity.name) if named is not None else None
    return (
        f"az identity federated-credential list --identity-name {name or '<identity>'}"
        f" --resource-group <group> {query}"
    )
