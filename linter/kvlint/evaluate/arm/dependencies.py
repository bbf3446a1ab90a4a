"""What the declarations of a template depend on: by what they name, and by ``dependsOn``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kvlint.evaluate.arm.depends_on import named_by
from kvlint.evaluate.arm.order import Declaration
from kvlint.evaluate.arm.template import ModuleCall, ResourceDeclaration, Round
from kvlint.evaluate.reach import Edges, Reach
from kvlint.syntax.arm_json import member
from kvlint.syntax.expr import (
    Array,
    Call,
    Expr,
    Lambda,
    Loop,
    MethodCall,
    NestedResource,
    Reference,
    children,
)

if TYPE_CHECKING:
    from kvlint.evaluate.arm.instance import TemplateInstance


class Dependencies:
    """What the declarations of a template depend on.

    In Bicep that is what they name, through variables too. Resources that exist already are
    not waited for, but for what their own names are made of. In ARM JSON it is what
    ``dependsOn`` says, and what ``reference`` and ``list…`` read.
    """

    def __init__(self, instance: TemplateInstance) -> None:
        self._instance = instance
        self._template = instance.template
        self._reach = Reach(self._edges)

    def reaches(self, one: Declaration, other: Declaration) -> bool | None:
        """Whether one declaration depends on another, ``None`` where that cannot be told."""
        return self._reach.reaches(one, other)

    def _edges(self, declaration: Declaration) -> Edges[Declaration]:
        found: Edges[Declaration] = Edges()
        if isinstance(declaration, ResourceDeclaration) and declaration.parent is not None:
            found.sure.append(declaration.parent)
        if isinstance(declaration, ModuleCall) and declaration.shares_scope:
            found.open = True  # its template may read resources of this one
        if self._template.is_json:
            self._listed(declaration, found)
        for node in self._nodes(declaration):
            if isinstance(node, Reference | NestedResource):
                target = self._declared(node, declaration)
                if target is not None:
                    found.sure.append(target)
            elif isinstance(node, Call | MethodCall) and _reads(node):
                found.add(named_by(node.arguments[0], self._instance))
        return found

    def _listed(self, declaration: Declaration, found: Edges[Declaration]) -> None:
        """What ``dependsOn`` lists in ARM JSON."""
        written = member(declaration.body, "dependsOn")
        if isinstance(written, Array):
            for item in written.items:
                found.add(named_by(item, self._instance))
        elif written is not None:
            found.open = True

    def _nodes(self, declaration: Declaration) -> Iterator[Expr]:
        """Every node that a declaration is made of, also in variables; names that a loop binds left out."""
        bound = _names(declaration.loop)
        stack = [(node, bound) for node in _expressions(declaration)]
        seen: set[str] = set()
        while stack:
            node, bound = stack.pop()
            if isinstance(node, Reference):
                if node.name in bound:
                    continue
                variable = self._template.variables.get(node.name)
                if variable is not None and node.name not in seen:
                    seen.add(node.name)
                    stack.append((variable.value, frozenset()))
            yield node
            inside = bound | _bound_by(node)
            collection = node.collection if isinstance(node, Loop) else None
            stack.extend((child, bound if child is collection else inside) for child in children(node))

    def _declared(self, node: Expr, around: Declaration) -> Declaration | None:
        """The resource or module that a name stands for, seen from a declaration."""
        if isinstance(node, NestedResource):
            parent = self._declared(node.target, around)
            return parent.children.get(node.name) if isinstance(parent, ResourceDeclaration) else None
        if not isinstance(node, Reference) or self._template.is_json:
            return None
        name, inner = node.name, around
        while isinstance(inner, ResourceDeclaration):
            if name in inner.children:
                return inner.children[name]
            if inner.parent is None:
                break
            inner = inner.parent
        return self._template.resources.get(name) or self._template.modules.get(name)


def _expressions(declaration: Declaration) -> Iterable[Expr]:
    loop = declaration.loop
    parts = [declaration.body, declaration.condition]
    if loop is not None:
        parts += [loop.collection, loop.condition]
    if isinstance(declaration, ModuleCall):
        parts += [declaration.inputs, declaration.inputs_open, declaration.scope]
    return [part for part in parts if part is not None]


def _names(loop: Round | None) -> frozenset[str]:
    return frozenset() if loop is None else frozenset({loop.item, loop.index})


def _bound_by(node: Expr) -> frozenset[str]:
    """The names that a node gives the expressions within it."""
    if isinstance(node, Loop):
        return frozenset({node.value_name, node.key_name or ""})
    return frozenset(node.parameters) if isinstance(node, Lambda) else frozenset()


def _reads(node: Call | MethodCall) -> bool:
    """Whether a call reads what a resource is after it was created."""
    name = node.name.lower()
    if isinstance(node, MethodCall) and not (
        isinstance(node.target, Reference) and node.target.name in ("az", "sys")
    ):
        return False
    return bool(node.arguments) and (name == "reference" or (name.startswith("list") and name != "list"))
