"""Scripts and pipelines, as far as they decide which secrets an app has or hold them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kvlint.evaluate.resources import Deployment, Language
from kvlint.evaluate.values import ListValue, MapValue, Scalar, Value
from kvlint.graph.entities import PossibleGrant, SecretScript
from kvlint.graph.facts import Facts
from kvlint.graph.roles import role_of
from kvlint.source import Source, Span

#: The rest of a command, over continued lines.
_WORDS = r"((?:[^\n\\`]|[\\`][^\S\n]*\r?\n|[\\`])*)"
#: What gives an app secrets besides those in its definition.
_COMMAND = re.compile(rf"\baz\s+containerapp\s+(?:job\s+)?secret\s+set\b{_WORDS}")
_GRANT = re.compile(rf"\baz\s+(?:role\s+assignment\s+create|keyvault\s+set-policy)\b{_WORDS}")
_ROLE = re.compile(r"--role[\s=]+(?:\"([^\"$]+)\"|'([^']+)'|([\w-]+)(?=\s|$))")
#: A line that only shows what it says.
_SHOWN = re.compile(r"\s*(?:-\s+)?(?:#|::|(?i:rem|echo|printf|write-host|write-output)\b)")
#: The vault that a grant names plainly: in a scope, by a look-up, or as the policy's vault.
_GRANTED_VAULT = re.compile(
    r"(?:/vaults/|keyvault\s+show\b[^)]*?(?:--name|-n)[\s=]+[\"']?|^\s*(?:--name|-n)[\s=]+[\"']?)([A-Za-z][A-Za-z0-9-]{2,23})\b"
)
_NAME = re.compile(r"(?:^|\s)(?:--name|-n)[\s=]+[\"']?([^\s\"'\\`]+)")
_PLAIN = re.compile(r"[A-Za-z0-9-]+\Z")


def add_script(source: Source, facts: Facts) -> None:
    """What a script, a pipeline or a workflow does to apps and vaults with ``az``."""
    if "az " not in source.text:
        return
    _add_grants(source, facts)
    for command in _COMMAND.finditer(source.text):
        named = _NAME.search(command.group(1))
        name = named.group(1) if named is not None and _PLAIN.match(named.group(1)) else None
        facts.secret_scripts.append(SecretScript(Span(source, command.start(), command.end()), name))


def _add_grants(source: Source, facts: Facts) -> None:
    """Every command that gives somebody the right to read a vault, or may do so."""
    for command in _GRANT.finditer(source.text):
        words = command.group(1)
        if _SHOWN.match(source.line(source.position(command.start()).line)):
            continue
        role = _ROLE.search(words)
        known = role_of(Scalar(next(filter(None, role.groups()), ""))) if role is not None else None
        if known is not None and not known.reads_secrets:
            continue
        vault = _GRANTED_VAULT.search(words)
        place = Span(source, command.start(), command.end())
        facts.possible_grants.append(
            PossibleGrant(
                address=f"{place}|",
                display=str(place),
                span=place,
                deployment=Deployment(Language.SCRIPT, source.path),
                language=Language.SCRIPT,
                mentions=frozenset(),
                texts=frozenset((vault.group(1).casefold(),) if vault is not None else ()),
                anything=vault is None,
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
