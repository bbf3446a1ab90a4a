"""The resources of a plan or a state as values: what is known, and what the rest will come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kvlint.evaluate.resources import Deployment, EvaluatedResource, Mode
from kvlint.evaluate.terraform.origins import LATER, Origins, derived
from kvlint.evaluate.terraform.plan import Plan, PlannedResource
from kvlint.evaluate.values import (
    ListKind,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    cloned,
)
from kvlint.source import Span
from kvlint.syntax.expr import Array, Expr, Literal, Object
from kvlint.syntax.terraform_show import at, entries_at, items_at

Path = tuple[str | int, ...]

#: The beginning of an id that is not just a name: of Azure, of an object, or a url.
_UNIQUE = re.compile(r"/|https://|[0-9a-f]{8}-[0-9a-f]{4}-", re.IGNORECASE)
#: How a bar in a key is written: in an address it ends the deployment.
_BAR = "\\u007c"
_DYNAMIC = "a dynamic block may make others"


@dataclass(slots=True, frozen=True)
class Vocabulary:
    """What the providers' names mean, as far as a plan does not tell.

    ``wanted`` tells which types are read at all; ``own_names`` the attributes by which others
    name a resource of a type; ``computed`` are arguments that the provider sets where nobody else
    does. A plan does not tell such a one from what a dynamic block makes: it has neither.
    """

    wanted: Callable[[str], bool]
    own_names: Callable[[str], Sequence[Path]]
    computed: frozenset[str]


@dataclass(slots=True, frozen=True)
class _Written:
    """What the configuration says of a value: an expression, blocks, or nothing.

    ``traced`` is false where nobody can tell which part of the configuration it is.
    """

    node: Expr | None
    traced: bool = True

    def below(self, name: str) -> _Written:
        """The same for an entry of the value."""
        if not self.traced or is_expression(self.node):
            return self
        return _Written(at(self.node, name))


_UNTRACED = _Written(None, traced=False)


def is_expression(node: Expr | None) -> bool:
    """Whether a part of a plan's configuration is an expression, not blocks."""
    if not isinstance(node, Object):
        return False
    return not node.items or any(node.get(name) is not None for name in ("references", "constant_value"))


