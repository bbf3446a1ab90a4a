"""A name of a secret or a vault that the platform rejects.

## What it flags

- names of Container App secrets with upper-case letters, `_` or other characters than lower-case
  letters, digits and `-`, or with a `-` at either end;
- names of Key Vault secrets with other characters than letters, digits and `-`, or longer than 127;
- names of vaults that are not 3 to 24 letters, digits and single hyphens, with a letter first and
  no hyphen last.

The known parts of a partly known name are checked too.

## Why it fails in Azure

Container Apps answers with `ContainerAppInvalidSecretName`, Key Vault with `BadParameter` or
`VaultNameNotValid`. The usual cause is an environment variable's name that was taken for the
secret's.

## Example

```yaml title="bad/app.yaml"
type: Microsoft.App/containerApps
name: api
properties:
  configuration:
    secrets:
      - name: DB_PASSWORD # expect: KV103
        value: ${DB_PASSWORD}
  template:
    containers:
      - name: api
        image: shop.azurecr.io/api:1.4.0
        env:
          - name: DB_PASSWORD
            secretRef: DB_PASSWORD
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

The name is not known; for Dapr components in YAML, whose names follow Dapr's rules.

## Verify

`az containerapp secret list --name APP --resource-group GROUP --query [].name` shows the names of an
app's secrets, and `az keyvault check-name --name VAULT` whether a vault may have a name.

## References

- https://learn.microsoft.com/azure/container-apps/manage-secrets
- https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
- https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from kvlint.checks import (
    AppKind,
    CheckInfo,
    Deployment,
    Finding,
    Graph,
    Language,
    Level,
    PartialText,
    Related,
    Span,
    Value,
    alternatives,
    holds_stand_in,
    known_text,
)

CHECK = CheckInfo(
    id="KV103",
    name="invalid-secret-name",
    level=Level.ERROR,
    summary="A secret or vault name that the platform rejects",
    severity=5.0,
    tags=("azure", "container-apps", "key-vault", "secrets"),
)

#: What is wrong with a name, or with the known parts (``whole`` false) of one.
Rule = Callable[[str, bool], str | None]


def find(graph: Graph) -> Iterator[Finding]:
    """The names of app secrets, vault secrets and vaults."""
    for app in graph.containerapps.apps:
        if app.kind is AppKind.DAPR_COMPONENT and app.language is not Language.TERRAFORM:
            continue
        for secret in app.secrets:
            owner = f"a secret of {app.title}"
            error = "The deployment fails with ContainerAppInvalidSecretName."
            yield from _judge(secret.name, secret.span, app_secret_defect, owner, error, app.deployment)
    for entry in graph.facts.vault_objects:
        if entry.managed:
            error = "Key Vault rejects it with BadParameter."
            owner = f"the Key Vault {entry.kind.value} {entry.display}"
            yield from _judge(
                entry.name,
                entry.span,
                vault_object_defect,
                owner,
                error,
                entry.deployment,
            )
    for vault in graph.facts.vaults:
        if vault.managed:
            error = "The deployment fails with VaultNameNotValid."
            owner = f"the vault {vault.display}"
            yield from _judge(vault.name, vault.span, vault_defect, owner, error, vault.deployment)


def app_secret_defect(name: str, whole: bool) -> str | None:
    """What is wrong with a Container App secret's name; dots are left alone, some versions take them."""
    if re.search(r"[A-Z]", name):
        return "it holds upper-case letters"
    found = re.search(r"[^a-z0-9.-]", name)
    if found:
        return f'it holds "{found[0]}"'
    if whole and (name.startswith("-") or name.endswith("-")):
        return "it begins or ends with a hyphen"
    return "it is longer than 253 characters" if len(name) > 253 else None


def vault_object_defect(name: str, whole: bool) -> str | None:
    """What is wrong with a Key Vault object's name."""
    found = re.search(r"[^0-9A-Za-z-]", name)
    if found:
        return f'it holds "{found[0]}"'
    return "it is longer than 127 characters" if len(name) > 127 else None


def vault_defect(name: str, whole: bool) -> str | None:
    """What is wrong with a vault's name."""
    found = re.search(r"[^0-9A-Za-z-]", name)
    if found:
        return f'it holds "{found[0]}"'
    if "--" in name:
        return "it holds two hyphens in a row"
    if len(name) > 24:
        return "it is longer than 24 characters"
    if not whole:
        return None
    if len(name) < 3:
        return "it is shorter than 3 characters"
    if not re.match(r"[A-Za-z]", name):
        return "it does not begin with a letter"
    return "it ends with a hyphen" if name.endswith("-") else None


#: Commands that show the names that there are, or judge one.
_COMMANDS: dict[Rule, str] = {
    app_secret_defect: "az containerapp secret list --name <app> --resource-group <group> --query [].name",
    vault_defect: "az keyvault check-name --name <vault>",
}


def _judge(
    name: Value, span: Span, rule: Rule, owner: str, error: str, deployment: Deployment
) -> Iterator[Finding]:
    options = alternatives(name)
    defects = [(option, defect) for option in options if (defect := _defect(option, rule))]
    for option, defect in defects:
        text = _shown(option)
        always = len(defects) == len(options)
        place = option.span or span
        yield Finding(
            check=CHECK,
            span=place,
            message=f'"{text}" cannot be the name of {owner}: {defect}. {error}',
            subject=f"{owner} named {text}",
            level=CHECK.level if always else CHECK.level.lowered(),
            label=defect.removeprefix("it "),
            related=[] if place.source is span.source else [Related(span, f"{owner} is here")],
            steps=option.steps,
            help=f'Call it "{_suggestion(text, rule)}".' if known_text(option) else "",
            verify=_COMMANDS.get(rule, ""),
            deployments={deployment},
        )


def _defect(name: Value, rule: Rule) -> str | None:
    if holds_stand_in(name):
        return None
    if isinstance(name, PartialText):
        texts = (known_text(part) for part in name.parts)
        return next((defect for text in texts if text and (defect := rule(text, False))), None)
    text = known_text(name)
    return rule(text, True) if text else None


def _shown(name: Value) -> str:
    if isinstance(name, PartialText):
        return "".join(known_text(part) or "…" for part in name.parts)
    return known_text(name) or ""


def _suggestion(text: str, rule: Rule) -> str:
    """A valid name that is as near as possible."""
    words = re.sub(r"[^0-9A-Za-z]+", "-", text).strip("-")
    if rule is app_secret_defect:
        return _shortened(words.lower(), 253)
    return _shortened(words, 24 if rule is vault_defect else 127)


def _shortened(words: str, most: int) -> str:
    """As many whole words as fit; of a single one that is too long, its beginning."""
    if len(words) <= most:
        return words
    return words[: most + 1].rpartition("-")[0] or words[:most]
