"""What Bicep files may give access to: they are read, but not evaluated yet.

A Bicep file can grant, and create, whatever it can name. What the set itself makes in Terraform
has to be named in the file; anything else may well be the file's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kvlint.evaluate.resources import Deployment, Language
from kvlint.evaluate.values import PartialText, Scalar, Symbol, Value, alternatives, text_of
from kvlint.graph.entities import Identity, IdentityKind, PossibleGrant, Vault
from kvlint.graph.facts import Facts
from kvlint.source import Span
from kvlint.syntax.bicep_tree import (
    BicepFile,
    Declaration,
    Function,
    Module,
    Output,
    Param,
    ParamAssignment,
    Resource,
    TypeAlias,
    Var,
)
from kvlint.syntax.expr import Call, Expr, Literal, Template, walk

#: The known texts around the parts of a text that are not known, lower case.
_Pieces = tuple[str, ...]
_Named = Vault | Identity
_FORMAT_HOLE = re.compile(r"\{\d+(?:[,:][^{}]*)?\}")
_LETTER = re.compile(r"[^\W_]")


def add_files(files: Sequence[BicepFile], facts: Facts) -> None:
    """One possible grant for each file; all vaults and identities have to be known by now."""
    if not files:
        return
    apps = {app.address: app.name for app in facts.apps}
    entities: list[_Named] = [*facts.vaults, *facts.identities]
    names = [(entity, _names_of(entity, apps)) for entity in entities]
    elsewhere = {entity.address for entity, known in names if _is_made_elsewhere(entity, known, names)}
    for file in files:
        strings = _strings_of(file) if names else set()
        texts = {pieces[0] for pieces in strings if len(pieces) == 1}
        if file.problems:
            texts.add(file.source.text.casefold())  # what could not be read may name anything
        text = "\n".join(sorted(texts))
        ends = {_last_segment(pieces) for pieces in strings}
        facts.possible_grants.append(
            PossibleGrant(
                address=f"{file.source.path}|",
                display=file.source.path,
                span=Span(file.source, 0, 0),
                deployment=Deployment(Language.BICEP, file.source.path),
                language=Language.BICEP,
                mentions=frozenset(
                    address
                    for entity, known in names
                    if entity.address in elsewhere or _is_named(entity, known, text, ends)
                    for address in _addresses(entity)
                ),
                texts=frozenset((text,)),
            )
        )


def _is_made_elsewhere(
    entity: _Named, known: Sequence[_Pieces], others: Iterable[tuple[_Named, Sequence[_Pieces]]]
) -> bool:
    """Whether it is no Terraform resource of the set, so that Bicep may make it or know it by other names."""
    if entity.managed:
        return entity.language is not Language.TERRAFORM
    return not any(
        other.managed and _may_be_same(name, other_name)
        for other, other_names in others
        for other_name in other_names
        for name in known
    )


def _is_named(entity: _Named, names: Sequence[_Pieces], text: str, strings: Iterable[_Pieces]) -> bool:
    """Whether a file with these strings, of which ``text`` holds the known ones, can name something."""
    for name in names:
        # The name of an app, which an identity of its own goes by, is often a common word.
        if len(name) == 1 and not _is_of_app(entity) and name[0] in text:
            return True
        if any(_may_be_same(name, string) for string in strings):
            return True
    return False


def _addresses(entity: _Named) -> Iterator[str]:
    """The addresses that stand for it: its own, and that of the resource that has its client id."""
    yield entity.address
    if isinstance(entity, Identity):
        yield from (value.resource.address for value in entity.client_ids if isinstance(value, Symbol))


def _names_of(entity: _Named, apps: Mapping[str, Value | None]) -> list[_Pieces]:
    """What is known of the name of something, for each of its alternatives.

    The identity of an app is known by the app's name, which ``apps`` has by address.
    """
    name = apps.get(entity.address.removesuffix("/identity")) if _is_of_app(entity) else entity.name
    pieces = (_pieces_of_value(option) for option in alternatives(name))
    return [known for known in pieces if _LETTER.search("".join(known))]


def _is_of_app(entity: _Named) -> bool:
    return isinstance(entity, Identity) and entity.kind is IdentityKind.SYSTEM_ASSIGNED


def _pieces_of_value(value: Value) -> _Pieces:
    parts = value.parts if isinstance(value, PartialText) else (value,)
    return _assembled(text_of(part) if isinstance(part, Scalar) else None for part in parts)


# Strings ----------------------------------------------------------------------------------------


def _strings_of(file: BicepFile) -> set[_Pieces]:
    """Every string in the values of a file that has a letter or digit."""
    found: set[_Pieces] = set()
    for declaration in file.declarations:
        for value in _values_of(declaration):
            for node in walk(value):
                pieces = _pieces_of(node)
                if pieces is not None and _LETTER.search("".join(pieces)):
                    found.add(pieces)
    return found


def _values_of(declaration: Declaration) -> Iterator[Expr]:
    """The expressions that may hold a name, allowed values included, but no types and paths."""
    match declaration:
        case Param(type=type_, default=default):
            yield from type_.literals
            if default is not None:
                yield default
            allowed = declaration.decorator("allowed")
            if allowed is not None:
                yield allowed
        case TypeAlias(type=type_):
            yield from type_.literals
        case ParamAssignment(value=value) | Var(value=value) | Output(value=value) | Function(body=value):
            yield value
        case Module(condition=condition, value=value):
            yield from (condition, value) if condition is not None else (value,)
        case Resource(condition=condition, value=value, resources=resources):
            yield from (condition, value) if condition is not None else (value,)
            for resource in resources:
                yield from _values_of(resource)


def _pieces_of(node: Expr) -> _Pieces | None:
    match node:
        case Literal(value=str() as text):
            return (text.casefold(),)
        case Call(name="format", arguments=[Literal(value=str() as text), *_]):
            return tuple(_FORMAT_HOLE.split(text.casefold()))
        case Template(parts=parts) | Call(name="concat", arguments=parts):
            return _assembled(str(part.value) if isinstance(part, Literal) else None for part in parts)
    return None


def _assembled(parts: Iterable[str | None]) -> _Pieces:
    pieces = [""]
    for part in parts:
        if part is None:
            pieces.append("")
        else:
            pieces[-1] += part.casefold()
    return tuple(pieces)


def _last_segment(pieces: _Pieces) -> _Pieces:
    """What stands behind the last slash: the name at the end of a resource id."""
    for at in range(len(pieces) - 1, -1, -1):
        _, slash, rest = pieces[at].rpartition("/")
        if slash:
            return (rest, *pieces[at + 1 :])
    return pieces


def _may_be_same(name: _Pieces, string: _Pieces) -> bool:
    """Whether two texts can be the same by how they begin and end; one without a letter is none."""
    if len(name) == 1 and len(string) == 1:
        return name == string
    if not _LETTER.search("".join(string)):
        return False
    if len(name) == 1 or len(string) == 1:
        (whole,), around = (name, string) if len(name) == 1 else (string, name)
        fits = len(whole) >= len(around[0]) + len(around[-1])
        return fits and whole.startswith(around[0]) and whole.endswith(around[-1])
    begins = name[0].startswith(string[0]) or string[0].startswith(name[0])
    return begins and (name[-1].endswith(string[-1]) or string[-1].endswith(name[-1]))
