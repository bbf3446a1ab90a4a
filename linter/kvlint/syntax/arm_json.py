"""ARM JSON as it is found: whether a file is a template or a parameters file, and its keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kvlint.syntax.expr import Array, Expr, Literal, Object, ObjectItem

_TEMPLATE_SCHEMA = re.compile(
    r"(?:.*/)?(deployment|subscriptionDeployment|managementGroupDeployment|tenantDeployment)Template\.json#?",
    re.IGNORECASE,
)
_PARAMETERS_SCHEMA = re.compile(
    r"(?:.*/)?(?:(?:subscription|managementGroup|tenant)?Deployment)Parameters\.json#?", re.IGNORECASE
)

#: What templates and parameter files have near their beginning.
_SIGNS = (
    "deploymenttemplate.json",
    "deploymentparameters.json",
    "schema.management.azure.com",
    '"contentversion"',
)
_LOOKED_AT = 4096


def member(node: Expr | None, name: str) -> Expr | None:
    """The value of a key of an object; JSON templates write keys in any case."""
    item = member_item(node, name)
    return item.value if item else None


def member_item(node: Expr | None, name: str) -> ObjectItem | None:
    """As :func:`member`, with the key."""
    if not isinstance(node, Object):
        return None
    found = node.item(name)
    if found is not None:
        return found
    folded = name.lower()
    for item in reversed(node.items):
        if (
            isinstance(item.key, Literal)
            and isinstance(item.key.value, str)
            and item.key.value.lower() == folded
        ):
            return item
    return None


def text_of(node: Expr | None) -> str | None:
    """The text of a string literal."""
    return node.value if isinstance(node, Literal) and isinstance(node.value, str) else None


def looks_like_arm(text: str) -> bool:
    """Whether a JSON text may be a template or parameters file: a quick test that lets others in."""
    beginning = text[:_LOOKED_AT].lower()
    return any(sign in beginning for sign in _SIGNS)


def is_template(root: Expr | None) -> bool:
    """Whether a JSON tree is a template: by its schema, or without one by its shape."""
    schema = _schema(root)
    if schema is None:
        return text_of(member(root, "contentVersion")) is not None and isinstance(
            member(root, "resources"), Array | Object
        )
    return template_schema(root) is not None


def is_parameter_file(root: Expr | None) -> bool:
    """Whether a JSON tree is a parameters file: by its schema, or without one by its shape."""
    schema = _schema(root)
    if schema is not None:
        return _PARAMETERS_SCHEMA.fullmatch(schema) is not None
    parameters = member(root, "parameters")
    if text_of(member(root, "contentVersion")) is None or member(root, "resources") is not None:
        return False
    if not isinstance(parameters, Object) or not parameters.items:
        return False
    return all(
        isinstance(item.value, Object)
        and any(member(item.value, name) is not None for name in ("value", "reference", "expression"))
        for item in parameters.items
    )


def _schema(root: Expr | None) -> str | None:
    """The schema that a file names; None where it names none."""
    schema = member(root, "$schema")
    if isinstance(schema, Literal) and schema.value in (None, ""):
        return None
    return (text_of(schema) or "?") if schema is not None else None


def template_schema(root: Expr | None) -> str | None:
    """What the schema of a template is called, in lower case and without ``template.json``.

    That is ``deployment``, ``subscriptiondeployment``, ``managementgroupdeployment`` or
    ``tenantdeployment``; None where the schema is none of these.
    """
    found = _TEMPLATE_SCHEMA.fullmatch(_schema(root) or "")
    return found[1].lower() if found else None


def plain_entries(node: Expr | None) -> Iterator[tuple[str, ObjectItem]]:
    """The entries of an object whose keys are plain texts."""
    if isinstance(node, Object):
        for item in node.items:
            if isinstance(item.key, Literal) and isinstance(item.key.value, str):
                yield item.key.value, item
