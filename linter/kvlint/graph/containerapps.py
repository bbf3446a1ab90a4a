"""Questions about Container Apps, jobs and Dapr components: their secrets, identities, revisions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kvlint.evaluate.values import Unknown, Value, alternatives, is_null, known_text
from kvlint.graph.entities import App, AppKind, AppSecret, IdKind, Revision, SecretReference, SecretScript
from kvlint.graph.identities import Identities
from kvlint.graph.matching import is_system, same_text
from kvlint.graph.names import near_miss
from kvlint.source import Span

#: Folder and file name parts that tell one environment from another.
_STAGES = {
    "dev": "dev", "develop": "dev", "development": "dev", "test": "test", "tst": "test", "testing": "test",
    "qa": "qa", "int": "int", "integration": "int", "uat": "uat", "stage": "staging", "stg": "staging",
    "staging": "staging", "preprod": "preprod", "preview": "preview", "prod": "prod", "prd": "prod",
    "production": "prod", "live": "prod", "sandbox": "sandbox", "demo": "demo",
}  # fmt: skip


@dataclass(slots=True, eq=False)
class ResolvedReference:
    """What became of a reference to an app secret, alternative by alternative.

    ``missing`` are the names that no secret of the app has, ``found`` those that one has.
    ``unresolved`` is set where an alternative could be neither proven nor broken.
    """

    missing: list[Value] = field(default_factory=list)
    found: list[Value] = field(default_factory=list)
    unresolved: Unknown | None = None

    @property
    def proven(self) -> bool:
        """Whether every alternative is declared."""
        return not self.missing and self.unresolved is None

    @property
    def always_broken(self) -> bool:
        """Whether no possible world works."""
        return bool(self.missing) and not self.found and self.unresolved is None


@dataclass(slots=True, eq=False)
class SuffixCollision:
    """An app whose wanted revision exists already with another template.

    ``other`` is the definition that has it too or shows that it exists, at ``place``;
    ``exists`` tells that an export shows it.
    """

    app: App
    revision: Revision
    other: App
    place: Span
    exists: bool


@dataclass(slots=True)
class _SecretNames:
    """The names of an app's secrets: the known ones by text, and all others."""

    known: dict[str, AppSecret] = field(default_factory=dict)
    others: list[Value] = field(default_factory=list)

    def add(self, secret: AppSecret) -> None:
        for option in alternatives(secret.name):
            text = known_text(option)
            if text is None:
                self.others.append(option)
            else:
                self.known.setdefault(text, secret)

    def has(self, name: Value) -> bool | None:
        """Whether one of the names is this one, ``None`` where nobody knows."""
        text = known_text(name)
        if text is not None and text in self.known:
            return True
        answers = {same_text(name, other) for other in self.others}
        return True if True in answers else None if None in answers or text is None else False


