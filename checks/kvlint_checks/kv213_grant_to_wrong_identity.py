"""A grant meant for the identity that reads, given to one beside it.

## What it flags

A role assignment or access policy that would let a consumer read its secrets, but is for an
identity that sits beside the one that reads: the control plane or the kubelet of the cluster
where the secrets-provider add-on or a workload identity reads, the managed environment where the
app reads. Also the role AcrPull on the control plane of a cluster whose kubelet, which pulls the
images, has no such role (a warning). Reported instead of KV201.

## Why it fails in Azure

A cluster has several identities, and each does its own work: the control plane manages network
and disks, the kubelet pulls images, the secrets-provider add-on reads Key Vault unless a workload
identity does. A right of one is no right of another. The pod does not start: Key Vault answers
`ForbiddenByRbac` or `ForbiddenByPolicy`, or the image is not pulled.

## Example

```hcl title="bad/main.tf"
resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_kubernetes_cluster" "shop" {
  name                = "aks-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  dns_prefix          = "shop"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D2s_v5"
    node_count = 2
  }

  identity {
    type = "SystemAssigned"
  }

  key_vault_secrets_provider {
    secret_rotation_enabled = true
  }
}

resource "azurerm_role_assignment" "secrets" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_kubernetes_cluster.shop.kubelet_identity[0].object_id # expect: KV213
}

resource "kubernetes_manifest" "orders" {
  manifest = {
    apiVersion = "secrets-store.csi.x-k8s.io/v1"
    kind       = "SecretProviderClass"
    metadata = {
      name      = "orders"
      namespace = "shop"
    }
    spec = {
      provider = "azure"
      parameters = {
        keyvaultName           = azurerm_key_vault.shop.name
        useVMManagedIdentity   = "true"
        userAssignedIdentityID = azurerm_kubernetes_cluster.shop.key_vault_secrets_provider[0].secret_identity[0].client_id
        tenantId               = "00000000-0000-0000-0000-000000000000"
        objects                = <<-EOT
          array:
            - |
              objectName: db-password
              objectType: secret
        EOT
      }
    }
  }
}
```

```hcl title="good/main.tf"
resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_kubernetes_cluster" "shop" {
  name                = "aks-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  dns_prefix          = "shop"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D2s_v5"
    node_count = 2
  }

  identity {
    type = "SystemAssigned"
  }

  key_vault_secrets_provider {
    secret_rotation_enabled = true
  }
}

resource "azurerm_role_assignment" "secrets" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_kubernetes_cluster.shop.key_vault_secrets_provider[0].secret_identity[0].object_id
}

resource "kubernetes_manifest" "orders" {
  manifest = {
    apiVersion = "secrets-store.csi.x-k8s.io/v1"
    kind       = "SecretProviderClass"
    metadata = {
      name      = "orders"
      namespace = "shop"
    }
    spec = {
      provider = "azure"
      parameters = {
        keyvaultName           = azurerm_key_vault.shop.name
        useVMManagedIdentity   = "true"
        userAssignedIdentityID = azurerm_kubernetes_cluster.shop.key_vault_secrets_provider[0].secret_identity[0].client_id
        tenantId               = "00000000-0000-0000-0000-000000000000"
        objects                = <<-EOT
          array:
            - |
              objectName: db-password
              objectType: secret
        EOT
      }
    }
  }
}
```

## Silent when

The identity that reads has a grant, or may have one; the neighbour reads Key Vault itself. What is
silent here may be KV201.

## Verify

`az aks show --name CLUSTER --resource-group GROUP --query "[identityProfile, addonProfiles.azureKeyvaultSecretsProvider.identity]"`

## References

- https://learn.microsoft.com/azure/aks/use-managed-identity#summary-of-managed-identities-used-by-aks
- https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    CheckInfo,
    Finding,
    Grant,
    Graph,
    Level,
    MisplacedPull,
    Proof,
    Related,
    access_command,
    objects_name,
    principal_name,
    reader_name,
    text_of,
)

CHECK = CheckInfo(
    id="KV213",
    name="grant-to-wrong-identity",
    level=Level.ERROR,
    summary="A grant meant for the identity that reads, given to one beside it",
    severity=7.0,
    tags=("azure", "key-vault", "identity", "aks"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """Grants on vaults that consumers rely on in vain, and grants to pull images."""
    for read in graph.facts.vault_reads:
        answer = graph.access.answer(read)
        identity, vault = answer.identity, answer.vault
        if answer.proof is not Proof.NEIGHBOUR or identity is None or vault is None:
            continue
        for verdict in answer.deciding:
            grant = verdict.grant
            yield Finding(
                CHECK,
                grant.principal_span or grant.span,
                f"The {grant.kind.value} {grant.display} {verdict.reason}, but the {reader_name(read)} reads"
                f" {vault.title} as {identity.title}, which has no {objects_name(read)} read there.",
                subject=f"{grant.display}: {read.display}",
                level=CHECK.level if vault.managed else Level.WARNING,
                label="not the identity that reads",
                related=[
                    Related(read.span, "the consumer that reads"),
                    Related(identity.span, "the identity that reads"),
                    Related(vault.span, "the vault"),
                ],
                steps=grant.principal.steps,
                help=f"Give it to the principal id of {identity.title}.",
                verify=access_command(identity, vault),
                deployments={read.deployment},
            )
    yield from _pulls(graph)
    yield from _environments(graph)


def _environments(graph: Graph) -> Iterator[Finding]:
    """Grants to pull images that went to the environment of the app that pulls."""
    for pull in graph.registries.broken_pulls():
        for grant in pull.beside:
            yield Finding(
                CHECK,
                grant.principal_span or grant.span,
                f"The role assignment {grant.display} lets the identity of the environment pull images, but"
                f" the {pull.app.title} pulls as {pull.identity.title}, which has no such role.",
                subject=f"{grant.display}: {pull.app.display}",
                level=CHECK.level if pull.sure else Level.WARNING,
                label="not the identity that pulls",
                related=[
                    Related(pull.use.entry or pull.use.span, "the registry that is pulled from"),
                    Related(pull.identity.span, "the identity that pulls"),
                ],
                steps=grant.principal.steps,
                help=f"Give it to the principal id of {pull.identity.title}.",
                verify=(
                    f"az role assignment list --assignee {principal_name(pull.identity)} --all"
                    ' --query "[].{role:roleDefinitionName, scope:scope}"'
                ),
                deployments={pull.app.deployment},
            )


def _pulls(graph: Graph) -> Iterator[Finding]:
    for pull in graph.access.neighbours.misplaced_pulls():
        grant = pull.grant
        yield Finding(
            CHECK,
            grant.principal_span or grant.span,
            f"The role assignment {grant.display} lets {pull.holder.title} pull images, but the nodes pull"
            f" as {pull.kubelet.title}, which has no such role.",
            subject=f"{grant.display}: {pull.kubelet.display}",
            level=Level.WARNING,
            label="not the identity that pulls",
            related=[Related(pull.kubelet.span, "the cluster whose kubelet pulls")],
            steps=grant.principal.steps,
            help=f"Give it to the principal id of {pull.kubelet.title}.",
            verify=(
                f"az aks check-acr --name {_cluster(pull)} --resource-group <group>"
                f" --acr {_registry(graph, grant)}.azurecr.io"
            ),
            deployments={grant.deployment},
        )


def _cluster(pull: MisplacedPull) -> str:
    """The cluster's name, which its own identities have, to be filled in by the reader where it is not known."""
    names = (text_of(one.name) for one in (pull.kubelet, pull.holder) if one.host)
    return next(filter(None, names), "<cluster>")


def _registry(graph: Graph, grant: Grant) -> str:
    """The name of the registry that a role is assigned at, likewise."""
    registry = graph.registries.at_scope(grant.scope)
    return (text_of(registry.name) if registry is not None else None) or "<registry>"
