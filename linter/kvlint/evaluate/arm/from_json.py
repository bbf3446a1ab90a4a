"""Templates in ARM JSON.

Whatever has the wrong shape in one is left out or kept as it is written; the only
problems are expressions that cannot be read.
"""

from __future__ import annotations

from dataclasses import dataclass

from kvlint.evaluate.arm.copies import (
    NO_COPIES,
    Copies,
    property_loops,
    round_of,
    with_expressions,
)
from kvlint.evaluate.arm.json_modules import (
    followed,
    given_value,
    module_path,
    module_scope,
    written_scope,
)
from kvlint.evaluate.arm.json_types import SECURE_TYPES, JsonTypes
from kvlint.evaluate.arm.template import (
    ModuleCall,
    OutputValue,
    Parameter,
    ResourceDeclaration,
    Round,
    TargetScope,
    Template,
    UserFunction,
    Variable,
)
from kvlint.source import Source, Span
from kvlint.syntax.arm_expression import is_expression, read_expression
from kvlint.syntax.arm_json import (
    member,
    member_item,
    plain_entries,
    template_schema,
    text_of,
)
from kvlint.syntax.body import SyntaxProblem
from kvlint.syntax.expr import Array, Expr, Hole, Literal, Loop, Object, ObjectItem

_SCOPES = {
    "deployment": TargetScope.RESOURCE_GROUP,
    "subscriptiondeployment": TargetScope.SUBSCRIPTION,
    "managementgroupdeployment": TargetScope.MANAGEMENT_GROUP,
    "tenantdeployment": TargetScope.TENANT,
}
_DEPLOYMENT = "microsoft.resources/deployments"

#: The keys of a resource that have a meaning of their own, by themselves in lower case.
_USUAL_KEYS = {
    key.lower(): key
    for key in (
        "apiVersion",
        "condition",
        "copy",
        "dependsOn",
        "identity",
        "kind",
        "location",
        "name",
        "properties",
        "resourceGroup",
        "scope",
        "sku",
        "subscriptionId",
        "tags",
        "type",
    )
}


def template_of(source: Source, root: Expr) -> tuple[Template, list[SyntaxProblem]]:
    """The template that a JSON tree is, and the expressions in it that cannot be read.

    Parameters, variables, functions and outputs have keys in lower case, since their names
    compare so; ``name`` is as written. Resources have their symbolic name, or ``#n`` in
    order. What is declared in the body of a resource is a child where its type is only the last
    part of one. Else it stands for itself, repeated as that resource is. Bodies hold neither
    such resources nor nested templates, and their own keys are in the usual case.
    """
    problems: list[SyntaxProblem] = []
    return _Builder(source, root, problems).build(), problems


def _without(node: Object, *names: str) -> Object:
    """The object without these keys, given in lower case."""
    items = [
        item
        for item in node.items
        if not (isinstance(item.key, Literal) and str(item.key.value).lower() in names)
    ]
    return node if len(items) == len(node.items) else Object(node.source, node.start, node.end, items)


@dataclass(slots=True)
class _Place:
    """Where a resource is declared: the loops around it, and the resource in whose body.

    ``loop`` is that of the resource, or of one around it.
    """

    copies: Copies
    parent: ResourceDeclaration | None = None
    loop: Round | None = None


