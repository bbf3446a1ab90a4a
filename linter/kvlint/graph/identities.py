"""Which identity a value means, and whether two values mean the same one.

Answers are three-valued where a question allows it: yes, no, or ``None`` for nobody knows.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from kvlint.evaluate.combine import key_of, name_key
from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.values import Symbol, Value, alternatives, known_text, text_of
from kvlint.graph.entities import Attachment, Identity, IdentityKind, IdKind, Membership, NamedIdentity
from kvlint.graph.matching import same_name, same_text
from kvlint.graph.resource_ids import ResourceId, bare, parse_id

#: Groups within groups are followed no deeper than this.
_DEEPEST_GROUP = 8
_ID_TYPE = "microsoft.managedidentity/userassignedidentities"
#: The end of the address of a resource that stands for any number of instances.
_MANY = "[*]"

#: Outputs of a resource whose parts have names that its author chose.
_CHOSEN = frozenset({"output", "outputs"})

_SymbolKey = tuple[str, tuple[str | int, ...]]


class Identities:
    """The identities of a run by everything that may name them."""

    def __init__(
        self,
        identities: Iterable[Identity],
        memberships: Iterable[Membership] = (),
        attachments: Iterable[Attachment] = (),
    ) -> None:
        self._all = list(identities)
        self._by_symbol: dict[_SymbolKey, Identity] = {}
        self._by_name: dict[Hashable, list[Identity]] = {}
        self._by_address: dict[str, Identity] = {}
        self._by_owner: dict[str, Identity] = {}
        self._by_text: dict[str, tuple[Identity, IdKind]] = {}
        for identity in self._all:
            for kind, values in _attributes(identity):
                for text in filter(None, map(text_of, values)):
                    self._by_text.setdefault(text.casefold(), (identity, kind))
            for value in (*identity.resource_ids, *identity.client_ids, *identity.principal_ids):
                if isinstance(value, Symbol):
                    self._by_symbol.setdefault(value.key, identity)
            if identity.kind is IdentityKind.SYSTEM_ASSIGNED:
                self._by_owner[identity.address.removesuffix("/identity")] = identity
            if identity.kind is IdentityKind.USER_ASSIGNED:
                self._by_address[identity.address] = identity
                key = name_key(identity.name)
                if key is not None:
                    self._by_name.setdefault(key, []).append(identity)
        self._canonical: dict[int, Identity] = {}
        self._join_applications()
        self._join_kubelets(attachments)
        self._join_groups(memberships)

    def _join_applications(self) -> None:
        """A service principal and the application that it stands for are one identity."""
        for one in self._all:
            named = self.named_by(one.application) if one.application is not None else None
            if named is not None and named.kind is IdKind.CLIENT and named.identity is not one:
                owner = named.identity
                owner.principal_ids += one.principal_ids
                owner.client_ids += one.client_ids
                self._canonical[id(one)] = owner

    def _join_kubelets(self, attachments: Iterable[Attachment]) -> None:
        """The kubelet of a cluster acts as the user-assigned identity that it is given."""
        own = {one.host: one for one in self._all if one.kind is IdentityKind.KUBELET}
        self._of_unknown_kubelets: set[str] = set()
        for attachment in attachments:
            kubelet = own.get(attachment.host)
            if attachment.kind is not IdentityKind.KUBELET or kubelet is None:
                continue
            named = self.named_by(attachment.identity)
            if named is None or named.kind is not IdKind.RESOURCE:
                self._of_unknown_kubelets.add(kubelet.address)
                continue
            named.identity.principal_ids += kubelet.principal_ids
            named.identity.client_ids += kubelet.client_ids
            self._canonical[id(kubelet)] = named.identity

    def _join_groups(self, memberships: Iterable[Membership]) -> None:
        self._added: dict[int, list[Value]] = {}
        self._added_anywhere: list[Value] = []
        for membership in memberships:
            named = self.named_by(membership.group)
            if named is not None:
                self._added.setdefault(id(named.identity), []).append(membership.member)
            else:
                self._added_anywhere.append(membership.member)

    def __iter__(self) -> Iterator[Identity]:
        return iter(self._all)

    # --- Which identity a value means -----------------------------------------------------

    def named_by(self, value: Value) -> NamedIdentity | None:
        """The identity that a symbol or a known id names, and by which of its attributes."""
        value = bare(value)
        if not isinstance(value, Symbol):
            return self._by_known_id(value)
        identity = self._by_symbol.get(value.key)
        if identity is None:
            return self._by_other_attribute(value)
        for kind, values in _attributes(identity):
            if any(isinstance(one, Symbol) and one.key == value.key for one in values):
                return NamedIdentity(self.canonical(identity), kind, kind.value)
        return None

    def _by_known_id(self, value: Value) -> NamedIdentity | None:
        found = self._by_text.get((text_of(value) or "").casefold())
        return None if found is None else NamedIdentity(self.canonical(found[0]), found[1], found[1].value)

    def _by_other_attribute(self, value: Symbol) -> NamedIdentity | None:
        """A user-assigned identity named by an attribute that is none of its ids, or an app's own by the app."""
        identity = self._by_address.get(value.resource.address)
        if identity is None and value.path == ("id",):
            own = self._by_owner.get(value.resource.address)
            return NamedIdentity(own, IdKind.OTHER, "resource id of its app") if own is not None else None
        if identity is None or not value.path or value.path[0] in _CHOSEN:
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
        known = self._canonical.get(id(identity))
        if known is None and (identity.managed or identity.kind is not IdentityKind.USER_ASSIGNED):
            return identity
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
            and same_name(one.resource_group, looked_up.resource_group) is not False
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

    def _is_principal(self, value: Value, identity: Identity, depth: int = 0) -> bool | None:
        if not isinstance(value, Symbol):
            known = self._by_known_id(value)
            is_it = known is not None and known.identity is identity and known.kind is IdKind.PRINCIPAL
            return True if is_it else None
        keys = {one.key for one in identity.principal_ids if isinstance(one, Symbol)}
        if value.key in keys:
            return True
        named = self.named_by(value)
        if named is not None and named.identity is identity:
            return named.kind is IdKind.PRINCIPAL
        if value.resource.address in {address for address, _ in keys}:
            return None if value.path[:1] and value.path[0] in _CHOSEN else False
        if named is not None and named.identity.kind is IdentityKind.GROUP:
            return self._is_member(named.identity, identity, depth)
        if named is not None and named.identity.kind is IdentityKind.DEPLOYER:
            return False
        if not value.resource.type:
            return None
        if (
            named is not None
            and named.identity.kind is IdentityKind.APPLICATION
            and not _is_own(named.identity)
        ):
            return (
                None  # what is looked up, or taken over, may be the service principal of a managed identity
            )
        if named is None and not _is_of_its_own(value):
            return None  # what a template, a script or a directory gives back may be any principal
        if named is not None and (
            _may_be_one(named.identity, identity) or self._may_act_as(named.identity, identity)
        ):
            return None
        if value.resource.managed and identity.managed:
            return False
        kinds = None if named is None else (named.identity.kind, identity.kind)
        if kinds == (IdentityKind.USER_ASSIGNED, IdentityKind.SYSTEM_ASSIGNED):
            return False
        if named is None or named.identity.name is None or identity.name is None:
            return None
        return False if same_text(named.identity.name, identity.name, fold=True) is False else None

    def _may_act_as(self, host: Identity, identity: Identity) -> bool:
        """Whether a cluster or environment may have been given a user-assigned identity to act with."""
        if identity.kind is not IdentityKind.USER_ASSIGNED:
            return False
        return host.address in self._of_unknown_kubelets or (
            host.kind is IdentityKind.KUBELET and not host.managed
        )

    def _is_member(self, group: Identity, identity: Identity, depth: int) -> bool | None:
        """Whether an identity is in a group, perhaps through a group within."""
        if depth >= _DEEPEST_GROUP:
            return None
        surely = [*group.members, *self._added.get(id(group), ())]
        answers = {
            self._is_principal(bare(option), identity, depth + 1)
            for member in surely
            for option in alternatives(member)
        }
        if True in answers:
            return True
        if None in answers or group.members_open is not None or not group.managed:
            return None
        maybe = {self._is_principal(bare(member), identity, depth + 1) for member in self._added_anywhere}
        return False if maybe <= {False} else None

    def group_between(self, principal: Value, identity: Identity) -> Identity | None:
        """The group through which a principal is the identity, ``None`` where it is the identity itself."""
        named = self.named_by(principal)
        group = named.identity if named is not None else None
        return (
            group
            if group is not None and group.kind is IdentityKind.GROUP and group is not identity
            else None
        )

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


def _is_of_its_own(value: Symbol) -> bool:
    """Whether a value is of the identity block of a resource, and of none that the resource carries."""
    return value.path[:1] == ("identity",) and len(value.path) <= len(("identity", 0, "principal_id"))


def _is_own(application: Identity) -> bool:
    """Whether it surely is an application of its own, with its service principal."""
    return application.managed and bool(application.resource_ids)


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
    return same_name(identity.resource_group, wanted.group) if name else name


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
    return False if different or same_name(left.resource_group, right.resource_group) is False else None


def _may_be_one(left: Identity, right: Identity) -> bool:
    """Whether two managed identities have one name, so that they are declared twice."""
    if not left.managed or not right.managed or left.name is None or right.name is None:
        return False
    if same_name(left.resource_group, right.resource_group) is False:
        return False
    return same_text(left.name, right.name, fold=True) is True
