"""The literal texts of an expression of Bicep or ARM, each with the name that it stands under."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kvlint.secrets import find_secrets
from kvlint.source import Span
from kvlint.syntax.expr import (
    Array,
    Binary,
    Call,
    Conditional,
    Expr,
    Literal,
    Loop,
    Object,
    ObjectItem,
    Spread,
    Template,
)

_FROM_ENVIRONMENT = "readenvironmentvariable"


class Text(NamedTuple):
    """A literal and the nearest key, or else the declaration, that it stands under.

    Not ``whole`` is the text between two interpolations that holds a secret of known shape.
    """

    name: str
    text: str
    span: Span
    whole: bool = True


def texts_of(expression: Expr, name: str) -> Iterator[Text]:
    """The texts that an expression may come to or hold; arguments of functions are none."""
    stack: list[tuple[str, Expr]] = [(name, expression)]
    while stack:
        key, node = stack.pop()
        if isinstance(node, Literal):
            if isinstance(node.value, str):
                yield Text(key, node.value, node.span)
        elif isinstance(node, Template):
            yield from _parts(key, node.parts)
        else:
            stack.extend(reversed(list(_below(key, node))))


def _below(name: str, node: Expr) -> Iterator[tuple[str, Expr]]:
    match node:
        case Object(items=items):
            for item in items:
                yield _key(item, name), item.value
        case Array(items=elements):
            for element in elements:
                yield name, element
        case Conditional(then=then, otherwise=otherwise):
            yield name, then
            yield name, otherwise
        case Binary(operator="??", left=left, right=right):
            yield name, left
            yield name, right
        case Loop(value=value) | Spread(value=value):
            yield name, value
        case Call(name=function, arguments=[_, default]) if function.lower() == _FROM_ENVIRONMENT:
            yield name, default


def _key(item: ObjectItem, around: str) -> str:
    key = item.key.value if isinstance(item.key, Literal) else None
    return key if isinstance(key, str) else around


def _parts(name: str, parts: Sequence[Expr]) -> Iterator[Text]:
    """The literal parts of an interpolated text in which a secret of known shape lies."""
    whole, ranges = "", []
    for part in parts:
        text = part.value if isinstance(part, Literal) else None
        if isinstance(text, str):
            ranges.append((len(whole), len(whole) + len(text), part))
            whole += text
        else:
            whole += "_"
    for start, end, _ in find_secrets(whole, name):
        for left, right, part in ranges:
            if left <= start and end <= right:
                yield Text(name, whole[left:right], part.span, whole=False)
