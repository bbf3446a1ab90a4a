"""Type constraints of variables, as they are written."""

from __future__ import annotations

from kvlint.evaluate.conversion import (
    Collection,
    ObjectType,
    Primitive,
    TupleType,
    Type,
    convert,
)
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.scope import Dialect, Files, Function, Namespace
from kvlint.evaluate.values import ListKind, Unknown, Value
from kvlint.syntax.expr import Array, Call, Expr, Literal, Object, Reference

__all__ = ["Type", "convert", "parse_type"]

_MAX_DEPTH = 40
_COLLECTIONS = {"list": ListKind.LIST, "set": ListKind.SET, "map": None}
_PRIMITIVES = {type_.value: type_ for type_ in Primitive}


class _NoFiles:
    def read(self, path: str) -> str | None:
        """No file."""
        return None


class _Constants:
    """The scope of a default in a type: it has no names."""

    def lookup(self, name: str, node: Reference) -> Value | Namespace:
        """Nothing."""
        return Unknown("a default in a type is a constant", span=node.span)

    def function(self, name: str) -> Function | None:
        """Nothing."""
        return None

    @property
    def dialect(self) -> Dialect:
        """Terraform's rules."""
        return Dialect.TERRAFORM

    @property
    def files(self) -> Files:
        """Nothing."""
        return _NoFiles()


def parse_type(expr: Expr) -> Type | None:
    """The type that a constraint writes, ``None`` where it is not a type.

    Also in the quotes of Terraform 0.11: ``"string"``, ``"list"``, ``"map"``.
    """
    return _parse(expr, _MAX_DEPTH)


def _parse(expr: Expr, depth: int) -> Type | None:
    if depth == 0:
        return None
    match expr:
        case Reference(name=name):
            return _named(name)
        case Literal(value=str() as name):
            return _named(name)
        case Call(name=name, arguments=[inner]) if name in _COLLECTIONS:
            element = _parse(inner, depth - 1)
            return None if element is None else Collection(_COLLECTIONS[name], element)
        case Call(name="tuple", arguments=[Array(items=items)]):
            parts = [part for item in items if (part := _parse(item, depth - 1)) is not None]
            return TupleType(tuple(parts)) if len(parts) == len(items) else None
        case Call(name="object", arguments=[Object() as written]):
            return _object(written, depth - 1)
    return None


def _named(name: str) -> Type | None:
    if name in _COLLECTIONS:
        return Collection(_COLLECTIONS[name], Primitive.ANY)
    return _PRIMITIVES.get(name)


def _object(written: Object, depth: int) -> Type | None:
    attributes: dict[str, Type] = {}
    optional: set[str] = set()
    defaults: dict[str, Value] = {}
    for item in written.items:
        if not isinstance(item.key, Literal):
            return None
        name, inner = str(item.key.value), item.value
        if isinstance(inner, Call) and inner.name == "optional" and inner.arguments:
            optional.add(name)
            if len(inner.arguments) > 1:
                defaults[name] = evaluate(inner.arguments[1], _Constants())
            inner = inner.arguments[0]
        type_ = _parse(inner, depth)
        if type_ is None:
            return None
        attributes[name] = type_
    return ObjectType(attributes, frozenset(optional), defaults)
