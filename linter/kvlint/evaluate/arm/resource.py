"""One instance of a resource in a template, evaluated property by property."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Protocol

from kvlint.evaluate.arm.ids import parsed_id, split_name
from kvlint.evaluate.arm.order import ArmOrder, Position
from kvlint.evaluate.arm.place import (
    Place,
    group_scope,
    place_of,
    resource_id_text,
    scope_id,
    subscription_scope,
)
from kvlint.evaluate.arm.template import ResourceDeclaration
from kvlint.evaluate.combine import name_key, reason_of
from kvlint.evaluate.instances import once
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.resources import Deployment, EvaluatedResource, Mode, value_at
from kvlint.evaluate.scope import NameScope, Namespace, Scope
from kvlint.evaluate.values import (
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    is_null,
)
from kvlint.source import Span
from kvlint.syntax.expr import Expr, Literal, Reference, Spread

#: Entries of a body that say where the resource belongs, not what it is.
_PLACING = frozenset(
    {
        "parent",
        "scope",
        "dependson",
        "condition",
        "copy",
        "resources",
        "existing",
        "resourcegroup",
        "subscriptionid",
    }
)

#: Resources lie in so many others at most.
_MAX_NESTING = 32


class Home(Protocol):
    """The template instance that a resource is declared in."""

    deployment: Deployment
    place: Place
    is_json: bool

    def find(self, type_: str, names: Sequence[Value], scope: Value | None = None) -> Symbol | None:
        """The resource that the template declares with this type and these names at this scope."""

    def resource_value(self, declaration: ResourceDeclaration, scope: Scope, parent: ArmResource) -> Value:
        """What a resource within another is."""

    def trail_to(self, declaration: ResourceDeclaration) -> tuple[Position, ...]:
        """The way from the entry to something that the template declares."""


class ArmResource:
    """What symbols of a resource point at.

    Properties are evaluated when they are asked for: resources may refer to each other's
    properties crosswise as long as none depends on itself.
    """

    def __init__(
        self,
        declaration: ResourceDeclaration,
        home: Home,
        scope: Scope,
        address: str,
        conditional: Unknown | None,
        *,
        absent: bool = False,
        parent: ArmResource | None = None,
    ) -> None:
        self.declaration = declaration
        self.address = address
        #: The type proper: JSON has the resource that an extension is for in front of it.
        self.type = declaration.type.rpartition("/providers/")[2]
        self.managed = not declaration.existing
        self.conditional = conditional
        self.absent = absent
        self._home = home
        #: What its body sees, and so do the resources that are declared there.
        self.scope_within: Scope = _WithChildren(scope, self) if declaration.children else scope
        self._parent = parent
        self._known: dict[str, tuple[Value | None]] = {}
        self._naming: dict[str, list[Value]] = {}
        self._whole: MapValue | None = None
        self._items: dict[str, tuple[str, Span, Expr]] | None = {}
        for item in declaration.body.items:
            if isinstance(item.value, Spread) or not isinstance(item.key, Literal):
                self._items = None  # what it holds is not to be seen without evaluating it
                break
            key = str(item.key.value)
            self._items[key.casefold()] = (key, item.key.span, item.value)

    @property
    def home(self) -> Home:
        """The template instance that declares it."""
        return self._home

    # --- What it holds --------------------------------------------------------------------

    def configured(self, path: tuple[str | int, ...]) -> Value | None:
        """The value that the body gives this property, ``None`` where it gives none."""
        if not path or not isinstance(path[0], str):
            return None
        first = path[0]
        if first == "name":
            return None if len(path) > 1 else self._shown_name()
        if first == "apiVersion":
            version = self.declaration.api_version
            return Scalar(version, span=self.declaration.span) if version and len(path) == 1 else None
        if first == "type":
            return Scalar(self.type, span=self.declaration.span)
        if first.casefold() in _PLACING or first == "id":
            return None
        value = self._entry(first)
        return None if value is None else value_at(value, path[1:])

    def _shown_name(self) -> Value:
        """What ``.name`` gives: all that the body writes, even the names of those around it."""
        whole = not self._home.is_json and self._parent is None and self._entry("parent") is None
        written = self._entry("name") if whole else None
        return self.names()[-1] if written is None else written

    def _entry(self, name: str) -> Value | None:
        itself = Unknown(f"{self.declaration.symbol}.{name} refers to itself", span=self.declaration.span)
        return once(self._known, name, (itself,), lambda: (self._evaluate(name),))[0]

    def _evaluate(self, name: str) -> Value | None:
        if self._items is None:
            return value_at(self._body(), (name,))
        item = self._items.get(name.casefold())
        return None if item is None else evaluate(item[2], self.scope_within)

    def _body(self) -> MapValue:
        if self._whole is None:
            found = evaluate(self.declaration.body, self.scope_within)
            rest = Unknown(reason_of(found), span=self.declaration.span)
            self._whole = found if isinstance(found, MapValue) else MapValue({}, rest=rest)
        return self._whole

    def _config(self) -> MapValue:
        """The body without what only places it, and with the last segment of the name."""
        if self._items is None:
            body = self._body()
            entries = {key: one for key, one in body.entries.items() if key.casefold() not in _PLACING}
            made = MapValue(entries, body.keys, rest=body.rest, span=body.span)
        else:
            made = MapValue({}, span=self.declaration.body.span)
            for folded, (key, span, _) in self._items.items():
                made.keys[key] = span
                value = None if folded in _PLACING else self._entry(key)
                if value is not None:
                    made.entries[key] = value
        made.entries["name"] = self.names()[-1]
        return made

    # --- What it is called ----------------------------------------------------------------

    def names(self) -> list[Value]:
        """The names of the resource and of those that it lies in, outermost first."""
        itself = Unknown(f"the name of {self.declaration.symbol} refers to itself")
        return once(self._naming, "", [itself], self._names)

    def _names(self) -> list[Value]:
        own = self._entry("name") or Unknown("it has no name", span=self.declaration.span)
        if self._parent is not None:
            return [*self._parent.names(), own]
        above = self._above()
        if above is not None:
            return [*above.names(), own]
        count = self.type.count("/")
        written = None if self._home.is_json else self._entry("parent")
        if written is not None:
            return [*[Unknown(reason_of(written), span=written.span)] * (count - 1), own]
        return split_name(own, self.declaration.type.count("/"))[-count or -1 :]

    def _above(self) -> ArmResource | None:
        """The resource that ``parent`` names."""
        above = self._entry("parent") if not self._home.is_json else None
        found = above.resource if isinstance(above, Symbol) else None
        return found if isinstance(found, ArmResource) else None

    def _outermost(self) -> ArmResource:
        """The resource that it lies in, over any number of others: all are where that one is."""
        found: ArmResource = self
        for _ in range(_MAX_NESTING):
            around = found._parent if found._parent is not None else found._above()
            if around is None:
                return found
            found = around
        return self  # a circle, or nothing that a deployment accepts

    def key(self) -> tuple[str, tuple[Hashable, ...]] | None:
        """Type and names as what two declarations of one resource have in common."""
        keys: tuple[Hashable, ...] = tuple(name_key(name) for name in self.names())
        return None if None in keys else (self.type.casefold(), keys)

    def nested(self, name: str) -> Value | None:
        """A resource that is declared in the body of this one."""
        child = self.declaration.children.get(name)
        return None if child is None else self._home.resource_value(child, self.scope_within, self)

    # --- Where it is ----------------------------------------------------------------------

    def parent(self) -> Value | None:
        """The resource that it lies in, ``None`` for one that stands for itself."""
        if self._parent is not None:
            return Symbol(self._parent, (), span=self.declaration.span)
        written = self._entry("parent") if not self._home.is_json else None
        if written is not None:
            return written
        outer = self.type.rpartition("/")[0]
        if outer.count("/") < 1:
            return None
        names = self.names()[:-1]
        found = self._home.find(outer, names, self.scope_elsewhere())
        if found is not None:
            return found
        span = self.declaration.span
        return resource_id_text(outer, names, self.place().id(span), span)

    def place(self) -> Place:
        """Where it is deployed, or looked for."""
        outermost = self._outermost()
        if outermost is not self:
            return outermost.place()
        scope = self._entry("scope")
        if self._home.is_json and self.declaration.existing:
            where = [self._entry("subscriptionId"), self._entry("resourceGroup")]
            known = [one for one in where if one is not None]
            if where[1] is not None:
                scope = group_scope(known, self._home.place, self.declaration.span)
            elif known:
                scope = subscription_scope(known, self._home.place, self.declaration.span)
        if scope is None or isinstance(scope, Scalar | PartialText) or is_null(scope):
            return self._home.place
        return place_of(scope, self._home.place)

    def scope(self) -> Value:
        """The resource id of what it is assigned at, if it is an extension."""
        outermost = self._outermost()
        if outermost is not self:
            return outermost.scope()
        found = self.scope_elsewhere()
        return self._home.place.id(self.declaration.span) if found is None else found

    def scope_elsewhere(self) -> Value | None:
        """The same, with ``None`` for where its template is deployed."""
        span = self.declaration.span
        if "/providers/" in self.declaration.type:
            return self._scope_in_name(span)
        outermost = self._outermost()
        if outermost is not self:
            return outermost.scope_elsewhere() if outermost.home is self.home else outermost.scope()
        written = self._entry("scope")
        if written is None or is_null(written):
            place = self.place()
            return None if place is self._home.place else place.id(span)
        relative = parsed_id(written)
        if relative is None or relative.scope is not None:
            return scope_id(written, span)
        found = self._home.find(relative.type, relative.names)
        if found is not None:
            return Symbol(found.resource, ("id",), span=written.span)
        return resource_id_text(relative.type, relative.names, self._home.place.id(span), span)

    def _scope_in_name(self, span: Span) -> Value:
        """Of ``Microsoft.KeyVault/vaults/providers/roleAssignments`` the vault that its name names."""
        around = self.declaration.type.rpartition("/providers/")[0]
        own = self._entry("name") or Unknown("it has no name", span=span)
        names = split_name(own, around.count("/") + 2)[: around.count("/")]
        found = self._home.find(around, names)
        if found is not None:
            return Symbol(found.resource, ("id",), span=own.span)
        return resource_id_text(around, names, self._home.place.id(span), span)

    def identifier(self, path: Sequence[str | int]) -> Value | None:
        """The resource id as a text, as far as it can be told; ``None`` for an extension of another resource."""
        if tuple(path) != ("id",):
            return None
        written = self._entry("scope")
        place, span = self.place(), self.declaration.span
        if "/providers/" in self.declaration.type or (written is not None and place is self._home.place):
            return None
        if self.type.casefold() == "microsoft.resources/resourcegroups":
            return scope_id(group_scope([place.subscription, self.names()[-1]], place, span), span)
        return resource_id_text(self.type, self.names(), place.id(span), span)

    def evaluated(self) -> EvaluatedResource:
        """The whole resource, for the adapters."""
        return EvaluatedResource(
            deployment=self._home.deployment,
            type=self.type,
            name=self.declaration.symbol,
            address=self.address,
            span=self.declaration.span,
            config=self._config(),
            mode=Mode.MANAGED if self.managed else Mode.LOOKED_UP,
            conditional=self.conditional,
            extent=self.declaration.extent,
            api_version=self.declaration.api_version,
            parent=self.parent(),
            scope=self.scope(),
            resource_group=self.place().group,
            order=ArmOrder(self._home.trail_to(self.declaration)),
        )


class _WithChildren(NameScope):
    """What the body of a resource sees: the resources that are declared in it, and all around it."""

    __slots__ = ("_resource",)

    def __init__(self, outer: Scope, resource: ArmResource) -> None:
        super().__init__(outer, {})
        self._resource = resource

    def lookup(self, name: str, node: Reference) -> Value | Namespace:
        """A resource within this one, else what the name is outside."""
        return self._resource.nested(name) or self.outer.lookup(name, node)