class PlannedValues:
    """The resources of a plan in one deployment, evaluated when they are asked for."""

    def __init__(self, plan: Plan, deployment: Deployment, vocabulary: Vocabulary) -> None:
        self.plan = plan
        self.deployment = deployment
        self.vocabulary = vocabulary
        self._known: dict[str, EvaluatedResource] = {}
        self.origins = Origins(plan, self.symbol)

    def address(self, display: str) -> str:
        """The address of a resource within the run."""
        shown = display.replace("|", _BAR)
        return f"{self.deployment.language.value}:{self.deployment.root}:{self.deployment.variant}|{shown}"

    def symbol(self, resource: PlannedResource, path: Path = (), span: Span | None = None) -> Symbol:
        """An attribute of a resource."""
        return Symbol(_Target(self, resource), path, span=span or resource.span)

    def resources(self, module: str = "") -> Iterator[EvaluatedResource]:
        """The resources of the wanted types, of all modules or of a call and those below it."""
        for one in self.plan.resources.values():
            if self.vocabulary.wanted(one.type) and (not module or within(one.module, module)):
                yield self.evaluated(one)

    def attributes(self, display: str) -> Mapping[str, Value]:
        """What is known of the resource with this address, by attribute."""
        resource = self.plan.resources.get(display)
        return {} if resource is None else self.evaluated(resource).config.entries

    def is_configured(self, resource: EvaluatedResource, name: str) -> bool:
        """Whether the configuration, as far as the plan has it, sets an attribute of a resource."""
        planned = self._planned(resource.address)
        written = self.origins.configuration(planned) if planned is not None else None
        return at(written, "expressions", name) is not None

    def output(self, module: str, name: str, span: Span) -> Value:
        """An output of a module instance."""
        expression = self.origins.output(module, name)
        if expression is None:
            return Unknown(LATER, span=span, sources=(self.anything,))
        return _Reading(self, module, None).expression(expression, name, span)

    def evaluated(self, resource: PlannedResource) -> EvaluatedResource:
        """A resource with its configuration; the names that only the provider gives it are left out."""
        known = self._known.get(resource.address)
        if known is None:
            known = self._known[resource.address] = self._evaluate(resource)
        return known

    def _evaluate(self, resource: PlannedResource) -> EvaluatedResource:
        written = self.origins.configuration(resource)
        whole = _Reading(self, resource.module, written)
        expressions = at(written, "expressions")
        config = whole.map(
            resource.values,
            resource.unknown,
            _Written(expressions) if written is not None else _UNTRACED,
            resource.span,
        )
        for path in self.vocabulary.own_names(resource.type):
            if len(path) == 1 and isinstance(path[0], str) and at(expressions, path[0]) is None:
                config.entries.pop(path[0], None)
        for name, mask in entries_at(resource.sensitive):
            left_out = (
                isinstance(mask, Literal) and mask.value is True and _is_null(at(resource.values, name))
            )
            if left_out and at(resource.unknown, name) is None:
                config.entries[name] = Unknown("it is sensitive", span=resource.span)
        commands = [whole.block(at(one, "expressions")) for one in items_at(written, "provisioners")]
        if commands:
            config.entries["provisioner"] = ListValue(tuple(commands), ListKind.LIST, span=resource.span)
        return EvaluatedResource(
            deployment=self.deployment,
            type=resource.type,
            name=resource.name,
            address=self.address(resource.address),
            span=resource.span,
            config=config,
            mode=Mode.MANAGED if resource.managed else Mode.LOOKED_UP,
            extent=resource.extent,
            exists=resource.exists,
        )

    # --- Values -----------------------------------------------------------------------------

    def literal(self, node: Literal) -> Value:
        """A known value: the resource that it names, where it is the name of one."""
        if isinstance(node.value, str):
            named = self._named.get(node.value.casefold())
            if named is not None:
                return Symbol(named.resource, named.path, span=node.span)
        return Scalar(node.value, span=node.span)

    @cached_property
    def _named(self) -> dict[str, Symbol | None]:
        """The resources by the texts that name them; ``None`` for those that name several."""
        found: dict[str, Symbol | None] = {}
        for managed in (True, False):
            names: dict[str, list[Symbol]] = {}
            for resource in self.plan.resources.values():
                if resource.managed is managed and self.vocabulary.wanted(resource.type):
                    for path in self.vocabulary.own_names(resource.type):
                        text = _text_at(resource.values, path)
                        if text and _UNIQUE.match(text):
                            names.setdefault(text.casefold(), []).append(self.symbol(resource, path))
            for text, symbols in names.items():
                found.setdefault(text, symbols[0] if len(symbols) == 1 else None)
        return found

    def name_text(self, symbol: Symbol) -> str | None:
        """The text of an attribute by which others name a resource, ``None`` before deployment."""
        planned = self._planned(symbol.resource.address)
        return _text_at(planned.values, symbol.path) if planned is not None else None

    def _planned(self, address: str) -> PlannedResource | None:
        """The resource with this address in the run."""
        return self.plan.resources.get(address.rpartition("|")[2].replace(_BAR, "|"))

    @cached_property
    def anything(self) -> Value:
        """What stands for any resource of the plan, where an expression cannot be followed."""
        managed = [self.symbol(one) for one in self.plan.resources.values() if one.managed]
        return ListValue(tuple(managed), ListKind.LIST)


def within(module: str, call: str) -> bool:
    """Whether a module instance is one of a call, or lies in one."""
    return module == call or module.startswith((f"{call}.", f"{call}["))


def placed(value: Value, span: Span | None, rest: Unknown | None = None) -> Value:
    """A value that a plan knows, at the place of the configuration that leaves it open.

    With ``rest`` its lists may hold more than the plan knew.
    """
    other = cloned(value)
    other.span = span
    # It is none of the literals of the configuration.
    other.sources = (*value.sources, Unknown("it was computed for the plan", span=span))
    if isinstance(other, ListValue):
        other.items = tuple(placed(item, span, rest) for item in other.items)
        other.rest = other.rest or rest
    elif isinstance(other, MapValue):
        other.entries = {name: placed(item, span, rest) for name, item in other.entries.items()}
        other.keys = {}
    elif isinstance(other, PartialText):
        other.parts = tuple(placed(item, span, rest) for item in other.parts)
    return other


