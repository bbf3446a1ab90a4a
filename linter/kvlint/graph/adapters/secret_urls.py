"""Whether a value can be the url of a Key Vault secret: ``https://VAULT.SUFFIX/secrets/NAME``."""

from __future__ import annotations

import re

from kvlint.evaluate.values import PartialText, Symbol, Value, alternatives, known_text
from kvlint.graph.entities import UrlDefect
from kvlint.source import Span

#: What Key Vault's host names end in: public, China, US Government, Germany (legacy).
VAULT_SUFFIXES = (
    ".vault.azure.net",
    ".vault.azure.cn",
    ".vault.usgovcloudapi.net",
    ".vault.microsoftazure.de",
)

#: Stands for a part that is not known.
_GAP = "\0"
_SCHEME = "https://"
_VAULT = f"{_SCHEME}{_GAP}.vault.azure.net/"
_ARM_ID = f"/subscriptions/{_GAP}"
_NOT_IN_NAME = re.compile(rf"[^0-9A-Za-z{_GAP}-]")
#: The host of a vault in a cloud that is not listed above.
_OTHER_CLOUD = re.compile(r"[^.]+\.vault\.(?!azure\.|vault\.)[^.]+\..+")

#: What attributes of resources look like once they are known. Types of ARM are in lower case.
_ATTRIBUTES = {
    ("azurerm_key_vault", "vault_uri"): _VAULT,
    ("azurerm_key_vault", "id"): _ARM_ID,
    ("azurerm_key_vault_secret", "id"): f"{_VAULT}secrets/{_GAP}",
    ("azurerm_key_vault_secret", "versionless_id"): f"{_VAULT}secrets/{_GAP}",
    ("azurerm_key_vault_secret", "resource_id"): _ARM_ID,
    ("azurerm_key_vault_secret", "resource_versionless_id"): _ARM_ID,
    ("azurerm_key_vault_certificate", "secret_id"): f"{_VAULT}secrets/{_GAP}",
    ("azurerm_key_vault_certificate", "versionless_secret_id"): f"{_VAULT}secrets/{_GAP}",
    ("azurerm_key_vault_certificate", "id"): f"{_VAULT}certificates/{_GAP}",
    ("azurerm_key_vault_certificate", "versionless_id"): f"{_VAULT}certificates/{_GAP}",
    ("azurerm_key_vault_certificate", "resource_manager_id"): _ARM_ID,
    ("azurerm_key_vault_key", "id"): f"{_VAULT}keys/{_GAP}",
    ("azurerm_key_vault_key", "versionless_id"): f"{_VAULT}keys/{_GAP}",
    ("azurerm_key_vault_key", "resource_id"): _ARM_ID,
    ("microsoft.keyvault/vaults", "properties.vaultUri"): _VAULT,
    ("microsoft.keyvault/vaults", "id"): _ARM_ID,
    ("microsoft.keyvault/vaults/secrets", "properties.secretUri"): f"{_VAULT}secrets/{_GAP}",
    (
        "microsoft.keyvault/vaults/secrets",
        "properties.secretUriWithVersion",
    ): f"{_VAULT}secrets/{_GAP}/{_GAP}",
    ("microsoft.keyvault/vaults/secrets", "id"): _ARM_ID,
    ("microsoft.keyvault/vaults/keys", "properties.keyUri"): f"{_VAULT}keys/{_GAP}",
    ("microsoft.keyvault/vaults/keys", "properties.keyUriWithVersion"): f"{_VAULT}keys/{_GAP}/{_GAP}",
    ("microsoft.keyvault/vaults/keys", "id"): _ARM_ID,
    ("avm/res/key-vault/vault", "outputs.uri"): _VAULT,
    ("avm/res/key-vault/vault", "outputs.resourceId"): _ARM_ID,
}
#: The label of a step through an attribute of a Key Vault object.
_TAKEN = re.compile(r"(?:.*\.)?azurerm_key_vault_\w+\.[\w\[\]\"-]+\.(\w+)\Z")
_SECRETS = ("azurerm_key_vault_secret", "microsoft.keyvault/vaults/secrets")
_NO_URLS = {"name", "value", "version", "content_type"}


