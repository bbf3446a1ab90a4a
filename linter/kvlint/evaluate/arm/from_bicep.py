"""The template that a Bicep file is, and the parameters file that a ``.bicepparam`` is."""

from __future__ import annotations

from kvlint.evaluate.arm.json_modules import given_value
from kvlint.evaluate.arm.template import (
    GivenParameter,
    Imported,
    ModuleCall,
    OutputValue,
    Parameter,
    ParameterFile,
    ResourceDeclaration,
    Round,
    TargetScope,
    Template,
    UserFunction,
    Variable,
)
from kvlint.evaluate.arm.usertypes import UserTypes
from kvlint.source import Span
from kvlint.syntax import bicep_tree as tree
from kvlint.syntax.expr import Call, Literal, Loop, Object, ObjectItem

_DEPLOYMENT = "microsoft.resources/deployments"
_LOADING = ("loadTextContent", "loadJsonContent")


def template_of(file: tree.BicepFile, types: UserTypes) -> Template:
    """The template of a ``.bicep`` file; of declarations with one name the first counts."""
    template = Template(file.source, _target_scope(file))
    for param in file.of(tree.Param):
        template.parameters.setdefault(param.name.text, _parameter(param, file, types))
    template.variables = _variables(file)
    template.imports = _imports(file)
    for function in file.of(tree.Function):
        names = [parameter.name.text for parameter in function.parameters]
        template.functions.setdefault(
            function.name.text, UserFunction(function.name.text, names, function.body)
        )
    for resource in file.of(tree.Resource):
        nested = _nested_deployment(resource)
        if nested is not None:
            template.modules.setdefault(resource.name.text, nested)
        else:
            template.resources.setdefault(resource.name.text, _resource(resource, None))
    for module in file.of(tree.Module):
        template.modules.setdefault(module.name.text, _module(module))
    for output in file.of(tree.Output):
        secure = types.is_secure(file, output.type) or output.decorator("secure") is not None
        made = OutputValue(output.name.text, output.name.span, output.value, secure)
        template.outputs.setdefault(output.name.text, made)
    return template


def parameter_file_of(file: tree.BicepFile) -> ParameterFile:
    """What a ``.bicepparam`` says."""
    using = next(file.of(tree.Using), None)
    extends = next(file.of(tree.Extends), None)
    return ParameterFile(
        file.source,
        {
            one.name.text: GivenParameter(one.name.text, one.name.span, one.value)
            for one in file.of(tree.ParamAssignment)
        },
        using=using.path if using is not None else None,
        extends=extends.path if extends is not None else None,
        variables=_variables(file),
        imports=_imports(file),
    )


def _target_scope(file: tree.BicepFile) -> TargetScope | None:
    """What ``targetScope`` says; ``None`` where that is no known word."""
    for declaration in file.of(tree.TargetScope):
        words = {scope.value: scope for scope in TargetScope}
        value = declaration.value
        return words.get(str(value.value)) if isinstance(value, Literal) else None
    return TargetScope.RESOURCE_GROUP


def _parameter(param: tree.Param, file: tree.BicepFile, types: UserTypes) -> Parameter:
    found = types.find(file, param.type.name) if param.type.name is not None else None
    written = [param.type] if found is None else [param.type, found[1].type]
    return Parameter(
        param.name.text,
        param.name.span,
        type=(written[-1].name or "").removeprefix("sys."),
        secure=param.decorator("secure") is not None or types.is_secure(file, param.type),
        nullable=any(one.nullable for one in written),
        default=param.default,
    )


def _variables(file: tree.BicepFile) -> dict[str, Variable]:
    found: dict[str, Variable] = {}
    for var in file.of(tree.Var):
        found.setdefault(var.name.text, Variable(var.name.text, var.name.span, var.value))
    return found


def _imports(file: tree.BicepFile) -> dict[str, Imported]:
    found: dict[str, Imported] = {}
    for declaration in file.of(tree.Import):
        if declaration.namespace is not None:
            name = declaration.namespace.text
            found.setdefault(name, Imported(name, "", declaration.path))
        for symbol in declaration.symbols:
            name = symbol.alias.text if symbol.alias is not None else symbol.name
            found.setdefault(name, Imported(name, symbol.name, declaration.path))
    return found


def _loop(value: Object | Loop) -> Round | None:
    if not isinstance(value, Loop):
        return None
    return Round(value.collection, value.value_name, value.key_name or "", value.condition)


def _resource(resource: tree.Resource, parent: ResourceDeclaration | None) -> ResourceDeclaration:
    written = resource.type.value if isinstance(resource.type, Literal) else None
    type_, _, version = str(written or "").partition("@")
    type_ = type_.removeprefix("az:")
    if parent is not None and type_:
        # A type with a provider of its own stands for itself, as for resources outside.
        whole = "." in type_.partition("/")[0]
        type_ = type_ if whole or not parent.type else f"{parent.type}/{type_}"
        version = version or parent.api_version
    made = ResourceDeclaration(
        symbol=resource.name.text,
        type=type_,
        api_version=version,
        span=Span(resource.source, resource.start, resource.type.end),
        extent=resource.span,
        body=resource.body or Object(resource.source, resource.start, resource.start, ()),
        existing=resource.existing,
        condition=resource.condition,
        loop=_loop(resource.value),
        parent=parent,
    )
    for child in resource.resources:
        made.children.setdefault(child.name.text, _resource(child, made))
    return made


def _module(module: tree.Module) -> ModuleCall:
    body = module.body or Object(module.source, module.start, module.start, ())
    inputs = body.get("params")
    return ModuleCall(
        symbol=module.name.text,
        span=Span(module.source, module.start, module.path.end),
        extent=module.span,
        body=body,
        path=module.path,
        inputs=inputs if isinstance(inputs, Object) else None,
        inputs_open=None if isinstance(inputs, Object) else inputs,
        scope=body.get("scope"),
        condition=module.condition,
        loop=_loop(module.value),
    )


def _nested_deployment(resource: tree.Resource) -> ModuleCall | None:
    """The module that a deployment is whose template is read from a file; ``None`` for all else."""
    written = resource.type.value if isinstance(resource.type, Literal) else None
    properties = resource.body.get("properties") if resource.body is not None else None
    if str(written or "").partition("@")[0].casefold() != _DEPLOYMENT or not isinstance(properties, Object):
        return None
    template = properties.get("template")
    if isinstance(template, Call) and template.name == "json" and len(template.arguments) == 1:
        template = template.arguments[0]
    if not isinstance(template, Call) or template.name not in _LOADING or not template.arguments:
        return None
    inputs = properties.get("parameters")
    body = resource.body or Object(resource.source, resource.start, resource.start, ())
    return ModuleCall(
        symbol=resource.name.text,
        span=Span(resource.source, resource.start, resource.type.end),
        extent=resource.span,
        body=body,
        path=template.arguments[0],
        inputs=_given(inputs) if isinstance(inputs, Object) else None,
        inputs_open=None if isinstance(inputs, Object) else inputs,
        scope=body.get("scope"),
        condition=resource.condition,
        loop=_loop(resource.value),
    )


def _given(parameters: Object) -> Object:
    """What the parameters of a deployment are given, without the object around each value."""
    items = [ObjectItem(item.key, given_value(item.value)) for item in parameters.items]
    return Object(parameters.source, parameters.start, parameters.end, items)
