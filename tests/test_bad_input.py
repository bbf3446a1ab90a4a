"""Hostile and broken input, end to end: one clear finding, and the rest of the set analysed."""

from __future__ import annotations

import codecs
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from healthy import APP, NAME, beside, reports, write_healthy
from kvlint.findings import Level
from kvlint.result import RunResult
from scenarios import REPOSITORY, run

DEPTH = 10_000
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          image: web
"""
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 12)
)
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n"


def put(root: Path, path: str, content: str | bytes) -> None:
    """Write a file of a tree exactly as given."""
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content.encode() if isinstance(content, str) else content)


def check(root: Path) -> tuple[list[str], RunResult]:
    """What a tree shows beside the known defect; every report must be writable."""
    write_healthy(root)
    result = run(root)
    reports(result)
    return beside(result), result


# Text that is broken ----------------------------------------------------------------------------

BROKEN = [
    ("a.tf", 'resource "x" "y" {\n  z = [1,\n}\n', '3:1 {}expected an expression, not "}}"'),
    ("a.tf", 'locals {\n  a = "b\n}\n', "2:7 {}unclosed string"),
    ("a.tfvars", "x = = 1\n", '1:5 {}expected an expression, not "="'),
    ("a.tfvars.json", '{"x": 1,,}', "1:9 {}expected a key in double quotes"),
    ("a.tf.json", '{"resource": [}', "1:15 {}expected a value"),
    ("a.tf.json", "", "1:1 The file cannot be read: there is no value"),
    ("a.yaml", DEPLOYMENT + "  bad: [\n", "12:1 {}expected a value"),
    ("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n", "4:1 {}found a tab where indentation is expected"),
    ("a.yaml", APP + "  - x\n", '17:3 {}expected a key at the indentation of the keys before it'),
    ("a.yaml", "template:\n  containers: [\n", "3:1 {}expected a value"),
    ("kustomization.yaml", "resources:\n  - a.yaml\n bad: [\n", "3:2 {}expected a key at the indentation of the keys before it"),
    ("a.tf", b"\x00\x01\x02" * 100, "1:1 The file cannot be read: binary file"),
    ("a.yaml", b"\x7fELF\x00\x00" * 50, "1:1 The file cannot be read: binary file"),
    ("a.tf", 'locals {\n  a = "b\0c"\n}\n', "1:1 The file cannot be read: binary file"),
    ("a.tf", 'locals {\n  a = "é"\n}\n'.encode("latin-1"), "2:8 {}not valid UTF-8: unexpected byte 0xe9"),
    ("a.yaml", (DEPLOYMENT + "# é\n").encode("latin-1"), "11:3 {}not valid UTF-8: unexpected byte 0xe9"),
    ("a.tf", codecs.BOM_UTF16_LE + b"a\0b", "1:2 {}not valid UTF-16: unexpected byte 0x62"),
    ("a.yaml", BOMB + CONFIG_MAP + "data: *a11\n", "6:15 {}aliases expand to too many nodes"),
    ("a.tf", "locals {\n  a = " + "[" * DEPTH + "]" * DEPTH + "\n}\n", "2:207 {}nested too deeply"),
    ("a.tf", "locals {\n  a = " + "(" * DEPTH + "1" + ")" * DEPTH + "\n}\n", "2:207 {}nested too deeply"),
    ("a.tf", "a {\n" * DEPTH + "}\n" * DEPTH, "201:4 {}nested too deeply"),
    ("a.tfvars.json", '{"a":' + "[" * DEPTH + "]" * DEPTH + "}", "1:205 {}collections are nested deeper than 200 levels"),
    ("a.yaml", CONFIG_MAP + "a: " + "[" * DEPTH + "]" * DEPTH, "5:203 {}collections are nested deeper than 200 levels"),
    ("a.yaml", CONFIG_MAP + "a: " + "{{" * DEPTH, "5:203 {}collections are nested deeper than 200 levels"),
    ("a.yaml", CONFIG_MAP + "a:\n" + "- " * DEPTH, "6:399 {}collections are nested deeper than 200 levels"),
    ("a.bicep", "param x string = = 'a'\n", '1:18 {}expected an expression, not "="'),
    ("a.bicep", "var x = 'a\n", "1:9 {}unclosed string"),
    ("a.bicep", b"\x00\x01\x02" * 100, "1:1 The file cannot be read: binary file"),
    ("a.bicep", "var x = 'é'\n".encode("latin-1"), "1:10 {}not valid UTF-8: unexpected byte 0xe9"),
    ("a.bicep", "var x = " + "[" * DEPTH + "]" * DEPTH + "\n", "1:210 {}nested too deeply"),
    ("a.bicep", "var x = " + "(" * DEPTH + "1" + ")" * DEPTH + "\n", "1:210 {}nested too deeply"),
    ("a.bicep", "var x = '" + "${'" * DEPTH + "'}" * DEPTH + "'\n", "1:609 {}nested too deeply"),
    ("a.bicepparam", "using none\nparam x string = 'a'\n", '2:9 {}expected "=", not "string"'),
    ("a.tf", "@\n" * 100_000, '1:1 {}unexpected "@"'),
    ("a.tf", 'locals { a = "' + "x" * 2_000_000 + "\n", "1:14 {}unclosed string"),
    ("a.tf", "a = <<A\n" * 20_000, '1:5 {}unclosed heredoc "A"'),
]  # fmt: skip


@pytest.mark.parametrize(("path", "content", "place"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_file_is_one_finding(tmp_path: Path, path: str, content: str | bytes, place: str) -> None:
    """At the place of the fault, and the file beside it is analysed."""
    put(tmp_path, path, content)
    found, result = check(tmp_path)
    assert found == [f"KV001 error {path}:{place.format('The file cannot be parsed here: ')}."]
    assert [failure.path for failure in result.failures] == [path]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.tf", "= } ]\n" * 20_000),
        ("a.yaml", "---\napiVersion: v1\nkind: [\n" * 5_000),
        ("a.yaml", CONFIG_MAP + "\x01\n" * 50_000),
    ],
)
def test_garbage_is_one_finding_that_counts(tmp_path: Path, path: str, content: str) -> None:
    put(tmp_path, path, content)
    (found,), _ = check(tmp_path)
    assert found.startswith(f"KV001 error {path}:")
    assert found.endswith(" more in this file).")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("docker-compose.yml", "services:\n  a:\n    image: b\n   bad: [\n"),
        ("en.yml", 'en:\n  hello: "a\n  kind: regards\n'),
        ("azure-pipelines.yml", "resources:\n  containers:\n  - container: a\nsteps:\n- template: x.yml\n bad: [\n"),
        ("mkdocs.yml", b"site_name: \xe9\n"),
        ("empty.tf", ""),
        ("empty.yaml", ""),
        ("empty.tfvars", ""),
        ("empty.bicep", ""),
        ("empty.bicepparam", ""),
        ("a.bicep", "var x = '" + "x" * 2_000_000 + "'\n"),
        ("kustomization.yaml", ""),
        ("blank.yaml", "---\n---\n\n"),
        ("odd.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: [1]\nspec: {template: {spec: {containers: 5}}}\n"),
        ("kustomization.yaml", "resources: 5\npatches: {a: b}\nnamespace: [1]\nimages: x\n"),
        ("a.tf", 'locals { a = "' + "x" * 2_000_000 + '" }\n'),
        ("a.yaml", CONFIG_MAP + 'data: {a: "' + "x" * 2_000_000 + '"}\n'),
        ("a.tf", "locals {\n  a = local.b\n  b = local.a\n}\n"),
    ],
)  # fmt: skip
def test_what_is_no_defect_is_silent(tmp_path: Path, path: str, content: str | bytes) -> None:
    """YAML of other tools, empty files, odd shapes, long lines."""
    put(tmp_path, path, content)
    assert check(tmp_path)[0] == []


def test_a_named_file_always_speaks(tmp_path: Path) -> None:
    from kvlint.engine import analyse

    put(tmp_path, "en.yml", 'en:\n  hello: "a\n')
    write_healthy(tmp_path)
    (found,) = beside(analyse([tmp_path / "en.yml", tmp_path], tmp_path))
    assert found == "KV001 error en.yml:2:10 The file cannot be parsed here: unclosed quote, it begins here."


def test_a_template_that_is_no_yaml_is_a_note(tmp_path: Path) -> None:
    """Helm may render it well."""
    put(tmp_path, "chart/Chart.yaml", "apiVersion: v2\nname: a\nversion: 1.0.0\n")
    text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n{{ if .Values.x }}\n bad: 1\n{{ end }}\n"
    put(tmp_path, "chart/templates/pod.yaml", text)
    (found,), result = check(tmp_path)
    assert found.startswith("KV001 note chart/templates/pod.yaml:6:2 ")
    assert not result.failures


def test_documents_beside_a_broken_one_are_read(tmp_path: Path) -> None:
    second = APP.replace("missing", "absent")
    put(tmp_path, "a.yaml", f"{DEPLOYMENT}---\napiVersion: v1\nkind: Pod\nmetadata: [\n---\n{second}")
    broken, dangling = check(tmp_path)[0]
    assert broken == "KV001 error a.yaml:15:1 The file cannot be parsed here: expected a value."
    assert dangling.startswith("KV101 error a.yaml:31:24 ")


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda text: codecs.BOM_UTF8 + text.encode(), id="mark"),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="crlf"),
        pytest.param(lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"), id="utf-16-le"),
        pytest.param(lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"), id="utf-16-be"),
        pytest.param(lambda text: text.encode("utf-16-le"), id="utf-16 without mark"),
    ],
)
def test_encodings_and_line_ends_are_read(tmp_path: Path, encode: Callable[[str], bytes]) -> None:
    put(tmp_path, "a.yaml", encode(APP))
    (found,), _ = check(tmp_path)
    assert found.startswith("KV101 error a.yaml:16:24 ")


# Work without end -------------------------------------------------------------------------------

DANGLING = """\
resource "azurerm_container_app" "x" {
  %s
  name                         = "x"
  resource_group_name          = "r"
  container_app_environment_id = "e"
  revision_mode                = "Single"
  template {
    container {
      name  = "a"
      image = "b"
      env {
        name        = "A"
        secret_name = "missing"
      }
    }
  }
}
"""


@pytest.mark.parametrize(
    "repeat",
    [
        "for_each = toset([for i in range(1000000) : tostring(i)])",
        "count = 1000000",
        f"for_each = toset([{', '.join(str(number) for number in range(20_000))}])",
    ],
)
def test_a_million_instances_are_one(tmp_path: Path, repeat: str) -> None:
    put(tmp_path, "a.tf", DANGLING % repeat)
    (found,), _ = check(tmp_path)
    assert found.startswith("KV101 error a.tf:13:23 ")


@pytest.mark.parametrize(
    "text",
    [
        "".join(f'  a{n} = "${{local.a{n - 1}}}${{local.a{n - 1}}}"\n' for n in range(1, 60)),
        "".join(f"  a{n} = concat(local.a{n - 1}, local.a{n - 1})\n" for n in range(1, 60)),
        "  a59 = [for i in range(10000) : [for j in range(10000) : [for k in range(10000) : i]]]\n",
        "  a59 = setproduct(range(1000), range(1000), range(1000))\n",
        f'  a59 = replace("{"a" * 50}!", "/(a+)+$/", "x")\n',
    ],
)
def test_values_that_would_fill_the_memory_are_unknown(tmp_path: Path, text: str) -> None:
    identity = 'resource "azurerm_user_assigned_identity" "x" {\n  name = jsonencode(local.a59)\n}\n'
    put(tmp_path, "a.tf", f'locals {{\n  a0 = ["x"]\n{text}}}\n{identity}')
    assert check(tmp_path)[0] == []


def test_modules_in_a_circle(tmp_path: Path) -> None:
    put(tmp_path, "a/main.tf", 'module "b" {\n  source = "../b"\n}\n')
    put(tmp_path, "b/main.tf", 'module "a" {\n  source = "../a"\n}\n')
    (found,), _ = check(tmp_path)
    assert found.startswith("KV002 note b/main.tf:1:1 ")
    assert "it calls itself in a circle" in found


def test_modules_that_call_each_other_ever_more_often(tmp_path: Path) -> None:
    for level in range(30):
        calls = (f'module "{name}" {{\n  source = "../m{level + 1}"\n}}\n' for name in "ab")
        put(tmp_path, f"m{level}/main.tf", "".join(calls))
    put(tmp_path, "m30/main.tf", DANGLING % "")
    found, _ = check(tmp_path)
    assert found
    assert all(line.startswith("KV002 note ") for line in found)


def test_kustomizations_in_a_circle(tmp_path: Path) -> None:
    put(tmp_path, "a/kustomization.yaml", "resources: [../b]\n")
    put(tmp_path, "b/kustomization.yaml", "resources: [../a]\n")
    assert check(tmp_path)[0] == []


# Templates --------------------------------------------------------------------------------------

BICEP_APP = """\
resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: 'app'
  properties: {
    template: { containers: [{ name: 'a', image: 'b', env: [{ name: 'A', secretRef: 'absent' }] }] }
  }
}
"""
VAULT = "Microsoft.KeyVault/vaults"
TEMPLATE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
}
PARAMETERS = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
    "contentVersion": "1.0.0.0",
}


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"main.bicep": "var x = 1\nmodule m './gone.bicep' = { name: 'm' }\n"}, "main.bicep:2:1 "),
        ({"main.bicep": "module m '../../gone.bicep' = { name: 'm' }\n"}, "main.bicep:1:1 "),
        ({"main.bicep": "module m '/etc/passwd' = { name: 'm' }\n"}, "main.bicep:1:1 "),
        ({"main.bicep": "module m 'br/public:avm/gone:1.0.0' = { name: 'm' }\n"}, "main.bicep:1:1 "),
        ({"main.bicep": "module m 'ts/own:gone:1.0.0' = { name: 'm' }\n"}, "main.bicep:1:1 "),
        ({"main.bicep": "module m 'a.txt' = { name: 'm' }\n", "a.txt": "x"}, "main.bicep:1:1 "),
        (
            {"main.bicep": "module m 'm.bicep' = { name: 'm' }\n", "m.bicep": "module m 'm.bicep' = {}\n"},
            "m.bicep:1:1 ",
        ),
        (
            {"a.bicep": "module b 'b.bicep' = {}\n", "b.bicep": "module a 'a.bicep' = {}\n", "c.bicep": ""},
            "b.bicep:1:1 ",
        ),
        ({"p.bicepparam": "using 'gone.bicep'\nparam x = 'y'\n"}, "p.bicepparam:1:7 "),
    ],
    ids=range(9),
)
def test_what_is_not_there_is_a_note(tmp_path: Path, files: dict[str, str], place: str) -> None:
    """At the place that names it: a module, a circle of them, the template of a parameters file."""
    for path, content in files.items():
        put(tmp_path, path, content)
    (found,), result = check(tmp_path)
    assert found.startswith(f"KV002 note {place}")
    assert not result.failures


def test_an_unknown_function_is_told_where_it_matters(tmp_path: Path) -> None:
    put(tmp_path, "main.bicep", BICEP_APP.replace("'absent'", "unheardOf('x')"))
    found, result = check(tmp_path)
    assert found == []
    (entry,) = (one for one in result.unresolved if one.span.path == "main.bicep")
    assert entry.span.first.line == 4
    assert "unheardOf" in entry.reason


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("main.parameters.json", json.dumps({**PARAMETERS, "parameters": {"other": {"value": "x"}}})),
        ("main.parameters.json", json.dumps({**PARAMETERS, "parameters": [1]})),
        ("main.parameters.json", json.dumps({**PARAMETERS, "parameters": {"x": 5, "X": {"value": {}}}})),
        ("elsewhere/gone.parameters.json", json.dumps({**PARAMETERS, "parameters": {"x": {"value": 1}}})),
        ("main.bicepparam", "using 'main.bicep'\nparam other = 'x'\n"),
        ("main.bicepparam", "param x = 'x'\n"),
        ("main.bicepparam", "using none\nextends 'gone.bicepparam'\nparam x = 'x'\n"),
        ("main.bicepparam", "using 'main.bicep'\nextends 'main.bicepparam'\nparam x = x\n"),
    ],
    ids=range(8),
)
def test_parameters_that_do_not_fit(tmp_path: Path, path: str, given: str) -> None:
    """Of no template, of no parameter, of the wrong type: the template is analysed all the same."""
    put(tmp_path, "infra/main.bicep", "param x string = 'y'\n" + BICEP_APP)
    put(tmp_path, f"infra/{path}", given)
    found, _ = check(tmp_path)
    assert [line[:33] for line in found] == ["KV101 error infra/main.bicep:5:85"]


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ("resource x 'Microsoft.KeyVault/vaults@2023-07-01' = {\n  name: \n}\n", 2),
        ("resource x 'Microsoft.KeyVault/vaults@2023-07-01' = [for x in: {\n  name: x\n}]\n", 1),
        ("module m 'm.bicep' = {\n  name: 'm' oops\n}\n", 2),
        ("param x string = = 'y'\n", 1),
        ("func f(x) => x\n", 1),
        ("@secure(\nparam y string\n", 2),
        ("resource\n", 1),
        ("oops\n", 1),
    ],
    ids=range(8),
)
@pytest.mark.parametrize("first", [True, False], ids=["before", "behind"])
def test_beside_a_broken_declaration_the_others_are_read(
    tmp_path: Path, broken: str, line: int, first: bool
) -> None:
    put(tmp_path, "main.bicep", broken + BICEP_APP if first else BICEP_APP + broken)
    put(tmp_path, "m.bicep", "param x string = ''\n")
    found, _ = check(tmp_path)
    at = line if first else 6 + line
    assert sum(one.startswith("KV001") for one in found) == 1
    assert any(
        one.startswith((f"KV001 error main.bicep:{at}:", f"KV001 error main.bicep:{at + 1}:"))
        for one in found
    )
    assert any(
        one.startswith(f"KV101 error main.bicep:{4 + broken.count(chr(10)) * first}:") for one in found
    )


def test_beside_a_broken_module_the_others_are_read(tmp_path: Path) -> None:
    put(tmp_path, "main.bicep", "module a 'a.bicep' = { name: 'a' }\nmodule b 'b.bicep' = { name: 'b' }\n")
    put(tmp_path, "a.bicep", "param = \n")
    put(tmp_path, "b.bicep", BICEP_APP)
    found, result = check(tmp_path)
    assert [line[:21] for line in found] == ["KV001 error a.bicep:1", "KV101 error b.bicep:4"]
    assert [failure.path for failure in result.failures] == ["a.bicep"]


BROKEN_JSON = json.dumps({**TEMPLATE, "resources": []})


@pytest.mark.parametrize(
    "content",
    [
        BROKEN_JSON[:-1],
        BROKEN_JSON[:-2] + ",,]}",
        BROKEN_JSON + "x",
        BROKEN_JSON.replace("[]", "[[]"),
        json.dumps({**TEMPLATE, "resources": [{"type": "x/y", "name": "[concat('a'"}]}) + "\n",
        json.dumps({**TEMPLATE, "resources": [{"type": VAULT, "name": "[concat('a')] x]"}]}),
        json.dumps({**TEMPLATE, "resources": [], "outputs": {"o": {"type": "string", "value": "[)]"}}}),
    ],
    ids=range(7),
)
def test_a_broken_json_template(tmp_path: Path, content: str) -> None:
    put(tmp_path, "main.json", content)
    found, _ = check(tmp_path)
    assert len(found) <= 1
    assert all(line.startswith("KV001 error main.json:1:") for line in found)
    assert found or "concat('a'\"" in content  # a text that is no expression, for it does not end like one


WRONG: list[object] = [None, True, 1, -1.5, "", "x", "[", "[]", "[[x", [], [[]], {}, {"": None}, "[concat(]", "[parameters()]",
         "[variables(1)]", "[reference()]", "[resourceId()]", "[copyIndex()]", "[listKeys()]"]  # fmt: skip
WHOLE: dict[str, Any] = {
    **TEMPLATE,
    "functions": [{"namespace": "n", "members": {"f": {"parameters": [{"name": "a"}], "output": {"value": "x"}}}}],
    "parameters": {"p": {"type": "securestring", "defaultValue": "x"}, "q": {"$ref": "#/definitions/t"}},
    "definitions": {"t": {"type": "string", "nullable": True}},
    "variables": {"v": "[n.f('x')]", "copy": [{"name": "c", "count": 2, "input": "[copyIndex('c')]"}]},
    "resources": [
        {
            "type": VAULT,
            "apiVersion": "2023-07-01",
            "name": "[variables('v')]",
            "condition": True,
            "copy": {"name": "l", "count": 2},
            "dependsOn": ["x"],
            "properties": {"accessPolicies": [{"objectId": "o", "permissions": {"secrets": ["get"]}}]},
            "resources": [{"type": "secrets", "name": "s", "properties": {"value": "v", "attributes": {"exp": 1}}}],
        },
        {
            "type": "Microsoft.App/containerApps",
            "apiVersion": "2024-03-01",
            "name": "a",
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {"x": {}}},
            "properties": {
                "configuration": {
                    "secrets": [{"name": "s", "keyVaultUrl": "https://x.vault.azure.net/secrets/s", "identity": "x"}],
                    "registries": [{"server": "x", "username": "u", "passwordSecretRef": "s"}],
                },
                "template": {
                    "containers": [{"name": "c", "env": [{"name": "E", "secretRef": "s"}]}],
                    "volumes": [{"name": "v", "storageType": "Secret", "secrets": [{"secretRef": "s"}]}],
                    "scale": {"rules": [{"name": "r", "custom": {"auth": [{"secretRef": "s"}]}}]},
                },
            },
        },
        {
            "type": "Microsoft.Authorization/roleAssignments",
            "name": "n",
            "scope": "x",
            "properties": {"principalId": "p", "roleDefinitionId": "r", "principalType": "User"},
        },
        {
            "type": "Microsoft.Resources/deployments",
            "name": "d",
            "resourceGroup": "g",
            "properties": {
                "expressionEvaluationOptions": {"scope": "inner"},
                "parameters": {"z": {"value": 1}, "y": {"reference": {"keyVault": {"id": "x"}, "secretName": "s"}}},
                "template": {**TEMPLATE, "resources": [], "outputs": {"o": {"value": "x"}}},
            },
        },
        {"type": "Microsoft.Resources/deployments", "name": "e", "properties": {"templateLink": {"uri": "x.json"}}},
    ],
    "outputs": {"o": {"type": "string", "value": "[reference('d').outputs.o.value]", "condition": True}},
}  # fmt: skip


def mutated(node: Any, wrong: Any) -> Iterator[Any]:
    """A tree with each of its parts replaced by a wrong one, one at a time."""
    if isinstance(node, dict):
        for key in node:
            yield {**node, key: wrong}
            yield from ({**node, key: one} for one in mutated(node[key], wrong))
    elif isinstance(node, list):
        for index in range(len(node)):
            yield [*node[:index], wrong, *node[index + 1 :]]
            yield from ([*node[:index], one, *node[index + 1 :]] for one in mutated(node[index], wrong))


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_wrong_types_everywhere(tmp_path: Path, wrong: object) -> None:
    """In a template, and in a parameters file: every tree of a folder is one with a part replaced."""
    given = {**PARAMETERS, "parameters": {"p": {"value": "x"}, "q": {"reference": {"keyVault": {"id": "x"}}}}}
    for number, tree in enumerate(mutated(WHOLE, wrong)):
        put(tmp_path, f"{number}/main.json", json.dumps(tree))
        put(tmp_path, f"{number}/main.parameters.json", json.dumps(given))
    for number, tree in enumerate(mutated(given, wrong)):
        put(tmp_path, f"p{number}/main.json", json.dumps(WHOLE))
        put(tmp_path, f"p{number}/main.parameters.json", json.dumps(tree))
    check(tmp_path)


# The file system --------------------------------------------------------------------------------


def test_links_are_not_followed_out_or_around(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    put(outside, "app.yaml", APP)
    root.mkdir()
    (root / "out.yaml").symlink_to(outside / "app.yaml")
    (root / "folder").symlink_to(outside)
    (root / "loop.yaml").symlink_to("loop.yaml")
    (root / "around").symlink_to(".")
    (root / "nowhere.tf").symlink_to("missing.tf")
    assert check(root)[0] == []


def test_special_files(tmp_path: Path) -> None:
    """Folders and pipes under names of files are neither opened nor in the way."""
    (tmp_path / "folder.tf").mkdir()
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.tf")
    os.mkfifo(tmp_path / "pipe.sh")
    put(tmp_path, "a.tf", 'resource "azurerm_user_assigned_identity" "x" {\n  name = file("pipe.tf")\n}\n')
    assert check(tmp_path)[0] == []


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_bytes = Path.read_bytes

    def refusing(path: Path) -> bytes:
        if path.name == "closed.tf":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    put(tmp_path, "closed.tf", "locals {}\n")
    monkeypatch.setattr(Path, "read_bytes", refusing)
    (found,), _ = check(tmp_path)
    assert found.startswith("KV001 error closed.tf:1:1 ")
    assert "cannot read the file: permission denied" in found


NAMES = [
    b"new\nline",
    "\N{GRINNING FACE}".encode(),
    b"100%",
    b"a b",
    b"-x",
    b"--help",
    b"\xff\xfe",
    b"a\x1b[31mb",
    b"a'b\"c",
    b"[x](y)",
    b"a...",
    b"a\\b",
    "a\N{RIGHT-TO-LEFT OVERRIDE}b".encode(),
]


@pytest.mark.parametrize("name", NAMES)
def test_file_names(tmp_path: Path, name: bytes) -> None:
    """Any name is reported, and no report writes it so that a terminal obeys it."""
    folder = os.fsencode(tmp_path)
    for extension, text in ((b".tf", "locals {\n  a = [\n}\n"), (b".yaml", APP)):
        try:
            with open(os.path.join(folder, name + extension), "wb") as stream:
                stream.write(text.encode())
        except OSError:
            pytest.skip("the file system refuses this name")
    found, result = check(tmp_path)
    assert [line[:5] for line in found] == ["KV001", "KV101"]
    shown = reports(result)
    assert "\x1b[31m" not in shown
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in shown
    for options in ([], ["--format", "sarif"], ["--format", "json"]):
        done = cli(tmp_path, *options)
        assert (done.returncode, done.stderr) == (1, b"")
        done.stdout.decode("utf-8")


def test_deep_folders(tmp_path: Path) -> None:
    path = "d/" * 500 + "a.tf"
    put(tmp_path, path, "locals {\n  a = [\n}\n")
    (found,), _ = check(tmp_path)
    assert found.startswith(f"KV001 error {path}:3:1 ")


def test_many_empty_files(tmp_path: Path) -> None:
    for number in range(5_000):
        (tmp_path / f"{number}{('.tf', '.yaml')[number % 2]}").touch()
    assert check(tmp_path)[0] == []


# The command line -------------------------------------------------------------------------------


def cli(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a folder."""
    path = os.pathsep.join(str(REPOSITORY / part) for part in ("linter", "checks"))
    return subprocess.run(
        [sys.executable, "-m", "kvlint", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "LC_ALL": "C"},
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("path", "content"), [("a.tf", "locals {\n  a = ["), ("a.yaml", b"\x00\x01\xff" * 50)]
)
def test_bad_input_on_the_command_line(tmp_path: Path, path: str, content: str | bytes) -> None:
    put(tmp_path, path, content)
    write_healthy(tmp_path)
    done = cli(tmp_path)
    assert (done.returncode, done.stderr) == (1, b"")
    output = done.stdout.decode()
    assert "error[KV001]" in output
    assert "error[KV101]" in output
    assert f"{NAME}:16:24" in output


