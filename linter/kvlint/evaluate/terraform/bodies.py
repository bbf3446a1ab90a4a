"""Evaluating what stands in a block: attributes, nested blocks and ``dynamic`` blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kvlint.evaluate.expansion import elements_of
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.scope import NameScope, Scope
from kvlint.evaluate.terraform.configuration import META_ARGUMENTS, META_BLOCKS, made_kind
from kvlint.evaluate.values import ListKind, ListValue, MapValue, Unknown, Value
from kvlint.source import Source, Span
from kvlint.syntax.body import Attribute, Block, Body, Label
from kvlint.syntax.expr import Array, Expr, GetAttribute, Index, Literal, Object, Reference, walk
from kvlint.syntax.terraform_json import COMMENT_KEY

#: Blocks nested deeper than this are not looked into; no provider has so many.
_MAX_DEPTH = 24
#: A position, or a key, in the text form of a path.
_POSITION = re.compile(r"\[\d+\]|\.\d+\b")
#: All dynamic blocks below one block of a resource make at most this many.
_MAX_BLOCKS = 1_000


@dataclass(slots=True)
class _Room:
    """How many blocks may still be made, and how deep the present one is nested."""

    left: int = _MAX_BLOCKS
    depth: int = 0


@dataclass(slots=True)
class BlockSet:
    """All blocks of one type name in a body, plain and dynamic, in source order."""

    kind: str
    blocks: list[Block]


def block_sets(body: Body) -> dict[str, BlockSet]:
    """The nested blocks of a body by their type name; those Terraform itself reads are left out."""
    sets: dict[str, BlockSet] = {}
    for block in (*body.blocks, *_json_dynamics(body), *_json_blocks(body)):
        kind = made_kind(block)
        if kind not in META_BLOCKS or block.kind == "dynamic":
            sets.setdefault(kind, BlockSet(kind, [])).blocks.append(block)
    return sets


def _json_dynamics(body: Body) -> Iterator[Block]:
    """The dynamic blocks of a body in Terraform's JSON syntax, where they are an attribute."""
    for kind, label, value in _objects_below(body.attributes.get("dynamic")):
        arguments = _json_body(value)
        content = arguments.attributes.pop("content", None)
        if content is not None and isinstance(content.value, Object):
            inner = _json_body(content.value)
            arguments.blocks.append(Block(*_place(content.value), "content", [], inner))
        place = Label(label.source, label.start, label.end, kind)
        yield Block(value.source, label.start, label.end, value.end, "dynamic", [place], arguments)


def _json_blocks(body: Body) -> Iterator[Block]:
    """The attributes of a body in JSON that surely are blocks: there is a dynamic block within."""
    for name, attribute in body.attributes.items():
        if name in META_ARGUMENTS or not attribute.source.path.endswith(".json"):
            continue
        place, value = attribute.name_span, attribute.value
        nodes = list(_objects(value))
        if any(map(_holds_dynamic, nodes)):
            for node in nodes:
                yield Block(node.source, place.start, place.end, node.end, name, [], _json_body(node))


def _holds_dynamic(node: Object) -> bool:
    """Whether an object, or one within it, has dynamic blocks."""
    return any(
        isinstance(content, Object)
        for part in walk(node)
        if isinstance(part, Object)
        for item in part.items
        if isinstance(item.key, Literal) and item.key.value == "dynamic"
        for entry in (item.value.items if isinstance(item.value, Object) else ())
        for below in _objects(entry.value)
        for content in (_json_body(below).expression("content"),)
    )


def _objects(node: Expr) -> Iterator[Object]:
    """A node that is an object, or the objects in a list."""
    for item in node.items if isinstance(node, Array) else (node,):
        if isinstance(item, Object):
            yield item


def _objects_below(attribute: Attribute | None) -> Iterator[tuple[str, Expr, Object]]:
    """Key, its place and value of the objects (or lists of them) in an attribute of a JSON file."""
    if attribute is None or not attribute.source.path.endswith(".json"):
        return
    for item in attribute.value.items if isinstance(attribute.value, Object) else ():
        for value in _objects(item.value):
            if isinstance(item.key, Literal):
                yield str(item.key.value), item.key, value


