"""What git ignores: the rules of ``.gitignore`` files and how they add up.

Names are compared as bytes, as git does. A pattern becomes one regular expression that
never tries a prefix twice (atomic groups), so no pattern makes matching slow.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

_SPECIAL = frozenset(b"*?[\\")
_CLASSES = {
    b"alnum": rb"0-9A-Za-z",
    b"alpha": rb"A-Za-z",
    b"blank": rb" \t",
    b"cntrl": rb"\x00-\x1f\x7f",
    b"digit": rb"0-9",
    b"graph": rb"!-~",
    b"lower": rb"a-z",
    b"print": rb" -~",
    b"punct": rb"!-/:-@\[-`{-~",
    b"space": rb" \t-\r",
    b"upper": rb"A-Z",
    b"xdigit": rb"0-9A-Fa-f",
}
_CLASS = re.compile(rb"\[:([^]]*):\]")


class _NeverMatchesError(ValueError):
    """The pattern is malformed in a way that git lets match nothing."""


@dataclass(slots=True, frozen=True)
class Rule:
    """One line of an ignore file, relative to the folder of that file.

    ``literal`` is the whole name or path where the pattern has no wildcards; ``regex``
    stands for all others. ``by_name`` rules look at the last component only.
    """

    negated: bool
    directories_only: bool
    by_name: bool
    literal: bytes | None
    regex: re.Pattern[bytes] | None

    def matches(self, path: bytes, name: bytes) -> bool:
        """Whether it speaks of this path (relative, ``/`` between folders)."""
        subject = name if self.by_name else path
        if self.regex is not None:
            return self.regex.match(subject) is not None
        return subject == self.literal


def parse_rules(data: bytes) -> list[Rule]:
    """The rules of an ignore file, in file order; lines that can match nothing are left out."""
    rules = []
    for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        line = line.removesuffix(b"\r")
        if line.startswith(b"#"):
            continue
        rule = _parse_rule(_without_trailing_spaces(line))
        if rule is not None:
            rules.append(rule)
    return rules


def _without_trailing_spaces(line: bytes) -> bytes:
    kept = line.rstrip(b" ")
    escapes = len(kept) - len(kept.rstrip(b"\\"))
    return kept + b" " if escapes % 2 and kept != line else kept


def _parse_rule(pattern: bytes) -> Rule | None:
    negated = pattern.startswith(b"!")
    pattern = pattern[negated:]
    directories_only = pattern.endswith(b"/")
    if directories_only:
        pattern = pattern[:-1]
    by_name = b"/" not in pattern
    pattern = pattern.removeprefix(b"/")
    if not pattern:
        return None
    if _SPECIAL.isdisjoint(pattern):
        return Rule(negated, directories_only, by_name, pattern, None)
    try:
        regex = re.compile(_translate(pattern, by_name), re.DOTALL)
    except _NeverMatchesError:
        return None
    return Rule(negated, directories_only, by_name, None, regex)


def _translate(pattern: bytes, by_name: bool) -> bytes:
    """A regular expression for a glob.

    Each star opens an atomic group that holds the text up to the next star and takes the
    first place where that text fits; a ``**`` group holds everything up to the next ``**``.
    The first place is always a right one, because a star cannot cross what its group ends in.
    """
    prefix = 0
    while prefix < len(pattern) and pattern[prefix] not in _SPECIAL:
        prefix += 1
    out = [re.escape(pattern[:prefix])]
    inner = outer = 0
    i = prefix
    while i < len(pattern):
        char = pattern[i : i + 1]
        if char == b"*":
            end = i
            while pattern[end : end + 1] == b"*":
                end += 1
            star, used = _star(pattern, i, end, prefix, by_name)
            if star == _STAR:
                out.append(b")" * inner + b"(?>" + star)
                inner = 1
            else:
                out.append(b")" * (inner + outer) + b"(?>" + star)
                inner, outer = 0, 1
            i = used
        elif char == b"?":
            out.append(b"[^/]")
            i += 1
        elif char == b"[":
            text, i = _bracket(pattern, i)
            out.append(text)
        else:
            if char == b"\\":
                i += 1
                char = pattern[i : i + 1]
                if not char:
                    raise _NeverMatchesError
            out.append(re.escape(char))
            i += 1
    return b"".join(out) + rb"\Z" + b")" * (inner + outer)


_STAR = rb"[^/]*?"
_ANYTHING = rb".*?"
_FOLDERS = rb"(?:.*?/)??"


def _star(pattern: bytes, start: int, end: int, prefix: int, by_name: bool) -> tuple[bytes, int]:
    """What the stars in ``pattern[start:end]`` match, and the offset behind what that covers.

    Git compares the text before the first wildcard on its own, so a ``**`` right behind it
    counts as one that begins a component.
    """
    if by_name or end - start == 1:
        return _STAR, end
    if start != prefix and pattern[start - 1 : start] != b"/":
        return _STAR, end
    if pattern[end : end + 1] == b"/":
        return _FOLDERS, end + 1
    if end == len(pattern) or pattern[end : end + 2] == b"\\/":
        return _ANYTHING, end
    return _STAR, end


def _bracket(pattern: bytes, start: int) -> tuple[bytes, int]:
    """A bracket expression that begins at ``start``, and the offset behind it."""
    i = start + 1
    negated = pattern[i : i + 1] in (b"!", b"^")
    i += negated
    members: list[bytes] = []
    first = True
    low: int | None = None
    while first or pattern[i : i + 1] != b"]":
        first = False
        named = _CLASS.match(pattern, i)
        if named:
            if named[1] not in _CLASSES:
                raise _NeverMatchesError
            members.append(_CLASSES[named[1]])
            i, low = named.end(), None
            continue
        if low is not None and pattern[i : i + 1] == b"-" and pattern[i + 1 : i + 2] not in (b"", b"]"):
            high, i = _member(pattern, i + 1)
            members.append(b"%b-%b" % (_escaped(low), _escaped(high)) if low <= high else b"")
            low = None
            continue
        low, i = _member(pattern, i)
        members.append(_escaped(low))
    content = b"".join(members)
    if negated:
        return b"[^/%b]" % content, i + 1
    return b"(?!/)[%b]" % content, i + 1


def _member(pattern: bytes, i: int) -> tuple[int, int]:
    """One character of a bracket expression and the offset behind it."""
    if pattern[i : i + 1] == b"\\":
        i += 1
    if i >= len(pattern):
        raise _NeverMatchesError
    return pattern[i], i + 1


def _escaped(byte: int) -> bytes:
    return b"\\x%02x" % byte


@dataclass(slots=True, frozen=True)
class IgnoreChain:
    """The ignore files that apply in a folder, the weakest first.

    Each comes with the length of the path, relative to ``top``, of the folder it stands in.
    """

    top: Path
    levels: tuple[tuple[int, list[Rule]], ...] = ()

    @classmethod
    def at(cls, top: Path) -> IgnoreChain:
        """What applies from a repository's top folder: its ``info/exclude`` so far."""
        rules = _rules_of(_git_folder(top) / "info" / "exclude")
        return cls(top, ((0, rules),) if rules else ())

    def entering(self, folder: str) -> IgnoreChain:
        """The same with the ``.gitignore`` of a folder (relative to the top, ``""`` for it)."""
        rules = _rules_of(self.top / folder / ".gitignore")
        if not rules:
            return self
        return IgnoreChain(self.top, (*self.levels, (len(os.fsencode(folder)) + bool(folder), rules)))

    def ignores(self, path: str, is_directory: bool) -> bool:
        """Whether this path (relative to the top) is ignored, its folder being not."""
        if not self.levels:
            return False
        whole = os.fsencode(path)
        name = whole.rpartition(b"/")[2]
        for start, rules in reversed(self.levels):
            relative = whole[start:]
            for rule in reversed(rules):
                if (is_directory or not rule.directories_only) and rule.matches(relative, name):
                    return not rule.negated
        return False


def repository_top(folder: Path) -> Path | None:
    """The nearest folder from here upwards that holds a ``.git``."""
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
    return None


def _git_folder(top: Path) -> Path:
    """Where the repository keeps ``info``: a worktree's ``.git`` is a file that points there."""
    marker = top / ".git"
    try:
        if not marker.is_file():
            return marker
        pointer = marker.read_text("utf-8").strip()
        folder = top / pointer.removeprefix("gitdir:").strip()
        return folder / (folder / "commondir").read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return marker


def _rules_of(file: Path) -> list[Rule]:
    """The rules of a file; none where it is missing, unreadable or a link (as for git)."""
    try:
        if file.is_symlink():
            return []
        return parse_rules(file.read_bytes())
    except OSError:
        return []
