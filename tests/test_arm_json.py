"""Templates and parameter files in ARM JSON, made into the common model."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvlint.evaluate.arm.from_json import template_of
from kvlint.evaluate.arm.json_parameters import parameter_file_of
from kvlint.evaluate.arm.template import COPY, ModuleCall, ParameterFile, TargetScope, Template
from kvlint.source import Source
from kvlint.syntax.arm_json import is_parameter_file, is_template, looks_like_arm
from kvlint.syntax.body import SyntaxProblem
from kvlint.syntax.expr import (
    Array,
    Binary,
    Call,
    Conditional,
    Expr,
    GetAttribute,
    Hole,
    Literal,
    Loop,
    MethodCall,
    Object,
    Reference,
    walk,
)
from kvlint.syntax.json import read_json

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
CREATED_REFERENCE = "createObject('keyVault', createObject('id', 'i'), 'secretName', 's')"
PARAMETERS_SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"


def tree_of(data: object) -> tuple[Source, Expr]:
    source = Source("t.json", json.dumps(data, indent=2))
    root = read_json(source).root
    assert root is not None
    return source, root


def read(**parts: object) -> tuple[Template, list[SyntaxProblem]]:
    source, root = tree_of({"$schema": SCHEMA, "contentVersion": "1.0.0.0", **parts})
    assert is_template(root)
    return template_of(source, root)


def template(**parts: object) -> Template:
    made, problems = read(**parts)
    assert not problems
    return made


def parameters(**parts: object) -> ParameterFile:
    source, root = tree_of({"$schema": PARAMETERS_SCHEMA, "contentVersion": "1.0.0.0", "parameters": parts})
    assert is_parameter_file(root)
    return parameter_file_of(source, root)


def shape(node: Expr | None) -> object:
    """A tree as plain data; calls are written as ``name(…)`` with the shapes of their arguments."""
    match node:
        case Literal(value=value):
            return value
        case Reference(name=name):
            return f"<{name}>"
        case Call(name=name, arguments=arguments):
            return f"{name}({', '.join(str(shape(one)) for one in arguments)})"
        case MethodCall(target=target, name=name, arguments=arguments):
            return f"{shape(target)}.{name}({', '.join(str(shape(one)) for one in arguments)})"
        case GetAttribute(target=target, name=name):
            return f"{shape(target)}.{name}"
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return f"{shape(condition)} ? {shape(then)} : {shape(otherwise)}"
        case Binary(operator=operator, left=left, right=right):
            return f"{shape(left)} {operator} {shape(right)}"
        case Array(items=items):
            return [shape(one) for one in items]
        case Object(items=entries):
            return {shape(one.key): shape(one.value) for one in entries}
        case Loop(value_name=name, collection=collection, value=value):
            return {f"for {name} in {shape(collection)}": shape(value)}
    return type(node).__name__


def entry(node: Expr | None, *path: str) -> Expr | None:
    for name in path:
        assert isinstance(node, Object)
        node = node.get(name)
    return node


def resource(**parts: object) -> dict[str, object]:
    return {"type": "A.B/cs", "apiVersion": "2024-01-01", "name": "c", **parts}


def deployment(**properties: object) -> dict[str, object]:
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": "[concat('deploy-', 'x')]",
        "properties": {"mode": "Incremental", **properties},
    }


def module(declared: dict[str, object], **parts: object) -> ModuleCall:
    made = template(resources=[declared], **parts)
    (call,) = made.modules.values()
    return call


# Recognition


@pytest.mark.parametrize(
    ("schema", "scope"),
    [
        (SCHEMA, TargetScope.RESOURCE_GROUP),
        (
            "http://schema.management.azure.com/schemas/2015-01-01/deploymentTemplate.json",
            TargetScope.RESOURCE_GROUP,
        ),
        ("https://x/2018-05-01/subscriptionDeploymentTemplate.json#", TargetScope.SUBSCRIPTION),
        ("https://x/2019-08-01/managementGroupDeploymentTemplate.json#", TargetScope.MANAGEMENT_GROUP),
        ("https://x/2019-08-01/tenantdeploymenttemplate.json#", TargetScope.TENANT),
    ],
)
def test_the_schema_tells_the_scope(schema: str, scope: TargetScope) -> None:
    source, root = tree_of({"$schema": schema})
    assert is_template(root)
    assert not is_parameter_file(root)
    assert template_of(source, root)[0].scope is scope


@pytest.mark.parametrize(
    ("data", "template", "parameter_file"),
    [
        ({"contentVersion": "1.0.0.0", "resources": []}, True, False),
        ({"contentVersion": "1.0.0.0", "resources": {}, "parameters": {"a": {"value": 1}}}, True, False),
        ({"$schema": "", "contentVersion": "1.0.0.0", "resources": []}, True, False),
        ({"contentVersion": "1.0.0.0", "parameters": {"a": {"value": 1}}}, False, True),
        ({"$schema": PARAMETERS_SCHEMA}, False, True),
        (
            {"contentVersion": "1.0.0.0", "parameters": {"a": {"value": 1}, "b": {"type": "string"}}},
            False,
            False,
        ),
        ({"contentVersion": "1.0.0.0", "parameters": {}}, False, False),
        ({"contentVersion": "1.0.0.0"}, False, False),
        ({"contentVersion": 1, "resources": []}, False, False),
        ({"resources": [], "parameters": {}}, False, False),
        (
            {"$schema": "http://json-schema.org/draft-07/schema#", "contentVersion": "1", "resources": []},
            False,
            False,
        ),
        ({"$schema": "https://x/CreateUIDefinition.MultiVm.json#"}, False, False),
        ({"$schema": 1, "contentVersion": "1.0.0.0", "resources": []}, False, False),
        ({"id": SCHEMA, "title": "Template", "resources": {}}, False, False),
        ([{"contentVersion": "1.0.0.0", "resources": []}], False, False),
        ("deploymentTemplate.json#", False, False),
        (None, False, False),
    ],
)
def test_other_json_is_not_taken_for_it(data: object, template: bool, parameter_file: bool) -> None:
    _, root = tree_of(data)
    assert is_template(root) is template
    assert is_parameter_file(root) is parameter_file
    if template or parameter_file:
        assert looks_like_arm(json.dumps(data))


def test_no_tree_is_nothing() -> None:
    assert not is_template(None)
    assert not is_parameter_file(None)
    assert not looks_like_arm('{"name": "x", "dependencies": {}}')


def test_the_compiler_signs_its_work() -> None:
    nested = {"$schema": SCHEMA, "resources": []}
    made = template(metadata={"_generator": {"name": "bicep"}}, resources=[deployment(template=nested)])
    assert made.is_compiled
    assert made.is_json
    (call,) = made.modules.values()
    assert call.template is not None
    assert call.template.is_compiled
    assert not template(metadata={"_generator": 1}).is_compiled


def test_strings_of_templates_may_have_several_lines() -> None:
    text = '{"variables": {"a": "[concat(\n\t\'x\',\r\n f())]", "b": "one\ntwo\\n"}}'
    source = Source("t.json", text)
    assert read_json(source).problems
    file = read_json(source, multiline=True)
    assert not file.problems
    assert file.root is not None
    made, problems = template_of(source, file.root)
    assert not problems
    assert shape(made.variables["a"].value) == "concat(x, f())"
    assert shape(made.variables["b"].value) == "one\ntwo\n"
    unclosed = Source("t.json", '{"a": "x,\n"b": "y"}')
    (problem,) = read_json(unclosed, multiline=True).problems
    assert problem.span.start == unclosed.text.index('"x')


# Declarations


def test_parameters() -> None:
    made = template(
        definitions={
            "Key": {"type": "securestring", "nullable": True},
            "Alias": {"$ref": "#/definitions/Key"},
            "Circle": {"$ref": "#/definitions/Circle"},
        },
        parameters={
            "Plain": {"type": "String", "defaultValue": "[uniqueString('a')]"},
            "pass": {"type": "SecureString", "defaultValue": "x"},
            "bag": {"type": "secureobject"},
            "maybe": {"type": "array", "nullable": True},
            "typed": {"$ref": "#/definitions/Alias"},
            "circle": {"$ref": "#/definitions/Circle"},
            "lost": {"$ref": "#/definitions/None"},
            "odd": 3,
        },
    )
    found = made.parameters
    assert list(found) == ["plain", "pass", "bag", "maybe", "typed", "circle", "lost", "odd"]
    assert found["plain"].name == "Plain"
    assert found["plain"].span.text == '"Plain"'
    assert [(one.type, one.secure, one.nullable) for one in found.values()] == [
        ("string", False, False),
        ("string", True, False),
        ("object", True, False),
        ("array", False, True),
        ("string", True, True),
        ("", False, False),
        ("", False, False),
        ("", False, False),
    ]
    assert shape(found["plain"].default) == "uniqueString(a)"
    assert found["bag"].default is None
    assert [made.source.text[start:end] for start, end in made.source.secrets] == ['"x"']


@pytest.mark.parametrize(
    ("declared", "secure"),
    [
        ({"$ref": "#/definitions/key"}, True),
        ({"type": "object", "properties": {"a": {"$ref": "#/definitions/key"}}}, True),
        ({"type": "array", "items": {"$ref": "#/definitions/alias"}}, True),
        ({"type": "array", "prefixItems": [{"type": "int"}, {"$ref": "#/definitions/alias"}]}, True),
        ({"type": "object", "additionalProperties": {"$ref": "#/definitions/key"}}, True),
        ({"type": "object", "additionalProperties": False}, False),
        ({"$ref": "#/definitions/either"}, True),
        ({"type": "array", "items": {"$ref": "#/definitions/circle"}}, True),
        ({"$ref": "#/definitions/plainCircle"}, False),
        ({"$ref": "#/definitions/key/properties/value"}, True),
        ({"$ref": "#/definitions/key/properties/name"}, False),
        ({"$ref": "#/definitions/pair/prefixItems/1"}, True),
        ({"$ref": "#/definitions/pair/prefixItems/0"}, False),
        ({"$ref": "#/definitions/pair/prefixItems/2"}, False),
        ({"$ref": "#/definitions/gone"}, False),
        ({"type": "array", "items": {"$ref": 3}}, False),
    ],
)
def test_types_are_secure_with_all_that_they_are_made_of(declared: object, secure: bool) -> None:
    made = template(
        definitions={
            "key": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "value": {"type": "secureString"}},
            },
            "alias": {"$ref": "#/definitions/key"},
            "pair": {"type": "array", "prefixItems": [{"type": "int"}, {"$ref": "#/definitions/alias"}]},
            "either": {
                "type": "object",
                "discriminator": {
                    "propertyName": "kind",
                    "mapping": {"plain": {"type": "object"}, "key": {"$ref": "#/definitions/key"}},
                },
            },
            "circle": {
                "type": "object",
                "properties": {
                    "again": {"$ref": "#/definitions/circle"},
                    "key": {"$ref": "#/definitions/key"},
                },
            },
            "plainCircle": {"type": "object", "properties": {"again": {"$ref": "#/definitions/plainCircle"}}},
        },
        parameters={"x": declared},
        outputs={"y": {**(declared if isinstance(declared, dict) else {}), "value": "[parameters('x')]"}},
    )
    assert made.parameters["x"].secure is secure
    assert made.outputs["y"].secure is secure


def test_variables() -> None:
    made = template(
        variables={
            "One": "[[text]",
            "nested": {"[concat('a', 'b')]": ["[f()]", 1]},
            "copy": [
                {"name": "Names", "count": 3, "input": "[concat('n', copyIndex('names', 1), copyIndex())]"},
                {
                    "name": "more",
                    "count": "[length(variables('names'))]",
                    "input": {"i": "[copyIndex('more')]"},
                },
            ],
        }
    ).variables
    assert list(made) == ["one", "nested", "names", "more"]
    assert {name: shape(one.value) for name, one in made.items()} == {
        "one": "[text]",
        "nested": {"concat(a, b)": ["f()", 1]},
        "names": {f"for {COPY}names in range(0, 3)": f"concat(n, <{COPY}names> + 1, <{COPY}names>)"},
        "more": {f"for {COPY}more in range(0, length(variables(names)))": {"i": f"<{COPY}more>"}},
    }
    assert made["names"].name == "Names"
    assert made["names"].span.text == '"Names"'


def test_a_variable_may_be_called_copy() -> None:
    assert shape(template(variables={"copy": "[f()]"}).variables["copy"].value) == "f()"
    assert shape(template(variables={"copy": [{"name": "x"}]}).variables["copy"].value) == [{"name": "x"}]


def test_functions() -> None:
    made = template(
        functions=[
            {
                "namespace": "My",
                "members": {
                    "Join": {
                        "parameters": [{"name": "a", "type": "string"}, {"name": "B", "type": "int"}],
                        "output": {"type": "string", "value": "[concat(parameters('a'), My.Other())]"},
                    },
                    "broken": {"parameters": 1, "output": None},
                },
            },
            7,
            {"namespace": "empty"},
        ]
    ).functions
    assert list(made) == ["my.join"]
    assert made["my.join"].name == "My.Join"
    assert made["my.join"].parameters == ["a", "B"]
    assert shape(made["my.join"].body) == "concat(parameters(a), <my>.Other())"


def test_outputs() -> None:
    made = template(
        outputs={
            "Id": {"type": "string", "value": "[resourceId('a', 'b')]", "condition": "[parameters('x')]"},
            "key": {"type": "SecureString", "value": "x"},
            "all": {"type": "array", "copy": {"count": 2, "input": "[copyIndex(1)]"}},
            "none": {"type": "string"},
        }
    ).outputs
    assert made["id"].name == "Id"
    assert shape(made["id"].value) == "resourceId(a, b)"
    assert shape(made["id"].condition) == "parameters(x)"
    assert made["key"].secure
    assert not made["id"].secure
    assert shape(made["all"].value) == {f"for {COPY} in range(0, 2)": f"<{COPY}> + 1"}
    assert isinstance(made["none"].value, Hole)


# Resources


def test_resources_of_a_list() -> None:
    made = template(
        variables={"version": "2020-01-01"},
        resources=[
            resource(condition="[f()]", comments="[not one", Properties={"a": "[g()]"}, dependsOn=["[h()]"]),
            resource(type="X.Y/zs@2021-01-01", apiVersion=None, name="[f()]"),
            resource(apiVersion="[variables('VERSION')]"),
            resource(type="[f()]", apiVersion="[f()]", existing=True),
            3,
            {},
        ],
    ).resources
    assert list(made) == ["#0", "#1", "#2", "#3", "#4"]
    assert [(one.type, one.api_version) for one in made.values()] == [
        ("A.B/cs", "2024-01-01"),
        ("X.Y/zs", "2021-01-01"),
        ("A.B/cs", "2020-01-01"),
        ("", ""),
        ("", ""),
    ]
    first = made["#0"]
    assert first.span.text == '"c"'
    assert first.extent.text.startswith("{")
    assert shape(first.condition) == "f()"
    assert shape(entry(first.body, "properties", "a")) == "g()"
    assert shape(entry(first.body, "dependsOn")) == ["h()"]
    assert made["#3"].existing
    assert not first.existing


def test_resources_by_symbolic_name() -> None:
    made = template(
        languageVersion="2.0",
        resources={
            "kv": resource(existing=True, scope="[resourceId('x', 'y')]"),
            "Nested": deployment(templateLink={"relativePath": "a.json"}),
            "gone": None,
        },
    )
    assert list(made.resources) == ["kv"]
    assert made.resources["kv"].span.text == '"kv"'
    assert made.resources["kv"].existing
    assert shape(entry(made.resources["kv"].body, "scope")) == "resourceId(x, y)"
    assert list(made.modules) == ["Nested"]


def test_existing_resources_of_another_group_have_a_scope() -> None:
    made = template(
        resources={
            "a": resource(existing=True, resourceGroup="[f()]", subscriptionId="s"),
            "b": resource(existing=True, subscriptionId="s"),
            "c": resource(existing=True, scope="x", resourceGroup="g"),
            "d": resource(),
        }
    ).resources
    found = {name: entry(one.body, "scope") for name, one in made.items()}
    assert shape(found["a"]) == "resourceGroup(s, f())"
    assert shape(found["b"]) == "subscription(s)"
    assert shape(found["c"]) == "x"
    assert found["d"] is None


def test_resources_in_the_body_of_another() -> None:
    made = template(
        resources=[
            resource(
                copy={"name": "vms", "count": 2},
                resources=[
                    resource(type="ds", name="d", resources=[resource(type="es", name="e")]),
                    resource(type="A.B/cs/fs", name="[concat('c/', copyIndex('VMS'))]"),
                    deployment(templateLink={"relativePath": "[concat('a', copyIndex())]"}),
                ],
            )
        ]
    )
    top, full = made.resources.values()
    (child,) = top.children.values()
    (grandchild,) = child.children.values()
    assert [one.type for one in made.all_resources()] == ["A.B/cs", "A.B/cs/ds", "A.B/cs/ds/es", "A.B/cs/fs"]
    assert (top.parent, child.parent, grandchild.parent, full.parent) == (None, top, child, None)
    assert entry(top.body, "resources") is None
    assert child.loop is None
    assert full.loop is top.loop
    assert shape(entry(full.body, "name")) == f"concat(c/, <{COPY}vms>)"
    (call,) = made.modules.values()
    assert call.loop is top.loop
    assert shape(call.path) == f"concat(a, <{COPY}vms>)"


def test_loops_of_resources_and_properties() -> None:
    made = template(
        resources=[
            resource(
                name="[concat('c', copyIndex())]",
                copy={"name": "Outer", "count": "[parameters('n')]", "mode": "serial", "batchSize": 1},
                properties={
                    "copy": [
                        {
                            "name": "disks",
                            "count": "[add(copyIndex(), 1)]",
                            "input": {
                                "lun": "[copyIndex('Disks', 2)]",
                                "vm": "[copyIndex()]",
                                "copy": [{"name": "deep", "count": 1, "input": "[copyIndex('disks')]"}],
                            },
                        }
                    ],
                    "lost": "[copyIndex('nothing')]",
                    "offset": "[copyIndex(parameters('o'))]",
                    "odd": "[copyIndex('outer', 1, 2)]",
                },
            ),
            resource(name="[copyIndex()]", copy=[{"name": "x"}], properties={"copy": "[f()]"}),
        ]
    )
    looped, plain = made.resources.values()
    assert looped.loop is not None
    assert shape(looped.loop.collection) == "range(0, parameters(n))"
    assert looped.loop.item == f"{COPY}outer"
    assert shape(entry(looped.body, "name")) == f"concat(c, <{COPY}outer>)"
    assert shape(entry(looped.body, "properties")) == {
        "disks": {
            f"for {COPY}disks in range(0, add(<{COPY}outer>, 1))": {
                "lun": f"<{COPY}disks> + 2",
                "vm": f"<{COPY}outer>",
                "deep": {f"for {COPY}deep in range(0, 1)": f"<{COPY}disks>"},
            }
        },
        "lost": "copyIndex(nothing)",
        "offset": f"<{COPY}outer> + parameters(o)",
        "odd": "copyIndex(outer, 1, 2)",
    }
    assert plain.loop is None
    assert shape(entry(plain.body, "name")) == "copyIndex()"
    assert shape(entry(plain.body, "properties")) == {"copy": "f()"}


# Modules


def test_nested_deployments() -> None:
    inner = {"$schema": SCHEMA, "parameters": {"P": {"type": "string"}}, "resources": [resource()]}
    call = module(
        deployment(
            expressionEvaluationOptions={"scope": "Inner"},
            template=inner,
            parameters={"P": {"value": "[variables('v')]"}, "q": {"value": {"a": 1}}},
        )
        | {"condition": "[f()]", "copy": {"name": "l", "count": 2}}
    )
    assert call.template is not None
    assert not call.shares_scope
    assert call.path is None
    assert call.template.parameters["p"].name == "P"
    assert [one.type for one in call.template.all_resources()] == ["A.B/cs"]
    assert shape(call.inputs) == {"P": "variables(v)", "q": {"a": 1}}
    assert shape(call.condition) == "f()"
    assert call.loop is not None
    assert shape(entry(call.body, "name")) == "concat(deploy-, x)"
    assert entry(call.body, "properties", "template") is None
    assert shape(entry(call.body, "properties", "mode")) == "Incremental"


def test_outer_evaluation_is_the_default_and_sees_the_loops_of_the_caller() -> None:
    inner = {"resources": [resource(name="[copyIndex('l')]")]}
    looped = {"copy": {"name": "l", "count": 2}}
    outer = module(deployment(template=inner) | looped)
    assert outer.shares_scope
    assert outer.template is not None
    (found,) = outer.template.all_resources()
    assert shape(entry(found.body, "name")) == f"<{COPY}l>"
    options = {"scope": "inner"}
    inside = module(deployment(template=inner, expressionEvaluationOptions=options) | looped)
    assert inside.template is not None
    (found,) = inside.template.all_resources()
    assert shape(entry(found.body, "name")) == "copyIndex(l)"


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ({"relativePath": "nested/a.json"}, "nested/a.json"),
        ({"relativePath": "[concat('nested/', 'a.json')]"}, "nested/a.json"),
        ({"uri": "https://x/a.json"}, "https://x/a.json"),
        ({"uri": "[uri(deployment().properties.templateLink.uri, 'nested/a.json')]"}, "nested/a.json"),
        ({"uri": "[uri(parameters('base'), concat('nested/a.json', parameters('sas')))]"}, "nested/a.json"),
        ({"uri": "[concat(parameters('base'), '/nested/a.json', parameters('sas'))]"}, "nested/a.json"),
        ({"uri": "[concat(parameters('base'), '/nested/', 'a.json?x')]"}, "nested/a.json"),
        ({"uri": "[concat(uri(parameters('base'), 'a.json'), parameters('sas'))]"}, "a.json"),
        ({"uri": "[concat('https://x/', 'a.json')]"}, "https://x/a.json"),
        ({"uri": "[format('{0}/nested/a.json{1}', parameters('base'), parameters('sas'))]"}, "nested/a.json"),
        ({"uri": "[variables('link')]"}, "v.json"),
        ({"uri": "[variables('links').deep.a]"}, "w.json"),
        ({"uri": "[uri(parameters('base'), variables('file'))]"}, "f.json"),
        ({"uri": "[concat(parameters('base'), parameters('folder'), '/a.json')]"}, None),
        ({"uri": "[format('{0}/{1}.json', parameters('base'), parameters('x'))]"}, None),
        ({"uri": "[format('{0}{1}/a.json', parameters('base'), parameters('x'))]"}, None),
        ({"uri": "[concat(parameters('base'), '/a.zip')]"}, None),
        ({"uri": "[concat()]"}, None),
        ({"uri": "[uri()]"}, None),
        ({"uri": "[format()]"}, None),
        ({"uri": "[variables('circle')]"}, None),
        ({"id": "[resourceId('Microsoft.Resources/templateSpecs/versions', 'a', '1')]"}, None),
        ({}, None),
        (None, None),
        (7, None),
    ],
)
def test_paths_of_linked_templates(link: object, path: str | None) -> None:
    call = module(
        deployment(templateLink=link),
        variables={
            "Link": "[uri(parameters('base'), 'v.json')]",
            "links": {"deep": {"a": "[concat(parameters('base'), 'w.json')]"}},
            "file": "f.json",
            "circle": "[variables('circle')]",
        },
    )
    assert call.template is None
    assert call.path is not None
    if path is None:
        assert not isinstance(call.path, Literal)
    else:
        assert shape(call.path) == path


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"value": "[f()]"}, "f()"),
        ({"Value": None}, None),
        (
            {"reference": {"keyVault": {"id": "[resourceId('a', 'b')]"}, "secretName": "s"}},
            "keyVaultSecret(resourceId(a, b), s)",
        ),
        (
            {"reference": {"keyVault": {"id": "x"}, "secretName": "[f()]", "secretVersion": "v"}},
            "keyVaultSecret(x, f(), v)",
        ),
        ("[createObject('value', f())]", "f()"),
        (
            "[if(c(), createObject('value', 1), createObject('reference', " + CREATED_REFERENCE + "))]",
            "c() ? 1 : keyVaultSecret(i, s)",
        ),
        ("[f()]", "f().value"),
    ],
)
def test_values_of_a_deployments_parameters(given: object, value: object) -> None:
    call = module(deployment(template={}, parameters={"p": given}))
    assert call.inputs is not None
    assert shape(call.inputs.get("p")) == value


def test_inputs_that_are_no_object() -> None:
    call = module(deployment(template={}, parameters="[f()]"))
    assert (call.inputs, shape(call.inputs_open)) == (None, "f()")
    call = module(deployment(template={}, parametersLink={"uri": "x"}))
    assert call.inputs is None
    assert isinstance(call.inputs_open, Hole)
    call = module(deployment(template="[variables('t')]"))
    assert (call.inputs, call.inputs_open, call.template) == (None, None, None)
    assert shape(call.path) == "variables(t)"


@pytest.mark.parametrize(
    ("written", "nested", "scope"),
    [
        ({}, "deployment", None),
        ({"resourceGroup": "[f()]"}, "deployment", "resourceGroup(f())"),
        ({"resourceGroup": "g", "subscriptionId": "s"}, "deployment", "resourceGroup(s, g)"),
        ({"subscriptionId": "s", "location": "l"}, "subscriptionDeployment", "subscription(s)"),
        ({"location": "l"}, "subscriptionDeployment", "subscription()"),
        ({"location": "l"}, "deployment", None),
        ({"scope": "/"}, "tenantDeployment", "/"),
    ],
)
def test_where_a_deployment_goes(written: dict[str, object], nested: str, scope: object) -> None:
    inner = {"$schema": f"https://x/{nested}Template.json#"}
    call = module(deployment(template=inner) | written)
    assert (shape(call.scope) if call.scope is not None else None) == scope


# Parameter files


def test_parameter_files() -> None:
    made = parameters(
        Name={"value": "${AZURE_ENV_NAME=dev}"},
        list={"value": ["[f()]", {"a": "[[x]"}]},
        secret={"reference": {"keyVault": {"id": "/subscriptions/s"}, "secretName": "db"}},
        computed={"expression": "[externalInput('a')]"},
        empty={},
        broken={"reference": 1},
        odd="x",
    )
    assert made.is_json
    assert made.using is None
    assert {name: shape(one.value) for name, one in made.values.items()} == {
        "name": "${AZURE_ENV_NAME=dev}",
        "list": ["[f()]", {"a": "[[x]"}],
        "secret": "keyVaultSecret(/subscriptions/s, db)",
        "computed": "externalInput(a)",
        "broken": "{'reference': 1}.value",
    }
    assert made.values["name"].name == "Name"
    assert made.values["name"].span.text == '"Name"'


# Bad input


def test_a_broken_expression_is_told_once_and_the_rest_is_read() -> None:
    made, problems = read(
        parameters={"a": {"defaultValue": "[f(]"}},
        variables={"b": "[g()"},
        resources=[
            resource(
                name="[1 2]",
                metadata={"x": "[("},
                copy={"name": "l", "count": "[,]"},
                condition="[)]",
                resources=[resource(type="ds", properties={"[{]": "[f(}]"})],
            )
        ],
        outputs={"o": {"value": "[[]", "condition": "[']"}},
    )
    assert len(problems) == 7
    assert len(list(made.all_resources())) == 2
    assert isinstance(made.parameters["a"].default, Hole)


WRONG: list[object] = [None, 1, "x", "[f()]", [], [1], {}, {"a": 1}, [None], [[]], {"": {}}, True]
SOUND: dict[str, object] = {
    "$schema": SCHEMA,
    "contentVersion": "1",
    "metadata": {"_generator": {"name": "x"}},
    "definitions": {"d": {"type": "string"}},
    "parameters": {"p": {"$ref": "#/definitions/d", "defaultValue": "x", "nullable": True}},
    "functions": [
        {"namespace": "n", "members": {"m": {"parameters": [{"name": "a"}], "output": {"value": 1}}}}
    ],
    "variables": {"v": 1, "copy": [{"name": "c", "count": 1, "input": "[copyIndex()]"}]},
    "resources": [
        {
            "type": "A.B/c",
            "apiVersion": "1",
            "name": "n",
            "copy": {"name": "l", "count": 1},
            "properties": {"copy": [{"name": "p", "count": 1, "input": {}}]},
            "resources": [{"type": "d", "name": "e"}],
        },
        {
            "type": "Microsoft.Resources/deployments",
            "name": "n",
            "properties": {
                "expressionEvaluationOptions": {"scope": "inner"},
                "parameters": {"p": {"reference": {"keyVault": {"id": "i"}, "secretName": "s"}}},
                "template": {"resources": []},
            },
        },
        {
            "type": "Microsoft.Resources/deployments",
            "name": "n",
            "properties": {"templateLink": {"uri": "[concat('a', 'b.json')]"}},
        },
    ],
    "outputs": {"o": {"type": "string", "value": "x", "copy": {"count": 1, "input": 1}}},
}


def places(data: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every value."""
    if path:
        yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


