"""The names in an expression of Terraform, as its graph of dependencies knows them."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from kvlint.evaluate.terraform.configuration import Module
from kvlint.syntax.expr import Expr, GetAttribute, Index, Literal, Reference, children


class Names(Enum):
    """What a name may be of."""

    RESOURCE = "resource"
    DATA = "data source"
    LOCAL = "local value"
    VARIABLE = "variable"
    OUTPUT = "output of a called module"
    MODULE = "called module as a whole"
    CALL = "call of a module"


class Name(NamedTuple):
    """A name: ``kind`` is the type of a resource, or the call whose output it is."""

    what: Names
    kind: str
    label: str


def references(expression: Expr, module: Module) -> Iterator[Name]:
    """Everything of its module that an expression names."""
    stack = [expression]
    while stack:
        node = stack.pop()
        found = _named(node, module)
        if found is None:
            stack.extend(children(node))
        else:
            yield found


def _named(node: Expr, module: Module) -> Name | None:
    """What this very node names."""
    if isinstance(node, Literal):
        return _quoted(node, module)
    if not isinstance(node, GetAttribute):
        return None
    target, label = node.target, node.name
    if isinstance(target, Reference):
        match target.name:
            case "local":
                return Name(Names.LOCAL, "", label)
            case "var":
                return Name(Names.VARIABLE, "", label)
            case "module":
                return Name(Names.MODULE, "", label)
        known = (target.name, label) in module.resources
        return Name(Names.RESOURCE, target.name, label) if known else None
    call = _called(target)
    if call is not None:
        return Name(Names.OUTPUT, call, label)
    if isinstance(target, GetAttribute) and _is_root(target.target, "data"):
        return Name(Names.DATA, target.name, label)
    return None


def _called(node: Expr) -> str | None:
    """The call in ``module.NAME`` or ``module.NAME["key"]``.

    With a key that is computed, Terraform waits for the module as a whole.
    """
    if isinstance(node, Index) and isinstance(node.key, Literal):
        node = node.target
    return node.name if isinstance(node, GetAttribute) and _is_root(node.target, "module") else None


def _is_root(node: Expr, name: str) -> bool:
    return isinstance(node, Reference) and node.name == name


def _quoted(node: Literal, module: Module) -> Name | None:
    """A name in quotes, as ``depends_on`` of old configurations has it."""
    kind, dot, label = node.value.partition(".") if isinstance(node.value, str) else ("", "", "")
    if dot and (kind, label) in module.resources:
        return Name(Names.RESOURCE, kind, label)
    return Name(Names.MODULE, "", label) if kind == "module" and label in module.calls else None
