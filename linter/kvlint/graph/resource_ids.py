"""Azure resource ids, also where parts of them are not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kvlint.evaluate.values import PartialText, Scalar, Symbol, Value, cloned, known_text
from kvlint.graph.matching import same_name, same_text


@dataclass(slots=True, frozen=True)
class ResourceId:
    """The parts of an id: ``/subscriptions/S/resourceGroups/G/providers/NAMESPACE/TYPE/NAME/…``.

    ``type`` is in lower case and empty for the id of a resource group or a subscription.
    ``names`` has a name for each segment of the type behind the namespace.
    """

    group: Value | None
    type: str
    names: Sequence[Value]

    @property
    def is_group(self) -> bool:
        """Whether it is the id of a resource group."""
        return not self.type and self.group is not None

    @property
    def name(self) -> Value:
        """The last of its names."""
        return self.names[-1]


def parse_id(value: Value | None) -> ResourceId | None:
    """A resource id from a text or from one with unknown parts, ``None`` where it is none.

    An unknown part before the first known word may be any number of segments; others are one.
    """
    if not isinstance(value, PartialText) and known_text(value) is None:
        return None
    assert value is not None  # noqa: S101  # a text is no None
    parts = segments(value)
    words = [(known_text(part) or "").casefold() for part in parts]
    if "resourcegroups" not in words and "providers" not in words and words[:2] != ["", "subscriptions"]:
        return None
    group = _after(words, parts, "resourcegroups")
    if "providers" not in words:
        return ResourceId(group, "", ())
    last = len(words) - 1 - words[::-1].index("providers")
    rest, texts = [*parts[last + 1 :]], [*words[last + 1 :]]
    if rest and texts[-1] == "" and known_text(rest[-1]) == "":
        rest, texts = rest[:-1], texts[:-1]
    kinds, names = texts[1::2], rest[2::2]
    if not texts or not texts[0] or not names or len(kinds) != len(names) or "" in kinds:
        return None
    return ResourceId(group, "/".join((texts[0], *kinds)), tuple(names))


def _after(words: Sequence[str], parts: Sequence[Value], keyword: str) -> Value | None:
    position = words.index(keyword) + 1 if keyword in words else len(parts)
    return parts[position] if position < len(parts) else None


def segments(value: Value) -> list[Value]:
    """What stands between the slashes of a text; the unknown parts of it hold none.

    What is neither a text nor partly one is one segment.
    """
    if not isinstance(value, PartialText):
        text = known_text(value)
        if text is None:
            return [value]
        return [_piece(part, value) for part in text.split("/")]
    found: list[list[Value]] = [[]]
    for part in value.parts:
        text = known_text(part)
        if text is None:
            found[-1].append(part)
            continue
        first, *others = text.split("/")
        if first:
            found[-1].append(_piece(first, value))
        found.extend([_piece(other, value)] if other else [] for other in others)
    return [joined(parts, value) for parts in found]


def joined(parts: Sequence[Value], whole: Value) -> Value:
    """Parts of a text as one value; ``whole`` tells where it came from."""
    if not parts:
        return _piece("", whole)
    return parts[0] if len(parts) == 1 else PartialText(tuple(parts), span=whole.span, steps=whole.steps)


def _piece(text: str, whole: Value) -> Scalar:
    return Scalar(text, span=whole.span, steps=whole.steps)


def bare(value: Value) -> Value:
    """A text that is nothing but one value, ``'${x}'``, as that value; an id in any spelling as that id."""
    if isinstance(value, PartialText):
        parts = [part for part in value.parts if known_text(part) != ""]
        if len(parts) == 1 and isinstance(parts[0], Symbol):
            value = parts[0]
    if isinstance(value, Symbol) and value.spelling:
        value = cloned(value)
        value.spelling = ()
    return value


def id_covers(scope: ResourceId, kind: str, name: Value, group: Value | None) -> bool | None:
    """Whether a scope that is told by its id contains a resource, or lies in it.

    ``kind`` is the type of the resource in lower case. What a subscription or a management
    group contains is never known.
    """
    if scope.is_group:
        return same_name(scope.group, group)
    if not scope.type or scope.type.startswith("microsoft.management/"):
        return None
    if not f"{scope.type}/".startswith(f"{kind}/") or same_name(scope.group, group) is False:
        return False
    return same_text(scope.names[0], name, fold=True)
