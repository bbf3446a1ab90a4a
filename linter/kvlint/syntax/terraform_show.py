"""What ``terraform show -json`` prints, as it is found: a plan or a state, and its addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from kvlint.syntax.expr import Array, Expr, Literal, Object

#: What plans and states begin with.
_SIGNS = ('"format_version"', '"terraform_version"')
_LOOKED_AT = 4096
#: The version of the files in which Terraform itself keeps its state.
_STATE_VERSION = 4
_STEP = re.compile(r'([A-Za-z_][\w-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]')


class ShowKind(Enum):
    """What a file holds."""

    PLAN = "plan"
    STATE = "state"
    #: The file that Terraform keeps its state in (``terraform.tfstate``).
    RAW_STATE = "raw state"


def looks_like_show(text: str) -> bool:
    """Whether a JSON text may be a plan or a state: a quick test that lets others in."""
    beginning = text[:_LOOKED_AT]
    return all(sign in beginning for sign in _SIGNS)


def kind_of_show(root: Expr | None) -> ShowKind | None:
    """What a JSON tree is by its shape, ``None`` where it is neither."""
    if not isinstance(root, Object):
        return None
    if text_at(root, "format_version") is not None:
        if any(root.get(name) is not None for name in ("planned_values", "resource_changes")):
            return ShowKind.PLAN
        return ShowKind.STATE if isinstance(at(root, "values", "root_module"), Object) else None
    version = root.get("version")
    is_state = isinstance(version, Literal) and version.value == _STATE_VERSION
    return ShowKind.RAW_STATE if is_state and isinstance(root.get("resources"), Array) else None


def at(node: Expr | None, *path: str) -> Expr | None:
    """What stands below an object at a path of keys."""
    for name in path:
        node = node.get(name) if isinstance(node, Object) else None
    return node


def text_at(node: Expr | None, *path: str) -> str | None:
    """The text at a path of keys, ``None`` where there is none."""
    found = at(node, *path)
    return found.value if isinstance(found, Literal) and isinstance(found.value, str) else None


def items_at(node: Expr | None, *path: str) -> Iterator[Object]:
    """The objects of the list at a path of keys."""
    found = at(node, *path)
    for item in found.items if isinstance(found, Array) else ():
        if isinstance(item, Object):
            yield item


def entries_at(node: Expr | None, *path: str) -> Iterator[tuple[str, Expr]]:
    """The entries of the object at a path of keys."""
    found = at(node, *path)
    for item in found.items if isinstance(found, Object) else ():
        if isinstance(item.key, Literal) and isinstance(item.key.value, str):
            yield item.key.value, item.value


class Step(NamedTuple):
    """One step of an address or a reference: a name, or the key of an instance in brackets.

    ``end`` is the offset of its end in the text.
    """

    name: str
    is_key: bool
    end: int


def module_names(address: str) -> tuple[str, ...] | None:
    """The names of the calls that lead to a module instance, ``None`` for what is no address of one.

    ``module.a["x"].module.b`` has two, the root module (an empty address) has none.
    """
    names = [step.name for step in steps(address) or () if not step.is_key]
    if len(names) % 2 or any(word != "module" for word in names[::2]) or bool(names) is not bool(address):
        return None
    return tuple(names[1::2])


def steps(text: str) -> list[Step] | None:
    """The steps of an address or a reference, ``None`` where it is none."""
    found: list[Step] = []
    position = 0
    while position < len(text):
        if found and text[position] == ".":
            position += 1
        step = _STEP.match(text, position)
        if step is None:
            return None
        name, number, key = step.groups()
        found.append(Step(name or number or key, name is None, step.end()))
        position = step.end()
    return found
