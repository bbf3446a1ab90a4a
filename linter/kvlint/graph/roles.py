"""Azure's built-in roles, as far as they decide who may read a secret.

Sources: the Key Vault RBAC guide and the list of built-in roles (learn.microsoft.com,
"Provide access to Key Vault keys, certificates, and secrets with Azure RBAC" and "Azure
built-in roles").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kvlint.evaluate.values import PartialText, Scalar, Value


@dataclass(slots=True, frozen=True)
class Role:
    """A built-in role. ``vault_data`` when it speaks of a vault's contents, not of the vault."""

    name: str
    guid: str
    reads_secrets: bool = False
    vault_data: bool = False


_ROLES = (
    Role("Key Vault Administrator", "00482a5a-887f-4fb3-b363-3b7fe8e74483", True, True),
    Role("Key Vault Secrets Officer", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7", True, True),
    Role("Key Vault Secrets User", "4633458b-17de-408a-b874-0445c86b69e6", True, True),
    Role("Key Vault Certificate User", "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba", True, True),
    Role("Key Vault Certificates Officer", "a4417e6f-fecd-4de8-b567-7b0420556985", False, True),
    Role("Key Vault Crypto Officer", "14b46e9e-c2b7-41b4-b07b-48a6ebf60603", False, True),
    Role("Key Vault Crypto User", "12338af0-0e69-4776-bea7-57ae8d297424", False, True),
    Role("Key Vault Crypto Service Encryption User", "e147488a-f6f5-4113-8e2d-b22465e65bf6", False, True),
    Role("Key Vault Crypto Service Release User", "08bbd89e-9f13-488c-ac41-acfcb10c90ab", False, True),
    Role("Key Vault Reader", "21090545-7ca7-4776-b22c-e363652d74d2", False, True),
    Role("Key Vault Contributor", "f25e0fa2-a7c8-4377-a976-54943a77a395"),
    Role("Key Vault Purge Operator", "a68e7c17-0ab2-4c09-9a58-125dae29748c"),
    Role("Key Vault Data Access Administrator", "8b54135c-b56d-4d72-a534-26097cfdc8d8"),
    Role("Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"),
    Role("Contributor", "b24988ac-6180-42a0-ab88-20f7382dd24c"),
    Role("Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7"),
    Role("User Access Administrator", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"),
    Role("Role Based Access Control Administrator", "f58310d9-a9f6-439a-9e8d-f62e7b41a168"),
    Role("AcrPull", "7f951dda-4ed3-4680-a7ca-43fe172d538d"),
    Role("AcrPush", "8311e382-0749-4cb8-b61a-304f252e45ec"),
    Role("Managed Identity Operator", "f1a07417-d97a-45cb-824c-7a7467783830"),
    Role("Managed Identity Contributor", "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59"),
    Role("Storage Blob Data Reader", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"),
    Role("Storage Blob Data Contributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"),
    Role("Storage Blob Data Owner", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"),
    Role("Azure Service Bus Data Owner", "090c5cfd-751d-490a-894a-3ce6f1109419"),
    Role("Azure Service Bus Data Receiver", "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0"),
    Role("Azure Service Bus Data Sender", "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39"),
    Role("App Configuration Data Reader", "516239f1-63e1-4d78-a4de-a74fb236a071"),
    Role("App Configuration Data Owner", "5ae67dd6-50cb-40e7-96ff-dc2bfa4b606b"),
)
_BY_NAME = {role.name.casefold(): role for role in _ROLES}
_BY_GUID = {role.guid: role for role in _ROLES}
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
        return _BY_GUID.get(found.group())
    return _BY_NAME.get(text.casefold()) if isinstance(value, Scalar) else None
