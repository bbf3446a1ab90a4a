"""A plan or a state as Terraform shows it: the resources that it tells of, and how they are configured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from kvlint.source import Source, Span
from kvlint.syntax.expr import Array, Expr, Literal, Object
from kvlint.syntax.terraform_show import (
    ShowKind,
    at,
    entries_at,
    items_at,
    kind_of_show,
    module_names,
    steps,
    text_at,
)

#: Copies of shorter texts that are sensitive are not looked for.
_SHORTEST_COPY = 4


@dataclass(slots=True, eq=False)
class PlannedResource:
    """An instance of a resource or data source that exists once the plan is carried out.

    ``module`` is the address of the module instance that it is in, ``key`` the name under which
    that module's configuration has it (``azurerm_key_vault.kv``). ``unknown`` has the shape of
    ``values`` with ``true`` for what is known only after deployment, and ``sensitive`` for what
    may have been left out; ``exists`` tells whether it was there before.
    """

    address: str
    module: str
    type: str
    name: str
    managed: bool
    span: Span
    extent: Span
    values: Expr | None
    unknown: Expr | None = None
    sensitive: Expr | None = None
    exists: bool = True

    @property
    def key(self) -> str:
        """Its name within its module, as the configuration has it."""
        return f"{'' if self.managed else 'data.'}{self.type}.{self.name}"


@dataclass(slots=True, eq=False)
class Plan:
    """A plan or a state.

    ``configuration`` is that of the root module, ``None`` for a state. A plan that is not
    ``complete`` leaves out resources that the deployment has. One that is ``named`` stood on the
    command line.
    """

    source: Source
    kind: ShowKind
    resources: dict[str, PlannedResource] = field(default_factory=dict)
    variables: dict[str, Expr] = field(default_factory=dict)
    configuration: Object | None = None
    complete: bool = True
    named: bool = False

    @property
    def declared(self) -> set[tuple[str, str, str]]:
        """What its root module declares: mode, type and name; for a state, what it holds of it."""
        if self.configuration is not None:
            found = {_declared(item) for item in items_at(self.configuration, "resources")}
            found = {one for one in found if one[0] != "ephemeral"}
            calls = entries_at(self.configuration, "module_calls")
            return found | {("module", "", name) for name, _ in calls}
        own = (one for one in self.resources.values() if not one.module and one.managed)
        return {("managed", one.type, one.name) for one in own}


def read_plan(source: Source, root: Expr) -> Plan | None:
    """A plan or state out of a JSON tree, ``None`` where it is neither; its secrets are registered."""
    kind = kind_of_show(root)
    if kind is None:
        return None
    plan = Plan(source, kind)
    sensitive: list[Expr] = []
    if kind is ShowKind.RAW_STATE:
        _raw_state(plan, root, sensitive)
    elif kind is ShowKind.STATE:
        _values(plan, at(root, "values"), sensitive)
    else:
        _values(plan, at(root, "prior_state", "values"), sensitive)
        _values(plan, at(root, "planned_values"), sensitive)
        _changes(plan, root, sensitive)
        _settings(plan, root, sensitive)
    _hide(source, root, sensitive)
    return plan


def _values(plan: Plan, node: Expr | None, sensitive: list[Expr]) -> None:
    """The resources of the values of a state or a plan, module by module."""
    for _, output in entries_at(node, "outputs"):
        _add_sensitive(at(output, "sensitive"), at(output, "value"), sensitive)
    stack = [("", at(node, "root_module"))]
    while stack:
        module, content = stack.pop()
        stack.extend((text_at(one, "address") or "", one) for one in items_at(content, "child_modules"))
        for item in items_at(content, "resources"):
            values = at(item, "values")
            _add_sensitive(at(item, "sensitive_values"), values, sensitive)
            if at(item, "deposed_key") is None:
                _add(plan, item, module, values, None, at(item, "sensitive_values"))


def _changes(plan: Plan, root: Expr, sensitive: list[Expr]) -> None:
    """What the plan does: it knows best what exists in the end, and what is not known yet."""
    for item in items_at(root, "resource_changes"):
        change = at(item, "change")
        actions = at(change, "actions")
        words = (
            {one.value for one in actions.items if isinstance(one, Literal)}
            if isinstance(actions, Array)
            else set()
        )
        _add_changed(change, sensitive)
        if words == {"forget"} or at(item, "deposed") is not None:
            continue  # what is forgotten stays as the prior state has it
        address = text_at(item, "address")
        if words == {"delete"} and address is not None:
            plan.resources.pop(address, None)
        else:
            module = text_at(item, "module_address") or ""
            created = "create" in words
            after, unknown = at(change, "after"), at(change, "after_unknown")
            _add(plan, item, module, after, unknown, at(change, "after_sensitive"), exists=not created)


def _add(
    plan: Plan,
    item: Object,
    module: str,
    values: Expr | None,
    unknown: Expr | None,
    sensitive: Expr | None,
    *,
    exists: bool = True,
) -> None:
    place, address = at(item, "address"), text_at(item, "address")
    kind, name = text_at(item, "type"), text_at(item, "name")
    if module_names(module) is None or not steps(address or ""):
        return  # no plan has that
    if place is not None and address is not None and kind is not None and name is not None:
        managed = text_at(item, "mode") != "data"
        resource = PlannedResource(
            address, module, kind, name, managed, place.span, item.span, values, unknown, sensitive, exists
        )
        plan.resources[address] = resource


def _settings(plan: Plan, root: Expr, sensitive: list[Expr]) -> None:
    """The configuration, the variables of the root module, and whether the plan is all of it."""
    configuration = at(root, "configuration", "root_module")
    plan.configuration = configuration if isinstance(configuration, Object) else None
    for item in items_at(root, "resource_drift"):
        _add_changed(at(item, "change"), sensitive)
    for _, output in entries_at(root, "output_changes"):
        _add_changed(output, sensitive)
    for name, variable in entries_at(root, "variables"):
        value = at(variable, "value")
        if value is not None:
            plan.variables[name] = value
        _add_sensitive(at(configuration, "variables", name, "sensitive"), value, sensitive)
    failed, complete = at(root, "errored"), at(root, "complete")
    plan.complete = not (
        (isinstance(failed, Literal) and failed.value is True)
        or (isinstance(complete, Literal) and complete.value is False)
        or (complete is None and _is_cut(plan))
    )


def _is_cut(plan: Plan) -> bool:
    """Whether a plan lacks a resource that surely is to be there: Terraform before 1.8 does not say so."""
    for item in items_at(plan.configuration, "resources"):
        counted = at(item, "count_expression") is not None or at(item, "for_each_expression") is not None
        managed = text_at(item, "mode") == "managed"
        if managed and not counted and text_at(item, "address") not in plan.resources:
            return True
    return False


def _raw_state(plan: Plan, root: Expr, sensitive: list[Expr]) -> None:
    """The resources of the file that Terraform keeps its state in."""
    for _, output in entries_at(root, "outputs"):
        _add_sensitive(at(output, "sensitive"), at(output, "value"), sensitive)
    for item in items_at(root, "resources"):
        kind, name, module = text_at(item, "type"), text_at(item, "name"), text_at(item, "module") or ""
        place = at(item, "name")
        if kind is None or name is None or place is None or module_names(module) is None:
            continue
        managed = text_at(item, "mode") != "data"
        base = f"{module}." if module else ""
        base += f"{'' if managed else 'data.'}{kind}.{name}"
        for instance in items_at(item, "instances"):
            values = at(instance, "attributes")
            for path in _paths(at(instance, "sensitive_attributes")):
                sensitive.extend(_at_path(values, path))
            address = base + _key(at(instance, "index_key"))
            if at(instance, "deposed") is None:
                plan.resources[address] = PlannedResource(
                    address, module, kind, name, managed, place.span, instance.span, values
                )


def _key(key: Expr | None) -> str:
    """The key of an instance as it stands in its address."""
    if not isinstance(key, Literal) or key.value is None:
        return ""
    return f"[{key.span.text}]"


def _declared(item: Object) -> tuple[str, str, str]:
    return text_at(item, "mode") or "managed", text_at(item, "type") or "", text_at(item, "name") or ""


# Secrets ------------------------------------------------------------------------------------------


def _add_sensitive(mask: Expr | None, value: Expr | None, sensitive: list[Expr]) -> None:
    """Add what a mask of the shape of a value says to be sensitive."""
    stack = [(mask, value)]
    while stack:
        mask, value = stack.pop()
        if isinstance(mask, Literal):
            if mask.value is True and value is not None:
                sensitive.append(value)
        elif isinstance(mask, Array) and isinstance(value, Array):
            stack.extend(zip(mask.items, value.items, strict=False))
        elif isinstance(mask, Object):
            stack.extend((inner, at(value, name)) for name, inner in entries_at(mask))


def _add_changed(change: Expr | None, sensitive: list[Expr]) -> None:
    """Add what is sensitive on both sides of a change."""
    for side in ("before", "after"):
        _add_sensitive(at(change, f"{side}_sensitive"), at(change, side), sensitive)


def _paths(node: Expr | None) -> Iterator[list[Expr]]:
    """The paths in the list of a raw state, each a list of steps."""
    for path in node.items if isinstance(node, Array) else ():
        if isinstance(path, Array):
            yield list(path.items)
        elif isinstance(path, Object):
            yield [path]


def _at_path(value: Expr | None, path: list[Expr]) -> Iterator[Expr]:
    for step in path:
        found = at(step, "value")
        key = found.value if isinstance(found, Literal) else at(found, "value")
        key = key.value if isinstance(key, Literal) else key
        if isinstance(value, Object) and isinstance(key, str):
            value = value.get(key)
        elif isinstance(value, Array) and isinstance(key, int) and 0 <= key < len(value.items):
            value = value.items[key]
        # In a set the step is the element itself: all of the set is taken.
    if value is not None:
        yield value


def _hide(source: Source, root: Expr, sensitive: list[Expr]) -> None:
    """Register the sensitive texts and numbers of a file, and their copies elsewhere in it."""
    texts: set[str] = set()
    for value in sensitive:
        for node in _scalars(value):
            if isinstance(node.value, str | int | Decimal) and not isinstance(node.value, bool):
                source.secrets.add((node.start, node.end))
                texts.add(str(node.value))
    texts = {text for text in texts if len(text) >= _SHORTEST_COPY}
    if texts:
        copies = (node for node in _scalars(root) if node.value in texts)
        source.secrets.update((node.start, node.end) for node in copies)


def _scalars(root: Expr) -> Iterator[Literal]:
    """The scalars of a JSON tree; a large plan has millions of them."""
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Literal):
            yield node
        elif isinstance(node, Object):
            stack.extend([item.value for item in node.items])
        elif isinstance(node, Array):
            stack.extend(node.items)
