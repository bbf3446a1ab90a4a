"""Which declaration of a template an expression names: an entry of ``dependsOn``, an id, a name."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

from kvlint.evaluate.arm.ids import slashes, split_name
from kvlint.evaluate.arm.order import Declaration
from kvlint.evaluate.arm.resource import ArmResource
from kvlint.evaluate.arm.template import COPY, ModuleCall, Template
from kvlint.evaluate.combine import name_key
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.reach import Edges
from kvlint.evaluate.values import PartialText, Symbol, Value, alternatives, text_of
from kvlint.syntax.arm_json import member
from kvlint.syntax.expr import Call, Expr, Literal

if TYPE_CHECKING:
    from kvlint.evaluate.arm.instance import TemplateInstance

_DEPLOYMENT = "microsoft.resources/deployments"


def named_by(expression: Expr, instance: TemplateInstance) -> Edges[Declaration]:
    """The declarations that an id, a resource's name or that of a copy loop stands for."""
    found: Edges[Declaration] = Edges()
    for value in alternatives(evaluate(expression, instance)):
        if isinstance(value, Symbol):
            declared = value.resource.declaration if isinstance(value.resource, ArmResource) else None
            if declared is None:
                found.open = True
            elif declared in _declarations(instance.template):
                found.sure.append(declared)
            continue
        type_ = _type_in(expression) or _type_of(value)
        if type_ is not None:
            found.add(_of_type(type_, value, instance))
        elif text_of(value) is not None:
            found.sure += _of_name(str(text_of(value)), instance)
        else:
            found.open = True
    return found


def _declarations(template: Template) -> Iterator[Declaration]:
    yield from template.all_resources()
    yield from template.modules.values()


def _of_name(name: str, instance: TemplateInstance) -> list[Declaration]:
    """What has a symbolic name, a name, or a copy loop of this name."""
    template = instance.template
    declared = template.resources.get(name) or template.modules.get(name)
    if declared is not None:
        return [declared]
    loop = COPY + name.lower()
    return [
        one
        for one in _declarations(template)
        if (one.loop is not None and one.loop.item == loop) or _last_name(one, instance) == name.casefold()
    ]


def _of_type(type_: str, value: Value, instance: TemplateInstance) -> Edges[Declaration]:
    """What has a type and the name that an id ends in; perhaps those with a name that is not known."""
    wanted = name_key(split_name(value, slashes(value) + 1)[-1])
    found: Edges[Declaration] = Edges()
    for one in _declarations(instance.template):
        if type_ not in _types(one):
            continue
        name = _last_name(one, instance)
        if name is not None and name == wanted:
            found.sure.append(one)
        elif not (isinstance(name, str) and isinstance(wanted, str)):
            found.perhaps.append(one)
    return found


def _types(declaration: Declaration) -> tuple[str, str]:
    """The type as written, and that of an extension alone."""
    if isinstance(declaration, ModuleCall):
        return _DEPLOYMENT, _DEPLOYMENT
    written = declaration.type.casefold()
    return written, written.rpartition("/providers/")[2]


def _last_name(declaration: Declaration, instance: TemplateInstance) -> Hashable | None:
    written = member(declaration.body, "name")
    if written is None or declaration.loop is not None:
        return None
    value = evaluate(written, instance)
    return name_key(split_name(value, slashes(value) + 1)[-1])


def _type_in(expression: Expr) -> str | None:
    """The type in a call such as ``resourceId`` or ``extensionResourceId``, in lower case."""
    if not isinstance(expression, Call) or not expression.name.lower().endswith("resourceid"):
        return None
    literals = [one.value for one in expression.arguments if isinstance(one, Literal)]
    texts = [one for one in literals if isinstance(one, str)]
    types = [one for one in texts if "." in one.partition("/")[0] and "/" in one]
    return types[-1].casefold() if types else None


def _type_of(value: Value) -> str | None:
    """The type in an id, or in one such as ``Microsoft.KeyVault/vaults/NAME``, in lower case."""
    parts = value.parts if isinstance(value, PartialText) else (value,)
    if not any("/" in (text_of(part) or "") for part in parts):
        return None
    text = "".join("*" if text_of(part) is None else str(text_of(part)) for part in parts)
    provider, *rest = text.rpartition("/providers/")[2].strip("/").split("/")
    if "." not in provider or not rest:
        return None
    return "/".join([provider, *rest[::2]]).casefold()
