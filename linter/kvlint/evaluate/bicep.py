"""The meaning of the nodes that only Bicep and ARM JSON have, and of accesses by their rules."""

from __future__ import annotations

from kvlint.evaluate.access import attribute, contents, element, from_the_end, key_text, lacks
from kvlint.evaluate.combine import each_way, failure, keyed, too_large, unknown_of, weight
from kvlint.evaluate.growing import MAX_ITEMS, joined_lists
from kvlint.evaluate.scope import Dialect, Evaluation, HasNested, MayBeAbsent, Namespace, Scope
from kvlint.evaluate.values import Choice, ListValue, Scalar, Symbol, Unknown, Value, choice, is_null, text_of
from kvlint.source import Span
from kvlint.syntax.expr import (
    Array,
    Expr,
    GetAttribute,
    Index,
    MethodCall,
    NestedResource,
    Safe,
    Spread,
    Unary,
)

#: Methods of a resource that ask Azure for something begin so.
_LIST = "list"
_OF_VAULTS = "getSecret"


def selected(
    evaluation: Evaluation, access: GetAttribute | Index, scope: Scope, *, safe: bool = False
) -> Value | Namespace:
    """``target.name`` or ``target[key]``, ``safe`` for those with a question mark."""
    target = evaluation.resolve(access.target, scope)
    from_end = False
    key: Value
    if isinstance(access, GetAttribute):
        key = Scalar(access.name, span=access.span)
    else:
        node = access.key
        from_end = isinstance(node, Unary) and node.operator == "^"
        key = evaluation.value(node.operand if isinstance(node, Unary) and from_end else node, scope)
    if safe and _may_be_absent(target):
        whole = target if isinstance(target, Value) else target.whole()
        target = choice([whole, Scalar(None, span=access.span)], access.span)
    if not isinstance(target, Value):
        name = None if from_end else key_text(key)
        if name is not None:
            found = target.member(name, access)
            if safe and isinstance(found, Unknown) and found.failed:
                return Unknown(found.reason, span=access.span)
            return found
        target = target.whole()
    nullable = safe or _behind_safe(access.target)
    return taken(target, key, access.span, from_end=from_end, safe=safe, nullable=nullable)


def _may_be_absent(target: Value | Namespace) -> bool:
    """Whether it stands for a resource or module that a condition may leave out."""
    thing = target.resource if isinstance(target, Symbol) and not target.path else target
    return isinstance(thing, MayBeAbsent) and thing.conditional is not None


def taken(
    value: Value,
    key: Value,
    span: Span,
    *,
    from_end: bool = False,
    safe: bool = False,
    nullable: bool = False,
) -> Value:
    """``value[key]``: with ``nullable`` null of null, with ``safe`` also where there is no such entry."""
    if isinstance(value, Choice) or isinstance(key, Choice):
        return each_way(
            (value, key),
            lambda one, at: taken(one, at, span, from_end=from_end, safe=safe, nullable=nullable),
            span,
        )
    if nullable and is_null(value):
        return Scalar(None, span=span)
    if safe and lacks(contents(value) if from_end else value, key, from_end=from_end):
        return Scalar(None, span=span)
    if from_end:
        return from_the_end(value, key, span)
    name = text_of(key)
    if name is not None and not isinstance(value, ListValue):
        found = attribute(value, name, span, Dialect.ARM)
    else:
        found = element(value, key, span, Dialect.ARM)
    return found if safe else keyed(found, "[]", (value, key))


def _behind_safe(node: Expr) -> bool:
    """Whether an access stands behind one with a question mark."""
    while isinstance(node, GetAttribute | Index | MethodCall | NestedResource):
        node = node.target
    return isinstance(node, Safe)


def array(evaluation: Evaluation, node: Array, scope: Scope) -> Value:
    """A list with spread elements."""
    parts: list[Value] = []
    own: list[Value] = []
    for item in node.items:
        if isinstance(item, Spread):
            value = evaluation.value(item.value, scope)
            if not evaluation.charge(weight(value, MAX_ITEMS)):
                return too_large(node.span)
            parts += [ListValue(tuple(own), span=node.span), value]
            own = []
        else:
            own.append(evaluation.value(item, scope))
    return joined_lists([*parts, ListValue(tuple(own), span=node.span)], node.span)


def nested_resource(evaluation: Evaluation, node: NestedResource, scope: Scope) -> Value:
    """``target::name``."""
    target = evaluation.resolve(node.target, scope)
    whole = target if isinstance(target, Value) else target.whole()
    return each_way((whole,), lambda one: _nested(node, one), node.span)


def _nested(node: NestedResource, target: Value) -> Value:
    if isinstance(target, Symbol):
        resource = target.resource
        found = resource.nested(node.name) if isinstance(resource, HasNested) else None
        if found is not None:
            return found
        return Unknown(f"there is no nested resource {node.name!r}", span=node.span, sources=(target,))
    if isinstance(target, Unknown):
        return keyed(unknown_of((target,), node.span), "::", (target, Scalar(node.name)))
    return failure("it takes a nested resource of something that is no resource", node.span, (target,))


def method_call(node: MethodCall, target: Value, arguments: tuple[Value, ...]) -> Value:
    """``target.name(arguments)`` of what is no namespace; no value is a choice."""
    if isinstance(target, Unknown) and target.failed:
        return target
    if is_null(target) and _behind_safe(node.target):
        return Scalar(None, span=node.span)
    name = Scalar(node.name)
    if isinstance(target, Symbol):
        below: tuple[str, ...] | None = None
        if node.name == _OF_VAULTS and arguments:
            secret = text_of(arguments[0])
            if secret is None:
                found = unknown_of(arguments[:1], node.span, "the name of the secret is not known")
                return keyed(found, "method", (target, name, *arguments))
            below = (_OF_VAULTS, secret)
        elif node.name.startswith(_LIST):
            below = (node.name,)
        if below is not None:
            return Symbol(
                target.resource, (*target.path, *below), span=node.span, steps=target.steps, sources=arguments
            )
    elif isinstance(target, Unknown):
        return keyed(unknown_of((target, *arguments), node.span), "method", (target, name, *arguments))
    return Unknown(f"the method {node.name} is not known", span=node.span, sources=(target, *arguments))
