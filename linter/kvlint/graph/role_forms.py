"""Roles that are written almost like a built-in one, or called by the name of another one.

Custom roles may be defined anywhere, so a name or GUID that is merely not known proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from kvlint.evaluate.values import PartialText, Scalar, Step, Value, alternatives, leaves, text_of
from kvlint.graph.entities import Grant, GrantKind
from kvlint.graph.facts import Facts
from kvlint.graph.names import distance, near_miss
from kvlint.graph.role_labels import is_telling, label_of, role_called, squeezed
from kvlint.graph.roles import Role, builtin_roles, role_of
from kvlint.source import Span

_SEGMENT = "/roledefinitions/"
#: A GUID, also one with a character too many or too few.
_GUID_LIKE = re.compile(r"[0-9a-z]{7,9}-[0-9a-z]{3,5}-[0-9a-z]{3,5}-[0-9a-z]{3,5}-[0-9a-z]{11,13}$")
#: A GUID of one digit, which stands for one to be filled in.
_EMPTY_GUID = re.compile(r"([0-9a-f])\1{7}-")
#: In names as short as this one edit makes another word.
_SHORT_NAME = 12
_MOST_EDITS = 2


@dataclass(slots=True, eq=False)
class RoleDefect:
    """A role that surely is not the one that was meant.

    ``written`` is what stands there, ``meant`` the built-in role; ``given`` another built-in role
    that the GUID really is. ``label`` is where the role is called by its name, if that is how it
    is known; ``always`` is false where only some alternatives are wrong.
    """

    grant: Grant
    written: str
    meant: Role
    given: Role | None = None
    label: Span | None = None
    #: Whether the role is named by its GUID.
    by_guid: bool = False
    #: Whether a display name stands where only a GUID can.
    name_as_id: bool = False
    steps: tuple[Step, ...] = ()
    always: bool = True


def role_defects(facts: Facts) -> Iterator[RoleDefect]:
    """The role assignments whose role is misspelt, one defect each."""
    known = _defined_here(facts)
    for grant in facts.grants:
        if grant.kind is not GrantKind.ROLE or grant.role is None:
            continue
        options = alternatives(grant.role)
        found = [defect for option in options if (defect := _judge(grant, option, known)) is not None]
        if found:
            found[0].always = len(found) == len(options)
            yield found[0]


@dataclass(slots=True)
class _Known:
    """Custom roles of the run: their names and GUIDs, folded; ``open`` where there may be others."""

    texts: set[str]
    open: bool


def _defined_here(facts: Facts) -> _Known:
    texts: set[str] = set()
    unnamed = False
    for definition in facts.role_definitions:
        if not definition.managed:
            continue
        name = text_of(definition.name)
        unnamed = unnamed or name is None
        texts.add((name or "").casefold())
        for symbol in definition.ids:
            for key in ("name", "role_definition_id"):
                texts.add((text_of(symbol.resource.configured((key,))) or "").casefold())
    return _Known(texts - {""}, unnamed)


def _judge(grant: Grant, role: Value, known: _Known) -> RoleDefect | None:
    text = _last_text(role)
    if text is None:
        return None
    wanted = text.rstrip("/").rpartition("/")[2]
    if wanted.casefold() in known.texts:
        return None
    if _GUID_LIKE.search(wanted.casefold()):
        return _judge_guid(grant, role, wanted)
    if _SEGMENT in text.casefold():
        meant = role_of(Scalar(wanted))
        return None if meant is None else RoleDefect(grant, wanted, meant, name_as_id=True, steps=role.steps)
    if known.open or not isinstance(role, Scalar) or role_of(role) is not None:
        return None
    meant = _near_name(text)
    return None if meant is None else RoleDefect(grant, text, meant, steps=role.steps)


def _last_text(role: Value) -> str | None:
    """The text of a role, or its end where only that is known."""
    if isinstance(role, PartialText):
        role = role.parts[-1]
    return text_of(role)


@cache
def _names() -> dict[str, Role]:
    return {role.name: role for role in builtin_roles()}


@cache
def _guids() -> dict[str, Role]:
    return {role.guid: role for role in builtin_roles()}


@cache
def _near_name(text: str) -> Role | None:
    """The role whose name a text nearly is."""
    same = next((role for role in builtin_roles() if squeezed(role.name) == squeezed(text)), None)
    near = near_miss(text, _names()) if same is None else None
    if near is None:
        return same
    if len(near) < _SHORT_NAME and distance(text.casefold(), near.casefold(), 1) is None:
        return None
    return _names()[near]


def _judge_guid(grant: Grant, role: Value, written: str) -> RoleDefect | None:
    guid = written.casefold()
    given = _guids().get(guid)
    literal = _literal(role, written)
    label = label_of(literal.span, written) if literal is not None and literal.span is not None else None
    called = role_called(label.texts) if label is not None else None
    place = label.span if label is not None and called is not None else None
    steps = literal.steps if literal is not None else role.steps
    if given is None:
        near = _near_guid(guid, [called] if called is not None else builtin_roles())
        meant = near or (called if called is not None and is_telling(called) else None)
        if meant is None or _EMPTY_GUID.match(guid):
            return None
        return RoleDefect(grant, written, meant, label=place, by_guid=True, steps=steps)
    if called is None or called.guid == guid or not is_telling(called) or _is_part(called, given):
        return None
    return RoleDefect(grant, written, called, given, place, by_guid=True, steps=steps)


def _literal(role: Value, guid: str) -> Value | None:
    """The literal that the GUID of a role was written in."""
    for leaf in leaves(role):
        text = text_of(leaf)
        if text is not None and text.endswith(guid) and leaf.span is not None and guid in leaf.span.text:
            return leaf
    return None


def _near_guid(guid: str, roles: Iterable[Role]) -> Role | None:
    return next((one for one in roles if _are_near(guid, one.guid)), None)


def _are_near(guid: str, other: str) -> bool:
    if len(guid) == len(other):
        return sum(left != right for left, right in zip(guid, other, strict=True)) <= _MOST_EDITS
    return distance(guid, other, _MOST_EDITS) is not None


def _is_part(called: Role, given: Role) -> bool:
    """Whether one of the two names may stand short for the other."""
    ours, theirs = set(called.name.casefold().split()), set(given.name.casefold().split())
    return ours <= theirs or theirs <= ours
