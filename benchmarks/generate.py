"""Trees of files like those of real projects, the same for the same seed.

A tree is made of services. Each has a Terraform root with a module of its own, Kubernetes
manifests and a Container App in YAML; about one in twenty names a secret that is not there.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

_DEFECTS = 0.05


def write_tree(folder: Path, count: int, seed: int = 1) -> int:
    """Write exactly ``count`` files below a folder; the bytes written."""
    size = 0
    for path, text in islice(_files(random.Random(seed)), count):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        size += file.write_text(text, "utf-8")
    return size


def terraform_text(services: int, seed: int = 1) -> str:
    """Terraform code of many services in one text."""
    return _text_of(".tf", services, seed)


def yaml_text(services: int, seed: int = 1) -> str:
    """YAML documents of many services in one text."""
    return "---\n" + _text_of(".yaml", services, seed, "---\n")


def bicep_text(services: int, seed: int = 1) -> str:
    """Bicep code of many services in one text; the trees have none."""
    chance = random.Random(seed)
    return "\n".join(_bicep(number, chance.randint(2, 6)) for number in range(services))


def _text_of(suffix: str, services: int, seed: int, separator: str = "\n") -> str:
    chance = random.Random(seed)
    files = (file for number in range(services) for file in _service(number, chance))
    return separator.join(text for path, text in files if path.endswith(suffix))


def _files(chance: random.Random) -> Iterator[tuple[str, str]]:
    number = 0
    while True:
        yield from _service(number, chance)
        number += 1


def _service(number: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    name = f"service{number}"
    secrets = [f"secret-{index}" for index in range(chance.randint(2, 6))]
    named = [*secrets]
    if chance.random() < _DEFECTS:
        named[-1] += "x"
    infra, manifests = f"{name}/infra", f"{name}/k8s"
    yield f"{infra}/main.tf", _root_module(name, secrets)
    yield f"{infra}/variables.tf", _VARIABLES
    yield f"{infra}/terraform.tfvars", f'location = "westeurope"\nenvironment = "prod{number}"\n'
    yield f"{infra}/modules/app/main.tf", _app_module(secrets, named)
    yield f"{infra}/modules/app/variables.tf", _MODULE_VARIABLES
    yield f"{manifests}/deployment.yaml", _deployment(name, secrets, chance.randint(1, 4))
    yield f"{manifests}/identity.yaml", _service_account(name)
    yield f"{manifests}/secrets.yaml", _provider_class(name, secrets)
    yield f"{manifests}/external.yaml", _external_secret(name, secrets)
    yield f"{name}/containerapp.yaml", _container_app(name, secrets, named)


_VARIABLES = """\
variable "location" {
  type    = string
  default = "westeurope"
}

variable "environment" {
  type = string
  validation {
    condition     = length(var.environment) > 2
    error_message = "Too short."
  }
}
"""

_MODULE_VARIABLES = """\
variable "name" { type = string }
variable "location" { type = string }
variable "identity_id" { type = string }
variable "vault_uri" { type = string }
"""


def _root_module(name: str, secrets: list[str]) -> str:
    declared = ", ".join(f'"{secret}"' for secret in secrets)
    return f"""\
locals {{
  prefix  = "{name}-${{var.environment}}"
  secrets = toset([{declared}])
}}

data "azurerm_client_config" "current" {{}}

resource "azurerm_resource_group" "main" {{
  name     = "rg-${{local.prefix}}"
  location = var.location
}}

resource "azurerm_user_assigned_identity" "app" {{
  name                = "id-${{local.prefix}}"
  resource_group_name = azurerm_resource_group.main.name
  location            = var.location
}}

resource "azurerm_key_vault" "main" {{
  name                      = "kv-${{local.prefix}}"
  resource_group_name       = azurerm_resource_group.main.name
  location                  = var.location
  tenant_id                 = data.azurerm_client_config.current.tenant_id
  sku_name                  = "standard"
  enable_rbac_authorization = true
}}

resource "azurerm_key_vault_secret" "all" {{
  for_each     = local.secrets
  name         = each.value
  value        = random_password.all[each.key].result
  key_vault_id = azurerm_key_vault.main.id
}}

resource "random_password" "all" {{
  for_each = local.secrets
  length   = 32
}}

# The app may read the vault.
resource "azurerm_role_assignment" "reader" {{
  scope                = azurerm_key_vault.main.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.app.principal_id
}}

module "app" {{
  source      = "./modules/app"
  name        = local.prefix
  location    = var.location
  identity_id = azurerm_user_assigned_identity.app.id
  vault_uri   = azurerm_key_vault.main.vault_uri
  depends_on  = [azurerm_role_assignment.reader]
}}
"""


def _bicep(number: int, secrets: int) -> str:
    values = "".join(
        f"""
  {{
    name: 'secret-{index}'
    keyVaultUrl: '${{vault{number}.properties.vaultUri}}secrets/secret-{index}'
    identity: identity{number}.id
  }}"""
        for index in range(secrets)
    )
    return f"""\
@description('Where service {number} runs.')
@allowed(['westeurope', 'northeurope'])
param location{number} string = 'westeurope'

var secrets{number} = [{values}
]

resource vault{number} 'Microsoft.KeyVault/vaults@2023-07-01' existing = {{
  name: 'kv-service{number}-prod'
}}

resource identity{number} 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {{
  name: 'id-service{number}'
  location: location{number}
}}

// The service may read the vault.
resource grant{number} 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  name: guid(vault{number}.id, identity{number}.id)
  scope: vault{number}
  properties: {{
    principalId: identity{number}.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b893-68d0dccdcb2f')
  }}
}}

