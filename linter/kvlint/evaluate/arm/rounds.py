"""How many instances a resource or module of a template has: its loop and its condition."""

from __future__ import annotations

from kvlint.evaluate.access import contents
from kvlint.evaluate.arm.template import Round
from kvlint.evaluate.combine import first_failure, reason_of
from kvlint.evaluate.expansion import Budget, Expansion, Instance
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.scope import NameScope, Scope
from kvlint.evaluate.values import ListValue, Scalar, Unknown, Value, alternatives, following, truth_of
from kvlint.syntax.expr import Expr


def instances_of(
    loop: Round | None, condition: Expr | None, scope: Scope, budget: Budget, size: int = 1
) -> Expansion:
    """The instances of a declaration; ``size`` is what one of them costs of the budget."""
    if loop is None:
        return Expansion([_judged(Instance(None, {}), condition, scope)], repeated=False)
    rounds = _rounds(loop, evaluate(loop.collection, scope), budget, size)
    judged = [_judged(_judged(one, condition, scope), loop.condition, scope) for one in rounds]
    return Expansion(judged, by_position=True)


def _rounds(loop: Round, collection: Value, budget: Budget, size: int) -> list[Instance]:
    options = alternatives(collection)
    inside = [contents(option) for option in options]
    lists = [one for one in inside if isinstance(one, ListValue)]
    longest = max(lists, key=lambda one: len(one.items), default=None)
    if longest is None or not budget.take(len(longest.items), size):
        return [_many(loop, Unknown(reason_of(collection), span=collection.span))]
    shortest = min(len(one.items) for one in lists)
    doubt = None
    if len(lists) < len(inside):
        doubt, shortest = Unknown(reason_of(collection), span=collection.span), 0
    made = []
    for index, item in enumerate(longest.items):
        maybe = None if index < shortest else Unknown("its loop depends on a condition", span=collection.span)
        # Of several possible lists the longest stands for all: its elements only may be there.
        if len(lists) > 1:
            maybe = maybe or Unknown("its loop depends on a condition", span=collection.span)
        names = {loop.item: following(item, longest)}
        if loop.index:
            names[loop.index] = Scalar(index, span=item.span)
        made.append(Instance(index, names, maybe))
    doubt = doubt or next((one.rest for one in lists if one.rest is not None), None)
    if doubt is not None:
        made.append(_many(loop, Unknown(doubt.reason, span=collection.span)))
    return made


def _many(loop: Round, reason: Unknown) -> Instance:
    names: dict[str, Value] = {loop.item: reason}
    if loop.index:
        names[loop.index] = reason
    return Instance(None, names, reason)


def _judged(instance: Instance, condition: Expr | None, scope: Scope) -> Instance:
    """The instance with what its condition says of it."""
    if condition is None or instance.absent:
        return instance
    value = evaluate(condition, NameScope(scope, instance.names) if instance.names else scope)
    answers = {truth_of(option) for option in alternatives(value)}
    if answers == {True}:
        return instance
    if answers == {False}:
        return Instance(instance.key, instance.names, instance.conditional, absent=True)
    failed = first_failure(value)
    reason = "its condition depends on another one" if failed is None else failed.reason
    if not isinstance(value, Scalar) and failed is None:
        reason = reason_of(value)
    maybe = instance.conditional or Unknown(reason, span=condition.span)
    return Instance(instance.key, instance.names, maybe)
