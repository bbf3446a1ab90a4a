"""Apps whose environment gives their code the url of a vault: an SDK will read there."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass

from kvlint.evaluate.values import PartialText, Scalar, Symbol, Value, known_text, text_of
from kvlint.graph.entities import App, AppKind, EnvironmentVariable, Reader, VaultRead
from kvlint.graph.facts import Facts

#: What makes two symbols the same.
SymbolKey = tuple[str, tuple[str | int, ...]]

_VAULT_URL = re.compile(
    r"https://[a-z0-9-]{3,24}\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)/?\Z", re.IGNORECASE
)
#: With these the code signs in as somebody else than the app's managed identity.
_OTHER_SIGN_IN = frozenset({"AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_USERNAME"})


@dataclass(slots=True, frozen=True)
class _SignIn:
    """The identity that an app's code signs in as; ``None`` for the app's own."""

    client_id: Value | None


def add_reads(facts: Facts) -> None:
    """A read for each app that is given a vault's url and has one identity only to use it with."""
    known = {symbol.key for vault in facts.vaults for symbol in vault.urls}
    clients = {
        symbol.key: identity.client_ids[0]
        for identity in facts.identities
        if identity.client_ids
        for symbol in identity.resource_ids
        if isinstance(symbol, Symbol)
    }
    for app in facts.apps:
        sign_in = _sign_in(app, clients) if app.kind is not AppKind.DAPR_COMPONENT else None
        urls = [one for one in app.environment if one.value is not None and _is_vault_url(one.value, known)]
        if sign_in is not None and urls:
            facts.vault_reads.append(_read(app, urls[0], sign_in))


def _sign_in(app: App, clients: Mapping[SymbolKey, Value]) -> _SignIn | None:
    """How the code signs in, ``None`` where that is not certain.

    ``clients`` are the client ids of identities by their resource ids.
    """
    if app.environment_open is not None:
        return None
    names = [text_of(variable.name) for variable in app.environment]
    if None in names or _OTHER_SIGN_IN.intersection(name or "" for name in names):
        return None
    if app.identity.open is not None or app.identity.system is None:
        return None
    for variable in app.environment:
        if text_of(variable.name) == "AZURE_CLIENT_ID":
            return _SignIn(variable.value) if variable.value is not None else None
    if app.identity.system:
        return None if app.identity.user_assigned else _SignIn(None)
    if len(app.identity.user_assigned) != 1:
        return None
    one = app.identity.user_assigned[0]
    client_id = clients.get(one.key) if isinstance(one, Symbol) else None
    return None if client_id is None else _SignIn(client_id)


def _read(app: App, variable: EnvironmentVariable, sign_in: _SignIn) -> VaultRead:
    value = variable.value or Scalar("")
    name = text_of(variable.name)
    return VaultRead(
        address=f"{app.address}/environment/{name}",
        display=f'environment variable "{name}" of {app.display}',
        span=value.span or variable.span,
        deployment=app.deployment,
        language=app.language,
        conditional=app.conditional,
        reader=Reader.SDK,
        vault=value,
        identity=sign_in.client_id,
        app=app,
    )


def _is_vault_url(value: Value, known: Container[SymbolKey]) -> bool:
    if isinstance(value, Symbol):
        return value.key in known
    if isinstance(value, PartialText) and isinstance(value.parts[0], Scalar):
        # Any name of a vault will do for the parts that are not known.
        return _VAULT_URL.match("".join(known_text(part) or "name" for part in value.parts)) is not None
    return isinstance(value, Scalar) and _VAULT_URL.match(str(value.data)) is not None
