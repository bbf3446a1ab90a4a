"""Every link of a proven chain, broken in turn: the check of that link speaks, and no other.

A scenario whose chain is whole gives the material. One link at a time is broken in its text, and
the findings have to be those of the whole tree plus the expected one.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from kvlint.discover import discover
from kvlint.evaluate.resources import Language
from kvlint.evaluate.values import Symbol, text_of
from kvlint.graph.access import Answer, Proof
from kvlint.graph.credentials import CredentialIndex
from kvlint.graph.entities import (
    FederatedCredential,
    Grant,
    GrantKind,
    PermissionModel,
    Reader,
    ServiceAccount,
    Vault,
    VaultObjectKind,
    VaultRead,
    Workload,
)
from kvlint.graph.graph import Graph
from kvlint.graph.workload_identity import USE_LABEL, UseLabel, use_label
from kvlint.linking import link
from kvlint.parsing import parse
from kvlint.source import Source, Span
from kvlint.syntax.body import Block, Body
from kvlint.syntax.hcl import read_hcl
from scenarios import TESTDATA, Mark, reported, run

#: The role that manages a vault and reads no secret, by name and by the end of its definition id.
_READER, _READER_GUID = '"Reader"', "acdd72a7-3385-48ef-bd42-f606fba81ae7"
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PRINCIPAL = re.compile(r"\.(?:principal_id|object_id)\Z")
_OTHER_VAULT = """
resource "azurerm_key_vault" "mutant" {
  name                       = "kv-mutant"
  resource_group_name        = "rg-mutant"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = %s
}
"""


@dataclass(frozen=True, slots=True)
class Mutation:
    """New texts for ranges of one or more files, and what they have to bring about."""

    edits: tuple[tuple[Span, str], ...]
    expected: frozenset[Mark]


@dataclass(frozen=True, slots=True)
class Chain:
    """A proven grant: the reads that rest on the same piece of text, and the vault."""

    grant: Grant
    vault: Vault
    answer: Answer
    reads: tuple[VaultRead, ...]
    #: All grants at the vault, this one too.
    at_vault: tuple[Grant, ...]


def _mark(check: str, span: Span) -> Mark:
    return check, span.path, span.first.line


@cache
def _linked(folder: Path) -> Graph:
    facts, _ = link(parse(discover([folder], folder)), folder)
    return Graph(facts)


@cache
def _chains(folder: Path) -> tuple[Chain, ...]:
    """The chains of a tree that are proven by one grant in Terraform, each piece of text once."""
    graph = _linked(folder)
    places: dict[tuple[str, int], list[tuple[VaultRead, Answer]]] = {}
    for read in graph.facts.vault_reads:
        answer = graph.access.answer(read)
        if answer.proof is Proof.GRANTED and answer.grants[0].language is Language.TERRAFORM:
            span = answer.grants[0].span
            places.setdefault((span.path, span.start), []).append((read, answer))
    found = []
    for group in places.values():
        answer = group[0][1]
        managed = all(
            one.vault is not None and one.vault.managed and one.identity is not None and one.identity.managed
            for _, one in group
        )
        if managed and answer.vault is not None:
            reads = tuple(read for read, _ in group)
            at_vault = [
                grant
                for grant in graph.access.grants_on(answer.vault)
                if grant.deployment == answer.grants[0].deployment
            ]
            found.append(Chain(answer.grants[0], answer.vault, answer, reads, tuple(at_vault)))
    return tuple(found)


def _blocks(body: Body) -> Iterator[Block]:
    for block in body.blocks:
        yield block
        yield from _blocks(block.body)


def _block_at(span: Span) -> Block | None:
    """The innermost block around the beginning of a range; of a dynamic block the whole."""
    around = [
        block
        for block in _blocks(read_hcl(span.source).body)
        if block.start <= span.start < block.end and block.kind != "content"
    ]
    return max(around, key=lambda block: block.start, default=None)


def _end_of(source: Source) -> Span:
    return Span(source, len(source.text), len(source.text))


def _blank(span: Span) -> str:
    """What takes the place of removed text, so that the lines after it keep their numbers."""
    return "\n" * span.text.count("\n")


def _reads_anything(chain: Chain) -> bool:
    """Whether a reader is code, which may want something else of the vault than secrets."""
    return any(read.reader is Reader.SDK for read in chain.reads)


def _unexplained(chain: Chain) -> frozenset[Mark]:
    """What is left without a grant: one finding for all that an app reads."""
    first: dict[str, VaultRead] = {}
    for read in chain.reads:
        first.setdefault(read.app.address if read.app is not None else read.address, read)
    return frozenset(_mark("KV201", read.span) for read in first.values())


# --- Key Vault access -------------------------------------------------------------------------


def _without_entry(chain: Chain) -> Mutation:
    """The grant is an entry of a map that a module gets; the map is left without it."""
    span = chain.grant.span
    start = span.source.text.rindex("=", 0, span.start) + 1
    entry = Span(span.source, start, span.end)
    return Mutation(((entry, "null" + _blank(entry)),), _unexplained(chain))


def _without_grant(chain: Chain) -> Mutation | None:
    block = _block_at(chain.grant.span)
    if block is not None and block.kind == "module":
        return _without_entry(chain)
    role = chain.grant.role_span
    # What an override file adds to a block would be left.
    if block is None or (role is not None and role.path != chain.grant.span.path):
        return None
    return Mutation(((block.span, _blank(block.span)),), _unexplained(chain))


def _role_that_reads_nothing(chain: Chain) -> Mutation | None:
    role = chain.grant.role
    if role is None or role.span is None or chain.grant.role_span is None or _reads_anything(chain):
        return None
    text = role.span.text
    new = _GUID.sub(_READER_GUID, text) if _GUID.search(text) else _READER
    if not text.startswith('"'):
        return None
    return Mutation(((role.span, new),), frozenset({_mark("KV204", chain.grant.role_span)}))


def _policy_without_get(chain: Chain) -> Mutation | None:
    permissions = chain.grant.permissions.get(VaultObjectKind.SECRET) or []
    edits = tuple(
        (one.span, '"Set"')
        for one in permissions
        if one.span is not None and (text_of(one) or "").casefold() in ("get", "all")
    )
    if not edits or chain.grant.role_span is None or _reads_anything(chain):
        return None
    return Mutation(edits, frozenset({_mark("KV204", chain.grant.role_span)}))


def _by_group(chain: Chain) -> bool:
    principal = chain.grant.principal
    return isinstance(principal, Symbol) and principal.resource.type.startswith("azuread_group")


def _wrong_id(chain: Chain) -> Mutation | None:
    span = chain.grant.principal.span
    identity = chain.answer.identity
    if span is None or identity is None or not identity.client_ids or not _PRINCIPAL.search(span.text):
        return None
    if _by_group(chain):
        return None
    place = chain.grant.principal_span or chain.grant.span
    return Mutation(((span, _PRINCIPAL.sub(".client_id", span.text)),), frozenset({_mark("KV207", place)}))


def _at_the_vault(chain: Chain) -> bool:
    """Whether the grant stands at the vault itself, where it can serve no other."""
    scope = chain.grant.scope
    return isinstance(scope, Symbol) and scope.resource.type.startswith("azurerm_key_vault")


def _other_model(chain: Chain) -> Mutation | None:
    """The vault heeds the other kind of grant: each grant on it is without effect."""
    block = _block_at(chain.vault.span)
    if block is None or not _at_the_vault(chain):
        return None
    expected = frozenset(_mark("KV205", grant.span) for grant in chain.at_vault)
    for name in ("rbac_authorization_enabled", "enable_rbac_authorization"):
        written = block.body.expression(name)
        if written is not None:
            other = {"true": "false", "false": "true"}.get(written.span.text)
            return Mutation(((written.span, other),), expected) if other is not None else None
    if chain.grant.kind is GrantKind.ROLE:
        return None
    sku = block.body.attributes["sku_name"]
    line = Span(sku.source, sku.start, sku.value.end)
    return Mutation(((line, "rbac_authorization_enabled = true"),), expected)


def _other_scope(chain: Chain) -> Mutation | None:
    scope = chain.grant.scope
    if not isinstance(scope, Symbol) or scope.span is None or not scope.span.text.startswith("azurerm_"):
        return None
    if not scope.span.path.endswith(".tf"):
        return None
    rbac = "true" if chain.grant.kind is GrantKind.ROLE else "false"
    return Mutation(
        (
            (scope.span, "azurerm_key_vault.mutant.id"),
            (_end_of(scope.span.source), _OTHER_VAULT % rbac),
        ),
        _unexplained(chain),
    )


MUTATIONS: dict[str, Callable[[Chain], Mutation | None]] = {
    "no grant": _without_grant,
    "role that reads nothing": _role_that_reads_nothing,
    "policy without Get": _policy_without_get,
    "client id as principal": _wrong_id,
    "other permission model": _other_model,
    "scope of another vault": _other_scope,
}


# --- Links that nobody knows ------------------------------------------------------------------


def _model(chain: Chain) -> Span | None:
    block = _block_at(chain.vault.span)
    names = ("rbac_authorization_enabled", "enable_rbac_authorization")
    written = [block.body.expression(name) for name in names] if block is not None else []
    return next((one.span for one in written if one is not None), None)


def _scope(chain: Chain) -> Span | None:
    span = chain.grant.scope.span
    # An inline policy is for the vault that it stands in.
    return None if span == chain.vault.span else span


def _reading_identity(chain: Chain) -> Span | None:
    """The identity that the reference reads with, where it is a reference of its own."""
    identity = chain.reads[0].identity
    return identity.span if identity is not None and len(chain.reads) == 1 else None


#: What may come from a variable without a value; nothing can be said against the chain then.
UNKNOWNS: dict[str, Callable[[Chain], Span | None]] = {
    "principal": lambda chain: chain.grant.principal.span,
    "role": lambda chain: chain.grant.role.span if chain.grant.role is not None else None,
    "scope": _scope,
    "permission model": _model,
    "vault name": lambda chain: chain.vault.name.span,
    "vault url": lambda chain: chain.reads[0].vault.span,
    "reading identity": _reading_identity,
}
_VARIABLE = """
variable "mutant" {
}
"""


def _unknown(span: Span) -> Mutation:
    """The value of a range comes from a variable without a value."""
    return Mutation(((span, "var.mutant"), (_end_of(span.source), _VARIABLE)), frozenset())


# --- What may be the missing grant ------------------------------------------------------------

_ASSIGNMENT = """
resource "azurerm_role_assignment" "mutant" {{
  scope                = {scope}
  role_definition_name = {role}
  principal_id         = {principal}
}}
"""
#: Text that may give ``identity`` what it lacks on ``vault``, though nobody can tell from here.
EXCUSES: dict[str, str] = {
    "unknown principal": _ASSIGNMENT.format(
        scope="{vault}.id", role='"Key Vault Certificate User"', principal="var.mutant"
    ),
    "unknown scope": _ASSIGNMENT.format(
        scope="var.mutant", role='"Key Vault Certificate User"', principal="{identity}.principal_id"
    ),
    "unknown role": _ASSIGNMENT.format(
        scope="{vault}.id", role="var.mutant", principal="{identity}.principal_id"
    ),
    "custom role": _ASSIGNMENT.format(
        scope="{vault}.id", role='"Mutant Secret Reader"', principal="{identity}.principal_id"
    ),
    "literal principal": _ASSIGNMENT.format(
        scope="{vault}.id",
        role='"Key Vault Certificate User"',
        principal='"99999999-9999-9999-9999-999999999999"',
    ),
    "command told of the vault": """
