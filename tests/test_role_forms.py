"""Roles that are written almost like a built-in one."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvlint.graph.role_labels import label_of, role_called, squeezed
from kvlint.graph.roles import builtin_roles
from kvlint.source import Source, Span
from scenarios import run

_ASSIGNMENT = """
resource "azurerm_role_assignment" "api" {
  scope                = "/subscriptions/s/resourceGroups/g"
  role_definition_name = "%s"
  principal_id         = var.principal_id
}

variable "principal_id" {
  type = string
}
"""
_GUID = "0b7a3bd1-6f0e-4f52-9a35-d0c9b2a3e1f4"


def findings(tree: Path, role: str) -> list[str]:
    (tree / "main.tf").write_text(_ASSIGNMENT % role, "utf-8")
    return [one.help for one in run(tree).findings if one.check.id == "KV212"]


@pytest.mark.parametrize(
    ("role", "meant"),
    [
        ("Key Vault Secret User", "Key Vault Secrets User"),
        ("Key Vault Secrets user ", "Key Vault Secrets User"),
        ("KeyVault Secrets User", "Key Vault Secrets User"),
        ("AcrPul", "AcrPull"),
        ("Acr Pull", "AcrPull"),
        ("acr-pull", "AcrPull"),
        ("Storage Blob Data Contributer", "Storage Blob Data Contributor"),
        ("Azure Service Bus Data Reciever", "Azure Service Bus Data Receiver"),
    ],
)
def test_near_names(role: str, meant: str, tmp_path: Path) -> None:
    """A near miss names the role that was meant."""
    assert findings(tmp_path, role) == [f'Use "{meant}".']


@pytest.mark.parametrize(
    "role", ["Image puller", "Storage Queue Delegator", "Loader", "AcrReader", "Key Vault"]
)
def test_names_of_ones_own(role: str, tmp_path: Path) -> None:
    """What is like no built-in role may be a custom one."""
    assert findings(tmp_path, role) == []


def test_no_builtin_role_is_flagged(tmp_path: Path) -> None:
    """Every built-in role is right as it is, in any case."""
    names = [role.name for role in builtin_roles()]
    blocks = (
        _ASSIGNMENT.replace('"api"', f'"api{number}"') % name.upper() for number, name in enumerate(names)
    )
    (tmp_path / "main.tf").write_text("".join(block.partition("variable")[0] for block in blocks), "utf-8")
    assert [one.message for one in run(tmp_path).findings if one.check.id == "KV212"] == []


def test_squeezed_names_are_unique() -> None:
    """No two built-in roles differ only in what people leave out."""
    names = [role.name for role in builtin_roles()]
    assert len({squeezed(name) for name in names}) == len(names)


def called(text: str) -> str | None:
    """What a GUID is called in a text."""
    source = Source("main.bicep", text)
    at = text.index(_GUID)
    label = label_of(Span(source, at, at + len(_GUID)), _GUID)
    role = role_called(label.texts) if label is not None else None
    return role.name if role is not None else None


@pytest.mark.parametrize(
    ("text", "role"),
    [
        (f"var acrPullRoleId = '{_GUID}'", "AcrPull"),
        (f"var acr_pull_role_definition_id = '{_GUID}'", "AcrPull"),
        (f"param keyVaultSecretsUser string = '{_GUID}'", "Key Vault Secrets User"),
        (f"  kvSecretsUserRole: '{_GUID}'", "Key Vault Secrets User"),
        (f'  "storageBlobDataReaderRoleDefinitionId": "{_GUID}",', "Storage Blob Data Reader"),
        (f"var read = '{_GUID}' // Storage Blob Data Reader", "Storage Blob Data Reader"),
        (f"// Storage Blob Data Reader\nvar read = '{_GUID}'", "Storage Blob Data Reader"),
        (f"@description('The AcrPull role')\nvar pull = '{_GUID}'", "AcrPull"),
        (f'variable "acr_pull_role_id" {{\n  type    = string\n  default = "{_GUID}"\n}}', "AcrPull"),
        (f'  "acrPullRoleId": {{\n    "type": "string",\n    "defaultValue": "{_GUID}"\n  }}', "AcrPull"),
    ],
)
def test_called(text: str, role: str) -> None:
    """Names, comments and descriptions that call a GUID by the whole name of a role."""
    assert called(text) == role


@pytest.mark.parametrize(
    "text",
    [
        f"var roleId = '{_GUID}'",
        f"var readerRole = '{_GUID}' // the reader",
        f"var pull = '{_GUID}' // AcrPull, or AcrPush later",
        f"// AcrPull\n\nvar other = '{_GUID}'",
        f"var acrPull = x ? '{_GUID}' : '7f951dda-4ed3-4680-a7ca-43fe172d538d'",
        f"  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'\n  id: '{_GUID}'",
        f"resource acrPull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{\n  name: '{_GUID}'",
    ],
)
def test_not_called(text: str) -> None:
    """What may be about something else says nothing."""
    assert called(text) in (None, "Reader")
