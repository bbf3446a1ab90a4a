"""Azure's built-in roles, and which of them read a secret.

Sources: the Key Vault RBAC guide and the list of built-in roles (learn.microsoft.com,
"Provide access to Key Vault keys, certificates, and secrets with Azure RBAC" and "Azure
built-in roles").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kvlint.evaluate.values import PartialText, Scalar, Value


@dataclass(slots=True, frozen=True)
class Role:
    """A built-in role. ``vault_data`` when it speaks of a vault's contents, not of the vault."""

    name: str
    guid: str
    reads_secrets: bool = False
    vault_data: bool = False


#: Of the roles that speak of a vault's contents those that read a secret's value.
_READ_SECRETS = frozenset(
    {
        "Key Vault Administrator",
        "Key Vault Certificate User",
        "Key Vault Secrets Officer",
        "Key Vault Secrets User",
    }
)
#: Roles of Key Vault that manage vaults, and say nothing of what they hold.
_ABOUT_VAULTS = frozenset(
    {"Key Vault Contributor", "Key Vault Data Access Administrator", "Key Vault Purge Operator"}
)


@cache
def _by_name() -> dict[str, Role]:
    """The built-in roles by their name in lower case."""
    text = files("kvlint.graph").joinpath("builtin_roles.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return {name.casefold(): _role(name, guid) for name, guid in lines}


def _role(name: str, guid: str) -> Role:
    contents = name.startswith("Key Vault") and name not in _ABOUT_VAULTS
    return Role(name, guid, name in _READ_SECRETS, contents)


@cache
def _by_guid() -> dict[str, Role]:
    return {role.guid: role for role in _by_name().values()}


_GUID_AT_END = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")

#: The role to name in a fix.
SECRETS_USER = "Key Vault Secrets User"


def role_of(value: Value | None) -> Role | None:
    """The built-in role that a name or a definition id stands for, ``None`` where it is not one known here.

    Names compare without case, as the provider compares them.
    """
    text = None
    if isinstance(value, Scalar) and isinstance(value.data, str):
        text = value.data
    elif isinstance(value, PartialText) and isinstance(value.parts[-1], Scalar):
        text = str(value.parts[-1].data)
    if text is None:
        return None
    found = _GUID_AT_END.search(text.casefold())
    if found is not None:
        return _by_guid().get(found.group())
    return _by_name().get(text.casefold()) if isinstance(value, Scalar) else None
