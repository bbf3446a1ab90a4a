"""Functions of texts, for the ids of resources: other spellings of one, and what stands in one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from posixpath import commonprefix

from kvlint.evaluate.combine import each_way, unknown_of
from kvlint.evaluate.functions.arguments import NotKnown, list_of
from kvlint.evaluate.operators import joined_text
from kvlint.evaluate.scope import FunctionCall, HasIdentifier
from kvlint.evaluate.values import (
    ListKind,
    ListValue,
    PartialText,
    Scalar,
    Symbol,
    Value,
    alternatives,
    cloned,
    text_of,
)
from kvlint.source import Span

#: How the types of resources begin that Azure gives ids; those of Azure Resource Manager have a slash.
_PROVIDERS = ("azapi_", "azuread_", "azurerm_")
#: How the names of attributes end that hold an id.
_ENDINGS = ("_id", "Id")
#: How resource ids begin.
_BEGINNINGS = ("/subscriptions/", "/providers/")


def is_id(value: Value) -> bool:
    """Whether it is an id that Azure gives: its case does not count, and no slash ends it."""
    if not isinstance(value, Symbol) or not value.path:
        return False
    kind, last = value.resource.type, value.path[-1]
    named = last == "id" or (isinstance(last, str) and last.endswith(_ENDINGS))
    return named and (kind.startswith(_PROVIDERS) or "/" in kind)


def holds_ids(value: Value) -> bool:
    """Whether all that is not known of a value are ids."""
    if isinstance(value, PartialText):
        return all(isinstance(part, Scalar) or is_id(part) for part in value.parts)
    return is_id(value)


def respelled(value: Value, *how: Hashable) -> Value:
    """The same id after a function that changes no more of it than its case."""
    if not isinstance(value, Symbol):
        return value
    other = cloned(value)
    other.spelling = (*value.spelling, how)
    return other


def with_case(value: Value, convert: Callable[[str], str], name: str, span: Span) -> Value:
    """Ids and the texts between them in another case; to be asked only of what :func:`holds_ids`."""
    if not isinstance(value, PartialText):
        return respelled(value, name)
    parts = [
        Scalar(convert(str(part.data)), span=part.span, steps=part.steps, sources=(part,))
        if isinstance(part, Scalar)
        else respelled(part, name)
        for part in value.parts
    ]
    return joined_text(parts, span)


def is_recased(old: str, new: str) -> bool:
    """Whether to replace the one by the other changes nothing but the case."""
    return bool(old) and old.casefold() == new.casefold()


def in_full(value: Value, span: Span) -> Value:
    """A text with the ids in it as texts of which unknown parts hold no slash, where that can be told."""
    if isinstance(value, Symbol):
        if value.spelling or not isinstance(value.resource, HasIdentifier):
            return value
        return value.resource.identifier(value.path) or value
    if isinstance(value, PartialText) and any(isinstance(part, Symbol) for part in value.parts):
        parts = [in_full(part, span) for part in value.parts]
        return each_way(parts, lambda *way: joined_text(way, span), span)
    return value


def beginning(value: Value, span: Span) -> str:
    """The known text that a value begins with, if only a part of it is known."""
    found = [
        text_of(option.parts[0]) or "" if isinstance(option, PartialText) else ""
        for option in alternatives(in_full(value, span))
    ]
    return commonprefix(found)


def is_resource_id(value: Value) -> bool:
    """Whether a text is a resource id, of which each unknown part is at most one segment."""
    first = value.parts[0] if isinstance(value, PartialText) else value
    return (text_of(first) or "").casefold().startswith(_BEGINNINGS)


def split_partial(
    value: PartialText,
    pieces_of: Callable[[str], Sequence[str]],
    call: FunctionCall,
    kind: ListKind,
    *,
    by_slash: bool,
) -> ListValue:
    """The pieces before the first part that is not known; all pieces of a resource's id.

    ``pieces_of`` splits a known text at delimiters of one character, ``by_slash`` if that is a slash.
    """
    is_whole = by_slash and is_resource_id(value)
    groups: list[list[Value]] = [[]]
    for part in value.parts:
        text = text_of(part)
        if text is not None:
            first, *others = pieces_of(text)
            groups[-1].append(Scalar(first, span=part.span, steps=part.steps, sources=part.sources))
            groups += [[Scalar(piece, span=part.span, steps=part.steps)] for piece in others]
        elif is_whole:
            groups[-1].append(part)
        else:
            rest = unknown_of((part,), call.span)
            return list_of([joined_text(group, call.span) for group in groups[:-1]], call, rest, kind)
    return list_of([_piece(group, call) for group in groups], call, kind=kind)


def _piece(parts: Sequence[Value], call: FunctionCall) -> Value:
    present = [part for part in parts if text_of(part) != ""]
    return present[0] if len(present) == 1 else joined_text(present, call.span)


def parts_of(value: Value, call: FunctionCall) -> list[Value]:
    """What stands between the slashes of a resource id; not to be told of anything else."""
    full = in_full(value, call.span)
    if not isinstance(full, Scalar | PartialText) or not is_resource_id(full):
        raise NotKnown("", value)
    whole = full if isinstance(full, PartialText) else PartialText((full,), span=full.span)
    return [*split_partial(whole, lambda text: text.split("/"), call, ListKind.LIST, by_slash=True).items]
