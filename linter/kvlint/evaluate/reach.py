"""Graphs of what depends on what, some of which may only be guessed at."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)


@dataclass(slots=True)
class Edges(Generic[Node]):
    """What a node depends on: surely, perhaps, and with ``open`` perhaps on anything."""

    sure: list[Node] = field(default_factory=list)
    perhaps: list[Node] = field(default_factory=list)
    open: bool = False

    def add(self, other: Edges[Node]) -> None:
        """Take over the edges of another."""
        self.sure += other.sure
        self.perhaps += other.perhaps
        self.open = self.open or other.open


@dataclass(slots=True)
class _Reached(Generic[Node]):
    sure: set[Node]
    perhaps: set[Node]
    open: bool


class Reach(Generic[Node]):
    """A graph of dependencies whose nodes are looked at when somebody asks."""

    def __init__(self, edges: Callable[[Node], Edges[Node]]) -> None:
        self._compute = edges
        self._edges: dict[Node, Edges[Node]] = {}
        self._reached: dict[Node, _Reached[Node]] = {}

    def reaches(self, start: Node, goal: Node) -> bool | None:
        """Whether a node depends on another, over any number of others."""
        found = self._from(start)
        if goal in found.sure:
            return True
        return None if goal in found.perhaps or found.open else False

    def all_from(self, start: Node) -> Iterable[Node]:
        """Everything that a node surely depends on."""
        return self._from(start).sure

    def _from(self, start: Node) -> _Reached[Node]:
        known = self._reached.get(start)
        if known is None:
            sure = self._walk(start, perhaps=False)
            both = self._walk(start, perhaps=True)
            is_open = any(self._edges_of(node).open for node in (start, *both))
            known = self._reached[start] = _Reached(sure, both, is_open)
        return known

    def _walk(self, start: Node, *, perhaps: bool) -> set[Node]:
        seen: set[Node] = set()
        stack = [start]
        while stack:
            edges = self._edges_of(stack.pop())
            for node in (*edges.sure, *(edges.perhaps if perhaps else ())):
                if node not in seen:
                    seen.add(node)
                    stack.append(node)
        return seen

    def _edges_of(self, node: Node) -> Edges[Node]:
        known = self._edges.get(node)
        if known is None:
            known = self._edges[node] = self._compute(node)
        return known
