"""What one grant does for one consumer: gives access, may give it, or why it does not count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from kvlint.evaluate.combine import reason_of
from kvlint.evaluate.values import Scalar, Value, alternatives, text_of
from kvlint.graph.declared import holds_at, is_for
from kvlint.graph.entities import (
    DeclaredGrant,
    Grant,
    GrantKind,
    Identity,
    PermissionModel,
    Reader,
    Vault,
    VaultObjectKind,
    VaultRead,
)
from kvlint.graph.locations import Locator
from kvlint.graph.roles import Roles

#: Roles that people take for a right to everything within their scope.
_GENERAL_ROLES = frozenset({"Contributor", "Owner", "Reader"})
#: The permission of an access policy that reads an object of any kind.
_GET = ("get", "all")


class Effect(Enum):
    """How a grant and a consumer meet."""

    GIVES = "gives the access"
    MAY_GIVE = "may give the access"
    OTHER_SCOPE = "holds elsewhere"
    OTHER_PRINCIPAL = "is for another principal"
    WRONG_ATTRIBUTE = "names the identity by the wrong attribute"
    WRONG_MODEL = "has no effect in the permission model of the vault"
    WRONG_ROLE = "gives no right to read this"


@dataclass(slots=True, eq=False)
class Verdict:
    """What one grant does for one consumer, and why: ``reason`` goes on after "the grant".

    ``blamed`` where it was surely meant to give the access, and so explains why there is none.
    """

    grant: Grant
    effect: Effect
    reason: str
    blamed: bool = False


class Judge:
    """Weighs grants; knows the places and the roles of a run."""

    def __init__(self, locator: Locator, roles: Roles) -> None:
        self._find = locator
        self._roles = roles

    def weigh(self, grant: Grant, read: VaultRead, identity: Identity, vault: Vault) -> Verdict:
        """What a grant does for a consumer that reads a vault as an identity."""
        covers = self._covers(grant, read, vault)
        if covers is False:
            return Verdict(grant, Effect.OTHER_SCOPE, self._elsewhere(grant, vault))
        names = self._names(grant, identity)
        if names is False:
            return self._for_another(grant, identity, blamed=covers is True)
        reads = self._reads(grant, read)
        fits = self.fits(grant, vault)
        if names is None or covers is None:
            return self._unclear(grant, vault, names=names, reads=reads, fits=fits)
        at_vault = self._find.vault_at_scope(grant.scope, grant.deployment) is vault
        if fits is False:
            return Verdict(grant, Effect.WRONG_MODEL, _ignored(vault), at_vault)
        if reads is None:
            return Verdict(grant, Effect.MAY_GIVE, f"may give it: {_unsure(read)} is not known")
        if not reads:
            # A role at a wider scope is most likely there for something else.
            blamed = at_vault or self._about_vaults(grant)
            return Verdict(grant, Effect.WRONG_ROLE, self._cannot_read(grant, read), blamed)
        if fits is None:
            why = f"may give it: the permission model of {vault.title} is not known"
            return Verdict(grant, Effect.MAY_GIVE, why)
        return Verdict(grant, Effect.GIVES, self._gives(grant, read, identity))

    def _covers(self, grant: Grant, read: VaultRead, vault: Vault) -> bool | None:
        if isinstance(grant, DeclaredGrant):
            return holds_at(grant, vault)
        return self._find.covers(grant.scope, vault, read)

    def _names(self, grant: Grant, identity: Identity) -> bool | None:
        if isinstance(grant, DeclaredGrant):
            return is_for(grant, identity)
        named = self._find.identities.is_principal(grant.principal, identity)
        # Who signs in through an application is more than the identity alone.
        return None if named and grant.application is not None else named

    def would_give(self, grant: Grant, read: VaultRead, vault: Vault) -> bool:
        """Whether the grant would surely give the access if it were for the consumer's identity."""
        covers = self._find.covers(grant.scope, vault, read)
        alone = grant.application is None
        return bool(alone and covers and self._reads(grant, read) and self.fits(grant, vault))

    def _for_another(self, grant: Grant, identity: Identity, *, blamed: bool) -> Verdict:
        if self._find.identities.is_wrong_attribute(grant.principal, identity):
            named = self._find.identities.named_by(alternatives(grant.principal)[0])
            label = named.label if named is not None else "wrong attribute"
            why = f"names {identity.title} by its {label}, not by its principal id"
            return Verdict(grant, Effect.WRONG_ATTRIBUTE, why, blamed)
        named = self._find.identities.named_by(grant.principal)
        whom = named.identity.title if named is not None else "another principal"
        return Verdict(grant, Effect.OTHER_PRINCIPAL, f"is for {whom}")

    def _unclear(
        self, grant: Grant, vault: Vault, *, names: bool | None, reads: bool | None, fits: bool | None
    ) -> Verdict:
        """A grant of which nobody knows whom or what it concerns."""
        # One that cannot help in any case is not the missing one.
        if fits is False:
            return Verdict(grant, Effect.WRONG_MODEL, _ignored(vault))
        if reads is False:
            return Verdict(grant, Effect.WRONG_ROLE, "gives no right to read what the vault holds")
        if names is None and grant.application is not None:
            return Verdict(grant, Effect.MAY_GIVE, "may give it: it is for a user of one application alone")
        unclear = grant.principal if names is None else grant.scope
        return Verdict(grant, Effect.MAY_GIVE, f"may give it: {_reason(unclear)}")

    # --- What a grant allows --------------------------------------------------------------

    def fits(self, grant: Grant, vault: Vault) -> bool | None:
        """Whether the vault's permission model heeds the grant."""
        if vault.permission_model is None:
            # Whoever declares a grant by hand says that it is one.
            return True if isinstance(grant, DeclaredGrant) else None
        if grant.kind is GrantKind.POLICY:
            return vault.permission_model is PermissionModel.ACCESS_POLICY
        if vault.permission_model is PermissionModel.RBAC:
            return True
        # Roles about the vault itself work in both models; they never read secrets.
        role = self._roles.of(grant.role)
        return None if role is None else not role.vault_data

    def _reads(self, grant: Grant, read: VaultRead) -> bool | None:
        """Whether the grant gives the right to read all that a consumer reads."""
        answers = {self._reads_kind(grant, kind) for kind in read.objects or VaultObjectKind}
        if not read.objects:
            # Whichever kinds they are, a right to all of them is enough, and one to none is not.
            return answers.pop() if len(answers) == 1 else None
        found = False if False in answers else None if None in answers else True
        if found is False and read.reader is Reader.SDK:
            # What code does with a vault's url is not known: it may use keys or certificates.
            return self._opens_vault(grant)
        return found

    def _reads_kind(self, grant: Grant, kind: VaultObjectKind) -> bool | None:
        if grant.kind is GrantKind.ROLE:
            roles = [self._roles.of(option) for option in alternatives(grant.role)]
            answers = {None if role is None else kind in role.reads for role in roles}
            return answers.pop() if len(answers) == 1 else None
        return _permits(grant.permissions.get(kind))

    def _opens_vault(self, grant: Grant) -> bool | None:
        """Whether the grant gives any right to what the vault holds; its reader only sees what there is."""
        role = self._roles.of(grant.role)
        if role is not None and role.name == "Key Vault Reader":
            return None
        return grant.kind is GrantKind.POLICY or (role is not None and role.vault_data)

    def _about_vaults(self, grant: Grant) -> bool:
        """Whether a role at a wider scope was likely meant for the vaults in it, too."""
        role = self._roles.of(grant.role)
        return role is not None and (role.name.startswith("Key Vault") or role.name in _GENERAL_ROLES)

    # --- In words -------------------------------------------------------------------------

    def _cannot_read(self, grant: Grant, read: VaultRead) -> str:
        if grant.kind is GrantKind.POLICY:
            wanted = read.objects or VaultObjectKind
            kinds = in_words(kind for kind in wanted if not _permits(grant.permissions.get(kind)))
            return f'has no "Get" among its {kinds} permissions'
        role = self._roles.of(grant.role)
        return f'has the role "{role.name if role else "?"}", which does not read {contents_name(read)}'

    def _elsewhere(self, grant: Grant, vault: Vault) -> str:
        other = self._find.vault_at_scope(grant.scope, grant.deployment)
        if other is vault:
            return f"holds at another secret of {other.title}"
        return f"holds at {other.title}" if other is not None else "holds elsewhere"

    def _gives(self, grant: Grant, read: VaultRead, identity: Identity) -> str:
        what = f"gives {in_words(read.objects)} read"
        group = self._find.identities.group_between(grant.principal, identity)
        return what if group is None else f"{what} to the members of {group.title}"


