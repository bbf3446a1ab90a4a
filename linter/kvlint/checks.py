"""What a check is made of: the public entry point for kvlint's own checks and for plug-ins.

A check is a module with a docstring (its documentation, in Markdown), a ``CHECK`` that
describes it, and a generator ``find(graph)`` that yields findings. It sees the graph and
nothing below it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from kvlint.evaluate.resources import Deployment, Language
from kvlint.evaluate.values import (
    PartialText,
    Scalar,
    Step,
    Symbol,
    Unknown,
    Value,
    alternatives,
    is_null,
    known_text,
    text_of,
)
from kvlint.findings import CheckInfo, Finding, Level, Related
from kvlint.graph.access import Proof
from kvlint.graph.bootstrap import Bootstrap
from kvlint.graph.clusters import UnreadyCluster
from kvlint.graph.entities import (
    FULL_RETENTION,
    App,
    AppKind,
    AppSecret,
    ExposedOutput,
    Exposure,
    FederatedCredential,
    Grant,
    GrantKind,
    Identity,
    IdentityKind,
    IdentitySite,
    IdentityUse,
    IdKind,
    Label,
    LiteralSecret,
    NamedIdentity,
    ObjectReference,
    Reader,
    ReferenceSite,
    SecretReference,
    ServiceAccount,
    UnmarkedParameter,
    VaultObject,
    VaultRead,
    Workload,
)
from kvlint.graph.facts import MissingModule
from kvlint.graph.graph import Graph
from kvlint.graph.matching import is_set, is_system
from kvlint.graph.names import holds_stand_in, near_miss
from kvlint.graph.naming import (
    access_command,
    app_name,
    objects_name,
    principal_name,
    reader_name,
    reference_name,
    role_label,
    user_name,
    vault_name,
)
from kvlint.graph.neighbours import MisplacedPull
from kvlint.graph.privileges import ExcessGrant
from kvlint.graph.races import Race
from kvlint.graph.registries import BrokenPull
from kvlint.graph.role_forms import RoleDefect
from kvlint.graph.sign_in import AmbiguousSignIn
from kvlint.graph.vault_objects import Missing, Pin, Unrecoverable, Unusable
from kvlint.graph.verdicts import Effect, contents_name
from kvlint.graph.workload_identity import (
    CLIENT_ID_ANNOTATION,
    USE_LABEL,
    UseLabel,
    place,
    pods_of,
    title,
    use_label,
)
from kvlint.source import Span
from kvlint.syntax.body import ParseProblem

__all__ = [
    "CLIENT_ID_ANNOTATION",
    "FULL_RETENTION",
    "USE_LABEL",
    "AmbiguousSignIn",
    "App",
    "AppKind",
    "AppSecret",
    "Bootstrap",
    "BrokenPull",
    "Check",
    "CheckInfo",
    "Deployment",
    "Effect",
    "ExcessGrant",
    "ExposedOutput",
    "Exposure",
    "FederatedCredential",
    "Finding",
    "Grant",
    "GrantKind",
    "Graph",
    "Identity",
    "IdKind",
    "IdentityKind",
    "IdentitySite",
    "IdentityUse",
    "Label",
    "Language",
    "Level",
    "LiteralSecret",
    "MisplacedPull",
    "Missing",
    "MissingModule",
    "NamedIdentity",
    "ObjectReference",
    "ParseProblem",
    "PartialText",
    "Pin",
    "Proof",
    "Race",
    "Reader",
    "ReferenceSite",
    "Related",
    "RoleDefect",
    "Scalar",
    "SecretReference",
    "ServiceAccount",
    "Span",
    "Step",
    "Symbol",
    "Unknown",
    "Unrecoverable",
    "UnmarkedParameter",
    "UnreadyCluster",
    "Unusable",
    "UseLabel",
    "Value",
    "VaultObject",
    "VaultRead",
    "Workload",
    "access_command",
    "all_checks",
    "alternatives",
    "app_name",
    "contents_name",
    "documentation",
    "holds_stand_in",
    "is_null",
    "is_set",
    "is_system",
    "known_text",
    "near_miss",
    "objects_name",
    "place",
    "pods_of",
    "principal_name",
    "reader_name",
    "reference_name",
    "role_label",
    "text_of",
    "title",
    "use_label",
    "user_name",
    "vault_name",
]


@dataclass(slots=True, frozen=True)
class Check:
    """A check as the engine runs it."""

    info: CheckInfo
    find: Callable[[Graph], Iterator[Finding]]
    documentation: str


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check of the ``kvlint_checks`` package, by id."""
    import inspect
    import pkgutil
    from importlib import import_module

    import kvlint_checks

    found: list[Check] = []
    for entry in pkgutil.iter_modules(kvlint_checks.__path__):
        if not entry.name.startswith("kv"):
            continue
        module = import_module(f"kvlint_checks.{entry.name}")
        found.append(Check(module.CHECK, module.find, inspect.cleandoc(module.__doc__ or "")))
    return tuple(sorted(found, key=lambda check: check.info.id))


def documentation(check_id: str) -> str | None:
    """The documentation of a check in Markdown, ``None`` for an id that no check has."""
    for check in all_checks():
        if check.info.id == check_id.upper():
            return check.documentation
    return None
