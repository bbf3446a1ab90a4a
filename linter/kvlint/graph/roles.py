"""Azure's built-in roles, and which of them read a secret.

Sources: the Key Vault RBAC guide and the list of built-in roles (learn.microsoft.com,
"Provide access to Key Vault keys, certificates, and secrets with Azure RBAC" and "Azure
built-in roles").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kvlint.evaluate.values import PartialText, Scalar, Symbol, Value, alternatives, text_of
from kvlint.graph.entities import RoleDefinition, RolePermissions, VaultObjectKind
from kvlint.graph.matching import matches


@dataclass(slots=True, frozen=True)
class Role:
    """A role. ``reads`` are the kinds of objects in a vault whose contents it lets read.

    ``vault_data`` when it speaks of a vault's contents, not of the vault.
    """

    name: str
    guid: str = ""
    reads: frozenset[VaultObjectKind] = frozenset()
    vault_data: bool = False

    @property
    def reads_secrets(self) -> bool:
        """Whether it lets read the value of a secret."""
        return VaultObjectKind.SECRET in self.reads


_EVERYTHING = frozenset(VaultObjectKind)
_SECRETS, _KEYS = frozenset({VaultObjectKind.SECRET}), frozenset({VaultObjectKind.KEY})
_CERTIFICATES = frozenset({VaultObjectKind.CERTIFICATE})
#: What the roles that speak of a vault's contents let read; the others among them read nothing.
_READS: Mapping[str, frozenset[VaultObjectKind]] = {
    "Key Vault Administrator": _EVERYTHING,
    "Key Vault Certificate User": _EVERYTHING,
    "Key Vault Certificates Officer": _CERTIFICATES,
    "Key Vault Crypto Officer": _KEYS,
    "Key Vault Crypto Service Encryption User": _KEYS,
    "Key Vault Crypto User": _KEYS,
    "Key Vault Reader": _KEYS | _CERTIFICATES,
    "Key Vault Secrets Officer": _SECRETS,
    "Key Vault Secrets User": _SECRETS,
}
#: Roles of Key Vault that manage vaults, and say nothing of what they hold.
_ABOUT_VAULTS = frozenset(
    {"Key Vault Contributor", "Key Vault Data Access Administrator", "Key Vault Purge Operator"}
)
#: The data action that reads an object of a kind.
_READ_ACTIONS: Mapping[VaultObjectKind, str] = {
    VaultObjectKind.SECRET: "microsoft.keyvault/vaults/secrets/getsecret/action",
    VaultObjectKind.CERTIFICATE: "microsoft.keyvault/vaults/certificates/read",
    VaultObjectKind.KEY: "microsoft.keyvault/vaults/keys/read",
}


@cache
def _by_name() -> dict[str, Role]:
    """The built-in roles by their name in lower case."""
    text = files("kvlint.graph").joinpath("builtin_roles.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return {name.casefold(): _role(name, guid) for name, guid in lines}


def _role(name: str, guid: str) -> Role:
    contents = name.startswith("Key Vault") and name not in _ABOUT_VAULTS
    return Role(name, guid, _READS.get(name, frozenset()), contents)


def builtin_roles() -> Collection[Role]:
    """The built-in roles that are known here; Azure has others."""
    return _by_name().values()


@cache
def _by_guid() -> dict[str, Role]:
    return {role.guid: role for role in _by_name().values()}


_GUID_AT_END = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")

#: The narrowest roles, for a fix to name.
_NARROWEST = ("Key Vault Secrets User", "Key Vault Crypto User", "Key Vault Certificate User")


def role_that_reads(kinds: Iterable[VaultObjectKind]) -> str:
    """The narrowest built-in role that reads objects of all these kinds."""
    wanted = frozenset(kinds)
    return next(name for name in _NARROWEST if wanted <= _READS[name])


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


class Roles:
    """The built-in roles, and the custom ones that a run defines."""

    def __init__(self, definitions: Iterable[RoleDefinition]) -> None:
        self._by_id: dict[tuple[str, tuple[str | int, ...]], Role | None] = {}
        self._by_name: dict[str, list[Role | None]] = {}
        for definition in definitions:
            name = text_of(definition.name)
            role = _custom(name or definition.display, definition.permissions)
            for symbol in definition.ids:
                self._by_id[symbol.key] = role
            if name is not None:
                self._by_name.setdefault(name.casefold(), []).append(role)

    def of(self, value: Value | None) -> Role | None:
        """The role that a name or a definition id stands for, ``None`` where nobody can tell."""
        if isinstance(value, PartialText):
            value = next((part for part in value.parts if self._is_custom(part)), value)
        if isinstance(value, Symbol):
            return self._by_id.get(value.key)
        known = role_of(value)
        if known is not None:
            return known
        custom = self._by_name.get((text_of(value) or "").casefold(), ())
        return custom[0] if len(custom) == 1 else None

    def only(self, value: Value | None) -> Role | None:
        """The role of a value that has one alternative only."""
        options = alternatives(value)
        return self.of(options[0]) if len(options) == 1 else None

    def _is_custom(self, value: Value) -> bool:
        return isinstance(value, Symbol) and value.key in self._by_id


def _custom(name: str, permissions: list[RolePermissions] | None) -> Role | None:
    """A custom role, ``None`` where what it reads depends on something that is not known."""
    if permissions is None:
        return None
    reads: set[VaultObjectKind] = set()
    for kind, action in _READ_ACTIONS.items():
        allowed = [_allows(block, action) for block in permissions]
        if True in allowed:
            reads.add(kind)
        elif None in allowed:
            return None
    return Role(name, "", frozenset(reads), any(_of_vaults(block) for block in permissions))


def _allows(block: RolePermissions, action: str) -> bool | None:
    """Whether a block allows a data action; what is not known may allow it, or take it away."""
    given, taken = _holds(block.data_actions, action), _holds(block.not_data_actions, action)
    if given is False or taken is True:
        return False
    return True if given and taken is False else None


def _holds(patterns: list[Value] | None, action: str) -> bool | None:
    texts = [text_of(pattern) for pattern in patterns or ()]
    if any(text is not None and matches(action, text.casefold().split("*")) for text in texts):
        return True
    return None if patterns is None or None in texts else False


def _of_vaults(block: RolePermissions) -> bool:
    texts = [text_of(pattern) or "" for pattern in block.data_actions or ()]
    return any(text == "*" or text.casefold().startswith("microsoft.keyvault/") for text in texts)