resource "terraform_data" "mutant" {
  input = {vault}.name
}
""",
    "command told of the identity": """
resource "terraform_data" "mutant" {
  triggers_replace = [{identity}.principal_id]
}
""",
    "group": """
resource "azuread_group_member" "mutant" {
  group_object_id  = "99999999-9999-9999-9999-999999999999"
  member_object_id = {identity}.principal_id
}
""",
}


def _excused(read: VaultRead, answer: Answer, text: str) -> Mutation | None:
    """A tree in which a read without a grant may have one after all."""
    identity, vault = answer.identity, answer.vault
    if answer.proof is not Proof.NO_GRANT or identity is None or vault is None:
        return None
    named = all(re.fullmatch(r"(?:data\.)?\w+\.\w+", one.display) for one in (identity, vault))
    together = identity.deployment == vault.deployment and identity.span.path == vault.span.path
    together = together and vault.language is Language.TERRAFORM
    if not named or not together or vault.permission_model is PermissionModel.ACCESS_POLICY:
        return None
    written = text.replace("{vault}", vault.display).replace("{identity}", identity.display)
    return Mutation(((_end_of(vault.span.source), written + _VARIABLE),), frozenset())


# --- Workload identity ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trust:
    """A service account whose identity trusts it through one credential in Terraform."""

    account: ServiceAccount
    credential: FederatedCredential


@cache
def _trusts(folder: Path) -> tuple[Trust, ...]:
    """The service accounts of a tree that one credential, and no other, is for."""
    graph = _linked(folder)
    credentials = CredentialIndex(graph.facts.credentials)
    found = []
    for account in graph.federation.service_accounts:
        matching = credentials.matching(account.name, account.namespace, account.deployment)
        closed = graph.federation.is_closed(account) and graph.federation.is_federated(account)
        if closed and len(matching) == 1 and matching[0].language is Language.TERRAFORM:
            found.append(Trust(account, matching[0]))
    return tuple(found)


def _without_credential(trust: Trust) -> Mutation | None:
    block = _block_at(trust.credential.span)
    if block is None:
        return None
    return Mutation(((block.span, _blank(block.span)),), frozenset({_mark("KV406", trust.account.name_span)}))


def _namespace_misspelt(trust: Trust) -> Mutation | None:
    span = trust.credential.subject_span
    written = re.fullmatch(r'"system:serviceaccount:([a-z-]+):[a-z-]+"', span.text) if span else None
    if span is None or written is None:
        return None
    namespace = Span(span.source, span.start + written.start(1), span.start + written.end(1))
    return Mutation(((namespace, f"{namespace.text}s"),), frozenset({_mark("KV407", span)}))


def _without_label(workload: Workload, graph: Graph) -> Mutation | None:
    """The line of the label is gone, where the workload's service account asks for it."""
    label = workload.labels.get(USE_LABEL)
    setup = graph.federation.setup(workload)
    if label is None or setup is None or use_label(workload) is not UseLabel.ON:
        return None
    if graph.federation.is_excused(workload) or graph.federation.label_stands_elsewhere(workload):
        return None
    source, line = label.span.source, label.span.first.line
    text = source.line(line)
    if not text.strip().startswith((USE_LABEL, f'"{USE_LABEL}"')):
        return None
    start = source.line_starts[line - 1]
    return Mutation(
        ((Span(source, start, start + len(text)), ""),), frozenset({_mark("KV401", workload.name_span)})
    )


