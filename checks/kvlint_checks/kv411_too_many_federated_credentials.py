"""An identity has more federated credentials than Entra ID allows.

## What it flags

The 21st federated credential of one managed identity or application, counting what `count`, `for_each`
and loops make of one block where their number is known.

## Why it fails in Azure

An application or a user-assigned identity can have 20 federated credentials. The next one is rejected
while it is created, so that the deployment stops half-way, and the service account or workflow behind
it gets no token.

## Example

```hcl title="bad/main.tf"
resource "azurerm_user_assigned_identity" "shop" {
  name                = "id-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "tenant" { # expect: KV411
  count                     = 24
  name                      = "tenant-${count.index}"
  user_assigned_identity_id = azurerm_user_assigned_identity.shop.id
  issuer                    = "https://westeurope.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/00000000-0000-0000-0000-000000000001/"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:tenant-${count.index}:api"
}
```

```hcl title="good/main.tf"
resource "azurerm_user_assigned_identity" "shop" {
  name                = "id-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "tenant" {
  count                     = 20
  name                      = "tenant-${count.index}"
  user_assigned_identity_id = azurerm_user_assigned_identity.shop.id
  issuer                    = "https://westeurope.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/00000000-0000-0000-0000-000000000001/"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:tenant-${count.index}:api"
}
```

## Silent when

The identity is not known. Credentials that may not be created, or in a number that is not known, are not
counted.

## Verify

`az identity federated-credential list --identity-name IDENTITY --resource-group GROUP --query "length(@)"`

## References

- https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations#general-federated-identity-credential-considerations
- https://learn.microsoft.com/azure/aks/workload-identity-overview
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Identity, IdentityKind, Level, Related, text_of

CHECK = CheckInfo(
    id="KV411",
    name="too-many-federated-credentials",
    level=Level.ERROR,
    summary="More than 20 federated credentials on one identity",
    severity=4.0,
    tags=("azure", "workload-identity", "oidc"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """The first credential of each identity that there is no room for."""
    for overflow in graph.credential_overflows():
        credential, first = overflow.first_rejected, overflow.credentials[0]
        named = graph.identity_ids.named(credential.identity) if credential.identity is not None else None
        owner = named.identity if named is not None else None
        related = [] if first.span == credential.span else [Related(first.span, "the first of them")]
        yield Finding(
            CHECK,
            credential.span,
            f"The analysed files give {overflow.owner} {len(overflow.credentials)} federated credentials, and Entra ID"
            f" allows {overflow.MOST}: this is the first that is rejected.",
            subject=f"{credential.display} over the limit",
            level=CHECK.level,
            label=f"number {overflow.MOST + 1}",
            related=related,
            help=_help(owner),
            verify=f'{_command(owner)} --query "length(@)"',
            deployments={credential.deployment},
        )


def _is_application(owner: Identity | None) -> bool:
    return owner is not None and owner.kind is IdentityKind.APPLICATION


def _help(owner: Identity | None) -> str:
    if _is_application(owner):
        return (
            "Spread the subjects over several applications, or use a flexible federated credential where"
            " its issuer allows one."
        )
    return "Spread the subjects over several identities."


def _command(owner: Identity | None) -> str:
    if _is_application(owner):
        return "az ad app federated-credential list --id <application id>"
    name = text_of(owner.name) if owner is not None else None
    return (
        f"az identity federated-credential list --identity-name {name or '<identity>'}"
        " --resource-group <group>"
    )
