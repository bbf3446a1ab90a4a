"""How deep a tree may be, whatever language it is read from."""

from __future__ import annotations

from kvlint.syntax.expr import Expr, children

#: Brackets, blocks and templates nest at most this deep, and no tree is higher.
MAX_DEPTH = 200


def height(node: Expr) -> int:
    """How many levels a tree has, counted only up to a little above the limit."""
    level = [node]
    height = 0
    while level and height <= MAX_DEPTH:
        height += 1
        level = [child for parent in level for child in children(parent)]
    return height
