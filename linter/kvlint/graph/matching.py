"""Whether two partial values are the same: yes, no, or nobody knows.

``None`` stands for "nobody knows" in every answer here.
"""

from __future__ import annotations

from kvlint.evaluate.combine import key_of
from kvlint.evaluate.values import (
    PartialText,
    Symbol,
    Unknown,
    Value,
    alternatives,
    is_null,
    known_text,
    text_of,
)

#: The end of the address of a resource that stands for any number of instances.
_MANY = "[*]"

#: Stands for a part of a text that is not known; no pattern holds it.
_UNKNOWN = "\0"


def is_set(value: Value | None) -> bool:
    """Whether a field surely says something: it is neither unknown, nor null, nor an empty text."""
    return value is not None and not any(
        isinstance(option, Unknown) or is_null(option) or known_text(option) == ""
        for option in alternatives(value)
    )


def same_text(left: Value, right: Value, *, fold: bool = False) -> bool | None:
    """Whether two values are the same text; with ``fold`` upper and lower case are the same.

    Texts with unknown parts differ where their known parts cannot belong to one text; what is
    not known is the same as what has the same key.
    """
    ours = key_of(left)
    if ours is not None and ours == key_of(right):
        return True
    answers = {_same(one, other, fold) for one in alternatives(left) for other in alternatives(right)}
    return answers.pop() if len(answers) == 1 else None


def fits_pattern(pattern: str, value: Value | None) -> bool | None:
    """Whether a value is a text of this form, in which ``*`` stands for anything; case does not count."""
    answers = {_fits_pattern(pattern.casefold().split("*"), option) for option in alternatives(value)}
    return answers.pop() if len(answers) == 1 else None


def _fits_pattern(wanted: list[str], value: Value) -> bool | None:
    if wanted == ["", ""]:
        return True
    pieces = _pieces(value, True)
    if pieces is None:
        return None
    if len(wanted) > 1 and matches(_UNKNOWN.join(pieces), wanted):
        return True  # whatever stands between the pieces
    if len(pieces) == 1:
        return len(wanted) == 1 and pieces == wanted
    if len(wanted) == 1:
        return None if matches(wanted[0], pieces) else False
    return None if _compatible_ends(wanted, pieces) else False


def same_name(left: Value | None, right: Value | None) -> bool | None:
    """Whether two names that may not be written, of resources or groups, are one; their case does not count."""
    return None if left is None or right is None else same_text(left, right, fold=True)


def _same(left: Value, right: Value, fold: bool) -> bool | None:
    if isinstance(left, Symbol) and isinstance(right, Symbol):
        return True if left.key == right.key and not left.resource.address.endswith(_MANY) else None
    ours, theirs = _pieces(left, fold), _pieces(right, fold)
    if ours is None or theirs is None:
        return None
    if len(ours) == 1 and len(theirs) == 1:
        return ours == theirs
    if len(ours) == 1:
        return None if matches(ours[0], theirs) else False
    if len(theirs) == 1:
        return None if matches(theirs[0], ours) else False
    if _same_parts(left, right, fold):
        return True
    return None if _compatible_ends(ours, theirs) else False


def _pieces(value: Value, fold: bool) -> list[str] | None:
    """The known texts around the unknown parts of a text: one where all of it is known."""
    if isinstance(value, PartialText):
        pieces = [""]
        for part in value.parts:
            text = known_text(part)
            if text is None:
                pieces.append("")
            else:
                pieces[-1] += text
        return [piece.casefold() for piece in pieces] if fold else pieces
    text = known_text(value)
    if text is None:
        return None
    return [text.casefold() if fold else text]


def matches(text: str, pieces: list[str]) -> bool:
    """Whether a text can be these pieces with anything between them; linear in the text."""
    if len(pieces) == 1:
        return text == pieces[0]
    first, *middle, last = pieces
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    position, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True


def _same_parts(left: Value, right: Value, fold: bool) -> bool:
    if not isinstance(left, PartialText) or not isinstance(right, PartialText):
        return False
    return len(left.parts) == len(right.parts) and all(
        _same(one, other, fold) is True for one, other in zip(left.parts, right.parts, strict=True)
    )


def _compatible_ends(ours: list[str], theirs: list[str]) -> bool:
    starts = ours[0].startswith(theirs[0]) or theirs[0].startswith(ours[0])
    return starts and (ours[-1].endswith(theirs[-1]) or theirs[-1].endswith(ours[-1]))


def is_system(value: Value) -> bool:
    """Whether it is the word for an app's own identity; its case does not count."""
    text = text_of(value)
    return text is not None and text.strip().casefold() == "system"
