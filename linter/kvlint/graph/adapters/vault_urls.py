"""Apps and pods whose environment tells their code of a vault: an SDK will read there."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass

from kvlint.evaluate.combine import name_key
from kvlint.evaluate.values import (
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    alternatives,
    choice,
    known_text,
    text_of,
)
from kvlint.graph.entities import App, AppKind, EnvironmentVariable, Reader, VaultRead, Workload
from kvlint.graph.facts import Facts
from kvlint.graph.workload_identity import UseLabel, account_name, use_label

#: What makes two symbols the same.
SymbolKey = tuple[str, tuple[str | int, ...]]

_VAULT_URL = re.compile(
    r"https://[a-z0-9-]{3,24}\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)/?\Z", re.IGNORECASE
)
#: What the name of a variable holds whose value is the name of a vault.
_ABOUT_VAULTS = re.compile(r"vault|(?<![a-z])kv(?![a-z])", re.IGNORECASE)
#: With these the code signs in as somebody else than the app's managed identity.
_OTHER_SIGN_IN = frozenset({"AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_USERNAME"})


@dataclass(slots=True, frozen=True)
class _SignIn:
    """The identity that an app's code signs in as; ``None`` for the app's own."""

    client_id: Value | None


def add_reads(facts: Facts) -> None:
    """A read for each app or pod that is told of a vault and has one identity only to use it with."""
    known = _Vaults(facts)
    clients = {
        symbol.key: identity.client_ids[0]
        for identity in facts.identities
        if identity.client_ids
        for symbol in identity.resource_ids
        if isinstance(symbol, Symbol)
    }
    for app in facts.apps:
        sign_in = _sign_in(app, clients) if app.kind is not AppKind.DAPR_COMPONENT else None
        told = [one for one in app.environment if known.are_named_by(one)]
        if sign_in is not None and told:
            read = _read(app, told[0], sign_in.client_id)
            read.app = app
            facts.vault_reads.append(read)
    for workload in facts.workloads:
        told = [one for one in workload.environment if known.are_named_by(one)]
        if told and _signs_in_by_account(workload):
            facts.vault_reads.append(_workload_read(workload, told[0]))


class _Vaults:
    """The vaults of the set by what an environment may call them."""

    def __init__(self, facts: Facts) -> None:
        self._urls = {symbol.key for vault in facts.vaults for symbol in vault.urls}
        self._names = {name_key(one) for vault in facts.vaults for one in alternatives(vault.name)} - {None}
        self._attributes = {(vault.address, ("name",)) for vault in facts.vaults}

    def are_named_by(self, variable: EnvironmentVariable) -> bool:
        """Whether a variable tells the url of a vault, or what is called a vault's name tells one's."""
        if variable.value is None:
            return False
        if _is_vault_url(variable.value, self._urls):
            return True
        if _ABOUT_VAULTS.search(text_of(variable.name) or "") is None:
            return False
        if isinstance(variable.value, Symbol | Unknown) and variable.value.key in self._attributes:
            return True
        return name_key(variable.value) in self._names


def _signs_in_by_account(workload: Workload) -> bool:
    """Whether the pods surely sign in as an identity that trusts their service account."""
    names = [text_of(variable.name) for variable in workload.environment]
    if workload.environment_open is not None or None in names:
        return False
    return use_label(workload) is UseLabel.ON and _OTHER_SIGN_IN.isdisjoint(name or "" for name in names)


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


def _workload_read(workload: Workload, variable: EnvironmentVariable) -> VaultRead:
    """A read with the client id that the environment names, else with that of the service account."""
    unknown = Unknown("its client id is not known", span=workload.span)
    own = [one.value or unknown for one in workload.environment if text_of(one.name) == "AZURE_CLIENT_ID"]
    read = _read(workload, variable, choice(own) if own else unknown)
    if not own:
        read.service_account = account_name(workload), workload.namespace
    return read


def _read(owner: App | Workload, variable: EnvironmentVariable, identity: Value | None) -> VaultRead:
    value = variable.value or Scalar("")
    name = text_of(variable.name)
    return VaultRead(
        address=f"{owner.address}/environment/{name}",
        display=f'environment variable "{name}" of {owner.display}',
        span=variable.span if value.steps or value.span is None else value.span,
        deployment=owner.deployment,
        language=owner.language,
        conditional=owner.conditional,
        reader=Reader.SDK,
        vault=value,
        identity=identity,
    )


def _is_vault_url(value: Value, known: Container[SymbolKey]) -> bool:
    if isinstance(value, Symbol):
        return value.key in known
    if isinstance(value, PartialText) and isinstance(value.parts[0], Scalar):
        # Any name of a vault will do for the parts that are not known.
        return _VAULT_URL.match("".join(known_text(part) or "name" for part in value.parts)) is not None
    return isinstance(value, Scalar) and _VAULT_URL.match(str(value.data)) is not None
