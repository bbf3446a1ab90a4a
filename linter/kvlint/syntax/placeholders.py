"""Text that a deployment fills in: template actions and placeholder tokens.

A templated YAML file is no YAML. :func:`mask` makes it one of the same length: an action
inside a value becomes as many stand-in characters, a line of actions alone becomes empty
lines. Every offset of the masked text is an offset of the file.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from kvlint.source import Source
from kvlint.syntax.expr import Expr, Hole, Literal, Template

#: What :class:`Hole.reason` says of a template action.
ACTION = "template action"

_ACTION = re.compile(
    r"""\{\{(?:"(?:[^"\\\n]|\\.)*"|`[^`]*+`|[^"`{}]|\{(?!\{)|\}(?!\}))*\}\}|\{\{[^{}\n]*+\}\}"""
)
#: A flow mapping whose first key is a flow mapping, as in ``{{a: b}: {c: d}}``.
_FLOW_MAPPING = re.compile(r"\{\{\s*(?:\w+|\"[^\"\n]*\"|'[^'\n]*'):\s")
_COMMENT_START = re.compile(r"\{\{-?\s*/\*")
_COMMENT_END = re.compile(r"\*/\s*-?\}\}")
_CONTROL = re.compile(
    r"\{\{-?\s*(?:(?:if|else|end|range|with|define|block|break|continue)\b|/\*|\$\w*(?:\s*,\s*\$\w+)?\s*:?=)"
)
_INDENT = re.compile(r"\b(n?)indent\s+(\d{1,3})\b")

#: A token that YAML would take for a comment, because a blank stands before it.
_COMMENT_LIKE = re.compile(r"(?<=\S[ \t])#\{[\w.-]+\}#")
_CONTENT = re.compile(r"[ ]*(?=\S)")
_BLANKS = re.compile(r"[ \t]*")

_TOKENS = (
    r"(?<!\$)\$\{(?:[^{}\r\n]|\{[^{}\r\n]*\})+\}"
    r"|(?<!\$)\$\([A-Za-z_][\w.-]*\)"
    r"|#\{[^{}#\r\n]+\}#|#_[A-Za-z][\w.-]*_#"
    r"|(?<!\w)__[A-Z](?:[A-Z0-9]|_(?!_))*__(?!\w)"
    r"|\A<[A-Za-z][\w .:/-]*>\Z|(?<=[\w./:@-])<[A-Za-z][\w.-]*>|<[A-Za-z][\w.-]*>(?=[\w./:@-])"
)
_TOKEN = re.compile(_TOKENS)
_MAYBE_TOKEN = re.compile(r"[$<]|#[{_]|__")
_PRIVATE_USE = range(0xE000, 0xF900)


def placeholder_ranges(text: str) -> list[tuple[int, int]]:
    """The ranges of a string's value that are placeholders or template actions, in order."""
    ranges = list(_actions(text)) if "{{" in text else []
    if _MAYBE_TOKEN.search(text):
        ranges += _outside([token.span() for token in _TOKEN.finditer(text)], ranges)
    return sorted(ranges)


def _outside(ranges: list[tuple[int, int]], taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges that overlap none of the taken ones, which are in order and apart."""
    free = []
    for start, end in ranges:
        behind = bisect_left(taken, (end, 0))
        if behind == 0 or taken[behind - 1][1] <= start:
            free.append((start, end))
    return free


@dataclass(slots=True)
class Opening:
    """A line of actions that writes unknown entries into the collection around it.

    ``column`` is where its output begins, from 0, as far as the text tells.
    """

    start: int
    end: int
    column: int


@dataclass(slots=True)
class Masked:
    """A text of the same length without template actions.

    ``actions`` are the ranges of all actions. ``openings`` are the lines of output alone,
    ``blanked`` the starts of actions that became empty lines; both in order.
    """

    text: str
    original: str
    stand_in: str = ""
    actions: list[tuple[int, int]] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    blanked: list[tuple[int, int]] = field(default_factory=list)
    #: Whether any scalar can hold a placeholder at all.
    has_placeholders: bool = False

    def blanked_between(self, start: int, end: int) -> list[tuple[int, int]]:
        """The actions in this range that became empty lines."""
        if not self.blanked:
            return []
        first = bisect_left(self.blanked, (start, 0))
        return self.blanked[first : bisect_left(self.blanked, (end, 0))]

    def scalar(self, source: Source, start: int, end: int, value: str, body: int) -> Expr | None:
        """The node of a string scalar with placeholders in it, or None where it has none.

        ``value`` is what libyaml read in the masked text, ``body`` where the content begins
        behind a quote or a block scalar's header.
        """
        content_end = end - 1 if body == start + 1 and self.text[start] in "\"'" else end
        if self.blanked_between(start, end):
            return self._from_lines(source, start, end, body, content_end)
        pattern = self._pattern()
        found = list(pattern.finditer(value))
        if not found:
            return None
        places = [
            (match.start() + body, match.end() + body)
            for match in pattern.finditer(self.text[body:content_end])
        ]
        if [self.text[first:last] for first, last in places] != [match[0] for match in found]:
            return Hole(source, start, end, "placeholder")
        if len(found) == 1 and found[0][0] == value:
            holes = self._holes(source, *places[0])
            if len(holes) == 1:
                return Hole(source, start, end, holes[0].reason)
        parts: list[Expr] = []
        position, value_position = body, 0
        for match, (first, last) in zip(found, places, strict=True):
            if match.start() > value_position:
                parts.append(Literal(source, position, first, value[value_position : match.start()]))
            parts.extend(self._holes(source, first, last))
            position, value_position = last, match.end()
        if value_position < len(value):
            parts.append(Literal(source, position, content_end, value[value_position:]))
        return Template(source, start, end, parts)

    def _pattern(self) -> re.Pattern[str]:
        return re.compile(f"{self.stand_in}+|{_TOKENS}") if self.stand_in else _TOKEN

    def _reason(self, text: str) -> str:
        return ACTION if "{{" in text[:3] else f"placeholder {text[:60]}"

    def _holes(self, source: Source, start: int, end: int) -> list[Hole]:
        """The holes of a range found in the masked text: adjacent actions are several."""
        if not self.stand_in or self.text[start] != self.stand_in:
            return [Hole(source, start, end, self._reason(self.text[start:end]))]
        first = bisect_left(self.actions, (start, 0))
        actions = self.actions[first : bisect_left(self.actions, (end, 0))]
        return [Hole(source, begin, stop, self._reason(self.original[begin:stop])) for begin, stop in actions]

    def _from_lines(self, source: Source, start: int, end: int, body: int, content_end: int) -> Expr:
        """A scalar with whole lines of actions: its text as written, without the indentation."""
        raw = self.original
        content = _CONTENT.search(raw, body, content_end)
        indent = len(content[0]) if content else 0
        margin = re.compile(rf"^[ ]{{0,{indent}}}|\r", re.MULTILINE)
        first = bisect_left(self.actions, (body, 0))
        holes = self.actions[first : bisect_left(self.actions, (content_end, 0))]
        parts: list[Expr] = []
        position = body
        for begin, stop in [*holes, (content_end, content_end)]:
            text = margin.sub("", raw[position:begin])
            if text.strip():
                parts.append(Literal(source, position, begin, text))
            if begin < stop:
                parts.append(Hole(source, begin, min(stop, content_end), ACTION))
            position = stop
        if len(parts) == 1 and isinstance(parts[0], Hole):
            return Hole(source, start, end, ACTION)
        return Template(source, start, end, parts)


def mask(text: str) -> Masked:
    """Replace the template actions of a YAML text; see the module's description."""
    masked = Masked(text, text, has_placeholders=_MAYBE_TOKEN.search(text) is not None)
    masked.actions = list(_actions(text)) if "{{" in text else []
    if "#{" in text:
        tokens = [found.span() for found in _COMMENT_LIKE.finditer(text)]
        masked.actions = sorted([*masked.actions, *_outside(tokens, masked.actions)])
    if not masked.actions:
        return masked
    masked.has_placeholders = True
    characters = set(text)
    masked.stand_in = next(chr(code) for code in _PRIVATE_USE if chr(code) not in characters)
    pieces: list[str] = []
    position = 0
    for group in _lines(text, masked.actions):
        position = _mask_line(masked, group, pieces, position)
    pieces.append(text[position:])
    masked.text = "".join(pieces)
    return masked


def _actions(text: str) -> Iterator[tuple[int, int]]:
    """The ranges of template actions, with the ``$`` of ``${{ … }}``."""
    position = 0
    while (start := text.find("{{", position)) >= 0:
        comment = _COMMENT_START.match(text, start)
        match = _COMMENT_END.search(text, comment.end()) if comment else _ACTION.match(text, start)
        if match is None and comment:
            return
        if match is None or _FLOW_MAPPING.match(text, start):
            position = start + 2
            continue
        position = match.end()
        yield (start - 1 if start and text[start - 1] == "$" else start), position


def _lines(text: str, actions: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """The actions in groups that begin on the line where the one before ends."""
    group: list[tuple[int, int]] = []
    for action in actions:
        if group and "\n" in text[group[-1][1] : action[0]]:
            yield group
            group = []
        group.append(action)
    if group:
        yield group


def _mask_line(masked: Masked, group: list[tuple[int, int]], pieces: list[str], position: int) -> int:
    """Append the masked form of a line up to its last action; give the place behind that."""
    text = masked.original
    first, last = group[0][0], group[-1][1]
    line_start = max(text.rfind("\n", 0, first) + 1, position)
    line_end = text.find("\n", last)
    indent = text[line_start:first]
    rest = text[last : line_end if line_end >= 0 else len(text)].strip()
    gaps = "".join(text[before[1] : after[0]] for before, after in pairwise(group))
    leads = not indent.strip()
    controls = [_CONTROL.match(text, start) is not None for start, _ in group]
    if leads and not gaps.strip() and (not rest or rest.startswith("#")):
        pieces += text[position:line_start], "\n" * (last - line_start)
        masked.blanked += group
        if not all(controls):
            masked.openings.append(Opening(first, last, _output_column(text[first:last], len(indent))))
        return last
    blank_first = leads and controls[0]
    for index, (start, end) in enumerate(group):
        trails = index == len(group) - 1 and index > 0 and not rest
        if blank_first and index == 0:
            # The text behind a leading ``{{ if }}`` keeps the indentation of the line.
            spaces = _BLANKS.match(text, end)
            after = spaces.end() if spaces else end
            pieces += text[position:line_start], "\n" * (after - line_start - len(indent)), indent
            masked.blanked.append((start, end))
            position = after
        elif blank_first and trails and controls[index]:
            pieces += text[position:start], "\n" * (end - start)
            masked.blanked.append((start, end))
            position = end
        else:
            pieces += text[position:start], masked.stand_in * (end - start)
            position = end
    return position


def _output_column(line: str, indent: int) -> int:
    """Where the output of a line of actions begins, from 0."""
    shifts = _INDENT.findall(line)
    if not shifts:
        return indent
    new_line, width = shifts[-1]
    return int(width) if new_line else indent + int(width)