class ContainerApps:
    """The index of everything that owns Container App secrets."""

    def __init__(
        self,
        apps: Iterable[App],
        scripts: Iterable[SecretScript] = (),
        identities: Identities | None = None,
    ) -> None:
        self._identities = identities or Identities(())
        self._scripts = list(scripts)
        self.apps = [app for app in apps if app.kind.has_app_secrets]
        self._named: dict[str, list[App]] = {}
        for app in self.apps:
            name = known_text(app.name)
            if name is not None and app.kind is not AppKind.DAPR_COMPONENT:
                self._named.setdefault(name, []).append(app)
        self._names: dict[str, _SecretNames] = {}
        self._collisions: list[SuffixCollision] | None = None

    def definitions(self, app: App) -> list[App]:
        """Other definitions of the same app that live beside this one."""
        name = known_text(app.name)
        return [
            other
            for other in self._named.get(name or "", [])
            if other is not app and app.deployment.sees(other.deployment) and _same_place(app, other)
        ]

    # --- Secrets ------------------------------------------------------------------------

    def secrets(self, app: App) -> list[AppSecret]:
        """The secrets that the app has: a partial document has those of its other definitions."""
        declared = list(app.secrets)
        if app.partial:
            for other in self.definitions(app):
                declared += other.secrets
        return declared

    def open_reason(self, app: App) -> Unknown | None:
        """Why the app may have secrets beyond those that are listed, ``None`` where it cannot."""
        script = self._script_for(app)
        if script is not None:
            return Unknown("a script sets secrets of the app", span=script.span)
        if app.secrets_open is not None or not app.partial:
            return app.secrets_open
        return next((other.secrets_open for other in self.definitions(app) if other.secrets_open), None)

    def _script_for(self, app: App) -> SecretScript | None:
        """A script that sets secrets of the app; one that computes the name may mean any app."""
        name = known_text(app.name)
        for script in self._scripts:
            if script.app is None or name is None or script.app == name:
                return script
        return None

    def resolve(self, app: App, reference: SecretReference) -> ResolvedReference:
        """Whether the app declares the secret that a place of it names."""
        resolved = ResolvedReference()
        names = self._names_of(app)
        opened = self.open_reason(app)
        for option in alternatives(reference.name):
            if is_null(option):
                continue
            answer = names.has(option)
            if answer:
                resolved.found.append(option)
            elif known_text(option) is None:
                resolved.unresolved = _reason(option, "the name is not known")
            elif opened is not None:
                resolved.unresolved = opened
            elif answer is None:
                resolved.unresolved = Unknown("the name of a declared secret is not known", span=option.span)
            else:
                resolved.missing.append(option)
        return resolved

    def near_miss(self, app: App, name: str) -> AppSecret | None:
        """The secret of the app that a wrong name most likely means."""
        known = self._names_of(app).known
        near = near_miss(name, known)
        return None if near is None else known[near]

    def _names_of(self, app: App) -> _SecretNames:
        names = self._names.get(app.address)
        if names is None:
            names = self._names[app.address] = _SecretNames()
            for secret in self.secrets(app):
                names.add(secret)
        return names

    # --- Identities ---------------------------------------------------------------------

    def carries(self, app: App, identity: Value, by: IdKind = IdKind.RESOURCE) -> bool | None:
        """Whether the app carries an identity, named by this kind of id, or by the word for its own one."""
        if is_system(identity):
            return app.identity.system
        if app.kind is AppKind.DAPR_COMPONENT:
            return None
        if by is IdKind.CLIENT:
            answers = self._carried_client(app, identity)
        else:
            answers = {self._identities.are_same(identity, one) for one in app.identity.user_assigned}
        if True in answers:
            return True
        return None if None in answers or app.identity.open is not None or not _is_named(identity) else False

    def _carried_client(self, app: App, client_id: Value) -> set[bool | None]:
        """Whether each identity that an app carries has this client id."""
        named = self._identities.named_by(client_id)
        if named is None:
            return {None}
        if named.kind is not IdKind.CLIENT:
            return {False}
        return {self._identities.is_resource(one, named.identity) for one in app.identity.user_assigned}

    # --- Revisions ----------------------------------------------------------------------

    def collisions(self) -> list[SuffixCollision]:
        """Revision suffixes that a deployment will find taken; one for each definition that loses."""
        if self._collisions is None:
            found: dict[int, SuffixCollision] = {}
            for collision in self._find_collisions():
                found.setdefault(id(collision.app), collision)
            self._collisions = list(found.values())
        return self._collisions

    def _find_collisions(self) -> Iterator[SuffixCollision]:
        for app in self.apps:
            revision = app.revision
            if revision is None or not revision.resent:
                continue
            suffix = known_text(revision.suffix)
            if suffix is None:
                continue
            for other in (app, *self.definitions(app)):
                collision = _collision(app, revision, suffix, other)
                if collision is not None:
                    yield collision


def _collision(app: App, revision: Revision, suffix: str, other: App) -> SuffixCollision | None:
    """How another definition of the app (or an export of itself) takes its suffix."""
    theirs = other.revision
    if theirs is None or not theirs.resent:
        return None
    place = next((span for taken, span in theirs.taken if taken == suffix), None)
    if place is not None and suffix != theirs.latest:
        return SuffixCollision(app, revision, other, place, exists=True)
    if other is app:
        return None
    if place is not None:
        differs = _templates_differ(app, other)
        return SuffixCollision(app, revision, other, place, exists=True) if differs else None
    if known_text(theirs.suffix) != suffix or revision.taken or not _comes_first(other, app):
        return None
    span = theirs.suffix.span
    if span is None or not _templates_differ(app, other):
        return None
    return SuffixCollision(app, revision, other, span, exists=False)


def _comes_first(other: App, app: App) -> bool:
    """Of two definitions that collide, the one that is read later is told."""
    one, two = (app.span.path, app.span.start), (other.span.path, other.span.start)
    return two < one


def _templates_differ(app: App, other: App) -> bool:
    """Whether two definitions surely make different revisions.

    An update need not repeat what stays, and an export shows the platform's defaults too:
    then one must only not contradict the other.
    """
    if app.revision is None or other.revision is None:
        return False
    ours, theirs = app.revision.template, other.revision.template
    if ours is None or theirs is None:
        return False
    loose = app.partial or other.partial or app.revision.taken or other.revision.taken
    if not loose:
        return ours != theirs
    return _contradict(json.loads(ours), json.loads(theirs))


def _contradict(left: object, right: object) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return any(_contradict(left[key], right[key]) for key in left.keys() & right.keys())
    if isinstance(left, list) and isinstance(right, list):
        pairs = zip(left, right, strict=False)
        return len(left) != len(right) or any(_contradict(one, other) for one, other in pairs)
    return left != right


def _same_place(app: App, other: App) -> bool:
    """Whether two definitions of one name can be of one app, and not of one in each environment."""
    if app.environment_id is not None and other.environment_id is not None:
        same = same_text(app.environment_id, other.environment_id, fold=True)
        if same is not None:
            return same
    return _stages(app.span.path) == _stages(other.span.path)


def _stages(path: str) -> set[str]:
    words = path.casefold().replace("\\", "/")
    for mark in "/-_.":
        words = words.replace(mark, " ")
    return {_STAGES[word] for word in words.split() if word in _STAGES}


def _is_named(identity: Value) -> bool:
    """Whether the value says which identity it is, as far as a text or symbol can."""
    return not isinstance(identity, Unknown)


def _reason(value: Value, otherwise: str) -> Unknown:
    return value if isinstance(value, Unknown) else Unknown(otherwise, span=value.span)
