"""From libyaml's events to the expression tree.

PyYAML's own composer recurses in C without a limit, so the events are put together here
with an explicit stack.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from kvlint.source import Source
from kvlint.syntax.expr import Array, Expr, Hole, Literal, Object, ObjectItem, ScalarData
from kvlint.syntax.placeholders import ACTION, Masked, Opening
from kvlint.syntax.yaml_scalars import is_collection_tag, plain_value, tag_reason, tagged_scalar

#: Collections nested deeper than this are refused, aliases followed.
MAX_DEPTH = 200
#: The nodes that the aliases of one document may stand for, all together.
MAX_ALIASED_NODES = 200_000

_PROPERTY = r"(?:!<[^>\s]*>|[&!][^\s,\[\]{}]*)"
_PROPERTIES = re.compile(rf"(?:{_PROPERTY}(?:\s++(?:#[^\r\n]*+)?)*)+")
_BLANKS = re.compile(r"[ \t]*")
_HEADER = re.compile(r"[|>][^\n]*\n?")


class RefusedError(Exception):
    """The rest of the document is not read, because of what is at ``start``."""

    def __init__(self, start: int, message: str) -> None:
        super().__init__(message)
        self.start = start
        self.message = message


@dataclass(slots=True)
class _Frame:
    """A collection whose end has not come yet; ``key`` waits for its value.

    ``size`` and ``height`` count what is below it, aliases followed.
    """

    start: int
    is_mapping: bool
    is_flow: bool
    anchor: str | None
    tag: str | None
    items: list[Expr] = field(default_factory=list)
    entries: list[ObjectItem] = field(default_factory=list)
    merges: list[Expr] = field(default_factory=list)
    #: What comes behind the entry that is being read.
    deferred: list[Hole] = field(default_factory=list)
    key: Expr | None = None
    size: int = 1
    height: int = 1


@dataclass(slots=True)
class _Anchored:
    node: Expr
    size: int
    height: int


class TreeBuilder:
    """Turns the events of one text, or of the rest of it, into documents.

    ``documents`` grows as documents end. ``reached`` is the offset up to which the text
    was understood, ``document_start`` where the document at hand begins, and
    ``quoted`` the ranges of scalars that may hold ``#``.
    """

    def __init__(self, source: Source, masked: Masked, report: Callable[[int, str], None]) -> None:
        self.source = source
        self.documents: list[Expr] = []
        self.quoted: list[tuple[int, int]] = []
        self.reached = 0
        self.document_start = 0
        self._masked = masked
        self._text = masked.text
        self._report = report
        self._openings: list[Opening] = []
        self._base = 0
        self._reset()

    def _reset(self) -> None:
        self._stack: list[_Frame] = []
        self._root: Expr | None = None
        self._opens_next: Hole | None = None
        self._anchors: dict[str, _Anchored] = {}
        self._unfinished_anchors: set[str] = set()
        self._aliased = 0
        self._last_end = self._base

    def read(self, loader: Any, base: int) -> None:
        """Consume the events of a loader of ``text[base:]``.

        Raises :class:`RefusedError` and PyYAML's errors; documents that ended before are kept.
        """
        self._base = self.reached = self.document_start = base
        self._openings = [opening for opening in reversed(self._masked.openings) if opening.start >= base]
        self._reset()
        next_event = loader.get_event
        scalar, openings = self._scalar, self._openings
        others: dict[type[Any], Callable[[Any], None]] = {
            yaml.MappingStartEvent: self._open,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._open_document,
            yaml.DocumentEndEvent: self._close_document,
            yaml.StreamStartEvent: lambda _: None,
            yaml.StreamEndEvent: lambda _: None,
        }
        while True:
            event = next_event()
            kind = type(event)
            while openings and openings[-1].start < base + event.start_mark.index:
                self._apply_opening(openings.pop(), event)
            if kind is yaml.ScalarEvent:
                scalar(event)
            else:
                others[kind](event)
                if kind is yaml.StreamEndEvent:
                    break
        for opening in reversed(openings):
            self._apply_opening(opening, event)

    def _open_document(self, event: Any) -> None:
        opens_root = self._opens_next
        self._reset()
        self._opens_next = opens_root
        self.document_start = self._base + event.start_mark.index
        self.reached = self._base + event.end_mark.index

    def _close_document(self, event: Any) -> None:
        root = self._root
        if root is None or _is_empty(root):
            root = self._opens_next
        if root is not None:
            self.documents.append(root)
        self._root = self._opens_next = None

    def _add(self, node: Expr, size: int = 1, height: int = 1) -> None:
        """Put a finished node where it belongs."""
        if not self._stack:
            self._root = node
            return
        frame = self._stack[-1]
        frame.size += size
        if height >= frame.height:
            frame.height = height + 1
        if not frame.is_mapping:
            frame.items.append(node)
        elif frame.key is None:
            frame.key = node
        else:
            key, frame.key = frame.key, None
            if (
                type(key) is Literal
                and key.value == "<<"
                and self._text[key.start] == "<"
                and _mergeable(node)
            ):
                frame.merges.append(node)
            else:
                frame.entries.append(ObjectItem(key, node))

    def _scalar(self, event: Any) -> None:
        base = self._base
        start, end = base + event.start_mark.index, base + event.end_mark.index
        self.reached = end
        value, style, tag, anchor = event.value, event.style, event.tag, event.anchor
        if tag is not None or anchor is not None:
            start = _behind_properties(self._text, start, end)
        body = start
        if style:
            body, end = (start + 1, end) if style in "'\"" else self._block_scalar(start, end)
            self.quoted.append((body, end))
            while self._openings and self._openings[-1].start < end:
                self._openings.pop()
        elif start == end:
            start = end = self._behind_content(end)
        node: Expr | None = None
        if self._masked.has_placeholders:
            node = self._masked.scalar(self.source, start, end, value, body)
        if node is None:
            if tag is not None:
                node = tagged_scalar(self.source, start, end, tag, value)
            else:
                data: ScalarData = value if style else plain_value(value)
                node = Literal(self.source, start, end, data)
        self._last_end = end
        if anchor is not None:
            self._anchors[anchor] = _Anchored(node, 1, 1)
        self._add(node)

    def _behind_content(self, end: int) -> int:
        """Where an empty node stands: libyaml may place it at the next token."""
        return self._last_end if end > self._last_end and self._text[end - 1].isspace() else end

    def _block_scalar(self, start: int, end: int) -> tuple[int, int]:
        """Where the content begins behind the header, and where its last line ends.

        libyaml goes on to the next token. Lines of template actions belong to the content
        where more of it follows, or where they are indented deeper than the collection.
        """
        text = self._text
        header = _HEADER.match(text, start, end)
        trimmed = start + len(text[start:end].rstrip())
        line_end = _BLANKS.match(text, trimmed, end)
        content_end = line_end.end() if line_end else trimmed
        column = self._column(self._stack[-1].start) if self._stack else -1
        for first, last in self._masked.blanked_between(content_end, end):
            if self._column(first) <= column and not self._opens_deeper(first, column):
                break
            content_end = last
        return min(header.end() if header else start, content_end), content_end

    def _opens_deeper(self, start: int, column: int) -> bool:
        """Whether the action at ``start`` writes lines deeper than ``column``."""
        return any(opening.start == start and opening.column > column for opening in self._openings)

    def _column(self, offset: int) -> int:
        return offset - self._masked.original.rfind("\n", 0, offset) - 1

    def _open(self, event: Any) -> None:
        start = self._base + event.start_mark.index
        self.reached = self._base + event.end_mark.index
        if len(self._stack) >= MAX_DEPTH:
            raise RefusedError(start, f"collections are nested deeper than {MAX_DEPTH} levels")
        anchor, tag = event.anchor, event.tag
        if anchor is not None:
            self._unfinished_anchors.add(anchor)
            self._anchors.pop(anchor, None)
        if anchor is not None or tag is not None:
            start = _behind_properties(self._text, start, len(self._text))
        frame = _Frame(start, type(event) is yaml.MappingStartEvent, bool(event.flow_style), anchor, tag)
        self._stack.append(frame)
        if self._opens_next is not None:
            self._add_hole(frame, self._opens_next)
            self._opens_next = None

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        self.reached = self._base + event.end_mark.index
        # The end mark of a block collection is where the next token begins.
        end = self._last_end = self.reached if frame.is_flow else max(self._last_end, frame.start)
        node: Expr
        if frame.tag is not None and not is_collection_tag(frame.tag):
            node = Hole(self.source, frame.start, end, tag_reason(frame.tag))
        elif frame.is_mapping:
            if frame.merges:
                _merge(frame)
            node = Object(self.source, frame.start, end, frame.entries)
        else:
            node = Array(self.source, frame.start, end, frame.items)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = _Anchored(node, frame.size, frame.height)
            self._unfinished_anchors.discard(frame.anchor)
        self._add(node, frame.size, frame.height)
        if self._stack and self._stack[-1].deferred:
            outer = self._stack[-1]
            holes, outer.deferred = outer.deferred, []
            for hole in holes:
                self._add_hole(outer, hole)

    def _alias(self, event: Any) -> None:
        start, end = self._base + event.start_mark.index, self._base + event.end_mark.index
        self.reached = self._last_end = end
        known = self._anchors.get(event.anchor)
        if known is None:
            inside = event.anchor in self._unfinished_anchors
            message = (
                "this alias is inside its own anchor" if inside else "this alias has no anchor before it"
            )
            self._report(start, message)
            self._add(Hole(self.source, start, end, message))
            return
        self._aliased += known.size
        if self._aliased > MAX_ALIASED_NODES:
            raise RefusedError(start, "aliases expand to too many nodes")
        if len(self._stack) + known.height > MAX_DEPTH + 1:
            raise RefusedError(start, f"collections are nested deeper than {MAX_DEPTH} levels")
        self._add(known.node, known.size, known.height)

    def _apply_opening(self, opening: Opening, event: Any) -> None:
        """Note in the tree that a line of template actions adds entries we cannot see.

        ``event`` is the first one behind the line, so the stack is what is open there.
        """
        hole = Hole(self.source, opening.start, opening.end, ACTION)
        if not self._stack:
            self._open_root(hole, event)
            return
        frames = [
            frame
            for frame in self._stack
            if not frame.is_flow and self._column(frame.start) <= opening.column
        ]
        if self._stack[-1].is_flow:
            frames = [self._stack[-1]]
        frame = frames[-1] if frames else self._stack[0]
        if isinstance(event, yaml.CollectionStartEvent) and frame is self._stack[-1]:
            self._opens_next = hole
            return
        column = self._column(frame.start)
        last = frame.entries[-1].value if frame.entries else None
        if not frame.is_mapping:
            last = frame.items[-1] if frame.items else None
        if last is not None and _is_empty(last) and not frame.is_flow:
            if frame.is_mapping:
                frame.entries[-1].value = hole
            else:
                frame.items[-1] = hole
            self._last_end = max(self._last_end, opening.end)
            if opening.column > column:
                return
        self._add_hole(frame, hole)
        if not frame.is_mapping and len(frames) > 1 and self._column(frames[-2].start) == column:
            # Items of a list may stand at the column of the keys around it.
            self._add_hole(frames[-2], hole)

    def _add_hole(self, frame: _Frame, hole: Hole) -> None:
        if frame is not self._stack[-1]:
            frame.deferred.append(hole)
            return
        frame.size += 1
        self._last_end = max(self._last_end, hole.end)
        if frame.is_mapping:
            frame.entries.append(ObjectItem(hole, hole))
        else:
            frame.items.append(hole)

    def _open_root(self, hole: Hole, event: Any) -> None:
        """The line stands outside of every collection: it writes (a part of) the document."""
        starts_next = isinstance(event, yaml.DocumentStartEvent) and event.explicit
        if starts_next or isinstance(event, yaml.StreamEndEvent):
            self.documents.append(hole)
        else:
            self._opens_next = hole


def _behind_properties(text: str, start: int, end: int) -> int:
    """Where a node begins behind its anchor and tag."""
    match = _PROPERTIES.match(text, start, end)
    return match.end() if match else start


def _is_empty(node: Expr) -> bool:
    """Whether nothing is written where the node stands."""
    return isinstance(node, Literal) and node.value is None and node.start == node.end


def _mergeable(node: Expr) -> bool:
    """Whether a merge key can take entries from this value."""
    if isinstance(node, Array):
        return all(isinstance(item, Object) for item in node.items)
    return isinstance(node, Object)


def _merge(frame: _Frame) -> None:
    """Append the entries of merged mappings that no explicit entry, or earlier merge, has."""
    names = {item.key.value for item in frame.entries if isinstance(item.key, Literal)}
    for merged in frame.merges:
        for mapping in merged.items if isinstance(merged, Array) else [merged]:
            if not isinstance(mapping, Object):
                continue
            added = [item for item in mapping.items if _new_name(item.key, names)]
            frame.entries.extend(added)
            names.update(item.key.value for item in added if isinstance(item.key, Literal))


def _new_name(key: Expr, names: set[ScalarData]) -> bool:
    return not (isinstance(key, Literal) and key.value in names)