def url_defects(url: Value | None, fallback: Span) -> list[UrlDefect]:
    """What is wrong with each possible url of a secret that surely is none."""
    found = ((option, url_defect(option)) for option in alternatives(url))
    return [_located(option, reason, fallback) for option, reason in found if reason is not None]


def _located(url: Value, reason: str, fallback: Span) -> UrlDefect:
    """Where the mistake is written: where an attribute was taken, its choice is the mistake."""
    for index, step in enumerate(url.steps):
        taken = _TAKEN.match(step.label)
        if taken is not None:
            reason = f"it is the {taken[1]} of the Key Vault secret, not its url"
            return UrlDefect(reason, step.span, url.steps[index + 1 :])
    return UrlDefect(reason, url.span or fallback, url.steps)


def url_defect(value: Value) -> str | None:
    """Why one value (not a choice) is no url of a secret, ``None`` where it is or may be one.

    The sentence begins with "it". Unknown parts are given the benefit of the doubt.
    """
    attribute = _secret_attribute(value)
    if attribute in _NO_URLS:
        return f"it is the {attribute} of the Key Vault secret, not its url"
    text = _rendered(value)
    if text is None or text.startswith(_GAP):
        return None
    if not text.casefold().startswith(_SCHEME):
        return _start_defect(text)
    return _host_defect(text) or _path_defect(text)


def _secret_attribute(value: Value) -> str:
    if isinstance(value, Symbol) and value.path and value.resource.type.casefold() in _SECRETS:
        return str(value.path[-1])
    return ""


def _rendered(value: Value) -> str | None:
    """The text with a gap for each part that is not known; ``None`` where it is no text at all."""
    if isinstance(value, Symbol):
        path = ".".join(map(str, value.path))
        return _ATTRIBUTES.get((value.resource.type.casefold(), path), _GAP)
    if isinstance(value, PartialText):
        return "".join(_rendered(part) or _GAP for part in value.parts)
    return known_text(value)


def _start_defect(text: str) -> str | None:
    """What a text is that does not begin as the url of a vault does."""
    folded = text.casefold()
    if folded.startswith("/subscriptions/"):
        return "it is an Azure resource id, not a url of the vault"
    if folded.startswith("@microsoft.keyvault("):
        return "it is the reference syntax of App Service, which Container Apps does not know"
    if folded.startswith("keyvaultref:"):
        return "it is syntax of the az command line, not a url"
    if folded.startswith("http://"):
        return "it does not begin with https://"
    known, gap, _ = folded.partition(_GAP)
    return None if gap and _SCHEME.startswith(known) else "it is not a url"


def _host_defect(text: str) -> str | None:
    host = text[len(_SCHEME) :].partition("/")[0].casefold().removesuffix(":443")
    if ".." in host:
        return "its host name has two dots in a row"
    _, gap, tail = host.rpartition(_GAP)
    if gap:
        if not tail.startswith(".") or tail.endswith(VAULT_SUFFIXES) or _OTHER_CLOUD.fullmatch(f"x{tail}"):
            return None
        return f"its host name does not end in {VAULT_SUFFIXES[0]}"
    if host.endswith(VAULT_SUFFIXES):
        suffix = next(suffix for suffix in VAULT_SUFFIXES if host.endswith(suffix))
        label = host.removesuffix(suffix)
        return "its host name is not VAULT.vault.azure.net" if not label or "." in label else None
    return None if _OTHER_CLOUD.fullmatch(host) else f"its host name does not end in {VAULT_SUFFIXES[0]}"


def _path_defect(text: str) -> str | None:
    host, slash, path = text[len(_SCHEME) :].partition("/")
    segments = [segment for segment in path.split("/") if segment]
    if not slash and host.endswith(_GAP):
        return None
    if not segments:
        return "it has no /secrets/NAME after the host name"
    first = segments[0].casefold()
    if _GAP in first:
        return None
    if first in ("keys", "certificates"):
        return f"it names one of the vault's {first}; the secret side has the path /secrets/NAME"
    if first != "secrets":
        return "it has no /secrets/ before the name"
    if len(segments) == 1:
        return "it names no secret after /secrets/"
    if _NOT_IN_NAME.search(segments[1]):
        return "its secret name holds characters other than letters, digits and hyphens"
    if len(segments) > 3 and _GAP not in path:
        return "it has more parts than /secrets/NAME/VERSION"
    return None
