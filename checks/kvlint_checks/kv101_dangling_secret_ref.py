"""A Container App, job or Dapr component names a secret that it does not declare.

## What it flags

Every place that names a secret of the app: `secretRef` (`secret_name`) of an environment
variable, `passwordSecretRef` (`password_secret_name`) of a registry, the authentication of a
scale rule, the items of a `Secret` volume, the metadata of a Dapr component. The name must be
one of the app's own secrets. It is followed through variables, locals, modules and `dynamic`
blocks, and reported where it is written.

For a document with a template but no configuration, as updates have, it is a warning: the
app may have the secret already. Where only some possible values of a name are wrong, the
level drops one step.

## Why it fails in Azure

Container Apps checks the names when the app is created or updated, and rejects the whole
request: `ContainerAppSecretRefNotFound: SecretRef 'x' defined for container 'y' not found.`
Neither Terraform's plan nor the Azure CLI sees it before.

## Example

```hcl title="bad/main.tf"
variable "db_password" {
  type      = string
  sensitive = true
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"

  secret {
    name  = "db-password"
    value = var.db_password
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "DB_PASSWORD"
        secret_name = "db-password"
      }
      env {
        name        = "DB_ADMIN_PASSWORD"
        secret_name = "db-pasword" # expect: KV101
      }
    }
  }
}
```

```yaml title="good/app.yaml"
type: Microsoft.App/containerApps
name: api
properties:
  configuration:
    secrets:
      - name: db-password
        value: ${DB_PASSWORD}
  template:
    containers:
      - name: api
        image: shop.azurecr.io/api:1.4.0
        env:
          - name: DB_PASSWORD
            secretRef: db-password
```

## Silent when

- the list of secrets, or the name of one of them, is not known and could be the one named;
- `lifecycle { ignore_changes = [secret] }` leaves the secrets to others;
- the name itself is not known;
- a document changes only the scale or the image;
- an exported document has no `secrets` any more: `az containerapp update` keeps those of the app;
- a Dapr component takes its secrets from another one (`secretStoreComponent`).

## Verify

`az containerapp secret list --name APP --resource-group GROUP --query "[].name"`

## References

- https://learn.microsoft.com/azure/container-apps/manage-secrets
- https://learn.microsoft.com/azure/container-apps/scale-app
- https://learn.microsoft.com/azure/container-apps/dapr-components
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    App,
    AppKind,
    CheckInfo,
    Finding,
    Graph,
    Language,
    Level,
    ReferenceSite,
    Related,
    SecretReference,
    Value,
    known_text,
)

CHECK = CheckInfo(
    id="KV101",
    name="dangling-secret-ref",
    level=Level.ERROR,
    summary="A reference to an app secret that the app does not declare",
    severity=7.0,
    tags=("azure", "container-apps", "secrets"),
)

_LIST_COMMANDS = {
    AppKind.CONTAINER_APP: 'az containerapp secret list --name {name} --resource-group <group> --query "[].name"',
    AppKind.JOB: 'az containerapp job secret list --name {name} --resource-group <group> --query "[].name"',
    AppKind.DAPR_COMPONENT: (
        "az containerapp env dapr-component show --dapr-component-name {name} --name <environment>"
        " --resource-group <group> --query properties.secrets"
    ),
    AppKind.SESSION_POOL: (
        "az containerapp sessionpool show --name {name} --resource-group <group> --query properties.secrets"
    ),
}
#: What has its secrets at the root of its properties, and what to call it.
_OWNERS = {AppKind.DAPR_COMPONENT: "component", AppKind.SESSION_POOL: "pool"}
#: So many declared names are listed for a reference that is near none of them.
_SHOWN = 6


def find(graph: Graph) -> Iterator[Finding]:
    """References of every app, each name that none of the app's secrets has."""
    for app in graph.containerapps.apps:
        for reference in app.references:
            resolved = graph.containerapps.resolve(app, reference)
            level = Level.WARNING if app.partial else Level.ERROR
            for name in resolved.missing:
                always = resolved.always_broken
                yield _finding(graph, app, reference, name, level if always else level.lowered(), always)


def _finding(
    graph: Graph, app: App, reference: SecretReference, name: Value, level: Level, always: bool
) -> Finding:
    text = known_text(name) or ""
    place = _place(reference)
    near = graph.containerapps.near_miss(app, text)
    near_name = known_text(near.name) if near is not None else None
    verb = "names" if always else "names, in one of the possible cases,"
    owner = _OWNERS.get(app.kind, "app")
    message = f'{place} of {app.title} {verb} the secret "{text}", which the {owner} does not declare'
    if app.kind is AppKind.DAPR_COMPONENT:
        message += ". Dapr cannot load the component without it"
    elif reference.site is ReferenceSite.AUTHENTICATION:
        message += ". Nobody can sign in without it"
    elif app.partial:
        message += " here. Unless it exists already, the update fails with ContainerAppSecretRefNotFound"
    else:
        message += ". The deployment fails with ContainerAppSecretRefNotFound"
    message += f'; did you mean "{near_name}"?' if near_name else "."
    span = name.span or reference.span
    related = [
        Related(key.span, f"`{key.key}` is ignored here") for key in app.ignored_keys if key.key == "secrets"
    ]
    if near is not None and near_name:
        related.append(Related(near.name.span or near.span, f'"{near_name}" is declared here'))
    if reference.span.source is not span.source or reference.span.first.line != span.first.line:
        related.append(Related(reference.span, f"the {reference.site.value} that uses it"))
    return Finding(
        check=CHECK,
        span=span,
        message=message,
        subject=f"{app.display} {reference.site.value} {known_text(reference.owner) or ''} -> {text}",
        level=level,
        label="no secret of this name",
        related=related,
        steps=name.steps,
        help=_help(graph, app, text, near_name),
        verify=_LIST_COMMANDS[app.kind].format(name=known_text(app.name) or "<app>"),
        deployments={app.deployment},
    )


def _place(reference: SecretReference) -> str:
    owner = known_text(reference.owner)
    named = f' "{owner}"' if owner else ""
    match reference.site:
        case ReferenceSite.REGISTRY:
            return f"The password of registry{named}"
        case ReferenceSite.SCALE_RULE:
            return f"The scale rule{named}"
        case ReferenceSite.VOLUME:
            return f"The secret volume{named}"
        case ReferenceSite.DAPR_METADATA:
            return f"The metadata entry{named}"
        case ReferenceSite.AUTHENTICATION:
            return f"The authentication setting{named}"
    return f"The environment variable{named}"


def _help(graph: Graph, app: App, text: str, near: str | None) -> str:
    where = "a `secret` block"
    if app.language is not Language.TERRAFORM:
        where = "`secrets`" if app.kind in _OWNERS else "`configuration.secrets`"
    if near:
        return f'Write "{near}" here, or declare "{text}" in {where}.'
    names = [name for secret in graph.containerapps.secrets(app) if (name := known_text(secret.name))]
    declared = ", ".join(f'"{name}"' for name in names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    return f'Declare "{text}" in {where}, or name one that is declared: {declared or "there is none"}.'
