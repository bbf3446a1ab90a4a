"""Suppression comments: findings that a person looked at and decided to keep.

``# kvlint: ignore[KV101] reason`` silences those checks for the findings that begin on its
line, or, where comments stand alone, on the first line below them. Several ids are
separated by commas. ``kvlint: ignore-file[KV101]`` silences for the whole file, wherever in
the file it stands. A comment for no finding, or one that cannot be understood, is a problem
of its own, so that no suppression outlives what it was written for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain

from kvlint.findings import Finding
from kvlint.graph.names import distance, near_miss
from kvlint.source import Span
from kvlint.syntax.body import Comment

#: Something said to kvlint: at the start of a comment, or behind another tool's directive.
_ADDRESS = re.compile(r"(?:^|[#/*;])[ \t*]*(?P<address>kvlint)(?P<colon>[ \t]*:[ \t]*|[ \t-]+)", re.MULTILINE)
_VERB = re.compile(r"(?P<verb>[A-Za-z][\w-]*)")
_IDS = re.compile(r"\[(?P<ids>[^\]\r\n]*)\](?P<reason>[^\r\n]*)")
_ID = re.compile(r"[^,\s]+")
_DIGIT = re.compile(r"\d")
_LOOKS_LIKE_ID = re.compile(r"\bKV\d{3}\b", re.IGNORECASE)

_LINE = re.compile(r"[^\r\n]*")

#: What Bicep's own linter is told: a line of its own that is part of no declaration.
_DIRECTIVE = re.compile(r"\s*#(?:disable-next-line|disable-diagnostics|restore-diagnostics)\b")

#: A directive is read up to this many characters.
MAX_DIRECTIVE = 1000

_VERBS = ("ignore", "ignore-file")
#: How other tools say it.
_OTHER_VERBS = frozenset(
    (
        "disable",
        "disable-line",
        "disable-next-line",
        "disable-file",
        "skip",
        "suppress",
        "noqa",
        "nolint",
        "off",
    )
)


class ProblemKind(Enum):
    """What is wrong with a suppression; the value is the check that reports it."""

    UNUSED = "KV003"
    INVALID = "KV004"


@dataclass(slots=True, frozen=True, eq=False)
class SuppressionProblem:
    """A suppression that silenced nothing, or that is not one as it is written."""

    kind: ProblemKind
    span: Span
    message: str


@dataclass(slots=True, eq=False)
class Applied:
    """What suppression made of the findings; the order of the findings is kept."""

    kept: list[Finding] = field(default_factory=list)
    suppressed: list[Finding] = field(default_factory=list)
    extra: list[SuppressionProblem] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Entry:
    """One id of one comment. ``lines`` are those it covers, ``None`` the whole file."""

    check: str
    span: Span
    lines: frozenset[int] | None
    used: bool = False

    def covers(self, check: str, line: int) -> bool:
        return self.check == check and (self.lines is None or line in self.lines)


def apply(
    findings: Sequence[Finding],
    comments_by_path: Mapping[str, Sequence[Comment]],
    known_ids: Collection[str],
    *,
    require_reason: bool = False,
    ran_ids: Collection[str] | None = None,
) -> Applied:
    """Sort findings into kept and suppressed, and tell what is wrong with the comments.

    ``ran_ids`` are the checks that ran: a suppression of another one is not called unused.
    Problems that a suppression of KV003 or KV004 covers are left out.
    """
    applied = Applied()
    entries: dict[str, list[_Entry]] = defaultdict(list)
    problems: list[SuppressionProblem] = []
    for path, comments in comments_by_path.items():
        for comment, lines in _placed(comments):
            found, wrong = _read(comment, lines, known_ids, require_reason=require_reason)
            entries[path] += found
            problems += wrong

    for finding in findings:
        hit = _use(entries.get(finding.span.path, ()), finding.check.id, finding.span.first.line)
        (applied.suppressed if hit else applied.kept).append(finding)

    problems = [problem for problem in problems if not _silenced(problem, entries)]
    problems += _unused(entries, ran_ids)
    applied.extra = sorted(problems, key=lambda problem: (problem.span.path, problem.span.start))
    return applied


def _unused(
    entries: Mapping[str, list[_Entry]], ran_ids: Collection[str] | None
) -> Iterator[SuppressionProblem]:
    """The entries that nothing used; one of KV003 itself would only be about itself."""
    for entry in chain.from_iterable(entries.values()):
        if entry.used or entry.check == ProblemKind.UNUSED.value:
            continue
        if ran_ids is not None and entry.check not in ran_ids:
            continue
        message = f"This suppression of {entry.check} silences nothing."
        problem = SuppressionProblem(ProblemKind.UNUSED, entry.span, message)
        if not _silenced(problem, entries):
            yield problem


def _use(entries: Collection[_Entry], check: str, line: int) -> bool:
    """Whether any entry silences a finding of this check on this line; marks all that do."""
    hit = False
    for entry in entries:
        if entry.covers(check, line):
            entry.used = hit = True
    return hit


def _silenced(problem: SuppressionProblem, entries: Mapping[str, list[_Entry]]) -> bool:
    return _use(entries.get(problem.span.path, ()), problem.kind.value, problem.span.first.line)


def _placed(comments: Sequence[Comment]) -> list[tuple[Comment, frozenset[int]]]:
    """Each comment of a file with the lines it speaks of; its own are always among them."""
    if not comments:
        return []
    source = comments[0].span.source
    alone: dict[int, int] = {}
    spans: list[tuple[Comment, int, int, bool, bool]] = []
    for comment in comments:
        first, last = comment.span.first, comment.span.last
        # A line comment may hold its line end.
        last_line = last.line - 1 if last.column == 1 and last.line > first.line else last.line
        text_before = source.line(first.line)[: first.column - 1]
        before = bool(text_before.strip()) and _DIRECTIVE.match(text_before) is None
        after = last_line == last.line and bool(source.line(last.line)[last.column - 1 :].strip())
        if not before and not after:
            alone[first.line] = last_line
        spans.append((comment, first.line, last_line, before, after))

    below: dict[int, int] = {}
    for first_line in sorted(alone, reverse=True):
        target = alone[first_line] + 1
        while _DIRECTIVE.match(source.line(target)):
            target += 1
        below[first_line] = below.get(target, target)

    placed = []
    for comment, first_line, last_line, before, after in spans:
        lines = set(range(first_line, last_line + 1))
        if not before and not after:
            lines.add(below[first_line])
        placed.append((comment, frozenset(lines)))
    return placed


def _read(
    comment: Comment, lines: frozenset[int], known_ids: Collection[str], *, require_reason: bool
) -> tuple[list[_Entry], list[SuppressionProblem]]:
    """The entries of a comment, and what is wrong with it."""
    entries: list[_Entry] = []
    problems: list[SuppressionProblem] = []
    text = comment.span.text
    source, offset = comment.span.source, comment.span.start

    def wrong(start: int, end: int, message: str) -> None:
        span = Span(source, offset + start, offset + end)
        problems.append(SuppressionProblem(ProblemKind.INVALID, span, message))

    for address in _ADDRESS.finditer(text):
        start = address.start("address")
        line_end = _line_end(text, start)
        verb = _VERB.match(text, address.end(), line_end)
        word = verb["verb"] if verb else ""
        ids = _IDS.match(text, verb.end() if verb else address.end(), line_end)
        if ids is None or word not in _VERBS or ":" not in address["colon"]:
            if _is_meant(word, text[address.end() : line_end], colon=":" in address["colon"]):
                wrong(
                    start,
                    line_end,
                    f'Malformed suppression; did you mean "{_correction(word, text[start:line_end])}"?',
                )
            continue
        if not ids["ids"].strip():
            wrong(start, ids.end("ids") + 1, "This suppression names no check.")
        if require_reason and not _reason(ids["reason"]):
            wrong(start, ids.end("ids") + 1, "This suppression gives no reason.")
        for match in _ID.finditer(text, ids.start("ids"), ids.end("ids")):
            check = match.group().upper()
            if check not in known_ids:
                wrong(match.start(), match.end(), _unknown(match.group(), known_ids))
                continue
            span = Span(source, offset + match.start(), offset + match.end())
            entries.append(_Entry(check, span, None if word == "ignore-file" else lines))
    return entries, problems


def _line_end(text: str, start: int) -> int:
    """Where the directive's line ends, without the end marker of a block comment."""
    line = _LINE.match(text, start, start + MAX_DIRECTIVE)
    shown = line.group().rstrip() if line else ""
    return start + len(shown.removesuffix("*/").rstrip())