@pytest.mark.parametrize("path", list(places(SOUND)), ids=lambda path: "/".join(map(str, path)))
def test_wrong_types_anywhere_crash_nothing(path: tuple[str | int, ...]) -> None:
    for wrong in WRONG:
        data = json.loads(json.dumps(SOUND))
        place = data
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = wrong
        source, root = tree_of(data)
        made, problems = template_of(source, root)
        assert not problems
        assert list(made.all_resources()) or path[0] == "resources"
        parameter_file_of(source, root)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_cut_and_changed_texts_crash_nothing(data: st.DataObject) -> None:
    text = json.dumps(SOUND, indent=1)
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    text = text[:start] + data.draw(st.text("[]{}\",:()'\\1a", max_size=4)) + text[end:]
    source = Source("t.json", text)
    root = read_json(source).root
    if root is None:
        return
    is_template(root)
    is_parameter_file(root)
    made, problems = template_of(source, root)
    for one in made.all_resources():
        for node in walk(one.body):
            assert 0 <= node.start <= node.end <= len(text)
    for problem in problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)


def test_deep_trees_cost_no_recursion() -> None:
    deep: object = "[f()]"
    for _ in range(150):
        deep = [deep]
    nested: dict[str, object] = {"resources": [resource(properties=deep)]}
    made = template(variables={"v": deep}, **nested)
    assert isinstance(made.variables["v"].value, Array)
    within: dict[str, object] = {"resources": []}
    for _ in range(35):
        within = {"resources": [deployment(template=within)]}
    made = template(**within)
    levels = 0
    while made.modules:
        (call,) = made.modules.values()
        assert call.template is not None
        made = call.template
        levels += 1
    assert levels == 35