def test_exit_statuses(tmp_path: Path) -> None:
    assert cli(tmp_path).returncode == 3
    put(tmp_path, "a.tf", "locals {}\n")
    assert cli(tmp_path).returncode == 0
    write_healthy(tmp_path)
    assert cli(tmp_path).returncode == 1
    assert cli(tmp_path, "--ignore", "KV101").returncode == 0
    assert cli(tmp_path, "--select", "KV2").returncode == 0
    assert cli(tmp_path, "--fail-on", "never").returncode == 0
    assert cli(tmp_path, "--select", "KV999").returncode == 2
    assert cli(tmp_path, "missing.tf").returncode == 2


def test_bicep_alone_is_something_to_analyse(tmp_path: Path) -> None:
    put(tmp_path, "main.bicep", "var x = 'a'\n")
    put(tmp_path, "main.bicepparam", "using 'main.bicep'\n")
    process = cli(tmp_path)
    assert process.returncode == 0
    assert b"in 2 files (2 Bicep)" in process.stdout
    put(tmp_path, "main.bicep", "var x = \n")
    assert cli(tmp_path).returncode == 1


def test_only_a_level_decides(tmp_path: Path) -> None:
    """The note about a module that is not there needs to be asked for."""
    put(tmp_path, "a.tf", 'module "x" {\n  source = "./x"\n}\n')
    (finding,) = run(tmp_path).findings
    assert finding.level is Level.NOTE
    assert cli(tmp_path).returncode == 0
    assert cli(tmp_path, "--fail-on", "note").returncode == 1
