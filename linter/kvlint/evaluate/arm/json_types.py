"""The types that ARM JSON declares, followed through ``definitions``; usertypes.py does so for Bicep."""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.syntax.arm_json import member, plain_entries, text_of
from kvlint.syntax.expr import Array, Expr

#: Types of secrets by their name in lower case, and what they are without being secret.
SECURE_TYPES = {"securestring": "string", "secureobject": "object"}
#: A type refers to a type so many times at most.
_MAX_STEPS = 16


class JsonTypes:
    """Answers about the types that the parameters and outputs of a template have."""

    def __init__(self, root: Expr) -> None:
        self._definitions = {name: item.value for name, item in plain_entries(member(root, "definitions"))}

    def resolved(self, declared: Expr) -> Expr:
        """The definition that a type refers to in the end, or itself."""
        for _ in range(_MAX_STEPS):
            target = text_of(member(declared, "$ref"))
            found = self._at(target) if target is not None else None
            if found is None:
                break
            declared = found
        return declared

    def is_secure(self, declared: Expr) -> bool:
        """Whether a type is one of secrets, or has a part that is."""
        stack = [declared]
        seen: set[int] = set()
        while stack:
            current = self.resolved(stack.pop())
            if id(current) in seen:
                continue  # types may hold themselves
            seen.add(id(current))
            if (text_of(member(current, "type")) or "").lower() in SECURE_TYPES:
                return True
            stack.extend(_parts(current))
        return False

    def _at(self, reference: str) -> Expr | None:
        """The definition, or the part of one, that a reference such as ``#/definitions/a/items`` names."""
        path = reference.removeprefix("#/definitions/").split("/")
        found = self._definitions.get(path[0])
        for name in path[1:]:
            if isinstance(found, Array):
                within = name.isdecimal() and len(name) < 6 and int(name) < len(found.items)
                found = found.items[int(name)] if within else None
            else:
                found = member(found, name)
        return found


def _parts(declared: Expr) -> Iterator[Expr]:
    """The types that a type spells out as parts of it."""
    discriminator = member(declared, "discriminator")
    for named in (member(declared, "properties"), member(discriminator, "mapping")):
        yield from (item.value for _, item in plain_entries(named))
    for name in ("items", "prefixItems", "additionalProperties"):
        below = member(declared, name)
        if isinstance(below, Array):
            yield from below.items
        elif below is not None:
            yield below
