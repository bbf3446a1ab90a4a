"""Scripts and pipelines, as far as they decide which secrets an app has or hold them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kvlint.evaluate.resources import Deployment, Language
from kvlint.evaluate.values import ListValue, MapValue, Scalar, Value
from kvlint.graph.adapters.builds import add_commands
from kvlint.graph.adapters.shell_variables import filled_in
from kvlint.graph.adapters.vault_scripts import add_vault_objects
from kvlint.graph.entities import PossibleGrant, SecretScript
from kvlint.graph.facts import Facts
from kvlint.source import Source, Span

#: The rest of a command, over continued lines.
_WORDS = r"((?:[^\n\\`]|[\\`][^\S\n]*\r?\n|[\\`])*)"
#: What gives an app secrets besides those in its definition.
_COMMAND = re.compile(rf"\baz\s+containerapp\s+(?:job\s+)?secret\s+set\b{_WORDS}")
_GRANT = re.compile(rf"\baz\s+(?:role\s+assignment\s+create|keyvault\s+set-policy)\b{_WORDS}")
_ROLE = re.compile(r"--role[\s=]+(?:\"([^\"$]+)\"|'([^']+)'|([\w-]+)(?=\s|$))")
#: A line that only shows what it says.
_SHOWN = re.compile(r"\s*(?:-\s+)?(?:#|::|(?i:rem|echo|printf|write-host|write-output)\b)")
#: What gives an app's identity the right to pull, where it is told to use one.
_PULL = re.compile(rf"\baz\s+containerapp\s+(?:job\s+)?(?:registry\s+set|create|up|update)\b{_WORDS}")
_PULL_IDENTITY = re.compile(r"\s--(?:registry-)?identity\b")
#: The vault or registry that a grant names plainly: in a scope, by a look-up, or as the policy's vault.
_GRANTED_PLACE = re.compile(
    r"(?:/(?:vaults|registries)/|(?:keyvault|acr)\s+show\b[^)]*?(?:--name|-n)[\s=]+[\"']?"
    r"|^\s*(?:--name|-n)[\s=]+[\"']?)([A-Za-z][A-Za-z0-9-]{2,49})(?![\w$`{%-])"
)
#: A scope that is neither a vault nor a registry, nor holds any.
_OTHER_SCOPE = re.compile(
    r"--scope[\s=]+[\"']?[^\"'\n]*/providers/"
    r"(?!Microsoft\.(?:ContainerRegistry|KeyVault|Management|Resources)/)[A-Za-z]+\.[A-Za-z]+/",
    re.IGNORECASE,
)
#: What sets up workload identity, by its name in a chart too, or a cluster of which no more is known.
_WORKLOAD_IDENTITY = re.compile(
    r"--enable-workload-identity\b|\b(?:workload-identity|azure-wi)-webhook\b|\baz\s+aks\s+create\b"
)
_NAME = re.compile(r"(?:^|\s)(?:--name|-n)[\s=]+[\"']?([^\s\"'\\`]+)")
_PLAIN = re.compile(r"[A-Za-z0-9-]+\Z")


def add_script(source: Source, facts: Facts) -> None:
    """What a script, a pipeline or a workflow does to apps, vaults and clusters."""
    add_vault_objects(source, facts)
    add_commands(source, facts)
    for setup in _WORKLOAD_IDENTITY.finditer(source.text):
        facts.workload_identity_setups.append(Span(source, setup.start(), setup.end()))
    if "az " not in source.text:
        return
    _add_grants(source, facts)
    for command in _COMMAND.finditer(source.text):
        named = _NAME.search(command.group(1))
        name = named.group(1) if named is not None and _PLAIN.match(named.group(1)) else None
        facts.secret_scripts.append(SecretScript(Span(source, command.start(), command.end()), name))


def _add_grants(source: Source, facts: Facts) -> None:
    """Every command that gives somebody a right, as far as it says to what."""
    for command in _GRANT.finditer(source.text):
        words = filled_in(source, command.start(), command.group(1))
        if _OTHER_SCOPE.search(words):
            continue
        role = _ROLE.search(words)
        text = next(filter(None, role.groups()), "") if role is not None else ""
        granted = _GRANTED_PLACE.search(words)
        _add_grant(
            source, command, granted.group(1) if granted else "", Scalar(text) if text else None, facts
        )
    for command in _PULL.finditer(source.text):
        if _PULL_IDENTITY.search(command.group(1)):
            _add_grant(source, command, "", Scalar("AcrPull"), facts)


def _add_grant(source: Source, command: re.Match[str], where: str, role: Scalar | None, facts: Facts) -> None:
    """Add what a command may grant; anywhere if it does not say where."""
    if not _SHOWN.match(source.line(source.position(command.start()).line)):
        place = Span(source, command.start(), command.end())
        facts.possible_grants.append(
            PossibleGrant(
                address=f"{place}|",
                display=str(place),
                span=place,
                deployment=Deployment(Language.SCRIPT, source.path),
                language=Language.SCRIPT,
                mentions=frozenset(),
                texts=frozenset((where.casefold(),) if where else ()),
                anything=not where,
                role=role,
            )
        )


class VariableSetting(NamedTuple):
    """A plain text that a script or pipeline gives a Terraform variable through ``TF_VAR_NAME``."""

    name: str
    text: str
    span: Span


_PREFIX = "TF_VAR_"
_QUOTED = r"""\"(?P<double>(?:[^"\\\r\n]|\\.)*)\"|'(?P<single>[^'\r\n]*)'"""
_END = r"(?=[\s;&|)\"'`]|\Z)"
#: In a POSIX shell or ``cmd``: alone, behind ``export`` or ``set``, or before a command.
_ASSIGNED = re.compile(
    rf"(?<![\w.$:-])TF_VAR_(?P<name>\w+)=(?P<value>{_QUOTED}|(?P<plain>[^\s\"';&|()<>`]+)){_END}"
)
_POWERSHELL = re.compile(rf"\$(?i:env):TF_VAR_(?P<name>\w+)[ \t]*=[ \t]*(?P<value>{_QUOTED}){_END}")
#: What the shell or the pipeline fills in.
_FILLED_IN = re.compile(r"[$`]|\{\{|%[A-Za-z_]\w{2,}%")
_COMMENTED = re.compile(r"[ \t]*(?:#|::|(?i:rem)\b)")


