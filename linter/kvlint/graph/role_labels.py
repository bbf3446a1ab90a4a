"""What people call a role beside its GUID: in a comment, a description, or a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from kvlint.graph.names import fold
from kvlint.graph.roles import Role, builtin_roles
from kvlint.source import Source, Span

#: No more lines above a GUID are looked at.
_MOST_LINES = 8
#: Keys that name nothing: the name stands at what they are in.
_PLAIN_KEYS = frozenset(
    {"default", "defaultvalue", "id", "name", "roledefinitionid", "roledefinitionidorname", "value"}
)
_ASSIGNED = re.compile(r"([A-Za-z_][\w-]*)[\"']?(?:\s+string)?\s*[:=]\s*[^,;]*$")
_DECLARED = re.compile(
    r"^\s*(?:resource|var|param|variable|data)\s+(?:\"[\w.]+\"\s+)?\"?([A-Za-z_][\w-]*)|^\s*\"?([A-Za-z_][\w-]*)\"?\s*[:=]\s*\{"
)
_RESOURCE = re.compile(r"\s*(?:resource|data)\s")
_COMMENT = re.compile(r"(?:^|\s)(?://|#|/\*)+(.*)$")
_DESCRIPTION = re.compile(r"^\s*@(?:sys\.)?(?:description|metadata)\(|^\s*\"?description\"?\s*[:=]")
#: A GUID that may be a role's.
_GUID = re.compile(r"(?<!/subscriptions/)[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: Words around the name of a role in the name of a variable.
_AROUND = re.compile(
    r"^(?:azure)?(?:builtin)?(?:role)?|(?:builtin)?(?:role)?(?:definition|assignment)?(?:resource)?(?:guid|id|name)?$"
)
_ABBREVIATED = (("kv", "keyvault"), ("containerregistry", "acr"))


@dataclass(slots=True, frozen=True)
class RoleLabel:
    """The texts beside a GUID that may say what it is, and where they stand."""

    texts: Sequence[tuple[str, bool]]
    span: Span


def label_of(place: Span, guid: str) -> RoleLabel | None:
    """What is written beside a GUID, ``None`` where nothing is, or where it may be about another one.

    Each text comes with whether it is prose.
    """
    source = place.source
    line = source.position(place.start).line
    text = source.line(line)
    before, found, behind = text.partition(guid)
    if not found or _GUID.search(before) or _GUID.search(behind):
        return None
    texts = [(comment, True) for comment in _comments(behind)]
    key = _ASSIGNED.search(before)
    name = key.group(1) if key is not None else ""
    if name and name.replace("_", "").casefold() not in _PLAIN_KEYS:
        texts.append((name, False))
        texts += [(comment, True) for comment in _comment_lines_above(source, line)]
    else:
        texts += _around(source, line)
    return RoleLabel(texts, place) if texts else None


def _comments(text: str) -> Iterator[str]:
    found = _COMMENT.search(text)
    if found is not None:
        yield found.group(1)


def _comment_lines_above(source: Source, line: int) -> Iterator[str]:
    """The comment right above a line."""
    for number in range(line - 1, max(0, line - 1 - _MOST_LINES), -1):
        found = _COMMENT.match(source.line(number).strip())
        if found is None:
            if _DESCRIPTION.match(source.line(number)):
                yield source.line(number)
            return
        yield found.group(1)


def _around(source: Source, line: int) -> Iterator[tuple[str, bool]]:
    """The name and the descriptions of the declaration that a line is in."""
    for number in range(line - 1, max(0, line - 1 - _MOST_LINES), -1):
        text = source.line(number)
        if not text.strip() or text.strip()[0] in "}])" or _GUID.search(text):
            return
        for comment in _comments(text):
            yield comment, True
        if _DESCRIPTION.match(text):
            yield text, True
            continue
        declared = _DECLARED.match(text)
        if declared is not None:
            if not _RESOURCE.match(text) or "definition" in text.casefold():
                yield declared.group(1) or declared.group(2), False
            yield from ((comment, True) for comment in _comment_lines_above(source, number))
            return


def role_called(texts: Sequence[tuple[str, bool]]) -> Role | None:
    """The one built-in role that texts call by its whole name, ``None`` where they name none or several."""
    found: dict[str, Role] = {}
    for text, prose in texts:
        for role in _in_prose(text) if prose else _in_name(text):
            found[role.guid] = role
    return next(iter(found.values())) if len(found) == 1 else None


def is_telling(role: Role) -> bool:
    """Whether its name is no word that people also use for roles of their own."""
    return " " in role.name or role.name.startswith("Acr")


def squeezed(name: str) -> str:
    """A name without case, spaces and the marks that people put in their place."""
    return re.sub(r"\s", "", fold(name))


@cache
def _by_folded() -> dict[str, Role]:
    return {squeezed(role.name): role for role in builtin_roles()}


def _in_name(name: str) -> Iterator[Role]:
    """The role in the name of a variable: ``acrPullRoleId``, ``kv_secrets_user``."""
    folded = fold(name)
    spellings = [
        folded,
        *(folded.replace(short, long, 1) for short, long in _ABBREVIATED if folded.startswith(short)),
    ]
    for spelling in spellings:
        role = _by_folded().get(spelling) or _by_folded().get(_AROUND.sub("", spelling))
        if role is not None:
            yield role
            return


@cache
def _prose() -> re.Pattern[str]:
    names = sorted((role.name for role in builtin_roles() if is_telling(role)), key=len, reverse=True)
    choices = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in names)
    return re.compile(rf"(?<![\w-])(?:{choices})(?![\w-])", re.IGNORECASE)


def _in_prose(text: str) -> Iterator[Role]:
    names = {role.name.casefold(): role for role in builtin_roles()}
    for found in _prose().finditer(text):
        yield names[re.sub(r"\s+", " ", found.group()).casefold()]
