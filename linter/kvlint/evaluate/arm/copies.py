"""The trees of ARM templates: strings made expressions, and copy loops made loops.

A ``copy`` stands beside what it repeats, and ``copyIndex`` names the loop whose count it wants.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from kvlint.evaluate.arm.template import COPY, Round
from kvlint.syntax.arm_expression import Rewrites, read_expression
from kvlint.syntax.arm_json import member, text_of
from kvlint.syntax.body import SyntaxProblem
from kvlint.syntax.expr import (
    Array,
    Binary,
    Call,
    Expr,
    Literal,
    Loop,
    Object,
    ObjectItem,
    Reference,
)
from kvlint.syntax.limits import MAX_DEPTH


@dataclass(frozen=True)
class Copies:
    """The copy loops around a place; ``names`` are the variables they bind.

    ``copyIndex()`` without a name means the loop of the resource or output around it, in
    ``whole``. Only where there is none does it mean the innermost loop of a property.
    """

    names: tuple[str, ...] = ()
    whole: str | None = None

    def around_property(self, name: str) -> Copies:
        """What is seen in the input of a property's or variable's loop."""
        return Copies((*self.names, variable_of(name)), self.whole)

    def around_whole(self, name: str) -> Copies:
        """What is seen in a resource or output that a loop repeats."""
        variable = variable_of(name)
        return Copies((*self.names, variable), variable)

    @cached_property
    def rewrites(self) -> Rewrites:
        """How expressions within these loops are read."""
        return {"copyindex": self._index}

    def _index(self, call: Call) -> Expr:
        """``copyIndex('loop', offset)``, both optional; the call itself where no such loop is around."""
        arguments = list(call.arguments)
        variable = self.whole if self.whole is not None else next(reversed(self.names), None)
        match arguments[:1]:
            case [Literal(value=str(name))]:
                variable = variable_of(name) if variable_of(name) in self.names else None
                arguments = arguments[1:]
        if variable is None or len(arguments) > 1:
            return call
        index = Reference(call.source, call.start, call.end, variable)
        if not arguments:
            return index
        return Binary(call.source, call.start, call.end, "+", index, arguments[0])


#: A place with no loop around it.
NO_COPIES = Copies()


def variable_of(name: str) -> str:
    """The variable that a copy loop binds; names of loops compare without case."""
    return COPY + name.lower()


def repeated(count: Expr) -> Call:
    """What a loop of so many rounds goes over."""
    zero = Literal(count.source, count.start, count.start, 0)
    return Call(count.source, count.start, count.end, "range", [zero, count])


def round_of(copy: Expr | None, copies: Copies, problems: list[SyntaxProblem]) -> Round | None:
    """The loop that the ``copy`` of a resource or output writes, None where there is none."""
    count = member(copy, "count")
    if count is None:
        return None
    name = text_of(member(copy, "name")) or ""
    return Round(repeated(with_expressions(count, problems, copies)), variable_of(name))


def property_loops(
    copy: Expr, problems: list[SyntaxProblem], copies: Copies = NO_COPIES, depth: int = 0
) -> list[ObjectItem] | None:
    """The entries that a ``copy`` within an object adds to it: loops by name.

    None when it is none: a list of objects with ``name``, ``count`` and ``input`` would be one.
    """
    if not isinstance(copy, Array) or not copy.items:
        return None
    entries: list[ObjectItem] = []
    for loop in copy.items:
        name, count, value = member(loop, "name"), member(loop, "count"), member(loop, "input")
        text = text_of(name)
        if name is None or count is None or value is None or text is None:
            return None
        collection = repeated(with_expressions(count, problems, copies, depth + 1))
        value = with_expressions(value, problems, copies.around_property(text), depth + 1)
        entries.append(
            ObjectItem(
                name,
                Loop(
                    loop.source, loop.start, loop.end, None, variable_of(text), collection, None, value, None
                ),
            )
        )
    return entries


def with_expressions(
    node: Expr, problems: list[SyntaxProblem], copies: Copies = NO_COPIES, depth: int = 0
) -> Expr:
    """A JSON tree as a template means it; parts without expressions stay the nodes they are.

    Strings in brackets become expressions, keys among them, and a ``copy`` in an object
    becomes the loops that it writes. ``depth`` is how deep the node lies in the tree.
    """
    if isinstance(node, Literal):
        if isinstance(node.value, str) and node.value[:1] == "[":
            return read_expression(node, problems, copies.rewrites, MAX_DEPTH - depth)
        return node
    if isinstance(node, Array):
        items = [with_expressions(item, problems, copies, depth + 1) for item in node.items]
        return node if _same(items, node.items) else Array(node.source, node.start, node.end, items)
    if not isinstance(node, Object):
        return node
    changed = False
    entries: list[ObjectItem] = []
    for entry in node.items:
        key, value = entry.key, entry.value
        if isinstance(key, Literal) and isinstance(key.value, str):
            name = key.value
            if name[:1] == "[":
                key = read_expression(key, problems, copies.rewrites, MAX_DEPTH - depth)
            elif isinstance(value, Array) and name.lower() == "copy":
                loops = property_loops(value, problems, copies, depth)
                if loops is not None:
                    entries.extend(loops)
                    changed = True
                    continue
        value = with_expressions(value, problems, copies, depth + 1)
        if value is not entry.value or key is not entry.key:
            entry = ObjectItem(key, value)
            changed = True
        entries.append(entry)
    return Object(node.source, node.start, node.end, entries) if changed else node


def _same(made: Sequence[Expr], given: Sequence[Expr]) -> bool:
    return all(new is old for new, old in zip(made, given, strict=True))
