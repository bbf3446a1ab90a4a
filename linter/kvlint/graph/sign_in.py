"""Apps whose code does not say which of their identities it signs in as."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kvlint.evaluate.values import is_null, known_text
from kvlint.graph.containerapps import ContainerApps
from kvlint.graph.entities import App, AppCode, AppKind, CredentialCall, EnvironmentScript
from kvlint.graph.facts import Facts
from kvlint.source import Span

#: Hosts that take a request without a client id for one of the system-assigned identity.
_HOSTS = (AppKind.CONTAINER_APP, AppKind.JOB, AppKind.APP_SERVICE)
#: Variables that tell a credential who it is, or send it elsewhere.
_TELLING = frozenset({"AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE", "IDENTITY_ENDPOINT", "MSI_ENDPOINT"})


@dataclass(slots=True, eq=False)
class AmbiguousSignIn:
    """An app with user-assigned identities only, and the calls of its code that name none of them.

    ``link`` is the place that says that the code is the app's.
    """

    app: App
    calls: list[CredentialCall]
    link: Span


def ambiguous_sign_ins(facts: Facts, containerapps: ContainerApps) -> Iterator[AmbiguousSignIn]:
    """The apps whose code asks for a system-assigned identity that they do not have."""
    for code in facts.app_code:
        app = code.app
        if code.told or not code.calls or app.kind not in _HOSTS or not app.managed:
            continue
        if not _has_user_assigned_only(app) or _may_be_told(app):
            continue
        if containerapps.definitions(app) or _is_changed(app, facts.environment_scripts):
            continue
        yield _sign_in(code)


def _sign_in(code: AppCode) -> AmbiguousSignIn:
    calls = sorted(code.calls, key=lambda call: (call.span.path, call.span.start))
    return AmbiguousSignIn(code.app, calls, code.link)


def _has_user_assigned_only(app: App) -> bool:
    carried = app.identity
    if carried.system is not False or carried.open is not None:
        return False
    return any(not is_null(identity) for identity in carried.user_assigned)


def _may_be_told(app: App) -> bool:
    """Whether a variable of the app may name the identity."""
    if app.environment_open is not None or app.partial:
        return True
    names = {known_text(variable.name) for variable in app.environment}
    return None in names or not _TELLING.isdisjoint(name.upper() for name in names if name is not None)


def _is_changed(app: App, scripts: Iterable[EnvironmentScript]) -> bool:
    """Whether a script may give the app variables or identities."""
    name = known_text(app.name)
    return any(script.app is None or name is None or script.app == name for script in scripts)
