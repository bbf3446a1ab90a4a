"""Apps that need a grant to be created and do not wait for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kvlint.evaluate.resources import Language, Link
from kvlint.graph.access import Access
from kvlint.graph.containerapps import ContainerApps
from kvlint.graph.entities import App, AppKind, Grant, Reader, VaultRead
from kvlint.graph.facts import Facts

#: Apps whose references are checked while they are created.
_CHECKED = (AppKind.CONTAINER_APP, AppKind.JOB)


@dataclass(slots=True, eq=False)
class Race:
    """An app whose first deployment may create it before its identity may read.

    ``reads`` are its references that need the grant, ``grant`` the first that gives the access
    and ``others`` those that do so too. ``grant_waits`` tells that the grant, the other way
    round, surely is created after the app. ``link`` is where an order could be written.
    """

    app: App
    grant: Grant
    reads: list[VaultRead] = field(default_factory=list)
    others: list[Grant] = field(default_factory=list)
    grant_waits: bool = False
    link: Link | None = None


def races(facts: Facts, access: Access, containerapps: ContainerApps) -> Iterator[Race]:
    """One race for each app that does not wait for any of the grants that one of its references needs."""
    reads: dict[str, list[VaultRead]] = {}
    for read in facts.vault_reads:
        # What an app's own identity is granted always comes after the app.
        if read.reader is Reader.APP_SECRET and read.app is not None and read.identity is not None:
            reads.setdefault(read.app.address, []).append(read)
    for app in containerapps.apps:
        if app.address in reads and _is_created(app, containerapps):
            found = _race(app, reads[app.address], access)
            if found is not None:
                yield found


def _is_created(app: App, containerapps: ContainerApps) -> bool:
    """Whether a deployment creates the app, as far as it tells in one step."""
    if app.kind not in _CHECKED or app.language is Language.CONTAINER_APP_YAML or not app.managed:
        return False
    return app.deployment not in (other.deployment for other in containerapps.definitions(app))


def _race(app: App, reads: Iterable[VaultRead], access: Access) -> Race | None:
    race: Race | None = None
    for read in reads:
        grants = access.granting(read)
        if not grants or not all(_is_not_awaited(read, app, grant) for grant in grants):
            continue
        if race is None:
            race = Race(app, grants[0])
        if all(read.span != other.span for other in race.reads):  # two alternatives may share one
            race.reads.append(read)
        known = (race.grant, *race.others)
        race.others += [grant for grant in grants if grant not in known]
    if race is not None and app.order is not None and race.grant.order is not None:
        race.grant_waits = race.grant.order.after(app.order) is True
        race.link = app.order.link(race.grant.order)
    return race


def _is_not_awaited(read: VaultRead, app: App, grant: Grant) -> bool:
    """Whether nothing makes a reference wait for a grant of its own deployment.

    One that may be left out at first, with or without its app, may wait in its own way.
    """
    if grant.deployment != app.deployment or app.order is None or grant.order is None:
        return False
    if read.conditional is not None and grant.conditional is None:
        return False
    return app.order.after(grant.order) is False
