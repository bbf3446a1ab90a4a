"""Apps that need, to be created, what only exists once they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kvlint.evaluate.resources import Language
from kvlint.evaluate.values import alternatives
from kvlint.graph.access import Access, Answer, Proof
from kvlint.graph.containerapps import ContainerApps
from kvlint.graph.entities import App, AppKind, AppSecret, IdentitySite, IdentityUse, Reader, VaultRead
from kvlint.graph.facts import Facts
from kvlint.graph.matching import is_system

#: Where a document is one deployment of many, and may be an update.
_UPDATES = (Language.CONTAINER_APP_YAML,)


@dataclass(slots=True, eq=False)
class Bootstrap:
    """An app that reads Key Vault as itself while it is created.

    ``uses`` are the places that say so, one a secret; ``answers`` what is known of the access
    that each of them will have later.
    """

    app: App
    uses: list[IdentityUse] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


def bootstraps(facts: Facts, access: Access, containerapps: ContainerApps) -> Iterator[Bootstrap]:
    """The apps whose first deployment fails, because their own identity has no grant before it.

    A read that some other defect breaks for good is that defect's.
    """
    reads = {id(read.vault): read for read in facts.vault_reads if read.reader is Reader.APP_SECRET}
    for app in containerapps.apps:
        if not _is_created_at_once(app, containerapps):
            continue
        found = Bootstrap(app)
        for secret in app.secrets:
            use = _own_identity(app, secret)
            read = reads.get(id(secret.key_vault_url))
            answer = access.answer(read) if use is not None and read is not None else None
            if use is None or read is None or answer is None or not _is_otherwise_right(read, answer):
                continue
            found.uses.append(use)
            found.answers.append(answer)
        if found.uses:
            yield found


def _is_created_at_once(app: App, containerapps: ContainerApps) -> bool:
    """Whether one deployment creates the app with all of its secrets."""
    if app.kind not in (AppKind.CONTAINER_APP, AppKind.JOB) or app.language in _UPDATES:
        return False
    if not app.managed or app.exists or app.conditional is not None or app.identity.system is not True:
        return False
    # A list that others fill in later, or a second definition, may be the second of two steps.
    others = (other.deployment for other in containerapps.definitions(app))
    return containerapps.open_reason(app) is None and app.deployment not in others


def _own_identity(app: App, secret: AppSecret) -> IdentityUse | None:
    """The place that makes a secret's reference go through the app's own identity."""
    identity = secret.identity
    if secret.key_vault_url is None or identity is None:
        return None
    if not all(is_system(option) for option in alternatives(identity)):
        return None
    uses = (use for use in app.identity_uses if use.site is IdentitySite.SECRET)
    return next((use for use in uses if use.identity is identity), None)


def _is_otherwise_right(read: VaultRead, answer: Answer) -> bool:
    return not read.malformed and answer.proof in (Proof.GRANTED, Proof.UNKNOWN)
