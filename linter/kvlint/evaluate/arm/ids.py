"""Resource ids as values: the parts of one, and whether two are the same."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from kvlint.evaluate.combine import name_key, reason_of
from kvlint.evaluate.values import Choice, PartialText, Scalar, Unknown, Value, choice, text_of


@dataclass(slots=True, frozen=True)
class ResourceId:
    """The id of a resource, taken apart.

    ``scope`` are the segments of the id of what it lies in or extends, without empty ones: none
    for the tenant, ``None`` for an id such as ``Microsoft.KeyVault/vaults/NAME`` that leaves it out.
    """

    type: str
    names: Sequence[Value]
    scope: Sequence[Value] | None


def parsed_id(value: Value) -> ResourceId | None:
    """What an id names; ``None`` for all else, and where its type is not known."""
    segments = segments_of(value)
    words = [(text_of(one) or "").casefold() for one in segments]
    begin = len(words) - words[::-1].index("providers") if "providers" in words else 0
    if begin == 0 and "." not in words[0]:
        return None
    provider, *rest = segments[begin:] or [Unknown("it names no resource")]
    types = [text_of(provider), *(text_of(one) for one in rest[::2])]
    if not rest or len(rest) % 2 or None in types:
        return None
    scope = None if begin == 0 else segments[: begin - 1]
    return ResourceId("/".join(str(one) for one in types), rest[1::2], scope)


def segments_of(value: Value) -> list[Value]:
    """What stands between the slashes of an id, without empty ones; never empty itself."""
    found = split_name(value, slashes(value) + 1)
    return [one for one in found if text_of(one) != ""] or found[:1]


def segments_key(segments: Sequence[Value]) -> tuple[Hashable, ...] | None:
    """What equal ids have in common, ``None`` where nobody can tell."""
    keys = tuple(name_key(one) for one in segments if text_of(one) != "")
    return None if None in keys else keys


def split_name(name: Value, count: int) -> list[Value]:
    """The segments of a name such as ``vault/secret``, unknown ones where they are not ``count``."""
    if count <= 1:
        return [name]
    if isinstance(name, Choice):
        ways = [split_name(option, count) for option in name.options]
        return [choice(list(segment), name.span) for segment in zip(*ways, strict=True)]
    parts = name.parts if isinstance(name, PartialText) else (name,)
    segments: list[list[Value]] = [[]]
    for part in parts:
        text = text_of(part)
        if text is None:
            segments[-1].append(part)
            continue
        first, *others = text.split("/")
        segments[-1].append(Scalar(first, span=name.span, steps=name.steps))
        segments.extend([Scalar(other, span=name.span, steps=name.steps)] for other in others)
    # Parts that are not known hold no slash: there are as many as there have to be without them.
    if len(segments) != count:
        return [Unknown(reason_of(name), span=name.span)] * count
    return [_segment(group, name) for group in segments]


def _segment(parts: list[Value], name: Value) -> Value:
    kept = [part for part in parts if text_of(part) != ""] or parts[:1]
    if len(kept) == 1:
        return kept[0]
    return PartialText(tuple(kept), span=name.span, steps=name.steps)


def slashes(value: Value) -> int:
    """How many slashes the known texts of a value hold."""
    parts = value.parts if isinstance(value, PartialText) else (value,)
    return sum((text_of(part) or "").count("/") for part in parts)
