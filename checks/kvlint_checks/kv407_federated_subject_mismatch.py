"""The subject of a federated credential nearly names a service account.

## What it flags

A federated credential whose subject is for no service account of the set and differs from one that
has no credential in case, in a letter or two of its namespace or name, in the order of the two, or by
saying `default` for the namespace.

## Why it fails in Azure

Nothing checks a subject when the credential is created. Entra ID compares it with the `sub` claim of
the token letter by letter, case included, and refuses the exchange with
`AADSTS70021: No matching federated identity record found for presented assertion`.

## Example

```hcl title="bad/main.tf"
resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "orders" {
  name                      = "orders"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://westeurope.oic.prod-aks.azure.com/0f1c2b3a/5d6e7f80/"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:shop:order-api" # expect: KV407
}

resource "kubernetes_service_account_v1" "orders" {
  metadata {
    name      = "orders-api"
    namespace = "shop"
    annotations = {
      "azure.workload.identity/client-id" = azurerm_user_assigned_identity.orders.client_id
    }
  }
}
```

```hcl title="good/main.tf"
resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "orders" {
  name                      = "orders"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://westeurope.oic.prod-aks.azure.com/0f1c2b3a/5d6e7f80/"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:shop:orders-api"
}

resource "kubernetes_service_account_v1" "orders" {
  metadata {
    name      = "orders-api"
    namespace = "shop"
    annotations = {
      "azure.workload.identity/client-id" = azurerm_user_assigned_identity.orders.client_id
    }
  }
}
```

## Silent when

The set has, or may have, the very account that the subject names; the near one has a credential of its
own, or may have one in a Bicep file; the two names differ only in numbers, single letters or words for environments (`orders-1` and
`orders-2`, `shop-dev` and `shop-uat`); more than 64 accounts of the namespace lack a credential; or the
subject is not known.

## Verify

`az identity federated-credential list --identity-name IDENTITY --resource-group GROUP --query "[].subject"`

## References

- https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
- https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster#create-the-federated-identity-credential
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Level, Related, place, text_of, title

CHECK = CheckInfo(
    id="KV407",
    name="federated-subject-mismatch",
    level=Level.ERROR,
    summary="A federated credential whose subject nearly names a service account",
    severity=6.0,
    tags=("azure", "kubernetes", "workload-identity"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """Every credential that misses the account it was meant for."""
    for credential in graph.federation.credentials:
        account = graph.federation.mismatches.get(credential.address)
        if account is None:
            continue
        written = text_of(credential.subject) or ""
        meant = f"system:serviceaccount:{place(account)}:{text_of(account.name)}"
        yield Finding(
            check=CHECK,
            span=credential.subject_span or credential.span,
            message=(
                f"The subject `{written}` names no service account of the set, and {title(account)} in"
                f' namespace "{place(account)}" has no other federated credential, so its tokens are refused'
                f' with AADSTS70021: did you mean "{meant}"?'
            ),
            subject=f"{credential.display} {written} {meant}",
            level=CHECK.level,
            label="no such service account",
            related=[Related(account.name_span, "the service account that it nearly names")],
            steps=credential.subject.steps if credential.subject is not None else (),
            help=f"Set the subject to `{meant}`.",
            verify=(
                f"az identity federated-credential list --identity-name <identity> --resource-group <group>"
                f" --query \"[?subject=='{meant}']\""
            ),
            deployments={credential.deployment},
        )