# --- The table --------------------------------------------------------------------------------


def _mutated(folder: Path, mutation: Mutation, target: Path) -> Path:
    """A copy of a tree with the edits of a mutation."""
    shutil.copytree(folder, target)
    by_path: dict[str, list[tuple[Span, str]]] = {}
    for span, text in mutation.edits:
        by_path.setdefault(span.path, []).append((span, text))
    for path, edits in by_path.items():
        text = (folder / path).read_text(encoding="utf-8")
        for span, new in sorted(edits, key=lambda edit: edit[0].start, reverse=True):
            text = text[: span.start] + new + text[span.end :]
        (target / path).write_text(text, encoding="utf-8")
    return target


@cache
def _baseline(folder: Path) -> Counter[Mark]:
    return reported(run(folder))


def _judge(folder: Path, mutation: Mutation, target: Path) -> str:
    """How the findings of a mutated tree differ from the expected ones, empty where they do not."""
    got = reported(run(_mutated(folder, mutation, target)))
    wanted = _baseline(folder) + Counter(mutation.expected)
    missing, unexpected = sorted((wanted - got).elements()), sorted((got - wanted).elements())
    if not missing and not unexpected:
        return ""
    return f"{folder.relative_to(TESTDATA)}: missing {missing}, unexpected {unexpected}"


