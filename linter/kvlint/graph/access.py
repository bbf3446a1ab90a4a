"""May this consumer read this vault? The proof, the break, or why nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import chain, islice

from kvlint.graph.entities import (
    Grant,
    Identity,
    IdentityKind,
    PermissionModel,
    Reader,
    Vault,
    VaultObjectKind,
    VaultRead,
)
from kvlint.graph.facts import Facts
from kvlint.graph.holders import Holders
from kvlint.graph.locations import Locator
from kvlint.graph.matching import same_text
from kvlint.graph.neighbours import Neighbours
from kvlint.graph.possible import PossibleGrants
from kvlint.graph.role_scopes import VAULTS, RoleScopes
from kvlint.graph.roles import Roles, role_that_reads
from kvlint.graph.verdicts import Effect, Judge, Verdict, sorted_kinds


class Proof(Enum):
    """How a question for access ends; the broken ones name their cause."""

    GRANTED = "granted"
    UNKNOWN = "unknown"
    NO_GRANT = "no grant"
    WRONG_ROLE = "a role that does not read secrets"
    WRONG_MODEL = "a grant that the vault's permission model ignores"
    WRONG_PRINCIPAL = "a grant that names the identity by the wrong attribute"
    NEIGHBOUR = "a grant to an identity beside the one that reads"
    WRONG_PLACE = "a grant at a resource that holds no secrets"
    NOT_ATTACHED = "an identity that the app does not carry"


#: What a grant that explains a break makes of the answer, the most telling cause first.
_CAUSES = {
    Effect.WRONG_ATTRIBUTE: Proof.WRONG_PRINCIPAL,
    Effect.WRONG_MODEL: Proof.WRONG_MODEL,
    Effect.WRONG_ROLE: Proof.WRONG_ROLE,
}


#: What a grant is that is surely not the identity's own.
_FOR_OTHERS = frozenset({Effect.OTHER_PRINCIPAL, Effect.WRONG_ATTRIBUTE})


@dataclass(slots=True, eq=False)
class Answer:
    """The answer for one consumer: the chain from its reference to the grants that decide it.

    ``verdicts`` is what the grants that may hold at the vault do for the consumer, up to the
    first that gives the access; ``deciding`` are those that settled the question.
    """

    proof: Proof
    reason: str = ""
    identity: Identity | None = None
    vault: Vault | None = None
    verdicts: list[Verdict] = field(default_factory=list)
    deciding: list[Verdict] = field(default_factory=list)

    @property
    def grants(self) -> list[Grant]:
        """The grants that settled the question."""
        return [one.grant for one in self.deciding]


@dataclass(slots=True, eq=False)
class PolicyEffect:
    """A grant on a vault whose permission model ignores it; ``relied_on`` by a consumer."""

    grant: Grant
    vault: Vault
    readers: list[VaultRead]


class Access:
    """Grants, identities and vaults of a run, indexed for questions about access."""

    def __init__(
        self, facts: Facts, locator: Locator, roles: Roles, role_scopes: RoleScopes, holders: Holders
    ) -> None:
        self._facts = facts
        self._find = locator
        self._judge = Judge(locator, roles)
        self._holders = holders
        self._role_scopes = role_scopes
        self._possible_grants = PossibleGrants(facts.possible_grants, facts.vaults)
        self.neighbours = Neighbours(facts, locator, roles)
        self._answers: dict[int, Answer] = {}
        known: list[Vault | Identity] = [*facts.vaults, *facts.identities]
        self._looked_up = [
            one
            for one in known
            if not one.managed and not (isinstance(one, Identity) and one.kind is IdentityKind.DEPLOYER)
        ]
        self._by_vault: dict[str, list[Grant]] = {}
        self._on_vault: dict[str, list[Grant]] = {}
        self._open: dict[str, list[Grant]] = {}
        self._elsewhere: list[Grant] = [*facts.declared_grants]
        for grant in facts.grants:
            if grant.elsewhere:
                continue
            vault = locator.vault_at_scope(grant.scope, grant.deployment)
            if vault is None or not vault.managed or locator.has_namesake(vault):
                # A vault that is only looked up may be any that is not surely another one.
                self._elsewhere.append(grant)
            if vault is not None:
                self._by_vault.setdefault(vault.address, []).append(grant)

    def answer(self, read: VaultRead) -> Answer:
        """Whether a consumer may read, with everything that decided it."""
        known = self._answers.get(id(read))
        if known is None:
            known = self._answers[id(read)] = self._answer(read)
        return known

    def _answer(self, read: VaultRead) -> Answer:
        vault, why = self._find.vault_of(read.vault, read.deployment)
        if vault is None:
            return Answer(Proof.UNKNOWN, why)
        if self._has_no_system_identity(read):
            return Answer(Proof.NOT_ATTACHED, vault=vault)
        identity, why = self._find.identity_of(read)
        if identity is None:
            return Answer(Proof.UNKNOWN, why, vault=vault)
        if self._not_attached(read, identity):
            return Answer(Proof.NOT_ATTACHED, "", identity, vault)
        return self._weigh(read, identity, vault)

    def _weigh(self, read: VaultRead, identity: Identity, vault: Vault) -> Answer:
        verdicts: list[Verdict] = []
        for verdict in self._verdicts(read, identity, vault):
            verdicts.append(verdict)
            if verdict.effect is Effect.GIVES:
                break
        else:
            if len(read.objects) > 1:
                return self._weigh_each_kind(read, identity, vault, verdicts)
        proof, why = self._settle(verdicts, read, identity, vault)
        deciding = [one for one in verdicts if _decides(one, proof)]
        if proof is Proof.NO_GRANT:
            deciding = [one for one in verdicts if self._is_beside(one.grant, read, vault)]
            proof = Proof.NEIGHBOUR if deciding else proof
        if proof is Proof.NO_GRANT and self._role_scopes.meant_for(identity, VAULTS, read.deployment):
            proof = Proof.WRONG_PLACE
        return Answer(proof, why, identity, vault, verdicts, deciding)

    def _weigh_each_kind(
        self, read: VaultRead, identity: Identity, vault: Vault, verdicts: list[Verdict]
    ) -> Answer:
        """The answer where no grant is enough alone: each kind of object may have one of its own."""
        kinds = [frozenset({kind}) for kind in sorted_kinds(read.objects)]
        answers = [self._weigh(replace(read, objects=kind), identity, vault) for kind in kinds]
        settled = Proof.GRANTED, Proof.UNKNOWN
        telling = next((one for one in answers if one.proof not in settled), None)
        telling = telling or next((one for one in answers if one.proof is Proof.UNKNOWN), None)
        if telling is not None:
            return Answer(telling.proof, telling.reason, identity, vault, verdicts, telling.deciding)
        giving = [verdict for one in answers for verdict in one.deciding]
        return Answer(Proof.GRANTED, "", identity, vault, verdicts, giving)

    def _is_beside(self, grant: Grant, read: VaultRead, vault: Vault) -> bool:
        """Whether a grant gives the access to an identity that sits beside the one that reads."""
        named = self._find.identities.named_by(grant.principal)
        if named is None or self.neighbours.beside(named.identity, read) is None:
            return False
        return self._judge.would_give(grant, read, vault)

    def _verdicts(self, read: VaultRead, identity: Identity, vault: Vault) -> Iterator[Verdict]:
        """What each grant does that may concern both; those that name the identity come first."""
        own = self._holders.grants_of(identity)
        seen = {id(grant) for grant in own}
        others = self._open_on(vault) if self._holders.is_single(identity) else self.grants_on(vault)
        for grant in chain(own, (one for one in others if id(one) not in seen)):
            if read.deployment.sees(grant.deployment):
                yield self._judge.weigh(grant, read, identity, vault)

    def _open_on(self, vault: Vault) -> list[Grant]:
        """Of the grants that may hold at a vault those that may be anybody's."""
        known = self._open.get(vault.address)
        if known is None:
            known = [one for one in self.grants_on(vault) if not self._holders.is_settled(one)]
            self._open[vault.address] = known
        return known

    def verdicts(self, read: VaultRead) -> list[Verdict]:
        """What each grant that may hold at its vault does for a consumer; none where either is not known."""
        answer = self.answer(read)
        if answer.identity is None or answer.vault is None:
            return []
        giving = {id(one.grant): one for one in answer.deciding if one.effect is Effect.GIVES}
        found = self._verdicts(read, answer.identity, answer.vault)
        return [giving.get(id(one.grant), one) for one in found]

    def nearest(self, read: VaultRead, most: int) -> list[Verdict]:
        """Why grants that one could take for the missing one are not it, at most so many.

        Those of the identity come first, then those that others have on the vault.
        """
        answer = self.answer(read)
        identity, vault = answer.identity, answer.vault
        if identity is None or vault is None:
            return []
        own = self._holders.grants_of(identity)
        seen = {id(grant) for grant in own}
        others = (one for one in self.grants_on(vault) if id(one) not in seen)
        weighed = (self._judge.weigh(grant, read, identity, vault) for grant in chain(own, others))
        telling = (one for one in weighed if id(one.grant) in seen or one.effect in _FOR_OTHERS)
        return list(islice(telling, most))

    def _settle(
        self, verdicts: list[Verdict], read: VaultRead, identity: Identity, vault: Vault
    ) -> tuple[Proof, str]:
        """What the grants together come to; where none is known to give the access, what else may."""
        if any(one.effect is Effect.GIVES for one in verdicts):
            return Proof.GRANTED, ""
        unclear = (one for one in verdicts if one.effect is Effect.MAY_GIVE)
        perhaps = next((f"{one.grant.display} {one.reason}" for one in unclear), "")
        perhaps = perhaps or self._possible(identity, vault, read)
        if perhaps:
            return Proof.UNKNOWN, perhaps
        if not identity.managed:
            return Proof.UNKNOWN, f"{identity.display} is managed elsewhere"
        if not vault.managed and not self._has_own_grants(vault, read):
            return Proof.UNKNOWN, f"{vault.display} is managed elsewhere"
        blamed = {one.effect for one in verdicts if one.blamed}
        return next((proof for effect, proof in _CAUSES.items() if effect in blamed), Proof.NO_GRANT), ""

    def _has_own_grants(self, vault: Vault, read: VaultRead) -> bool:
        """Whether the set gives rights at a vault that it only looks up."""
        return any(
            read.deployment.sees(grant.deployment)
            and self._find.vault_at_scope(grant.scope, grant.deployment) is not None
            for grant in self.grants_on(vault)
        )

    def granting(self, read: VaultRead) -> list[Grant]:
        """Every grant that gives a consumer its access, or may give it."""
        if self.answer(read).proof is not Proof.GRANTED:
            return []
        return [one.grant for one in self.verdicts(read) if one.effect in (Effect.GIVES, Effect.MAY_GIVE)]

    def missing_grants(self) -> Iterator[tuple[Answer, list[VaultRead]]]:
        """Reads without a grant, those of one app, identity and vault together: one grant mends them."""
        groups: dict[tuple[str, str, str], list[VaultRead]] = {}
        for read in self._facts.vault_reads:
            answer = self.answer(read)
            if answer.proof is Proof.NO_GRANT and answer.identity is not None and answer.vault is not None:
                owner = read.app.address if read.app is not None else read.address
                groups.setdefault((owner, answer.identity.address, answer.vault.address), []).append(read)
        for reads in groups.values():
            yield self.answer(reads[0]), reads

    def grants_on(self, vault: Vault) -> list[Grant]:
        """Grants at the vault, and those whose scope may contain it."""
        known = self._on_vault.get(vault.address)
        if known is None:
            addresses = [vault.address, *(twin.address for twin in self._find.declared_again(vault))]
            here = [grant for address in addresses for grant in self._by_vault.get(address, ())]
            seen = {id(grant) for grant in here}
            known = [*here, *(grant for grant in self._elsewhere if id(grant) not in seen)]
            self._on_vault[vault.address] = known
        return known

    def _possible(self, identity: Identity, vault: Vault, read: VaultRead) -> str:
        """Why something that cannot be read may give the access, empty where nothing can."""
        if vault.policies_open is not None and vault.permission_model is not PermissionModel.RBAC:
            return vault.policies_open.reason
        addresses = {vault.address, *self._lookups_of(identity, vault, read)}
        found = self._possible_grants.concerning(
            identity,
            vault.name,
            addresses,
            read.deployment,
            lambda role: not role.reads.isdisjoint(read.objects or VaultObjectKind),
        )
        return f"{found.display} may give the access" if found is not None else ""

    def _lookups_of(self, identity: Identity, vault: Vault, read: VaultRead) -> Iterator[str]:
        """Addresses under which these two may be looked up."""
        for one in self._looked_up:
            ours = vault if isinstance(one, Vault) else identity
            name = ours.name
            same = None if name is None or one.name is None else same_text(one.name, name, fold=True)
            if same or (same is None and one.deployment != read.deployment):
                yield one.address

    def _has_no_system_identity(self, read: VaultRead) -> bool:
        """Whether it reads with a system-assigned identity that its app surely does not have."""
        if read.app is None or read.identity is not None:
            return False
        return read.app.identity.system is False and read.app.identity.open is None

    def _not_attached(self, read: VaultRead, identity: Identity) -> bool:
        app = read.app
        if app is None or read.identity is None or app.identity.open is not None or read.reader is Reader.SDK:
            return False
        return not any(
            self._find.identities.is_resource(value, identity) is not False
            for value in app.identity.user_assigned
        )

    def role_for(self, read: VaultRead) -> str:
        """The narrowest built-in role that lets a consumer read what it reads."""
        return role_that_reads(read.objects or VaultObjectKind)

    def vault_name(self, read: VaultRead) -> str:
        """The name of the vault that a consumer reads, in the set or not; empty where it is not known."""
        return self._find.vault_name(read.vault, read.deployment)

    def remedy(self, read: VaultRead) -> str:
        """What gives a consumer's identity access to its vault."""
        answer = self.answer(read)
        identity, vault = answer.identity, answer.vault
        if identity is None or vault is None:
            return ""
        if vault.permission_model is PermissionModel.ACCESS_POLICY:
            kinds = sorted_kinds(read.objects or VaultObjectKind)
            wanted = " and ".join(f'the {kind.value} permission "Get"' for kind in kinds)
            return f"Add an access policy with {wanted} for {identity.title} to {vault.title}."
        return f'Assign the role "{self.role_for(read)}" at {vault.title} to the principal id of {identity.title}.'

    def ignored_grants(self) -> list[PolicyEffect]:
        """Grants at a vault whose permission model ignores them, with the consumers that rely on them."""
        readers: dict[int, list[VaultRead]] = {}
        for read in self._facts.vault_reads:
            answer = self.answer(read)
            if answer.proof is Proof.WRONG_MODEL:
                for grant in answer.grants:
                    readers.setdefault(id(grant), []).append(read)
        found = []
        for grants in self._by_vault.values():
            for grant in grants:
                vault = self._find.vault_at_scope(grant.scope, grant.deployment)
                if vault is not None and self._judge.fits(grant, vault) is False:
                    found.append(PolicyEffect(grant, vault, readers.get(id(grant), [])))
        return found


def _decides(verdict: Verdict, proof: Proof) -> bool:
    if verdict.effect is Effect.GIVES:
        return proof is Proof.GRANTED
    return verdict.blamed and _CAUSES.get(verdict.effect) is proof
