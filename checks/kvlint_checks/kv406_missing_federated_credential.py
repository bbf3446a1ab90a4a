"""A service account names an identity that trusts no token of it.

## What it flags

A service account with `azure.workload.identity/client-id`, for which no federated credential of the
set has the subject `system:serviceaccount:NAMESPACE:NAME`. It is an error where the set creates the
identity, so that all its credentials are known, and a warning where the identity is known by its
client id only and the set federates other service accounts.

## Why it fails in Azure

Entra ID exchanges the pod's token only if a federated credential of the identity names its issuer
and subject exactly. Otherwise the sign-in ends in
`AADSTS70021: No matching federated identity record found for presented assertion`.

## Example

```hcl title="bad/main.tf"
resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "kubernetes_service_account_v1" "orders" {
  metadata {
    name      = "orders" # expect: KV406
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
  subject                   = "system:serviceaccount:shop:orders"
}

resource "kubernetes_service_account_v1" "orders" {
  metadata {
    name      = "orders"
    namespace = "shop"
    annotations = {
      "azure.workload.identity/client-id" = azurerm_user_assigned_identity.orders.client_id
    }
  }
}
```

## Silent when

The subject of a credential is not known and may be this account's, a module that may make credentials
is not on disk, a Bicep file may make them (it names the identity, or Terraform does not make the
identity), the account's name or namespace is not known, its pods use AKS identity bindings, or a
credential nearly names the account (KV407).

## Verify

`az identity federated-credential list --identity-name IDENTITY --resource-group GROUP -o table`

## References

- https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster#create-the-federated-identity-credential
- https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    CLIENT_ID_ANNOTATION,
    CheckInfo,
    Finding,
    Graph,
    Level,
    Related,
    ServiceAccount,
    place,
    text_of,
    title,
)

CHECK = CheckInfo(
    id="KV406",
    name="missing-federated-credential",
    level=Level.ERROR,
    summary="A service account whose identity has no federated credential for it",
    severity=6.0,
    tags=("azure", "kubernetes", "workload-identity"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """Every annotated service account that no credential is for."""
    federation = graph.federation
    for account in federation.service_accounts:
        annotation = federation.client_id(account)
        if annotation is None or not federation.surely_unfederated(account):
            continue
        identity = federation.identity_of(account)
        closed = federation.is_closed(account)
        if not closed and not federation.federates_accounts:
            continue
        subject = f"system:serviceaccount:{place(account) or '<namespace>'}:{text_of(account.name)}"
        related = [Related(annotation.span, f"`{CLIENT_ID_ANNOTATION}` says which identity it uses")]
        if identity is not None:
            related.append(Related(identity.span, "the identity"))
        yield Finding(
            check=CHECK,
            span=account.name_span,
            message=(
                f"No federated credential has the subject `{subject}`, so the identity of {title(account)}"
                " does not trust its tokens. Sign-in fails with AADSTS70021."
            ),
            subject=f"{account.display} {subject}",
            level=CHECK.level if closed else CHECK.level.lowered(),
            label="no federated credential for it",
            related=related,
            help="Add a federated identity credential with this subject to the identity.",
            verify=_command(account),
            deployments={account.deployment},
        )


def _command(account: ServiceAccount) -> str:
    namespace = place(account) or "<namespace>"
    return (
        f"kubectl create token {text_of(account.name)} -n {namespace} --audience api://AzureADTokenExchange"
        " and compare its `sub` with: az identity federated-credential list --identity-name <identity>"
        " --resource-group <group>"
    )