def _folders(*parents: str) -> list[Path]:
    """The scenarios whose text alone decides: no plan or state knows better, no context is told elsewhere."""
    return sorted(
        folder
        for parent in parents
        for folder in (TESTDATA / parent).iterdir()
        if folder.is_dir()
        and not (folder / "CONTEXT").exists()
        and not any(folder.rglob("plan*.json"))
        and not any(folder.rglob("state*.json"))
    )


@pytest.mark.parametrize(
    ("name", "at_least"),
    [
        ("no grant", 45),
        ("role that reads nothing", 40),
        ("policy without Get", 5),
        ("client id as principal", 45),
        ("other permission model", 40),
        ("scope of another vault", 38),
    ],
)
def test_broken_access(name: str, at_least: int, tmp_path: Path) -> None:
    """A broken link between a consumer and its vault is reported once, where it broke."""
    failures, ran = [], 0
    for folder in _folders("KV201/good"):
        for number, chain in enumerate(_chains(folder)):
            mutation = MUTATIONS[name](chain)
            if mutation is not None:
                ran += 1
                failures.append(_judge(folder, mutation, tmp_path / f"{folder.name}-{number}"))
    assert not (wrong := [failure for failure in failures if failure]), "\n".join(wrong)
    assert ran >= at_least


@pytest.mark.parametrize("name", UNKNOWNS)
def test_unknown_link(name: str, tmp_path: Path) -> None:
    """A link that nobody knows is nothing to report."""
    failures, ran = [], 0
    for folder in _folders("KV201/good"):
        for number, chain in enumerate(_chains(folder)):
            span = UNKNOWNS[name](chain)
            # What a block stands for by itself is written nowhere.
            if (
                span is not None
                and span.path.endswith(".tf")
                and not span.text.startswith(("resource", "module"))
            ):
                ran += 1
                failures.append(_judge(folder, _unknown(span), tmp_path / f"{folder.name}-{number}"))
    assert not (wrong := [failure for failure in failures if failure]), "\n".join(wrong)
    assert ran >= 40