def _is_meant(word: str, rest: str, *, colon: bool) -> bool:
    """Whether words to kvlint that are no suppression were meant as one."""
    like = word.lower() in (*_VERBS, *_OTHER_VERBS) or near_miss(word.lower(), _VERBS) is not None
    if colon:
        return like or bool(_LOOKS_LIKE_ID.search(rest))
    return like and ("[" in rest or bool(_LOOKS_LIKE_ID.search(rest)))


def _correction(word: str, directive: str) -> str:
    """The suppression that a malformed one most likely stands for."""
    ids = ",".join(match.group().upper() for match in _LOOKS_LIKE_ID.finditer(directive)) or "KV101"
    verb = "ignore-file" if "file" in word.lower() else "ignore"
    return f"kvlint: {verb}[{ids}]"


def _reason(text: str) -> str:
    return text.strip().removesuffix("*/").strip(" \t-:–—.#")


def _unknown(name: str, known_ids: Collection[str]) -> str:
    shown = name if len(name) <= 40 else name[:40] + "…"
    message = f'There is no check "{shown}"'
    near = _near_id(name.upper(), known_ids)
    return f'{message}; did you mean "{near}"?' if near else f"{message}."


def _near_id(name: str, known_ids: Collection[str]) -> str | None:
    """The one id with the same first digit that is a single edit away.

    Ids are numbers, near to many others: of several, none is a better guess.
    """
    digit = _DIGIT.search(name)
    if digit is None:
        return None
    near = [
        known
        for known in known_ids
        if distance(name, known, 1) is not None and _DIGIT.findall(known)[:1] == [digit.group()]
    ]
    return near[0] if len(near) == 1 else None
