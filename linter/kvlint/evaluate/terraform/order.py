"""When Terraform creates things: what the expressions of their blocks name.

The graph is that of blocks, as in Terraform: it does not tell the instances of one apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from kvlint.evaluate.reach import Edges, Reach
from kvlint.evaluate.resources import Link, Order
from kvlint.evaluate.terraform.references import Name, Names, references
from kvlint.syntax.body import Body
from kvlint.syntax.expr import Expr

if TYPE_CHECKING:
    from kvlint.evaluate.terraform.module import ModuleInstance

#: What a call of a module says beside the arguments of the module.
_EXPANDING = ("count", "for_each", "depends_on")
_NOT_ARGUMENTS = frozenset({*_EXPANDING, "source", "version", "providers"})


class Node(NamedTuple):
    """Something with a name, in the module that the calls of ``path`` lead to."""

    path: tuple[str, ...]
    name: Name


class TerraformOrder:
    """The order of what a resource block makes."""

    def __init__(self, home: ModuleInstance, mode: str, kind: str, label: str) -> None:
        self._home = home
        self._node = Node(
            home.call_names, Name(Names.DATA if mode == "data" else Names.RESOURCE, kind, label)
        )

    def after(self, other: Order) -> bool | None:
        """Whether its block depends on the other's."""
        if not isinstance(other, TerraformOrder) or self._home.run is not other._home.run:
            return None
        if self._node == other._node:
            return None
        return self._home.dependencies.reaches(self._node, other._node)

    def link(self, other: Order) -> Link | None:
        """What could depend on what, in the module that holds the two."""
        if not isinstance(other, TerraformOrder) or self._home.run is not other._home.run:
            return None
        ours, theirs = self._node, other._node
        shared = 0
        while ours.path[shared : shared + 1] == theirs.path[shared : shared + 1] and shared < len(ours.path):
            shared += 1
        below, beside = ours.path[shared : shared + 1], theirs.path[shared : shared + 1]
        dependency = f"module.{beside[0]}" if beside else f"{theirs.name.kind}.{theirs.name.label}"
        return Link(
            below[0] if below else "", dependency, self._home.dependencies.needs(theirs, ours, shared)
        )


class Dependencies:
    """What the blocks of a configuration depend on, over the borders of its modules."""

    def __init__(self, root: ModuleInstance) -> None:
        self._root = root
        self._modules: dict[tuple[str, ...], ModuleInstance | None] = {(): root}
        self._reach = Reach(self._edges)

    def reaches(self, one: Node, other: Node) -> bool | None:
        """Whether one block depends on another, ``None`` where that cannot be told."""
        return self._reach.reaches(one, other)

    def needs(self, one: Node, other: Node, shared: int) -> bool:
        """Whether a block, or its module at a depth, needs another block or something of its module there."""
        starts = [one]
        if len(one.path) > shared:
            starts.append(Node(one.path[:shared], Name(Names.MODULE, "", one.path[shared])))
        if len(other.path) == shared:
            return any(self.reaches(start, other) is not False for start in starts)
        theirs = other.path[: shared + 1]
        needed = (node for start in starts for node in self._reach.all_from(start))
        return any(node.path[: shared + 1] == theirs for node in needed)

    def _module(self, path: tuple[str, ...]) -> ModuleInstance | None:
        """An instance of the module that calls lead to, ``None`` where there is none to look at."""
        if path not in self._modules:
            around = self._module(path[:-1])
            self._modules[path] = None if around is None else around.called(path[-1])
        return self._modules[path]

    def _edges(self, node: Node) -> Edges[Node]:
        found: Edges[Node] = Edges()
        path, name = node
        module = self._module(path)
        if module is None:
            return found
        match name.what:
            case Names.RESOURCE | Names.DATA:
                table = module.module.resources if name.what is Names.RESOURCE else module.module.data
                block = table.get((name.kind, name.label))
                if block is not None:
                    found.sure += self._named(path, _expressions(block.body))
                    found.sure += _call_of(path)
            case Names.LOCAL:
                attribute = module.module.locals.get(name.label)
                found.sure += self._named(path, [attribute.value] if attribute is not None else [])
            case Names.VARIABLE:
                self._argument(path, name.label, found)
            case Names.OUTPUT:
                self._output(Node((*path, name.kind), name), found)
            case Names.MODULE:
                self._whole((*path, name.label), found)
            case Names.CALL:
                self._call(path, name.label, found)
        return found

    def _named(self, path: tuple[str, ...], expressions: Iterator[Expr] | list[Expr]) -> list[Node]:
        module = self._module(path)
        if module is None:
            return []
        return [Node(path, name) for one in expressions for name in references(one, module.module)]

    def _argument(self, path: tuple[str, ...], name: str, found: Edges[Node]) -> None:
        """What the caller of a module gives a variable."""
        around = self._module(path[:-1])
        block = around.module.calls.get(path[-1]) if path and around is not None else None
        argument = block.body.expression(name) if block is not None else None
        if argument is not None:
            found.sure += self._named(path[:-1], [argument])

    def _output(self, node: Node, found: Edges[Node]) -> None:
        """Only what the output of a module names, and what the whole module waits for."""
        module = self._module(node.path)
        found.sure += _call_of(node.path)
        if module is None:
            self._unread(node.path, found)
            return
        block = module.module.outputs.get(node.name.label)
        if block is not None:
            found.sure += self._named(node.path, _expressions(block.body))

    def _whole(self, path: tuple[str, ...], found: Edges[Node]) -> None:
        """Everything in a module."""
        found.sure += _call_of(path)
        module = self._module(path)
        if module is None:
            self._unread(path, found)
            return
        declared = module.module
        found.sure += [Node(path, Name(Names.RESOURCE, *key)) for key in declared.resources]
        found.sure += [Node(path, Name(Names.DATA, *key)) for key in declared.data]
        found.sure += [Node(path, Name(Names.MODULE, "", call)) for call in declared.calls]
        found.perhaps += [
            Node(path[:-1], Name(Names.OUTPUT, path[-1], output)) for output in declared.outputs
        ]
        found.perhaps += [Node(path, Name(Names.VARIABLE, "", one)) for one in declared.variables]

    def _unread(self, path: tuple[str, ...], found: Edges[Node]) -> None:
        """A module that nobody can look into may wait for whatever it is given."""
        around = self._module(path[:-1])
        block = around.module.calls.get(path[-1]) if around is not None else None
        if block is not None:
            given = [one.value for name, one in block.body.attributes.items() if name not in _NOT_ARGUMENTS]
            found.perhaps += self._named(path[:-1], given)

    def _call(self, path: tuple[str, ...], name: str, found: Edges[Node]) -> None:
        """What everything in a module waits for: how often it is called, and ``depends_on``."""
        module = self._module(path)
        block = module.module.calls.get(name) if module is not None else None
        if block is not None:
            written = [block.body.expression(one) for one in _EXPANDING]
            found.sure += self._named(path, [one for one in written if one is not None])
        found.sure += _call_of(path)


def _call_of(path: tuple[str, ...]) -> list[Node]:
    """The call that makes the module at a path."""
    return [Node(path[:-1], Name(Names.CALL, "", path[-1]))] if path else []


def _expressions(body: Body) -> Iterator[Expr]:
    """Everything that is computed in a block and the blocks within it."""
    stack = [body]
    while stack:
        current = stack.pop()
        for name, attribute in current.attributes.items():
            if name not in ("provider", "ignore_changes"):
                yield attribute.value
        stack.extend(block.body for block in current.blocks)