class _Reading:
    """Reading one resource: in which module its expressions stand, and its configuration."""

    def __init__(self, values: PlannedValues, module: str, owner: Object | None) -> None:
        self._values = values
        self._module = module
        self._owner = owner

    def value(
        self, node: Expr | None, unknown: Expr | None, written: _Written, name: str, *, item: bool = False
    ) -> Value | None:
        """A value, ``None`` for one that is not set; ``name`` is the argument that it is of."""
        if isinstance(unknown, Literal) and unknown.value is True:
            return self._later(written, name, unknown.span, item=item)
        shape = unknown if node is None else node
        if isinstance(shape, Object):
            return self.map(node, unknown, written, shape.span)
        if isinstance(shape, Array):
            return self._list(node, unknown, written, name, shape.span)
        if isinstance(node, Literal):
            # A provider writes an empty text for what is not set.
            return None if node.value in (None, "") else self._values.literal(node)
        return None if node is None else Unknown("it cannot be read", span=node.span)

    def map(self, node: Expr | None, unknown: Expr | None, written: _Written, span: Span) -> MapValue:
        """An object, or the arguments of a resource or block."""
        entries: dict[str, Value] = {}
        keys: dict[str, Span] = {}
        for source in (node, unknown):
            for item in source.items if isinstance(source, Object) else ():
                name = item.key.value if isinstance(item.key, Literal) else None
                if not isinstance(name, str) or name in entries:
                    continue
                found = self.value(at(node, name), at(unknown, name), written.below(name), name)
                if found is not None:
                    entries[name] = found
                    keys[name] = item.key.span
        return MapValue(entries, keys, span=span)

    def _list(
        self, node: Expr | None, unknown: Expr | None, written: _Written, name: str, span: Span
    ) -> ListValue:
        items = node.items if isinstance(node, Array) else ()
        doubts = unknown.items if isinstance(unknown, Array) else ()
        origins = _origins_of(items, written, max(len(items), len(doubts)))
        found = []
        for number, origin in enumerate(origins):
            item = items[number] if number < len(items) else None
            doubt = doubts[number] if number < len(doubts) else None
            value = self.value(item, doubt, origin, name, item=True)
            if value is not None:
                found.append(value)
        return ListValue(tuple(found), ListKind.LIST, span=span)

    def _later(self, written: _Written, name: str, span: Span, *, item: bool) -> Value | None:
        """What is known only after deployment, as far as the configuration tells what it will be."""
        if not written.traced:
            return Unknown(LATER, span=span, sources=(self._values.anything,))
        if written.node is None:
            return None if name in self._values.vocabulary.computed else Unknown(LATER, span=span)
        return self.expression(written.node, name, span, item=item)

    def expression(self, node: Expr, name: str, span: Span, *, item: bool = False) -> Value:
        """What stands in the configuration: an expression, or blocks."""
        if isinstance(node, Array):
            blocks = tuple(self.block(one) for one in node.items)
            return ListValue(blocks, ListKind.LIST, Unknown(_DYNAMIC, span=span), span=span)
        constant = at(node, "constant_value")
        if constant is not None:
            return self.value(constant, None, _UNTRACED, name) or Scalar(None, span=span)
        if not is_expression(node):
            return self.block(node)
        origin = self._values.origins.of_expression(node, self._module, self._owner)
        return derived(origin, name, span, self._values.anything, item=item)

    def block(self, node: Expr | None) -> MapValue:
        """A block as it is configured."""
        entries: dict[str, Value] = {}
        for name, inner in entries_at(node):
            entries[name] = self.expression(inner, name, inner.span)
        return MapValue(entries, span=node.span if node is not None else None)


def _origins_of(items: Sequence[Expr], written: _Written, count: int) -> list[_Written]:
    """The configuration of each element of a list: the blocks themselves, or the expression of all.

    The elements of a set of blocks stand in any order: their constants tell which is which.
    """
    if not isinstance(written.node, Array):
        made = written.node is None and any(isinstance(item, Object) for item in items)
        return [_UNTRACED if made else written] * count
    blocks = written.node.items
    if len(blocks) != count or len(items) != count:
        return [_UNTRACED] * count  # some are made by a dynamic block
    found = []
    for item in items:
        fitting = [block for block in blocks if _fits(block, item)]
        found.append(_Written(fitting[0]) if len(fitting) == 1 else _UNTRACED)
    return found


def _fits(block: Expr, item: Expr) -> bool:
    """Whether an element may come of a block, by what is constant in the block."""
    for name, inner in entries_at(block):
        constant, known = at(inner, "constant_value"), at(item, name)
        if isinstance(constant, Literal) and isinstance(known, Literal) and constant.value != known.value:
            return False
    return True


def _is_null(node: Expr | None) -> bool:
    return node is None or (isinstance(node, Literal) and node.value is None)


def _text_at(node: Expr | None, path: Path) -> str | None:
    for step in path:
        if isinstance(node, Object) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, Array) and isinstance(step, int):
            node = node.items[step] if step < len(node.items) else None
        else:
            return None
    return node.value if isinstance(node, Literal) and isinstance(node.value, str) else None


@dataclass(slots=True, frozen=True, eq=False)
class _Target:
    """What a symbol of a planned resource points at."""

    values: PlannedValues
    resource: PlannedResource

    @property
    def address(self) -> str:
        """Its address within the run."""
        return self.values.address(self.resource.address)

    @property
    def type(self) -> str:
        """Its type."""
        return self.resource.type

    @property
    def managed(self) -> bool:
        """Whether the plan manages it."""
        return self.resource.managed

    def configured(self, path: Path) -> Value | None:
        """What the plan says of an attribute."""
        return self.values.evaluated(self.resource).configured(path)
