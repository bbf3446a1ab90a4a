"""Names that nearly match: what a person most likely meant."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kvlint.evaluate.values import Value, known_text, leaves

#: Names shorter than this may differ in one place only.
SHORT = 5
#: Longer texts are no names; comparing them would cost more than it tells.
_LONGEST = 300
#: At least three words.
_SENTENCE = re.compile(r"\S\s+\S+\s+\S")
#: Several words, or a name in capitals.
_STAND_IN = re.compile(r"\s|^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$")
_FOLDED = str.maketrans("", "", "-_.")


def near_miss(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is nearest to a name without being it, ``None`` where none is near.

    Near means that at most two edits lead from one to the other (one below five
    characters), where an edit inserts, deletes or replaces a character or swaps two
    neighbours; or that they differ only in case and in ``-``, ``_`` and ``.``. Of several
    equally near ones the first in alphabetical order is given.
    """
    if len(name) > _LONGEST:
        return None
    allowed = 1 if len(name) < SHORT else 2
    folded = fold(name)
    best: tuple[int, str] | None = None
    for candidate in candidates:
        if candidate == name:
            continue
        if folded and fold(candidate) == folded:
            rank: tuple[int, str] | None = (0, candidate)
        else:
            found = distance(name, candidate, allowed)
            rank = None if found is None else (found, candidate)
        if rank is not None and (best is None or rank < best):
            best = rank
    return None if best is None else best[1]


def fold(name: str) -> str:
    """A name without case, ``-``, ``_`` and ``.``; equal for names that people take for one."""
    return name.translate(_FOLDED).casefold()


def distance(left: str, right: str, allowed: int) -> int | None:
    """The Damerau-Levenshtein distance of two texts, ``None`` where it is over ``allowed``.

    Two neighbours that swap count once and are not edited again (optimal string alignment).
    """
    if abs(len(left) - len(right)) > allowed:
        return None
    if left == right:
        return 0
    before: list[int] = []
    above = list(range(len(right) + 1))
    for row, character in enumerate(left, start=1):
        current = [row]
        for column, other in enumerate(right, start=1):
            cost = min(
                above[column] + 1,
                current[column - 1] + 1,
                above[column - 1] + (character != other),
            )
            if row > 1 and column > 1 and character == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > allowed:
            return None
        before, above = above, current
    return above[-1] if above[-1] <= allowed else None


def holds_stand_in(value: Value) -> bool:
    """Whether a text holds what only stands where every deployment puts a value of its own.

    A default may be a word in capitals or hold a blank; a sentence is a name nowhere.
    """
    return any(_stands_in(leaf) for leaf in leaves(value))


def _stands_in(leaf: Value) -> bool:
    text = known_text(leaf) or ""
    given = any(step.replaceable for step in leaf.steps)
    return _SENTENCE.search(text) is not None or (given and _STAND_IN.search(text) is not None)