class _Builder:
    """Makes one template of a tree, and those nested in it."""

    def __init__(
        self,
        source: Source,
        root: Expr,
        problems: list[SyntaxProblem],
        copies: Copies = NO_COPIES,
        is_compiled: bool = False,
    ) -> None:
        self.root = root
        self.problems = problems
        self.copies = copies
        self.template = Template(source, _scope_of(root), is_json=True)
        generator = text_of(member(member(member(root, "metadata"), "_generator"), "name"))
        self.template.is_compiled = is_compiled or generator == "bicep"
        self.types = JsonTypes(root)
        self.count = 0

    def build(self) -> Template:
        """The template."""
        for name, item in plain_entries(member(self.root, "parameters")):
            self.template.parameters[name.lower()] = self._parameter(name, item)
        for name, item in plain_entries(member(self.root, "variables")):
            self._variable(name, item)
        self._functions()
        self._resources(member(self.root, "resources"), _Place(self.copies))
        for name, item in plain_entries(member(self.root, "outputs")):
            self.template.outputs[name.lower()] = self._output(name, item)
        return self.template

    def _value(self, node: Expr, copies: Copies | None = None) -> Expr:
        return with_expressions(node, self.problems, self.copies if copies is None else copies)

    # Values

    def _parameter(self, name: str, item: ObjectItem) -> Parameter:
        kind = self.types.resolved(item.value)
        default = member(item.value, "defaultValue")
        nullable = member(kind, "nullable") or member(item.value, "nullable")
        text = (text_of(member(kind, "type")) or "").lower()
        secure = self.types.is_secure(kind)
        if secure and default is not None:
            self.template.source.secrets.add((default.start, default.end))
        return Parameter(
            name,
            item.key.span,
            SECURE_TYPES.get(text, text),
            secure=secure,
            nullable=_is_true(nullable),
            default=None if default is None else self._value(default),
        )

    def _variable(self, name: str, item: ObjectItem) -> None:
        loops = property_loops(item.value, self.problems, self.copies) if name.lower() == "copy" else None
        if loops is None:
            loops = [ObjectItem(item.key, self._value(item.value))]
        for loop in loops:
            text = text_of(loop.key) or name
            self.template.variables[text.lower()] = Variable(text, loop.key.span, loop.value)

    def _functions(self) -> None:
        declared = member(self.root, "functions")
        for group in declared.items if isinstance(declared, Array) else ():
            namespace = text_of(member(group, "namespace"))
            for name, item in plain_entries(member(group, "members")):
                body = member(member(item.value, "output"), "value")
                if namespace is None or body is None:
                    continue
                parameters = member(item.value, "parameters")
                names = [
                    text_of(member(parameter, "name")) or ""
                    for parameter in (parameters.items if isinstance(parameters, Array) else ())
                ]
                full = f"{namespace}.{name}"
                self.template.functions[full.lower()] = UserFunction(full, names, self._value(body))

    def _output(self, name: str, item: ObjectItem) -> OutputValue:
        declared, copies = item.value, self.copies
        loop = round_of(member(declared, "copy"), copies, self.problems)
        value = member(declared, "value")
        condition = member(declared, "condition")
        if loop is not None:
            value = member(member(declared, "copy"), "input")
            copies = copies.around_whole("")
        made: Expr = Hole(declared.source, declared.start, declared.end, "the output has no value")
        if value is not None:
            made = self._value(value, copies)
            if loop is not None:
                made = Loop(
                    value.source, value.start, value.end, None, loop.item, loop.collection, None, made, None
                )
        return OutputValue(
            name,
            item.key.span,
            made,
            self.types.is_secure(declared),
            None if condition is None else self._value(condition),
        )

    # Resources

    def _resources(self, declared: Expr | None, place: _Place) -> None:
        """Those of a list or, by symbolic name, of an object."""
        if isinstance(declared, Array):
            for item in declared.items:
                if isinstance(item, Object):
                    self._resource("", item, place, (member(item, "name") or item).span)
        for symbol, entry in plain_entries(declared):
            if isinstance(entry.value, Object):
                self._resource(symbol, entry.value, place, entry.key.span)

    def _resource(self, symbol: str, declared: Object, place: _Place, span: Span) -> None:
        while not symbol or symbol in self.template.resources or symbol in self.template.modules:
            symbol = f"#{self.count}"
            self.count += 1
        copies = place.copies
        loop = round_of(member(declared, "copy"), copies, self.problems)
        if loop is not None:
            copies = copies.around_whole(text_of(member(member(declared, "copy"), "name")) or "")
        kind, _, version = _text(member(declared, "type")).partition("@")
        is_child = place.parent is not None and not _is_full(kind)
        if loop is None and not is_child:
            loop = place.loop
        is_existing = _is_true(member(declared, "existing"))
        if kind.lower() == _DEPLOYMENT and not is_existing:
            self._module(symbol, declared, copies, loop, span)
            return
        parent = place.parent if is_child else None
        body = _with_scope(self._body(_without(declared, "resources"), copies))
        made = ResourceDeclaration(
            symbol,
            _full_type(kind, parent),
            self._version(declared) or version,
            span,
            declared.span,
            body,
            existing=is_existing,
            condition=member(body, "condition"),
            loop=loop,
            parent=parent,
        )
        siblings = self.template.resources if parent is None else parent.children
        siblings[symbol] = made
        self._resources(member(declared, "resources"), _Place(copies, made, loop or place.loop))

    def _version(self, declared: Object) -> str:
        """The version of the API; it may stand in a variable."""
        written = member(declared, "apiVersion")
        if isinstance(written, Literal):
            written = followed(read_expression(written, []), self.template.variables)
        return text_of(written) or ""

    def _body(self, declared: Object, copies: Copies) -> Object:
        """What a resource has, with expressions.

        None are read in what is only for people, nor in the loop, which is read by itself.
        The keys of resources are written as adapters know them.
        """
        made: list[ObjectItem] = []
        for item in declared.items:
            name = (text_of(item.key) or "").lower()
            key = item.key
            usual = _USUAL_KEYS.get(name)
            if usual is not None and text_of(key) != usual:
                key = Literal(key.source, key.start, key.end, usual)
            if name in ("comments", "copy", "metadata"):
                made.append(ObjectItem(key, item.value))
                continue
            item = ObjectItem(key, item.value)
            whole = Object(declared.source, declared.start, declared.end, [item])
            converted = with_expressions(whole, self.problems, copies)
            made.extend(converted.items if isinstance(converted, Object) else ())
        return Object(declared.source, declared.start, declared.end, made)

    def _module(self, symbol: str, declared: Object, copies: Copies, loop: Round | None, span: Span) -> None:
        """A nested or linked deployment."""
        item = member_item(declared, "properties")
        properties = item.value if item else None
        nested = member(properties, "template")
        plain = declared
        if item is not None and isinstance(properties, Object):
            rest = ObjectItem(item.key, _without(properties, "template"))
            plain = Object(
                declared.source,
                declared.start,
                declared.end,
                [rest if each is item else each for each in declared.items],
            )
        body = self._body(plain, copies)
        settings = member(body, "properties")
        call = ModuleCall(symbol, span, declared.span, body, condition=member(body, "condition"), loop=loop)
        if isinstance(nested, Object):
            evaluation = text_of(member(member(settings, "expressionEvaluationOptions"), "scope")) or ""
            call.shares_scope = evaluation.lower() != "inner"
            around = copies if call.shares_scope else NO_COPIES
            builder = _Builder(
                declared.source, nested, self.problems, around, is_compiled=self.template.is_compiled
            )
            call.template = builder.build()
        elif nested is not None:
            call.path = self._value(nested, copies)
        else:
            call.path = module_path(member(settings, "templateLink"), self.template.variables)
            if call.path is None:
                call.path = Hole(declared.source, span.start, span.end, "the deployment has no template")
        call.inputs, call.inputs_open = _inputs(settings)
        nested_scope = call.template.scope if call.template else None
        call.scope = module_scope(body, self.template.scope, nested_scope)
        self.template.modules[symbol] = call