@pytest.mark.parametrize("name", EXCUSES)
def test_excuse(name: str, tmp_path: Path) -> None:
    """What may be the missing grant takes the finding away, and brings no other."""
    failures, ran = [], 0
    for folder in _folders("KV201/bad"):
        graph = _linked(folder)
        for number, read in enumerate(graph.facts.vault_reads):
            mutation = _excused(read, graph.access.answer(read), EXCUSES[name])
            if mutation is not None:
                ran += 1
                got = reported(run(_mutated(folder, mutation, tmp_path / f"{folder.name}-{number}")))
                new = got - _baseline(folder)
                if new or _mark("KV201", read.span) in got:
                    failures.append(f"{folder.relative_to(TESTDATA)}: {dict(got)}")
    assert not failures, "\n".join(failures)
    assert ran >= 20


#: Trees whose workload identity is in order, or cannot be told to be broken.
_FEDERATED = ("KV207/good", "KV401/good", "KV402/good", "KV403/good", "KV406/good", "KV407/good")


@pytest.mark.parametrize(("mutate", "at_least"), [(_without_credential, 10), (_namespace_misspelt, 6)])
def test_broken_trust(mutate: Callable[[Trust], Mutation | None], at_least: int, tmp_path: Path) -> None:
    """A credential that is gone, or for another namespace, is reported once."""
    failures, ran = [], 0
    for folder in _folders(*_FEDERATED):
        for number, trust in enumerate(_trusts(folder)):
            mutation = mutate(trust)
            if mutation is not None:
                ran += 1
                target = tmp_path / f"{folder.parent.parent.name}-{folder.name}-{number}"
                failures.append(_judge(folder, mutation, target))
    assert not (wrong := [failure for failure in failures if failure]), "\n".join(wrong)
    assert ran >= at_least


def test_label_gone(tmp_path: Path) -> None:
    """A workload whose label is gone is reported once, and nothing else is."""
    failures, ran = [], 0
    for folder in _folders(*_FEDERATED):
        graph = _linked(folder)
        for number, workload in enumerate(graph.federation.workloads):
            mutation = _without_label(workload, graph)
            if mutation is not None:
                ran += 1
                target = tmp_path / f"{folder.parent.parent.name}-{folder.name}-{number}"
                failures.append(_judge(folder, mutation, target))
    assert not (wrong := [failure for failure in failures if failure]), "\n".join(wrong)
    assert ran >= 10
