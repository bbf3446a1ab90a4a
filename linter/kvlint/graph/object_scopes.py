"""Scopes within a vault: whether one is the very secret that a consumer reads."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kvlint.evaluate.values import PartialText, Symbol, Value, known_text
from kvlint.graph.entities import VaultObject, VaultObjectKind, VaultRead
from kvlint.graph.matching import same_text
from kvlint.graph.object_names import ObjectName, ObjectNames
from kvlint.graph.object_references import reference_of
from kvlint.graph.resource_ids import parse_id, segments

_SECRETS = "secrets"
_SECRET_TYPE = "microsoft.keyvault/vaults/secrets"  # noqa: S105  what it is called
#: The end of the address of a resource that stands for any number of instances.
_MANY = "[*]"


@dataclass(slots=True, frozen=True)
class _Secret:
    """The secret that a scope is; ``made`` where the scope is an attribute of it."""

    name: Value
    made: VaultObject | None = None


class ObjectScopes:
    """The secrets of a run by the scopes that they are."""

    def __init__(self, objects: Collection[VaultObject]) -> None:
        self._by_address = {one.address: one for one in objects}
        self._names = ObjectNames(objects)

    def is_read(self, scope: Value, read: VaultRead | None) -> bool | None:
        """Whether a scope within the vault that is read from is what the consumer reads."""
        secret = self._secret_at(scope)
        named = self._names.of(reference_of(read)) if read is not None else None
        if secret is None or not named:
            return None
        answers = {_is_same(secret, one) for one in named}
        return answers.pop() if len(answers) == 1 else None

    def _secret_at(self, scope: Value) -> _Secret | None:
        """The secret that a scope is, ``None`` for other objects and for what is not known."""
        if isinstance(scope, Symbol):
            made = self._by_address.get(scope.resource.address)
            return _Secret(made.name, made) if made and made.kind is VaultObjectKind.SECRET else None
        found = parse_id(scope)
        if found is not None:
            return _Secret(found.name) if found.type == _SECRET_TYPE else None
        pieces = segments(scope) if isinstance(scope, PartialText) else []
        if len(pieces) != 3 or (known_text(pieces[1]) or "").casefold() != _SECRETS:
            return None
        return _Secret(pieces[2])


def _is_same(secret: _Secret, read: ObjectName) -> bool | None:
    if read.kind is not VaultObjectKind.SECRET:
        return None
    ours, theirs = secret.made, read.made
    if ours is not None and theirs is not None:
        if ours.address.endswith(_MANY) or theirs.address.endswith(_MANY):
            return None
        if ours is theirs or (ours.managed and theirs.managed):
            return ours is theirs
    return same_text(secret.name, read.name, fold=True)
