"""From expressions to values: the meaning of every node, whatever its language.

Nothing here fails and nothing is guessed: what cannot be computed is
:class:`~kvlint.evaluate.values.Unknown` with a reason. Names and functions come from a
:class:`~kvlint.evaluate.scope.Scope`. The work on one expression is bounded (:data:`BUDGET`, :data:`MAX_DEPTH`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from kvlint.evaluate import bicep
from kvlint.evaluate.access import attribute, contents, element, key_text, splat_items
from kvlint.evaluate.choosing import coalesced, either, logical
from kvlint.evaluate.combine import (
    combinations,
    each_way,
    failure,
    first_failure,
    keyed,
    one_of,
    sources_of,
    too_large,
    unknown_of,
    weight,
)
from kvlint.evaluate.conversion import unified
from kvlint.evaluate.growing import ListMaker, MapMaker
from kvlint.evaluate.jsonform import text_of_parts
from kvlint.evaluate.numbers import canonical
from kvlint.evaluate.operators import arm_binary, binary, joined_text, unary
from kvlint.evaluate.placeholders import with_placeholders
from kvlint.evaluate.scope import Dialect, Function, FunctionCall, HasFunctions, NameScope, Namespace, Scope
from kvlint.evaluate.values import (
    Choice,
    ListKind,
    ListValue,
    MapValue,
    Scalar,
    Unknown,
    Value,
    alternatives,
    following,
    is_null,
    truth_of,
)
from kvlint.source import Span
from kvlint.syntax.expr import (
    Array,
    Binary,
    Call,
    Conditional,
    Expr,
    GetAttribute,
    Hole,
    Index,
    Lambda,
    Literal,
    Loop,
    MethodCall,
    NestedResource,
    Object,
    Reference,
    Safe,
    Splat,
    SplatItem,
    Spread,
    Template,
    Unary,
)

#: Units of work for one expression: a value that a function walks over costs one, a node
#: :data:`_NODE_COST` and a round of a loop :data:`_ROUND_COST`.
BUDGET = 2_000_000
_NODE_COST = 20
_ROUND_COST = 200
#: Deeper nested expressions are unknown.
MAX_DEPTH = 150


def evaluate(node: Expr, scope: Scope) -> Value:
    """The value of an expression; never raises."""
    try:
        return Evaluator().value(node, scope)
    except RecursionError:
        return Unknown("it is nested too deeply", span=node.span)


class Evaluator:
    """One evaluation and what is left of its budget."""

    __slots__ = ("_depth", "_left")

    def __init__(self) -> None:
        self._left = BUDGET
        self._depth = 0

    def charge(self, cost: int) -> bool:
        """Whether the budget allows this much more work."""
        self._left -= cost
        return self._left >= 0

    def value(self, node: Expr, scope: Scope) -> Value:
        """The value of a node."""
        found = self.resolve(node, scope)
        return found if isinstance(found, Value) else found.whole()

    def resolve(self, node: Expr, scope: Scope) -> Value | Namespace:
        """The value of a node, or the namespace that it names."""
        if not self.charge(_NODE_COST):
            return too_large(node.span)
        if self._depth >= MAX_DEPTH:
            return Unknown("it is nested too deeply", span=node.span)
        self._depth += 1
        try:
            match node:
                case Literal():
                    if scope.dialect is Dialect.ARM:
                        return with_placeholders(Scalar(node.value, span=node.span))
                    return Scalar(canonical(node.value), span=node.span)
                case Reference():
                    return scope.lookup(node.name, node)
                case GetAttribute() | Index() if scope.dialect is Dialect.ARM:
                    return bicep.selected(self, node, scope)
                case Safe():
                    return bicep.selected(self, node.access, scope, safe=True)
                case GetAttribute():
                    return self._attribute(node, scope)
                case Index():
                    return self._index(node, scope)
                case _:
                    return self._computed(node, scope)
        finally:
            self._depth -= 1

    def _computed(self, node: Expr, scope: Scope) -> Value:
        match node:
            case Template():
                return self._template([self.value(part, scope) for part in node.parts], node.span, scope)
            case Array() if any(isinstance(item, Spread) for item in node.items):
                return bicep.array(self, node, scope)
            case Array():
                return ListValue(tuple([self.value(item, scope) for item in node.items]), span=node.span)
            case Object():
                return self._object(node, scope)
            case Call():
                return self._call(node, scope)
            case Conditional():
                return self._conditional(node, scope)
            case Binary():
                return self._binary(node, scope)
            case Unary():
                operand = self.value(node.operand, scope)
                return each_way((operand,), lambda a: self._unary(node, a), node.span)
            case Loop():
                return self._loop(node, scope)
            case Splat():
                return self._splat(node, scope)
            case SplatItem():
                item: Value | None = getattr(scope, "item", None)
                return item or failure("a splat's element stands outside of a splat", node.span)
            case MethodCall():
                return self._method_call(node, scope)
            case NestedResource():
                return bicep.nested_resource(self, node, scope)
            case Lambda():
                return Unknown("it is a function without a name", span=node.span)
            case Spread():
                return failure("only lists and objects can hold the elements of another", node.span)
            case Hole():
                return Unknown(node.reason, span=node.span)
        return Unknown("this kind of expression is not known", span=node.span)

    # Selections

    def _attribute(self, node: GetAttribute, scope: Scope) -> Value | Namespace:
        target = self.resolve(node.target, scope)
        if isinstance(target, Value):
            return attribute(target, node.name, node.span)
        return target.member(node.name, node)

    def _index(self, node: Index, scope: Scope) -> Value | Namespace:
        target = self.resolve(node.target, scope)
        key = self.value(node.key, scope)
        if isinstance(target, Value):
            return element(target, key, node.span)
        name = key_text(key)
        return target.member(name, node) if name is not None else element(target.whole(), key, node.span)

    def _splat(self, node: Splat, scope: Scope) -> Value:
        target = self.value(node.target, scope)
        return one_of([self._splat_one(node, option, scope) for option in alternatives(target)], node.span)

    def _splat_one(self, node: Splat, target: Value, scope: Scope) -> Value:
        found = splat_items(target, node.span)
        if isinstance(found, Unknown):
            return found
        results = []
        for item in found.items:
            if not self.charge(_ROUND_COST):
                return too_large(node.span)
            results.append(self.value(node.each, NameScope(scope, {}, following(item, found))))
        return ListValue(tuple(results), rest=found.rest, span=node.span)

    # Computations

    def _template(self, parts: Sequence[Value], span: Span, scope: Scope) -> Value:
        joined = text_of_parts if scope.dialect is Dialect.ARM else joined_text
        ways = combinations(parts)
        if ways is None:
            return joined(parts, span)
        return one_of([joined(way, span) for way in ways], span)

    def _object(self, node: Object, scope: Scope) -> Value:
        made = MapMaker(node.span)
        for item in node.items:
            if isinstance(item.value, Spread):
                spread = self.value(item.value.value, scope)
                if not self.charge(weight(spread, self._left)):
                    return too_large(node.span)
                made.spread(spread, item.value.span)
                continue
            made.put(self.value(item.key, scope), self.value(item.value, scope), item.key.span)
        return made.value()

    @staticmethod
    def _unary(node: Unary, operand: Value) -> Value:
        return keyed(unary(node.operator, operand, node.span), node.operator, (operand,))

    def _binary(self, node: Binary, scope: Scope) -> Value:
        span, operator = node.span, node.operator
        if scope.dialect is Dialect.ARM and operator in ("&&", "||", "??"):
            operands = [partial(self.value, operand, scope) for operand in (node.left, node.right)]
            return (
                coalesced(operands, span) if operator == "??" else logical(operator == "&&", operands, span)
            )
        compute = arm_binary if scope.dialect is Dialect.ARM else binary
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        return each_way((left, right), lambda a, b: compute(operator, a, b, span), span)

    def _conditional(self, node: Conditional, scope: Scope) -> Value:
        condition = self.value(node.condition, scope)
        if scope.dialect is Dialect.ARM:
            then_, otherwise_ = (
                partial(self.value, node.then, scope),
                partial(self.value, node.otherwise, scope),
            )
            return either(condition, then_, otherwise_, node.span)
        then, otherwise = self.value(node.then, scope), self.value(node.otherwise, scope)
        return conditional(condition, then, otherwise, node.span)

    def _call(self, node: Call, scope: Scope) -> Value:
        return self._called(node, scope, scope.function(node.name))

    def _method_call(self, node: MethodCall, scope: Scope) -> Value:
        target = self.resolve(node.target, scope)
        if isinstance(target, HasFunctions):
            call = Call(node.source, node.start, node.end, node.name, node.arguments)
            return self._called(call, scope, target.function(node.name))
        arguments = [self.value(argument, scope) for argument in node.arguments]
        whole = target if isinstance(target, Value) else target.whole()
        return each_way((whole, *arguments), lambda one, *way: bicep.method_call(node, one, way), node.span)

    def _called(self, node: Call, scope: Scope, function: Function | None) -> Value:
        if function is not None and function.lazy:
            return function.compute((), FunctionCall(node, scope, self))
        arguments = [self.value(argument, scope) for argument in node.arguments]
        if function is None:
            return Unknown(
                f"the function {node.name} is not known", span=node.span, sources=sources_of(arguments)
            )
        size = 0
        for argument in arguments:
            size += weight(argument, self._left) if function.deep else 1
        if not self.charge(size):
            return too_large(node.span, arguments)
        if function.choices:
            return function.compute(tuple(arguments), FunctionCall(node, scope, self))
        return each_way(arguments, lambda *way: self._call_with(node, scope, function, way), node.span)

    def _call_with(self, node: Call, scope: Scope, function: Function, arguments: tuple[Value, ...]) -> Value:
        rest: Unknown | None = None
        if node.spread and arguments:
            last = contents(arguments[-1])
            arguments = arguments[:-1]
            if isinstance(last, ListValue):
                arguments += tuple(following(item, last) for item in last.items)
                rest = last.rest
            elif isinstance(last, Unknown):
                rest = last
            else:
                return failure("only a list can be expanded into arguments", node.span)
            if rest is not None and not function.open_ended:
                return unknown_of((rest, *arguments), node.span)
        if any(isinstance(argument, Choice) for argument in arguments):
            return each_way(
                arguments,
                lambda *way: function.compute(way, FunctionCall(node, scope, self, rest)),
                node.span,
            )
        return function.compute(arguments, FunctionCall(node, scope, self, rest))

    # Loops

    def _loop(self, node: Loop, scope: Scope) -> Value:
        collection = self.value(node.collection, scope)
        return one_of(
            [self._loop_over(node, option, scope) for option in alternatives(collection)], node.span
        )

    def _loop_over(self, node: Loop, collection: Value, scope: Scope) -> Value:
        collection = contents(collection)
        if isinstance(collection, Unknown):
            return Unknown(
                collection.reason, failed=collection.failed, span=node.span, sources=sources_of((collection,))
            )
        if not isinstance(collection, ListValue | MapValue):
            return failure("it loops over something that is no collection", node.span)
        if isinstance(collection, MapValue) and scope.dialect is Dialect.ARM:
            return failure("it loops over an object", node.span)
        made: ListMaker | MapMaker
        made = ListMaker(node.span) if node.key is None else MapMaker(node.span, node)
        made.rest = collection.rest
        for key, item in _rounds(collection):
            if not self.charge(_ROUND_COST):
                return too_large(node.span, (collection,))
            names = {node.value_name: item}
            if node.key_name is not None:
                names[node.key_name] = key
            self._round(node, NameScope(scope, names), made)
        if node.joined and isinstance(made, ListMaker):
            parts = made.items if made.rest is None else [*made.items, made.rest]
            return self._template(parts, node.span, scope)
        return made.value()

    def _round(self, node: Loop, scope: Scope, made: ListMaker | MapMaker) -> None:
        """One round. An element that may or may not be there is put in and ``rest`` set.

        Nobody can then conclude from the result that it is absent, nor how many there are.
        """
        if node.condition is not None:
            condition = self.value(node.condition, scope)
            wanted = truth_of(condition)
            if wanted is False:
                return
            if wanted is None:
                made.doubt(condition, "the loop's condition is not a boolean")
                if is_null(condition) or first_failure(condition):
                    return
        value = self.value(node.value, scope)
        if isinstance(made, ListMaker):
            made.items.append(value)
        elif node.key is not None:
            made.put(self.value(node.key, scope), value, node.key.span)


def conditional(condition: Value, then: Value, otherwise: Value, span: Span) -> Value:
    """``condition ? then : otherwise``: both, where the condition is not known.

    A branch that fails is left out where the other does not: Terraform never gets there.
    """
    results: list[Value] = []
    for option in alternatives(condition):
        wanted = truth_of(option)
        if wanted is None and isinstance(option, Scalar | ListValue | MapValue):
            return failure("the condition is not a boolean", span, (then, otherwise))
        if isinstance(option, Unknown) and option.failed:
            return Unknown(option.reason, failed=True, span=span, sources=sources_of((then, otherwise)))
        pair = unified(then, otherwise)
        if pair is None:
            return failure("the two results of the condition have different types", span, (then, otherwise))
        if wanted is not None:
            results.append(pair[0] if wanted else pair[1])
        else:
            results.extend(pair)
    return one_of(results, span)


def _rounds(collection: ListValue | MapValue) -> Iterator[tuple[Value, Value]]:
    """Key and value of every round; a map goes by its keys in order, a set is its own keys."""
    if isinstance(collection, MapValue):
        for name in sorted(collection.entries):
            place = collection.keys.get(name, collection.span)
            yield Scalar(name, span=place), following(collection.entries[name], collection)
        return
    for number, element_ in enumerate(collection.items):
        item = following(element_, collection)
        key = item if collection.kind is ListKind.SET else Scalar(number, span=collection.span)
        yield key, item