def _permits(permissions: Iterable[Value] | None) -> bool | None:
    """Whether the permissions of a policy for one kind of object let read it."""
    if permissions is None:
        return None
    texts = [text_of(permission) for permission in permissions]
    if any(text is not None and text.casefold() in _GET for text in texts):
        return True
    return None if None in texts else False


def _ignored(vault: Vault) -> str:
    model = vault.permission_model.value if vault.permission_model is not None else "another model"
    return f"has no effect: {vault.title} uses {model}"


def _unsure(read: VaultRead) -> str:
    return f"whether it reads {contents_name(read)}" if read.objects else "which kinds of objects are read"


def contents_name(read: VaultRead) -> str:
    """What a consumer reads, in the plural."""
    return _listed(f"{kind.value}s" for kind in sorted_kinds(read.objects)) or "objects"


def sorted_kinds(kinds: Iterable[VaultObjectKind]) -> list[VaultObjectKind]:
    """Kinds of objects in the order in which messages name them."""
    return sorted(kinds, key=list(VaultObjectKind).index)


def in_words(kinds: Iterable[VaultObjectKind]) -> str:
    """Kinds of objects as a message names them."""
    return _listed(kind.value for kind in sorted_kinds(kinds)) or "object"


def _listed(words: Iterable[str]) -> str:
    *others, last = [*words] or [""]
    return f"{', '.join(others)} and {last}" if others else last


def _reason(value: Value) -> str:
    if isinstance(value, Scalar):
        return "its principal or scope is a literal id"
    return reason_of(value)
