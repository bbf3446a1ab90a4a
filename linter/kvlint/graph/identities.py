"""Which identity a value means, and whether two values mean the same one.

Answers are three-valued where a question allows it: yes, no, or ``None`` for nobody knows.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from kvlint.evaluate.combine import key_of, name_key
from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.values import Symbol, Value, alternatives, known_text
from kvlint.graph.entities import Identity, IdentityKind, IdKind, NamedIdentity
from kvlint.graph.matching import same_text
from kvlint.graph.resource_ids import ResourceId, bare, parse_id

#: Principals that may stand for a managed identity, or for several.
_SEVERAL = (IdentityKind.GROUP, IdentityKind.APPLICATION)
_ID_TYPE = "microsoft.managedidentity/userassignedidentities"
#: The end of the address of a resource that stands for any number of instances.
_MANY = "[*]"

_SymbolKey = tuple[str, tuple[str | int, ...]]


class Identities:
    """The identities of a run by everything that may name them."""

    def __init__(self, identities: Iterable[Identity]) -> None:
        self._all = list(identities)
        self._by_symbol: dict[_SymbolKey, Identity] = {}
        self._by_name: dict[Hashable, list[Identity]] = {}
        self._by_address: dict[str, Identity] = {}
        for identity in self._all:
            for value in (*identity.resource_ids, *identity.client_ids, *identity.principal_ids):
                if isinstance(value, Symbol):
                    self._by_symbol.setdefault(value.key, identity)
            if identity.kind is IdentityKind.USER_ASSIGNED:
                self._by_address[identity.address] = identity
                key = name_key(identity.name)
                if key is not None:
                    self._by_name.setdefault(key, []).append(identity)
        self._canonical: dict[int, Identity] = {}

    def __iter__(self) -> Iterator[Identity]:
        return iter(self._all)

    # --- Which identity a value means -----------------------------------------------------

    def named_by(self, value: Value) -> NamedIdentity | None:
        """The identity that a symbol names, and by which of its attributes."""
        value = bare(value)
        if not isinstance(value, Symbol):
            return None
        identity = self._by_symbol.get(value.key)
        if identity is None:
            return self._by_other_attribute(value)
        for kind, values in _attributes(identity):
            if any(isinstance(one, Symbol) and one.key == value.key for one in values):
                return NamedIdentity(self.canonical(identity), kind, kind.value)
        return None

    def _by_other_attribute(self, value: Symbol) -> NamedIdentity | None:
        """A user-assigned identity named by an attribute that is none of its ids."""
        identity = self._by_address.get(value.resource.address)
        if identity is None or not value.path:
            return None
        label = str(value.path[-1]).replace("_", " ")
        return NamedIdentity(self.canonical(identity), IdKind.OTHER, label)

    def with_id(self, value: Value, deployment: Deployment) -> Identity | None:
        """The one identity of what a deployment sees whose resource id a text surely is."""
        wanted = _identity_id(parse_id(value))
        if wanted is None:
            return None
        found = {
            id(identity): identity
            for one in self._by_name.get(name_key(wanted.name), ())
            if deployment.sees(one.deployment) and self._has_id(one, wanted)
            for identity in (self.canonical(one),)
        }
        return next(iter(found.values())) if len(found) == 1 else None

    def canonical(self, identity: Identity) -> Identity:
        """The managed identity that a looked-up one is, where the set has just one of that name."""
        if identity.managed or identity.kind is not IdentityKind.USER_ASSIGNED:
            return identity
        known = self._canonical.get(id(identity))
        if known is None:
            known = self._canonical[id(identity)] = self._managed(identity) or identity
        return known

    def _managed(self, looked_up: Identity) -> Identity | None:
        name = looked_up.name
        if isinstance(name, Symbol) and name.resource.address in self._by_address:
            return self._by_address[name.resource.address]
        found = [
            one
            for one in self._by_name.get(name_key(name), ())
            if one.managed
            and looked_up.deployment.sees(one.deployment)
            and _same_group(one.resource_group, looked_up.resource_group) is not False
        ]
        near = [one for one in found if one.deployment == looked_up.deployment]
        return (near or found)[0] if len(near) == 1 or len(found) == 1 else None

    # --- Whether two values mean the same identity ----------------------------------------

    def are_same(self, left: Value, right: Value) -> bool | None:
        """Whether two values are the resource id of the same user-assigned identity.

        Ids compare without case. A client id, a principal id or a name is never a resource id.
        """
        ours = key_of(left)
        if ours is not None and ours == key_of(right):
            return True
        answers = {self._same(one, other) for one in alternatives(left) for other in alternatives(right)}
        return answers.pop() if len(answers) == 1 else None

    def _same(self, left: Value, right: Value) -> bool | None:
        left, right = bare(left), bare(right)
        if isinstance(left, Symbol) and isinstance(right, Symbol):
            return self._same_symbol(left, right)
        if isinstance(left, Symbol):
            return self._is_id_of(right, left)
        if isinstance(right, Symbol):
            return self._is_id_of(left, right)
        return same_text(left, right, fold=True)

    def _same_symbol(self, left: Symbol, right: Symbol) -> bool | None:
        if left.key == right.key:
            return None if left.resource.address.endswith(_MANY) else True
        ours, theirs = self.named_by(left), self.named_by(right)
        kinds = {one.kind for one in (ours, theirs) if one is not None}
        if IdKind.RESOURCE in kinds and len(kinds) > 1:
            return False
        if ours is None or theirs is None or kinds != {IdKind.RESOURCE}:
            return None
        if left.resource.address.endswith(_MANY) or right.resource.address.endswith(_MANY):
            return None
        return _same_identity(ours.identity, theirs.identity)

    def _is_id_of(self, value: Value, symbol: Symbol) -> bool | None:
        """Whether a text is the id that a symbol will have: their names decide where known."""
        named = self.named_by(symbol)
        if named is None or named.identity.kind is not IdentityKind.USER_ASSIGNED:
            return None
        wanted = _identity_id(parse_id(value))
        if named.kind is not IdKind.RESOURCE:
            return False if wanted is not None else None
        if wanted is None:
            return None if known_text(value) is None else False
        return _matches(named.identity, wanted)

    def _has_id(self, identity: Identity, wanted: ResourceId) -> bool:
        return _matches(identity, wanted) is True

    # --- Principals -----------------------------------------------------------------------

    def is_principal(self, value: Value, identity: Identity) -> bool | None:
        """Whether a value is the principal id of the identity."""
        answers = {self._is_principal(bare(option), identity) for option in alternatives(value)}
        return answers.pop() if len(answers) == 1 else None

    def _is_principal(self, value: Value, identity: Identity) -> bool | None:
        if not isinstance(value, Symbol):
            return None
        keys = {one.key for one in identity.principal_ids if isinstance(one, Symbol)}
        if value.key in keys:
            return True
        named = self.named_by(value)
        if named is not None and named.identity is identity:
            return named.kind is IdKind.PRINCIPAL
        if value.resource.address in {address for address, _ in keys}:
            return False
        if named is not None and named.identity.kind is IdentityKind.DEPLOYER:
            return False
        if not value.resource.type or (named is not None and named.identity.kind in _SEVERAL):
            return None
        if named is None and "outputs" in value.path:
            return None  # what a template or script gives back may be any principal
        if named is not None and _may_be_one(named.identity, identity):
            return None
        if value.resource.managed and identity.managed:
            return False
        if named is None or named.identity.name is None or identity.name is None:
            return None
        return False if same_text(named.identity.name, identity.name, fold=True) is False else None

    def is_wrong_attribute(self, value: Value, identity: Identity) -> bool:
        """Whether a value surely is this identity, named by something other than its principal id."""
        named = [self.named_by(option) for option in alternatives(value)]
        return bool(named) and all(
            one is not None and one.identity is identity and one.kind is not IdKind.PRINCIPAL for one in named
        )

    def is_resource(self, value: Value, identity: Identity) -> bool | None:
        """Whether a value is the resource id of the identity."""
        answers = {self.are_same(value, one) for one in identity.resource_ids}
        return True if True in answers else None if None in answers else False


def _attributes(identity: Identity) -> Iterable[tuple[IdKind, list[Value]]]:
    yield IdKind.PRINCIPAL, identity.principal_ids
    yield IdKind.CLIENT, identity.client_ids
    is_application = identity.kind is IdentityKind.APPLICATION
    yield (IdKind.APPLICATION if is_application else IdKind.RESOURCE), identity.resource_ids


def _identity_id(found: ResourceId | None) -> ResourceId | None:
    return found if found is not None and found.type == _ID_TYPE else None


def _matches(identity: Identity, wanted: ResourceId) -> bool | None:
    """Whether an id is that of an identity: the subscription is never known, name and group may be."""
    if identity.name is None:
        return None
    name = same_text(identity.name, wanted.name, fold=True)
    return _same_group(identity.resource_group, wanted.group) if name else name


def _same_group(left: Value | None, right: Value | None) -> bool | None:
    return None if left is None or right is None else same_text(left, right, fold=True)


def _same_identity(left: Identity, right: Identity) -> bool | None:
    """Whether two identities are one, by how they are declared."""
    if left is right:
        return True
    if not left.kind is right.kind is IdentityKind.USER_ASSIGNED or _may_be_one(left, right):
        return None
    if left.managed and right.managed:
        return False
    if left.name is None or right.name is None:
        return None
    different = same_text(left.name, right.name, fold=True) is False
    return False if different or _same_group(left.resource_group, right.resource_group) is False else None


def _may_be_one(left: Identity, right: Identity) -> bool:
    """Whether two managed identities have one name, so that they are declared twice."""
    if not left.managed or not right.managed or left.name is None or right.name is None:
        return False
    if _same_group(left.resource_group, right.resource_group) is False:
        return False
    return same_text(left.name, right.name, fold=True) is True
