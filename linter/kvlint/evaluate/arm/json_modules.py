"""Deployments within ARM templates: where their template is, where they go, what they are given."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile

from kvlint.evaluate.arm.template import TargetScope, Variable
from kvlint.syntax.arm_json import member, text_of
from kvlint.syntax.expr import Call, Conditional, Expr, GetAttribute, Literal, Object

#: The functions that put the address of a linked template together.
_JOINING = frozenset({"uri", "concat", "format"})
_PLACEHOLDER = re.compile(r"\{[0-9]+\}")


def module_path(link: Expr | None, variables: Mapping[str, Variable]) -> Expr | None:
    """Where the template of a ``templateLink`` lies; None where it tells nothing.

    A literal where it is written, or where an address is put together of a base that may be
    anything and the path of a JSON file: that path, to be tried from the folder of the file.
    Variables are looked into. Else the expression.
    """
    for name in ("relativePath", "uri"):
        address = member(link, name)
        if address is not None:
            known = followed(address, variables)
            if isinstance(known, Literal):
                return known
            return _joined_path(known, 1, variables) or address
    return member(link, "id")


def followed(node: Expr, variables: Mapping[str, Variable]) -> Expr:
    """What a variable, or a property of one, holds; other expressions as they are."""
    names: list[str] = []
    target = node
    while isinstance(target, GetAttribute):
        names.append(target.name)
        target = target.target
    match target:
        case Call(name=name, arguments=[Literal(value=str(variable))]) if name.lower() == "variables":
            declared = variables.get(variable.lower())
            found: Expr | None = declared.value if declared else None
            for attribute in reversed(names):
                found = member(found, attribute)
            return found or node
    return node


def _joined_path(address: Expr, bases: int, variables: Mapping[str, Variable]) -> Literal | None:
    """The path in a call that joins an address; ``bases`` parts in front of it may be anything."""
    if isinstance(address, Literal):
        return _json_path([address])
    if not isinstance(address, Call) or address.name.lower() not in _JOINING or not address.arguments:
        return None
    name = address.name.lower()
    arguments = list(address.arguments)
    if name == "uri":
        return _joined_path(followed(arguments[1], variables), 0, variables) if len(arguments) == 2 else None
    if name == "format":
        return _formatted_path(arguments[0], bases)
    inner = _joined_path(arguments[0], bases, variables) if isinstance(arguments[0], Call) else None
    if inner is not None:
        return inner
    if bases and not isinstance(arguments[0], Literal):
        del arguments[0]
    known = [followed(part, variables) for part in arguments]
    return _json_path(list(takewhile(lambda part: isinstance(part, Literal), known)))


def _formatted_path(pattern: Expr, bases: int) -> Literal | None:
    """The path in the first argument of ``format``, with placeholders only for base and query."""
    text = text_of(pattern)
    if text is None:
        return None
    parts = _PLACEHOLDER.split(text, 3)
    if len(parts) > 1 and bases and not parts[0]:
        del parts[0]
    return _json_path([Literal(pattern.source, pattern.start, pattern.end, parts[0])])


def _json_path(parts: Sequence[Expr]) -> Literal | None:
    """The path of a JSON file that these literals make together, without a query behind it."""
    text = "".join(text_of(part) or "" for part in parts).partition("?")[0]
    if not text.lower().endswith(".json"):
        return None
    last = parts[-1]
    return Literal(last.source, last.start, last.end, text.lstrip("/"))


def written_scope(body: Object) -> Expr | None:
    """Where the body of a resource says that it is, as Bicep writes it.

    ``resourceGroup`` and ``subscriptionId`` become calls of ``resourceGroup`` and ``subscription``.
    """
    scope = member(body, "scope")
    if scope is not None:
        return scope
    group, subscription = member(body, "resourceGroup"), member(body, "subscriptionId")
    if group is not None:
        arguments = [group] if subscription is None else [subscription, group]
        return Call(group.source, group.start, group.end, "resourceGroup", arguments)
    if subscription is not None:
        return Call(subscription.source, subscription.start, subscription.end, "subscription", [subscription])
    return None


def module_scope(body: Object, caller: TargetScope | None, nested: TargetScope | None) -> Expr | None:
    """Where a deployment goes, as Bicep writes it; None for where its caller is.

    ``caller`` and ``nested`` are what the two templates are deployed to, as their schemas say.
    """
    scope = written_scope(body)
    if scope is not None:
        return scope
    location = member(body, "location")
    if (
        location is not None
        and caller is TargetScope.RESOURCE_GROUP
        and nested in (None, TargetScope.SUBSCRIPTION)
    ):
        return Call(location.source, location.start, location.end, "subscription", [])
    return None


def given_value(entry: Expr) -> Expr:
    """What an entry of a deployment's parameters gives.

    The entry is ``{"value": …}`` or ``{"reference": …}`` to a vault's secret, or computes one
    of them. The reference becomes the call ``keyVaultSecret(id, name)``, or with a version.
    """
    if isinstance(entry, Conditional):
        then, otherwise = given_value(entry.then), given_value(entry.otherwise)
        return Conditional(entry.source, entry.start, entry.end, entry.condition, then, otherwise)
    value = _entry(entry, "value")
    if value is not None:
        return value
    reference = _entry(entry, "reference")
    vault, secret = _entry(_entry(reference, "keyVault"), "id"), _entry(reference, "secretName")
    if reference is not None and vault is not None and secret is not None:
        version = _entry(reference, "secretVersion")
        arguments = [vault, secret] if version is None else [vault, secret, version]
        return Call(reference.source, reference.start, reference.end, "keyVaultSecret", arguments)
    return GetAttribute(entry.source, entry.start, entry.end, entry, "value", entry.start)


def _entry(node: Expr | None, name: str) -> Expr | None:
    """The entry of an object, written as one or with ``createObject``."""
    if not isinstance(node, Call) or node.name.lower() != "createobject":
        return member(node, name)
    for key, value in zip(node.arguments[::2], node.arguments[1::2], strict=False):
        if (text_of(key) or "").lower() == name.lower():
            return value
    return None
