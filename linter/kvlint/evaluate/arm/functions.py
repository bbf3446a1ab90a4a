"""The functions that templates define, and the namespaces that functions are called in."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from kvlint.evaluate.arm.template import UserFunction
from kvlint.evaluate.scope import Function, FunctionCall, NameScope, Namespace
from kvlint.evaluate.values import Step, Unknown, Value, moved, text_of
from kvlint.syntax.expr import Expr

if TYPE_CHECKING:
    from kvlint.evaluate.arm.instance import TemplateInstance


class FunctionNames:
    """A namespace of functions and, for an imported template, of its variables."""

    def __init__(self, instance: TemplateInstance, prefix: str) -> None:
        self._instance = instance
        self._prefix = prefix

    def member(self, name: str, node: Expr) -> Value | Namespace:
        """A variable of an imported template."""
        return self._instance.variable(name)

    def function(self, name: str) -> Function | None:
        """A function by its name within the namespace."""
        return self._instance.function(self._prefix + name)

    def whole(self) -> Value:
        """A namespace is no value."""
        return Unknown("a namespace is no value")


class _JsonFunctionScope(NameScope):
    """What the body of a function sees that an ARM JSON template defines."""

    __slots__ = ()

    def function(self, name: str) -> Function | None:
        """The functions of the template, but for ``parameters``: they are those of the function."""
        return Function(self._parameter) if name.lower() == "parameters" else super().function(name)

    def _parameter(self, arguments: tuple[Value, ...], call: FunctionCall) -> Value:
        wanted = text_of(arguments[0]) if arguments else None
        for name, value in self._names.items():
            if wanted is not None and name.lower() == wanted.lower():
                return value
        return Unknown("the function has no such parameter", span=call.span)


def function_of(user: UserFunction, instance: TemplateInstance) -> Function:
    """A function that a template defines; it sees its parameters and the other functions."""
    calling = instance.run.calling

    def compute(arguments: tuple[Value, ...], call: FunctionCall) -> Value:
        missing = Unknown(f"{user.name} is called with too few arguments", failed=True, span=call.span)
        given = zip_longest(user.parameters, arguments[: len(user.parameters)], fillvalue=missing)
        kind = _JsonFunctionScope if instance.is_json else NameScope
        scope = kind(instance, {str(name): value for name, value in given})
        if user in calling:
            return Unknown(f"the function {user.name} calls itself", span=call.span)
        calling.add(user)
        try:
            return moved(call.evaluate(user.body, scope), Step(call.span, f"function {user.name}"))
        finally:
            calling.remove(user)

    return Function(compute)
