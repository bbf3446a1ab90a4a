"""Outputs of templates that show a secret: they stay readable in the history of deployments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kvlint.evaluate.arm.instance import TemplateInstance
from kvlint.evaluate.arm.template import OutputValue, Parameter
from kvlint.evaluate.values import (
    Choice,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    following,
    text_of,
)
from kvlint.graph.adapters.arm_sinks import is_no_key, may_be_given, reads_keys, secret_of
from kvlint.graph.adapters.literal_texts import could_be_secret, is_naming, is_several_words
from kvlint.graph.entities import ExposedOutput, Exposure
from kvlint.secrets import harmless_name, secret_name
from kvlint.source import Span
from kvlint.syntax.expr import (
    Array,
    Binary,
    Call,
    Conditional,
    Expr,
    GetAttribute,
    Index,
    Literal,
    Loop,
    MethodCall,
    Object,
    ObjectItem,
    Reference,
    Safe,
    Spread,
    Template,
)

#: Functions whose result shows what they are given.
_TRANSPARENT = frozenset(
    [
        "any",
        "array",
        "base64",
        "base64tojson",
        "base64tostring",
        "coalesce",
        "concat",
        "createarray",
        "createobject",
        "first",
        "flatten",
        "format",
        "if",
        "join",
        "json",
        "last",
        "replace",
        "skip",
        "split",
        "string",
        "substring",
        "take",
        "tolower",
        "toupper",
        "trim",
        "union",
        "uri",
        "uricomponent",
        "uricomponenttostring",
    ]
)

#: Those that give one of their arguments, or all that these hold.
_CHOOSING = frozenset({"any", "coalesce", "if", "shallowmerge", "union"})


class _Shown(NamedTuple):
    """A secret that an output shows, and where it comes from."""

    exposure: Exposure
    what: str
    span: Span | None = None


def exposed_outputs(instance: TemplateInstance, secure: Mapping[Span, Parameter]) -> Iterator[ExposedOutput]:
    """The outputs of a template that show a secret.

    ``secure`` are the secure parameters of the deployment, by the place of their declaration.
    """
    for name, output in instance.template.outputs.items():
        if output.secure:
            continue
        value = instance.output(name)
        shown = next(_in_value(value, secure), None) or next(_in_text(output.value, instance), None)
        shown = shown or _by_name(output, value)
        if shown is not None:
            yield ExposedOutput(
                address=f"{output.span}",
                display=output.name,
                span=output.span,
                deployment=instance.deployment,
                language=instance.deployment.language,
                exposure=shown.exposure,
                what=shown.what,
                source_span=shown.span,
            )


def _in_value(value: Value, secure: Mapping[Span, Parameter]) -> Iterator[_Shown]:
    """The secrets that a value holds, not those that it was computed from."""
    stack: list[tuple[Value, str]] = [(value, "")]
    while stack:
        current, key = stack.pop()
        for step in current.steps:
            parameter = secure.get(step.span)
            if parameter is not None and _shows(parameter, current, key):
                yield _Shown(Exposure.PARAMETER, parameter.name, parameter.span)
        match current:
            case ListValue(items=items) | PartialText(parts=items) | Choice(options=items):
                stack.extend((following(item, current), key) for item in reversed(items))
            case MapValue(entries=entries):
                stack.extend((following(one, current), name) for name, one in reversed(entries.items()))
            case Symbol():
                found = secret_of(current)
                if found:
                    keys = any(isinstance(one, str) and reads_keys(one) for one in current.path)
                    yield _Shown(Exposure.KEYS if keys else Exposure.PROPERTY, found, current.span)


def _shows(parameter: Parameter, value: Value, key: str) -> bool:
    """Whether a value that came through a secure parameter is the secret; ``key`` is its own in an object."""
    if harmless_name(parameter.name) and parameter.type == "string":
        return False
    if isinstance(value, MapValue | ListValue | Choice | PartialText):
        return False
    if parameter.type != "string":
        path = value.key if isinstance(value, Unknown) else None
        if isinstance(path, tuple) and path and path[0] == "parameter":
            return True  # the whole object
        below = path[1] if isinstance(path, tuple) and len(path) == 2 else key
        return isinstance(below, str) and secret_name(below)
    return not isinstance(value, Scalar) or _may_be_secret(value)


def _may_be_secret(value: Scalar) -> bool:
    return isinstance(value.data, str) and not is_several_words(value.data)


#: The keys and positions that are taken of an expression, the first one first; ``None`` is any.
_Path = tuple[str | None, ...]


def _in_text(expression: Expr, instance: TemplateInstance) -> Iterator[_Shown]:
    """The functions that read keys and the secure parameters in what an expression shows, through variables."""
    stack: list[tuple[Expr, _Path]] = [(expression, ())]
    seen: set[tuple[str, _Path]] = set()
    while stack:
        node, path = stack.pop()
        last = next((one for one in reversed(path) if one is not None), "")
        function = node.name if isinstance(node, Call | MethodCall) else ""
        secure = _secure_parameter(node, instance)
        if secure is not None:
            if secure.type == "string" or not path or secret_name(last):
                yield _Shown(Exposure.PARAMETER, secure.name, secure.span)
        elif function and reads_keys(function) and function not in instance.template.functions:
            if not is_no_key(last):
                yield _Shown(Exposure.KEYS, f"{function}()", node.span)
        else:
            stack.extend(reversed(list(_showing(node, path, instance, seen))))


def _secure_parameter(node: Expr, instance: TemplateInstance) -> Parameter | None:
    """The secure parameter that an expression names and that may be a secret."""
    key = _named(node, "parameters")
    found = instance.template.parameters.get(key) if key is not None else None
    if key is None or found is None or not found.secure:
        return None
    if harmless_name(found.name) and found.type == "string":
        return None
    value = instance.parameter(key)
    return None if isinstance(value, Scalar) and not _may_be_secret(value) else found


def _named(node: Expr, function: str) -> str | None:
    """The name that an expression is: in ARM JSON the argument of ``parameters`` or ``variables``."""
    match node:
        case Reference(name=name):
            return name
        case Call(name=called, arguments=[Literal(value=str(name))]) if called.lower() == function:
            return name.lower()
    return None


def _showing(
    node: Expr, path: _Path, instance: TemplateInstance, seen: set[tuple[str, _Path]]
) -> Iterator[tuple[Expr, _Path]]:
    """The parts of an expression that its value shows, with what is taken of them."""
    name = _named(node, "variables")
    variable = instance.template.variables.get(name) if name is not None else None
    if name is not None and variable is not None and (name, path) not in seen:
        seen.add((name, path))
        yield variable.value, path
    match node:
        case Template(parts=parts):
            yield from ((part, ()) for part in parts)
        case Array(items=items):
            yield from ((item, path[1:]) for item in items)
        case Object(items=entries):
            for entry in entries:
                if not path or path[0] is None or _key(entry) in (path[0].casefold(), None):
                    yield entry.value, path[1:]
        case Conditional(then=then, otherwise=otherwise):
            yield from ((then, path), (otherwise, path))
        case Binary(operator="??", left=left, right=right):
            yield from ((left, path), (right, path))
        case Loop(value=value):
            yield value, path[1:]
        case Spread(value=value):
            yield value, path
        case GetAttribute(target=target, name=attribute):
            yield target, (attribute, *path)
        case Index(target=target, key=key):
            yield target, (str(key.value) if isinstance(key, Literal) else None, *path)
        case Safe(access=access):
            yield access, path
        case Call(name=called, arguments=arguments) if called.lower() in _TRANSPARENT:
            inner = path if called.lower() in _CHOOSING else ()
            yield from ((one, inner) for one in (arguments[1:] if called.lower() == "if" else arguments))


def _key(entry: ObjectItem) -> str | None:
    """The key of an entry as names compare, ``None`` where it is computed."""
    return str(entry.key.value).casefold() if isinstance(entry.key, Literal) else None


def _by_name(output: OutputValue, value: Value) -> _Shown | None:
    """An output that is called a password and may well be one."""
    if "password" not in output.name.lower() or not secret_name(output.name):
        return None
    given = isinstance(value, Unknown) and may_be_given(value)
    text = text_of(value) or ""
    literal = could_be_secret(text) and not is_naming(text)
    return _Shown(Exposure.NAME, output.name) if given or literal else None