def _with_scope(body: Object) -> Object:
    """The body with ``scope`` where it writes that in other words."""
    scope = written_scope(body)
    if scope is None or member(body, "scope") is not None:
        return body
    key = Literal(scope.source, scope.start, scope.end, "scope")
    return Object(body.source, body.start, body.end, [*body.items, ObjectItem(key, scope)])


def _inputs(settings: Expr | None) -> tuple[Object | None, Expr | None]:
    """The values of a deployment's parameters by name, or the expression that gives them."""
    given = member(settings, "parameters")
    link = member(settings, "parametersLink")
    if isinstance(given, Object):
        items = [ObjectItem(item.key, given_value(item.value)) for item in given.items]
        return Object(given.source, given.start, given.end, items), None
    if given is None and link is not None:
        return None, Hole(link.source, link.start, link.end, "the parameters are in a linked file")
    return None, given


def _is_full(kind: str) -> bool:
    """Whether a type has the name of a provider; in the body of another resource it need not."""
    return "." in kind.partition("/")[0]


def _full_type(kind: str, parent: ResourceDeclaration | None) -> str:
    if parent is None or not kind:
        return kind
    return f"{parent.type}/{kind}" if parent.type else ""


def _text(node: Expr | None) -> str:
    """A text that is written plainly, else an empty one."""
    text = text_of(node)
    return "" if text is None or is_expression(text) else text


def _is_true(node: Expr | None) -> bool:
    return isinstance(node, Literal) and node.value is True


def _scope_of(root: Expr) -> TargetScope | None:
    """What a template is deployed to, None where its schema does not tell."""
    return _SCOPES.get(template_schema(root) or "")
