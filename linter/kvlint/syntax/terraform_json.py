"""Terraform's JSON syntax (``.tf.json``), read into the same blocks and attributes as HCL.

Blocks are told from attributes only where Terraform itself fixes them: at the top of the
file and in a few blocks of the language. In the body of a resource, a nested block is an
attribute whose value is an object or a list of objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kvlint.source import Source, Span
from kvlint.syntax.body import Attribute, Block, Body, Label, SyntaxProblem
from kvlint.syntax.expr import (
    Array,
    Expr,
    GetAttribute,
    Literal,
    Object,
    ObjectItem,
    Template,
    walk,
)
from kvlint.syntax.hcl import HclFile, read_expression, read_template
from kvlint.syntax.json import read_json

#: The blocks of each body, with their number of labels; ``""`` is the file.
_BLOCKS: dict[str, dict[str, int]] = {
    "": {
        "check": 1,
        "data": 2,
        "ephemeral": 2,
        "import": 0,
        "locals": 0,
        "module": 1,
        "moved": 0,
        "output": 1,
        "provider": 1,
        "removed": 0,
        "resource": 2,
        "terraform": 0,
        "variable": 1,
    },
    "terraform": {"backend": 1, "cloud": 0, "provider_meta": 1, "required_providers": 0},
    "variable": {"validation": 0},
    "output": {"precondition": 0},
    "check": {"assert": 0, "data": 2},
}
#: Arguments whose strings are expressions, not templates.
_META_ARGUMENTS = {
    "data": {"depends_on", "provider"},
    "ephemeral": {"depends_on", "provider"},
    "import": {"provider", "to"},
    "module": {"depends_on", "providers"},
    "moved": {"from", "to"},
    "output": {"depends_on"},
    "removed": {"from"},
    "resource": {"depends_on", "provider"},
    "variable": {"type"},
}
#: Arguments that are read before there is anything to refer to: their strings are plain text.
_LITERALS = {"module": {"source", "version"}, "variable": {"default"}}
_LIFECYCLE_LISTS = ("ignore_changes", "replace_triggered_by")
#: What stands at this key of a block is a comment.
COMMENT_KEY = "//"
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)")
_LOW_SURROGATE = re.compile(r"\\u[dD][c-fC-F][0-9a-fA-F]{2}")


def read_terraform_json(source: Source) -> HclFile:
    """Read a ``.tf.json`` file; never raises. Comments have no spans in JSON, so there are none."""
    file = read_json(source)
    reader = _Reader(source, list(file.problems))
    body = Body()
    if file.root is not None:
        for part in reader.objects(file.root):
            reader.fill(body, part, "")
    return HclFile(source, body, reader.problems, [])


class _Reader:
    def __init__(self, source: Source, problems: list[SyntaxProblem]) -> None:
        self.source = source
        self.problems = problems

    def objects(self, node: Expr) -> Iterator[Object]:
        """The objects of a node that is one or a list of them."""
        for item in node.items if isinstance(node, Array) else (node,):
            if isinstance(item, Object):
                yield item
            elif not (isinstance(item, Literal) and item.value is None):
                self.problems.append(SyntaxProblem(item.span, "expected an object here", item.span))

    def fill(self, body: Body, node: Object, kind: str) -> None:
        """Add the entries of an object to the body of a block of this kind."""
        blocks = _BLOCKS.get(kind, {})
        for key, name, value in _entries(node):
            if name in blocks:
                self.blocks(body, name, key, value, [], blocks[name])
                continue
            if name in body.attributes:
                self.problems.append(SyntaxProblem(key.span, f'attribute "{name}" is set twice'))
            expression = self.argument(kind, name, value)
            body.attributes[name] = Attribute(self.source, key.start + 1, name, expression)

    def blocks(self, body: Body, kind: str, key: Expr, node: Expr, labels: list[Label], missing: int) -> None:
        """Add the blocks below a key; ``missing`` more levels of keys are labels."""
        for part in self.objects(node):
            if missing:
                for inner, text, value in _entries(part):
                    label = Label(self.source, inner.start, inner.end, text)
                    self.blocks(body, kind, inner, value, [*labels, label], missing - 1)
                continue
            block = Block(self.source, key.start, key.end, part.end, kind, labels, Body())
            self.fill(block.body, part, kind)
            body.blocks.append(block)

    def argument(self, kind: str, name: str, node: Expr) -> Expr:
        """The value of an attribute in the body of a block of this kind."""
        if name in _META_ARGUMENTS.get(kind, ()):
            return self.references(node)
        if kind in _LITERALS and name in _LITERALS[kind]:
            return node
        value = self.value(node)
        if kind == "resource" and name == "lifecycle":
            self.lifecycle(value)
        return value

    def lifecycle(self, value: Expr) -> None:
        """Read the lists of references in ``lifecycle``."""
        for part in value.items if isinstance(value, Array) else (value,):
            if not isinstance(part, Object):
                continue
            for item in part.items:
                if isinstance(item.key, Literal) and item.key.value in _LIFECYCLE_LISTS:
                    item.value = self.references(item.value)

    def references(self, node: Expr) -> Expr:
        """A value in which strings are expressions."""
        match node:
            case Literal(value=str()):
                return self.string(node, as_template="${" in str(node.value))
            case Array(items=items):
                return Array(node.source, node.start, node.end, [self.references(item) for item in items])
            case Object(items=entries):
                kept = [ObjectItem(entry.key, self.references(entry.value)) for entry in entries]
                return Object(node.source, node.start, node.end, kept)
        return node

    def value(self, node: Expr) -> Expr:
        """A value in which strings are templates.

        What stands at a comment key is none: it belongs to a map, or it is a comment of a block.
        """
        match node:
            case Literal(value=str(text)) if "${" in text or "%{" in text:
                return self.string(node, as_template=True)
            case Array(items=items):
                return Array(node.source, node.start, node.end, [self.value(item) for item in items])
            case Object():
                kept = [
                    ObjectItem(
                        self.value(item.key), item.value if _is_comment(item) else self.value(item.value)
                    )
                    for item in node.items
                ]
                return Object(node.source, node.start, node.end, kept)
        return node

    def string(self, node: Literal, *, as_template: bool) -> Expr:
        """What a string literal means as a template or an expression."""
        start, end = node.start + 1, node.end - 1
        raw = self.source.text[start:end]
        read = read_template if as_template else read_expression
        if "\\" not in raw:
            value, problems = read(self.source, start, end)
        else:
            decoded = Source(self.source.path, str(node.value))
            value, problems = read(decoded, 0, len(decoded.text))
            self.relocate(value, problems, _offsets(raw, start, len(decoded.text)))
        self.problems.extend(problems)
        # Text stands for the whole string, a lone interpolation for itself.
        if problems or (isinstance(value, Template | Literal) and (value.start, value.end) == (start, end)):
            value.start, value.end = node.start, node.end
        return value

    def relocate(self, value: Expr, problems: list[SyntaxProblem], offsets: list[int]) -> None:
        """Move what was read from a decoded string to where it stands in the file."""

        def moved(span: Span) -> Span:
            return Span(self.source, offsets[span.start], offsets[span.end])

        # The same node may be reached once only, or it would move twice.
        for node in list(walk(value)):
            node.source = self.source
            node.start, node.end = offsets[node.start], offsets[node.end]
            if isinstance(node, GetAttribute):
                node.name_start = offsets[node.name_start]
        for problem in problems:
            problem.span = moved(problem.span)
            problem.lost = moved(problem.lost) if problem.lost else None


def _is_comment(item: ObjectItem) -> bool:
    return isinstance(item.key, Literal) and item.key.value == COMMENT_KEY


def _entries(node: Object) -> Iterator[tuple[Expr, str, Expr]]:
    """Key, its text and the value of each entry that is no comment."""
    for item in node.items:
        if isinstance(item.key, Literal) and not _is_comment(item):
            yield item.key, str(item.key.value), item.value


def _offsets(raw: str, start: int, length: int) -> list[int]:
    """For each character of the decoded string, and for its end, the offset in the file."""
    offsets: list[int] = []
    position = 0
    while position < len(raw):
        offsets.append(start + position)
        if raw[position] != "\\":
            position += 1
            continue
        escape = _ESCAPE.match(raw, position)
        position = escape.end() if escape else position + 1
        if escape and escape.group()[2:3] in ("d", "D") and escape.group()[3:4] in "89abAB":
            low = _LOW_SURROGATE.match(raw, position)
            position = low.end() if low else position
    offsets.append(start + len(raw))
    # Both readings agree on the number of characters; a place too many stays inside the string.
    offsets.extend([start + len(raw)] * (length + 1 - len(offsets)))
    return offsets
