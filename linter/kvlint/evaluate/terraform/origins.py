"""What an expression in a plan refers to: the references alone, through modules and their outputs.

A plan lists what an expression refers to, not the expression. ``a.id`` and ``"${a.id}/x"`` look
the same there, and what a local value is made of does not stand in it at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from kvlint.evaluate.terraform.plan import Plan, PlannedResource
from kvlint.evaluate.values import ListKind, ListValue, PartialText, Symbol, Unknown, Value
from kvlint.source import Span
from kvlint.syntax.expr import Array, Expr, Literal, Object
from kvlint.syntax.terraform_show import Step, at, items_at, module_names, steps, text_at

#: Variables and outputs are followed through no more modules than this.
_MAX_HOPS = 24
#: Arguments that take one id and whose names do not say so.
_TAKE_AN_ID = frozenset({"id", "identity", "scope"})
LATER = "it is known only after deployment"
#: Names that say nothing of a resource: their values are known when the plan is made.
_KNOWN = frozenset({"path", "terraform"})


@dataclass(slots=True)
class Origin:
    """What a value is made of.

    ``exact`` where one reference is all that its expression has, at each hop; ``open`` where
    something that it is made of cannot be followed.
    """

    symbols: list[Symbol] = field(default_factory=list)
    exact: bool = True
    open: bool = False

    def add(self, other: Origin) -> None:
        """Take over what a part of the expression is made of."""
        self.symbols += other.symbols
        self.exact = self.exact and other.exact
        self.open = self.open or other.open


class Symbols(Protocol):
    """Makes the symbol of an attribute of a resource."""

    def __call__(self, resource: PlannedResource, path: tuple[str | int, ...] = ()) -> Symbol:
        """The symbol of this path."""


class Origins:
    """The configuration in a plan: what its expressions refer to."""

    def __init__(self, plan: Plan, symbol: Symbols) -> None:
        self._plan = plan
        self._symbol = symbol
        self._modules: dict[tuple[str, ...], Expr | None] = {(): plan.configuration}
        self._resources: dict[tuple[str, ...], dict[str, Object]] = {}
        self._instances: dict[tuple[str, str], list[PlannedResource]] = {}
        for resource in plan.resources.values():
            self._instances.setdefault((resource.module, resource.key), []).append(resource)

    def configuration(self, resource: PlannedResource) -> Object | None:
        """How a resource is configured, ``None`` where the plan does not tell."""
        names = module_names(resource.module) or ()
        if names not in self._resources:
            items = items_at(self._module(names), "resources")
            self._resources[names] = {text_at(item, "address") or "": item for item in items}
        return self._resources[names].get(resource.key)

    def of_expression(self, node: Expr, module: str, owner: Expr | None, hops: int = 0) -> Origin:
        """What an expression of a module instance is made of; ``owner`` is the block it stands in."""
        heads = list(_heads(node))
        origin = Origin(exact=len(heads) == 1)
        if hops > _MAX_HOPS:
            return Origin(exact=False, open=True)
        for head in heads:
            origin.add(self._followed(head, module, owner, hops + 1))
        return origin

    def call(self, module: str) -> Expr | None:
        """The call that makes a module instance."""
        parent, name = _parent(module)
        return at(self._module(module_names(parent) or ()), "module_calls", name)

    def output(self, module: str, name: str) -> Expr | None:
        """The expression of an output of a module instance."""
        return at(self._module(module_names(module) or ()), "outputs", name, "expression")

    def _module(self, names: tuple[str, ...]) -> Expr | None:
        """The configuration of the module that calls lead to."""
        if names not in self._modules:
            above = self._module(names[:-1])
            self._modules[names] = at(above, "module_calls", names[-1], "module")
        return self._modules[names]

    def _followed(self, text: str, module: str, owner: Expr | None, hops: int) -> Origin:
        found = steps(text) or []
        first = found[0].name if found else ""
        if first == "var" and len(found) > 1:
            return self._variable(found, module, hops)
        if first == "module" and len(found) > 1:
            return self._output(text, found, module, hops)
        if first in ("each", "count"):
            each = at(owner, "for_each_expression")
            if text.startswith("each.value") and each is not None:
                origin = self.of_expression(each, module, None, hops)
                return Origin(origin.symbols, exact=False, open=origin.open)
            return Origin(exact=False)
        if first in _KNOWN:
            return Origin(exact=False)
        if len(found) < 2 or first in ("local", "self"):
            return Origin(exact=False, open=True)
        return self._attribute(text, found, module)

    def _variable(self, found: list[Step], module: str, hops: int) -> Origin:
        """What the call of the module gives the variable; those of the root module are known."""
        if not module:
            return Origin(exact=False)
        parent, block = _parent(module)[0], self.call(module)
        expression = at(block, "expressions", found[1].name)
        if expression is None:
            return Origin(exact=False)
        origin = self.of_expression(expression, parent, block, hops)
        return Origin(origin.symbols, origin.exact and len(found) == 2, origin.open)

    def _output(self, text: str, found: list[Step], module: str, hops: int) -> Origin:
        size = 3 if len(found) > 2 and found[2].is_key else 2
        if len(found) <= size:
            return Origin(exact=False, open=True)  # the module as a whole
        child = _join(module, text[: found[size - 1].end])
        expression = self.output(child, found[size].name)
        if expression is None:
            return Origin(exact=False, open=True)
        origin = self.of_expression(expression, child, None, hops)
        return Origin(origin.symbols, origin.exact and len(found) == size + 1, origin.open)

    def _attribute(self, text: str, found: list[Step], module: str) -> Origin:
        """An attribute of a resource, or what may be of any of its instances."""
        size = 3 if found[0].name == "data" else 2
        if len(found) < size:
            return Origin(exact=False, open=True)
        key = text[: found[size - 1].end]
        if len(found) > size and found[size].is_key:
            size += 1
        resource = self._plan.resources.get(_join(module, text[: found[size - 1].end]))
        if resource is not None:
            path = tuple(_path_step(step) for step in found[size:])
            return Origin([self._symbol(resource, path)])
        instances = self._instances.get((module, key), ())
        return Origin([self._symbol(one) for one in instances], exact=False)


def derived(origin: Origin, name: str, span: Span, anything: Value, *, item: bool = False) -> Value:
    """What an expression comes to that a plan tells only the references of.

    ``name`` is the argument or output that it is of, ``item`` tells that it is one element of it,
    and ``anything`` is what stands for all that it may refer to.

    One reference may be all of the expression or a part of it. Where an id is wanted and an id is
    referred to, it is the id; an id that begins with a url has more behind it; a url of the name of
    what is referred to is just that. Anything else is unknown, and remembers what it was made of.
    """
    sources: tuple[Value, ...] = tuple(origin.symbols)
    if origin.open:
        sources = (*sources, anything)
    unknown = Unknown(LATER, span=span, sources=sources)
    if name.endswith("_ids") and not item:
        ids = tuple(one for one in origin.symbols if _is_id(one))
        return ListValue(ids, ListKind.SET, unknown, span=span)
    if not origin.exact or len(origin.symbols) != 1:
        return unknown
    symbol = Symbol(origin.symbols[0].resource, origin.symbols[0].path, span=span)
    last = _last(symbol)
    takes_an_id = name in _TAKE_AN_ID or name.endswith(("_id", "_ids"))
    is_url = last.endswith(("_uri", "_url"))
    same_name = name.endswith(last) or last.endswith(f"_{name}")
    if (takes_an_id and _is_id(symbol)) or (is_url and same_name):
        return symbol
    if takes_an_id and is_url:
        return PartialText((symbol, unknown), span=span)
    return unknown


def _is_id(symbol: Symbol) -> bool:
    return _last(symbol) == "id" or _last(symbol).endswith("_id")


def _last(symbol: Symbol) -> str:
    return str(symbol.path[-1]) if symbol.path else ""


def _heads(node: Expr) -> Iterator[str]:
    """The references of an expression, each without the shorter forms of it that follow it."""
    listed = at(node, "references")
    expected: list[str] = []
    seen: set[str] = set()
    for item in listed.items if isinstance(listed, Array) else ():
        text = item.value if isinstance(item, Literal) else None
        if not isinstance(text, str):
            continue
        if expected and text == expected[0]:
            expected.pop(0)
            continue
        found = steps(text) or []
        ends = [step.end for step in found[_floor(found) - 1 : -1]]
        expected = [text[:end] for end in reversed(ends)]
        if text not in seen:
            seen.add(text)
            yield text


def _floor(found: list[Step]) -> int:
    """How many steps the shortest form of a reference has."""
    first = found[0].name if found else ""
    if first == "data":
        return 3
    return 3 if first == "module" and len(found) > 2 and found[2].is_key else 2


def _path_step(step: Step) -> str | int:
    if not step.is_key:
        return step.name
    return int(step.name) if step.name.isdigit() else step.name[1:-1]


def _join(module: str, name: str) -> str:
    return f"{module}.{name}" if module else name


def _parent(module: str) -> tuple[str, str]:
    """The module instance around one, and the name of the call."""
    found = steps(module) or []
    last = max(number for number, step in enumerate(found) if not step.is_key)
    end = found[last - 2].end if last >= 2 else 0
    return module[:end], found[last].name