def _json_body(node: Object) -> Body:
    body = Body()
    for item in node.items:
        if isinstance(item.key, Literal) and item.key.value != COMMENT_KEY:
            name = str(item.key.value)
            body.attributes[name] = Attribute(node.source, item.key.start + 1, name, item.value)
    return body


def _place(node: Expr) -> tuple[Source, int, int, int]:
    return node.source, node.start, node.start, node.end


def evaluate_blocks(found: BlockSet, scope: Scope) -> ListValue:
    """The blocks of one type as a list; ``rest`` is set where a dynamic block may make others."""
    return _blocks(found, scope, _Room())


def body_value(block: Block, scope: Scope) -> MapValue:
    """The arguments of a block as a map."""
    return _body(block.body, scope, block.header, _Room())


def _body(body: Body, scope: Scope, span: Span, room: _Room) -> MapValue:
    """A body as a map: attributes as they are, nested blocks as lists of maps under their type."""
    entries: dict[str, Value] = {}
    keys: dict[str, Span] = {}
    for name, attribute in body.attributes.items():
        if name != "dynamic":
            entries[name] = evaluate(attribute.value, scope)
            keys[name] = attribute.name_span
    room.depth += 1
    for kind, found in block_sets(body).items():
        entries[kind] = _blocks(found, scope, room)
        keys[kind] = found.blocks[0].header
    room.depth -= 1
    return MapValue(entries, keys, span=span)


def _blocks(found: BlockSet, scope: Scope, room: _Room) -> ListValue:
    items: list[Value] = []
    rest: Unknown | None = None
    span = found.blocks[0].header
    if room.depth > _MAX_DEPTH:
        return ListValue((), rest=Unknown("its blocks are nested too deeply", span=span), span=span)
    for block in found.blocks:
        if block.kind == "dynamic":
            made, doubt = _dynamic(block, scope, room)
            items.extend(made)
            rest = rest or doubt
        else:
            items.append(_body(block.body, scope, block.header, room))
    return ListValue(tuple(items), ListKind.LIST, rest, span=span)


def _dynamic(block: Block, scope: Scope, room: _Room) -> tuple[list[Value], Unknown | None]:
    content = next(block.body.blocks_of("content"), None)
    collection = block.body.expression("for_each")
    if content is None or collection is None:
        return [], Unknown("the dynamic block is incomplete", span=block.header)
    found = elements_of(evaluate(collection, scope), room.left)
    pairs = found.pairs
    if found.open is not None:
        # One element that stands for all that are not known: what it says holds for each of them.
        pairs = [*pairs, (found.open, found.open)]
    room.left = max(0, room.left - len(pairs))
    name = _iterator(block)
    items: list[Value] = []
    for key, value in pairs:
        bound = NameScope(scope, {name: MapValue({"key": key, "value": value}, span=block.header)})
        items.append(_body(content.body, bound, content.header, room))
    return items, found.rest


def _iterator(block: Block) -> str:
    iterator = block.body.expression("iterator")
    if isinstance(iterator, Reference):
        return iterator.name
    if isinstance(iterator, Literal) and isinstance(iterator.value, str):
        return iterator.value
    return made_kind(block)


def ignored_changes(body: Body) -> Iterator[str]:
    """What ``lifecycle { ignore_changes }`` names: paths of arguments without positions, or ``all``."""
    bodies = [block.body for block in body.blocks_of("lifecycle")]
    written = body.expression("lifecycle")
    nodes = written.items if isinstance(written, Array) else (written,)
    bodies.extend(_json_body(node) for node in nodes if isinstance(node, Object))
    for lifecycle in bodies:
        expression = lifecycle.expression("ignore_changes")
        for item in expression.items if isinstance(expression, Array) else (expression,):
            if isinstance(item, Literal) and isinstance(item.value, str):
                yield _POSITION.sub("", item.value)
            elif item is not None:
                yield ".".join(path_names(item))


def path_names(node: Expr | None) -> list[str]:
    """The names of a traversal; positions are left out."""
    names: list[str] = []
    while isinstance(node, GetAttribute | Index):
        if isinstance(node, GetAttribute):
            names.append(node.name)
        elif isinstance(node.key, Literal) and isinstance(node.key.value, str):
            names.append(node.key.value)
        node = node.target
    if isinstance(node, Reference):
        names.append(node.name)
    return names[::-1]