resource app{number} 'Microsoft.App/containerApps@2024-03-01' = {{
  name: 'ca-service{number}'
  location: location{number}
  identity: {{ type: 'UserAssigned', userAssignedIdentities: {{ '${{identity{number}.id}}': {{}} }} }}
  properties: {{
    configuration: {{ activeRevisionsMode: 'Single', secrets: secrets{number} }}
    template: {{
      containers: [
        {{
          name: 'main'
          image: 'registry.example.com/service{number}:1.0'
          resources: {{ cpu: json('0.5'), memory: '1Gi' }}
          env: [for (secret, index) in secrets{number}: {{ name: 'VALUE_${{index}}', secretRef: secret.name }}]
        }}
      ]
    }}
  }}
}}

output fqdn{number} string = app{number}.properties.configuration.?ingress.?fqdn ?? 'none'
"""


def _app_module(secrets: list[str], named: list[str]) -> str:
    blocks = "".join(
        f"""
  secret {{
    name                = "{secret}"
    identity            = var.identity_id
    key_vault_secret_id = "${{var.vault_uri}}secrets/{secret}"
  }}
"""
        for secret in secrets
    )
    environment = "".join(
        f"""
      env {{
        name        = "VALUE_{index}"
        secret_name = "{secret}"
      }}
"""
        for index, secret in enumerate(named)
    )
    return f"""\
resource "azurerm_container_app" "main" {{
  name                         = "ca-${{var.name}}"
  container_app_environment_id = data.azurerm_container_app_environment.main.id
  resource_group_name          = "rg-${{var.name}}"
  revision_mode                = "Single"

  identity {{
    type         = "UserAssigned"
    identity_ids = [var.identity_id]
  }}
{blocks}
  template {{
    min_replicas = 1
    container {{
      name   = "main"
      image  = "registry.example.com/${{var.name}}:1.0"
      cpu    = 0.5
      memory = "1Gi"
{environment}
    }}
  }}
}}

data "azurerm_container_app_environment" "main" {{
  name                = "cae-${{var.name}}"
  resource_group_name = "rg-${{var.name}}"
}}
"""


def _deployment(name: str, secrets: list[str], containers: int) -> str:
    environment = "".join(
        f"""
            - name: VALUE_{index}
              valueFrom:
                secretKeyRef: {{name: {name}-synced, key: {secret}}}"""
        for index, secret in enumerate(secrets)
    )
    specs = "".join(
        f"""
        - name: container{index}
          image: registry.example.com/{name}:1.{index}
          env:{environment}
          volumeMounts:
            - {{name: secrets, mountPath: /mnt/secrets, readOnly: true}}"""
        for index in range(containers)
    )
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: {name}
spec:
  selector:
    matchLabels: {{app: {name}}}
  template:
    metadata:
      labels:
        app: {name}
        azure.workload.identity/use: "true"
    spec:
      serviceAccountName: {name}
      containers:{specs}
      volumes:
        - name: secrets
          csi:
            driver: secrets-store.csi.k8s.io
            readOnly: true
            volumeAttributes:
              secretProviderClass: {name}
"""


def _service_account(name: str) -> str:
    return f"""\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {name}
  namespace: {name}
  annotations:
    azure.workload.identity/client-id: 11111111-2222-3333-4444-555555555555
---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: {name}}}
spec:
  selector: {{app: {name}}}
  ports: [{{port: 80, targetPort: 8080}}]
"""


def _provider_class(name: str, secrets: list[str]) -> str:
    objects = "".join(
        f"""
        - |
          objectName: {secret}
          objectType: secret"""
        for secret in secrets
    )
    data = "".join(f"\n        - {{objectName: {secret}, key: {secret}}}" for secret in secrets)
    return f"""\
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata:
  name: {name}
  namespace: {name}
spec:
  provider: azure
  secretObjects:
    - secretName: {name}-synced
      type: Opaque
      data:{data}
  parameters:
    clientID: 11111111-2222-3333-4444-555555555555
    keyvaultName: kv-{name}-prod
    tenantId: 66666666-7777-8888-9999-000000000000
    objects: |
      array:{objects}
"""


def _external_secret(name: str, secrets: list[str]) -> str:
    data = "".join(f"\n    - secretKey: {secret}\n      remoteRef: {{key: {secret}}}" for secret in secrets)
    return f"""\
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {{name: vault, namespace: {name}}}
spec:
  provider:
    azurekv:
      authType: WorkloadIdentity
      vaultUrl: https://kv-{name}-prod.vault.azure.net
      serviceAccountRef: {{name: {name}}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {{name: {name}, namespace: {name}}}
spec:
  secretStoreRef: {{kind: SecretStore, name: vault}}
  target: {{name: {name}-external}}
  data:{data}
"""


def _container_app(name: str, secrets: list[str], named: list[str]) -> str:
    declared = "".join(
        f"""
      - name: {secret}
        keyVaultUrl: https://kv-{name}-prod.vault.azure.net/secrets/{secret}
        identity: system"""
        for secret in secrets
    )
    environment = "".join(
        f"\n          - {{name: VALUE_{index}, secretRef: {secret}}}" for index, secret in enumerate(named)
    )
    return f"""\
type: Microsoft.App/containerApps
name: {name}
location: westeurope
identity: {{type: SystemAssigned}}
properties:
  configuration:
    activeRevisionsMode: Single
    ingress: {{external: true, targetPort: 8080}}
    secrets:{declared}
  template:
    containers:
      - name: main
        image: registry.example.com/{name}:1.0
        resources: {{cpu: 0.5, memory: 1Gi}}
        env:{environment}
"""
