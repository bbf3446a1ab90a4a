"""The whole chain of one consumer: every link from what it names to the grants, the proven ones too."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from kvlint.evaluate.values import known_text, text_of
from kvlint.graph.access import Answer, Proof
from kvlint.graph.entities import App, Label, Reader, ServiceAccount, VaultRead, Workload
from kvlint.graph.graph import Graph
from kvlint.graph.naming import reader_name
from kvlint.graph.verdicts import Effect, Verdict
from kvlint.graph.workload_identity import UseLabel, title, use_label
from kvlint.result import Link, State, Trace

#: How many grants that are not the one are shown of a chain that is broken, or not proven.
_MAX_GRANTS = 6
#: What the label of a workload comes to.
_LABELS = {
    UseLabel.ON: "its pods carry the workload identity label",
    UseLabel.MISSING: "its pods lack the workload identity label",
}


def consumers(graph: Graph) -> list[str]:
    """The names of everything that can be traced."""
    return sorted({name for one in _all(graph) for name in _names(one)[:1]})


def traces(graph: Graph, name: str) -> list[Trace]:
    """The chains of every consumer of a name, which may hold ``*`` and ``?``.

    A consumer is known by its name, a Kubernetes object also by ``NAMESPACE/NAME``, and what
    Terraform or a template declares by its address.
    """
    wanted = name.casefold()
    return [
        _trace(graph, one)
        for one in _all(graph)
        if any(fnmatchcase(known.casefold(), wanted) for known in _names(one))
    ]


def _all(graph: Graph) -> Iterator[App | Workload | ServiceAccount | VaultRead]:
    facts = graph.facts
    yield from facts.apps
    yield from facts.workloads
    yield from facts.service_accounts
    yield from (read for read in facts.vault_reads if read.app is None)


def _names(one: App | Workload | ServiceAccount | VaultRead) -> list[str]:
    """How a consumer may be called, the shortest first."""
    if isinstance(one, VaultRead):
        return [one.display]
    name = known_text(one.name)
    found = [name] if name else []
    if not isinstance(one, App) and name and known_text(one.namespace):
        found.append(f"{known_text(one.namespace)}/{name}")
    return [*found, one.display]


def _trace(graph: Graph, one: App | Workload | ServiceAccount | VaultRead) -> Trace:
    if isinstance(one, App):
        heading, links = one.title, [*_reads_of(graph, one), *_references_of(graph, one)]
    elif isinstance(one, VaultRead):
        heading, links = reader_name(one), [_read(graph, one)]
    elif isinstance(one, Workload):
        heading, links = title(one), list(_of_workload(graph, one))
    else:
        heading, links = title(one), [_account(graph, one, f"what runs as {title(one)} signs in to Entra ID")]
    return Trace(heading, one.span, one.deployment.variant, links)


# --- Key Vault ----------------------------------------------------------------------------------


def _reads_of(graph: Graph, app: App) -> Iterator[Link]:
    for read in graph.facts.vault_reads:
        if read.app is app:
            yield _read(graph, read)


def _read(graph: Graph, read: VaultRead) -> Link:
    answer = graph.access.answer(read)
    links = list(_chain(graph, read, answer))
    verb = "points to" if read.reader is Reader.SDK else "reads"
    text = f"{_place(read)} {verb} {_target(graph, read, answer)}"
    return Link(_state(read, answer), text, read.span, links)


def _place(read: VaultRead) -> str:
    """What of a consumer reads: the consumer itself, where nothing of it has a name of its own."""
    if read.app is not None and read.display == read.app.display:
        return reader_name(read)
    return read.display


def _state(read: VaultRead, answer: Answer) -> State:
    if read.malformed:
        return State.BROKEN
    if answer.proof is Proof.UNKNOWN or (answer.proof is Proof.GRANTED and read.doubt):
        return State.UNKNOWN
    return State.PROVEN if answer.proof is Proof.GRANTED else State.BROKEN


def _target(graph: Graph, read: VaultRead, answer: Answer) -> str:
    if answer.vault is not None:
        return answer.vault.title
    name = graph.access.vault_name(read)
    return f'key vault "{name}", which is not in the analysed set' if name else "a vault that is not known"


def _chain(graph: Graph, read: VaultRead, answer: Answer) -> Iterator[Link]:
    vault, identity = answer.vault, answer.identity
    if vault is not None:
        model = vault.permission_model
        uses = f"uses {model.value}" if model is not None else "has a permission model that is not known"
        looked_up = "" if vault.managed else ", and is managed elsewhere"
        yield Link(State.STEP, f"{vault.title}, which {uses}{looked_up}", vault.span)
        if vault.model_span is not None:
            yield Link(State.STEP, "its permission model is set here", vault.model_span)
    if identity is not None:
        yield Link(State.STEP, f"as {identity.title}", identity.span)
    telling = _telling(graph, read, answer)
    for verdict in telling:
        yield Link(_verdict_state(verdict), f"{verdict.grant.display} {verdict.reason}", verdict.grant.span)
    if answer.proof in (Proof.NO_GRANT, Proof.WRONG_PLACE):
        yield Link(State.BROKEN, "no grant gives the access")
    elif answer.proof is Proof.NOT_ATTACHED:
        yield Link(State.BROKEN, "the app does not carry the identity", read.span)
    elif vault is None and graph.access.vault_name(read):
        return  # the read itself says that the set lacks the vault
    elif _state(read, answer) is State.UNKNOWN and not any(one.effect is Effect.MAY_GIVE for one in telling):
        yield Link(State.UNKNOWN, answer.reason or read.doubt)


def _telling(graph: Graph, read: VaultRead, answer: Answer) -> list[Verdict]:
    """The grants that a person wants to see: those that give the access, else all that come near."""
    verdicts = graph.access.verdicts(read)
    giving = [one for one in verdicts if one.effect is Effect.GIVES]
    if giving:
        return giving
    near = {id(one.grant): one for one in (*answer.deciding, *graph.access.nearest(read, _MAX_GRANTS))}
    perhaps = [one for one in verdicts if one.effect is Effect.MAY_GIVE and id(one.grant) not in near]
    return [*near.values(), *perhaps][:_MAX_GRANTS]


def _verdict_state(verdict: Verdict) -> State:
    if verdict.effect is Effect.GIVES:
        return State.PROVEN
    if verdict.effect is Effect.MAY_GIVE:
        return State.UNKNOWN
    return State.BROKEN if verdict.blamed else State.STEP


# --- Secrets of an app --------------------------------------------------------------------------


def _references_of(graph: Graph, app: App) -> Iterator[Link]:
    if app not in graph.containerapps.apps:
        return
    for reference in app.references:
        resolved = graph.containerapps.resolve(app, reference)
        owner = text_of(reference.owner)
        where = f'{reference.site.value} "{owner}"' if owner else reference.site.value
        name = known_text(reference.name) or "?"
        secrets = [one for one in graph.containerapps.secrets(app) if known_text(one.name) == name]
        links = [Link(State.STEP, f'secret "{name}" is declared', one.span) for one in secrets]
        if resolved.unresolved is not None:
            links.append(Link(State.UNKNOWN, resolved.unresolved.reason))
        works = None if resolved.unresolved is not None else resolved.proven
        if works is False and not secrets:
            links.append(Link(State.BROKEN, "the app declares no secret of this name"))
        yield Link(_worked(works), f'{where} takes secret "{name}"', reference.span, links)


def _worked(works: bool | None) -> State:
    if works is None:
        return State.UNKNOWN
    return State.PROVEN if works else State.BROKEN


# --- Workload identity --------------------------------------------------------------------------


def _of_workload(graph: Graph, workload: Workload) -> Iterator[Link]:
    federation = graph.federation
    label = use_label(workload)
    if federation.setup(workload) is not None:
        state = {UseLabel.ON: State.PROVEN, UseLabel.MISSING: State.BROKEN}.get(label, State.UNKNOWN)
        text = _LABELS.get(label, "may carry the workload identity label")
        yield Link(state, text, workload.name_span)
    for account in federation.accounts_of(workload):
        yield _account(graph, account, f"runs as {title(account)}")
    for read in graph.facts.vault_reads:
        if read.app is None and _is_mounted(workload, read):
            yield _read(graph, read)


def _is_mounted(workload: Workload, read: VaultRead) -> bool:
    """Whether a workload mounts the SecretProviderClass that reads."""
    mounted = {known_text(name) for name in workload.provider_classes} - {None}
    return read.display.rpartition("/")[2] in mounted and workload.deployment.sees(read.deployment)


def _account(graph: Graph, account: ServiceAccount, text: str) -> Link:
    """Whether an identity accepts the tokens of a service account; ``text`` says what depends on it."""
    federation = graph.federation
    links = []
    label = federation.client_id(account)
    if label is not None:
        identity = federation.identity_of(account)
        whom = f"names {identity.title}" if identity is not None else _literal(label)
        links.append(Link(State.STEP, f"its client-id annotation {whom}", label.span))
    links += [
        Link(State.STEP, f"{credential.display} trusts its subject", credential.span)
        for credential in federation.credentials
        if text_of(credential.subject) == _subject(account)
    ]
    works = federation.works(account) if label is not None else None
    if label is None:
        links.append(Link(State.UNKNOWN, "it has no client-id annotation"))
    elif works is None:
        links.append(Link(State.UNKNOWN, "whether a federated credential accepts its tokens is not known"))
    elif not works:
        links.append(Link(State.BROKEN, "no federated credential of the identity accepts its tokens"))
    return Link(_worked(works), text, account.name_span, links)


def _literal(label: Label) -> str:
    """What an annotation says that names no identity of the set."""
    text = text_of(label.value)
    return f"is {text}: no identity here is known to have this client id" if text else "is not known"


def _subject(account: ServiceAccount) -> str:
    return f"system:serviceaccount:{text_of(account.namespace)}:{text_of(account.name)}"