def variable_settings(source: Source, documents: Sequence[Value] = ()) -> Iterator[VariableSetting]:
    """Every ``TF_VAR_NAME`` that a script, or the documents of a YAML file, set to a plain text.

    In YAML these are the keys of an environment and the assignments in its scripts.
    """
    if _PREFIX not in source.text:
        return
    for pattern in (_ASSIGNED, _POWERSHELL):
        for found in pattern.finditer(source.text):
            line = source.line(source.position(found.start()).line)
            text = next(filter(None, map(found.groupdict().get, ("double", "single", "plain"))), "")
            if not _COMMENTED.match(line) and not _FILLED_IN.search(text):
                yield VariableSetting(found["name"], text, Span(source, *found.span("value")))
    stack = list(documents)
    while stack:
        value = stack.pop()
        if isinstance(value, ListValue):
            stack.extend(value.items)
        elif isinstance(value, MapValue):
            stack.extend(value.entries.values())
            yield from _environment(value)


def _environment(mapping: MapValue) -> Iterator[VariableSetting]:
    """The keys of a mapping that are Terraform variables."""
    for key, value in mapping.entries.items():
        if (
            key.startswith(_PREFIX)
            and isinstance(value, Scalar)
            and isinstance(value.data, str)
            and value.span is not None
            and not _FILLED_IN.search(value.data)
        ):
            yield VariableSetting(key.removeprefix(_PREFIX), value.data, value.span)
