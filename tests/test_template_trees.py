"""What trees of templates come to: modules, scopes, parameter files, loops, imports, loaded files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from kvlint.bicepcli.options import BicepOptions
from kvlint.engine import analyse
from kvlint.evaluate.arm.module import UnreadModule
from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.values import Scalar, Unknown, Value, leaves
from template_trees import (
    PARAMETERS_SCHEMA,
    SCHEMA,
    addresses,
    entry,
    outputs,
    resources,
    shown,
    tail,
    templates,
)
from terraform_trees import write_files

VAULT = "Microsoft.KeyVault/vaults"
SECRET = "Microsoft.KeyVault/vaults/secrets"  # noqa: S105  # a type
APP = "Microsoft.App/containerApps"


def bicep(symbol: str, name: str, type_: str = VAULT, more: str = "") -> str:
    """A resource."""
    return f"resource {symbol} '{type_}@2023-07-01' = {{\n  name: {name}\n{more}}}\n"


def template(*resources: Mapping[str, object], **parts: object) -> str:
    """An ARM template."""
    return json.dumps({"$schema": SCHEMA, "contentVersion": "1.0.0.0", **parts, "resources": list(resources)})


def parameters(**values: object) -> str:
    """An ARM parameters file."""
    given = {name: {"value": value} for name, value in values.items()}
    return json.dumps({"$schema": PARAMETERS_SCHEMA, "contentVersion": "1.0.0.0", "parameters": given})


def by_address(found: list[EvaluatedResource]) -> dict[str, EvaluatedResource]:
    return {tail(one.address): one for one in found}


def config(one: EvaluatedResource, *path: str) -> object:
    """A value of a resource's body."""
    value: object = shown(one.config)
    for name in path:
        assert isinstance(value, dict)
        value = value.get(name)
    return value


# Modules ----------------------------------------------------------------------------------------


def test_inputs_and_outputs_pass_through_modules(tmp_path: Path) -> None:
    files = {
        "main.bicep": """
            param env string = 'dev'
            module outer 'modules/outer.bicep' = { name: 'outer', params: { prefix: 'kv-${env}' } }
            output name string = outer.outputs.name
            output id string = outer.outputs.vault.id
            output uri string = outer.outputs.vault.uri
            """,
        "modules/outer.bicep": """
            param prefix string
            param suffix string = 'x'
            module inner '../inner.bicep' = { name: 'inner', params: { name: '${prefix}-${suffix}' } }
            output name string = inner.outputs.name
            output vault object = { id: inner.outputs.id, uri: inner.outputs.uri }
            """,
        "inner.bicep": "param name string\n"
        + bicep("kv", "name")
        + "output name string = kv.name\noutput id string = kv.id\noutput uri string = kv.properties.vaultUri\n",
    }
    root = entry(files, tmp_path)
    assert outputs(root) == {
        "name": "kv-dev-x",
        "id": "<outer.inner.kv id>",
        "uri": "<outer.inner.kv properties vaultUri>",
    }
    assert addresses(root) == ["outer.inner.kv"]


def test_modules_are_deployed_where_their_scope_says(tmp_path: Path) -> None:
    files = {
        "main.bicep": """
            targetScope = 'subscription'
            param other string
            resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = { name: 'rg-app', location: 'x' }
            module a 'm.bicep' = { name: 'a', scope: group }
            module b 'm.bicep' = { name: 'b', scope: resourceGroup('rg-b') }
            module c 'm.bicep' = { name: 'c', scope: resourceGroup(other, 'rg-c') }
            """,
        "m.bicep": bicep("kv", "'kv'") + "output id string = kv.id\n",
    }
    groups = {
        name: shown(one.resource_group) for name, one in by_address(resources(entry(files, tmp_path))).items()
    }
    assert groups["a.kv"] == "rg-app"
    assert groups["b.kv"] == "rg-b"
    assert groups["c.kv"] == "rg-c"


def test_templates_without_a_scope_share_their_resource_group(tmp_path: Path) -> None:
    files = {
        "main.bicep": bicep("kv", "'a'") + "module m 'm.bicep' = { name: 'm' }\n",
        "m.bicep": bicep("kv", "'b'"),
    }
    one, other = (each.resource_group for each in resources(entry(files, tmp_path)))
    assert isinstance(one, Unknown)
    assert isinstance(other, Unknown)
    assert one.key is not None
    assert one.key == other.key


def test_a_loop_of_modules(tmp_path: Path) -> None:
    files = {
        "main.bicep": """
            var names = ['a', 'b']
            module m 'm.bicep' = [for (name, i) in names: { name: 'm${i}', params: { name: '${name}${i}' } }]
            output second string = m[1].outputs.name
            output all array = [for i in range(0, 2): m[i].outputs.name]
            """,
        "m.bicep": "param name string\n" + bicep("kv", "name") + "output name string = kv.name\n",
    }
    root = entry(files, tmp_path)
    assert addresses(root) == ["m[0].kv", "m[1].kv"]
    assert outputs(root) == {"second": "b1", "all": ["a0", "b1"]}


def test_conditional_modules(tmp_path: Path) -> None:
    files = {
        "main.bicep": """
            param wanted bool
            module yes 'm.bicep' = if (true) { name: 'yes' }
            module no 'm.bicep' = if (false) { name: 'no' }
            module maybe 'm.bicep' = if (wanted) { name: 'maybe' }
            output safe string = maybe.?outputs.?name ?? 'none'
            output never string = no.?outputs.?name ?? 'none'
            output sure string = yes.?outputs.?name ?? 'none'
            """,
        "m.bicep": bicep("kv", "'kv'") + "output name string = kv.name\n",
    }
    root = entry(files, tmp_path)
    assert addresses(root) == ["yes.kv", "maybe.kv?"]
    assert outputs(root) == {"safe": {"kv", "none"}, "never": "none", "sure": "kv"}


def test_a_module_that_is_not_there_knows_its_inputs(tmp_path: Path) -> None:
    files = {
        "main.bicep": "module m './gone.bicep' = { name: 'm', params: { a: 'b' } }\noutput o string = m.outputs.x\n"
    }
    root = entry(files, tmp_path)
    (module,) = root.resources(lambda kind: True)
    assert isinstance(module, UnreadModule)
    assert shown(module.inputs()) == {"a": "b"}
    (call,) = root.run.missing
    assert (call.source, call.reason) == ("./gone.bicep", "there is no template at gone.bicep")
    assert outputs(root) == {"o": "<m outputs x>"}


def test_an_entry_is_what_nobody_calls(tmp_path: Path) -> None:
    files = {
        "main.bicep": "module m 'm.bicep' = { name: 'm' }\n",
        "m.bicep": "param x string = ''\n",
        "own.bicep": "module m 'm.json' = { name: 'm' }\n",
        "m.json": template(),
        "params.bicepparam": "using 'm.bicep'\nparam x = 'y'\n",
        "circle/a.bicep": "module b 'b.bicep' = { name: 'b' }\n",
        "circle/b.bicep": "module a 'a.bicep' = { name: 'a' }\n",
    }
    found, _ = templates(files, tmp_path)
    assert [(one.deployment.root, one.deployment.variant) for one in found.deployments] == [
        ("circle/a.bicep", ""),
        ("m.bicep", "params.bicepparam"),
        ("main.bicep", ""),
        ("own.bicep", ""),
    ]


# Parameter files --------------------------------------------------------------------------------


def test_each_parameter_file_is_a_deployment(tmp_path: Path) -> None:
    files = {
        "infra/main.bicep": "param env string\nparam size int = 1\noutput o object = { env: env, size: size }\n",
        "infra/env/dev.bicepparam": "using '../main.bicep'\nparam env = 'dev'\n",
        "infra/env/prod.bicepparam": "using '../main.bicep'\nvar base = 'pr'\nparam env = '${base}od'\nparam size = 3\n",
        "infra/main.parameters.json": parameters(env="json", SIZE=5),
    }
    found, library = templates(files, tmp_path)
    got = {one.deployment.variant: outputs(one.instance(library, ()))["o"] for one in found.deployments}
    assert got == {
        "infra/env/dev.bicepparam": {"env": "dev", "size": 1},
        "infra/env/prod.bicepparam": {"env": "prod", "size": 3},
        "infra/main.parameters.json": {"env": "json", "size": 5},
    }


def test_a_parameter_file_builds_on_another(tmp_path: Path) -> None:
    files = {
        "main.bicep": "param a string\nparam b string\nparam c string = 'c'\noutput o array = [a, b, c]\n",
        "base.bicepparam": "using none\nparam a = 'base'\nparam b = 'base'\n",
        "dev.bicepparam": "using 'main.bicep'\nextends 'base.bicepparam'\nparam b = 'dev'\n",
    }
    assert outputs(entry(files, tmp_path, variant="dev.bicepparam")) == {"o": ["base", "dev", "c"]}


def test_a_parameter_file_imports(tmp_path: Path) -> None:
    files = {
        "main.bicep": "param a string\nparam b string\noutput o array = [a, b]\n",
        "shared/values.bicep": "@export()\nvar region = 'westeurope'\n@export()\nfunc named(x string) string => 'kv-${x}'\n",
        "p.bicepparam": "using 'main.bicep'\nimport { region as where } from 'shared/values.bicep'\n"
        "import * as values from 'shared/values.bicep'\nparam a = where\nparam b = values.named('x')\n",
    }
    assert outputs(entry(files, tmp_path, variant="p.bicepparam")) == {"o": ["westeurope", "kv-x"]}


def test_what_is_read_elsewhere_is_not_known(tmp_path: Path) -> None:
    files = {
        "main.bicep": "@secure()\nparam a string\n@secure()\nparam b string\nparam c string\noutput o array = [a, b, c]\n",
        "p.bicepparam": "using 'main.bicep'\nparam a = az.getSecret('sub', 'rg', 'kv', 'name')\n"
        "param b = getSecret('sub', 'rg', 'kv', 'name')\nparam c = readEnvironmentVariable('X', 'y')\n",
    }
    assert outputs(entry(files, tmp_path, variant="p.bicepparam")) == {"o": ["?", "?", "?"]}


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("infra/main.parameters.json", True),
        ("infra/main.dev.parameters.json", True),
        ("infra/parameters/dev.json", True),
        ("elsewhere/main.parameters.json", False),
    ],
)
def test_whose_parameters_a_file_holds(path: str, wanted: bool, tmp_path: Path) -> None:
    """By its name, or the only template nearby that declares them all."""
    found, _ = templates({"infra/main.bicep": "param env string\n", path: parameters(env="x")}, tmp_path)
    variants = [one.deployment.variant for one in found.deployments]
    assert variants == ([path] if wanted else [""])
    assert [file.source.path for file in found.orphans] == ([] if wanted else [path])


def test_a_file_that_gives_what_is_not_declared_is_for_another_template(tmp_path: Path) -> None:
    found, _ = templates({"main.bicep": "param a string\n", "x.parameters.json": parameters(b="x")}, tmp_path)
    assert [one.deployment.variant for one in found.deployments] == [""]
    assert [file.source.path for file in found.orphans] == ["x.parameters.json"]


def test_placeholders_of_azd_are_not_known(tmp_path: Path) -> None:
    files = {
        "main.bicep": "param env string\noutput o string = 'kv-${env}'\noutput p string = env\n",
        "main.parameters.json": parameters(env="${AZURE_ENV_NAME}"),
    }
    assert outputs(entry(files, tmp_path, variant="main.parameters.json")) == {"o": "kv-?", "p": "?"}


def test_a_parameter_out_of_a_vault_in_json(tmp_path: Path) -> None:
    given = {"reference": {"keyVault": {"id": "/subscriptions/s/x"}, "secretName": "s"}}
    text = json.dumps({"$schema": PARAMETERS_SCHEMA, "contentVersion": "1", "parameters": {"a": given}})
    files = {"main.bicep": "@secure()\nparam a string\noutput o string = a\n", "main.parameters.json": text}
    assert outputs(entry(files, tmp_path, variant="main.parameters.json")) == {"o": "?"}


# Loops and conditions ---------------------------------------------------------------------------


def test_loops(tmp_path: Path) -> None:
    text = """
        param unknown array
        var vaults = [{ name: 'a', on: true }, { name: 'b', on: false }]
        resource each 'Microsoft.KeyVault/vaults@2023-07-01' = [for (v, i) in vaults: { name: '${v.name}${i}' }]
        resource some 'Microsoft.KeyVault/vaults@2023-07-01' = [for v in vaults: if (v.on) { name: v.name }]
        resource many 'Microsoft.KeyVault/vaults@2023-07-01' = [for v in unknown: { name: v }]
        output first string = each[0].id
        output names array = [for (v, i) in vaults: each[i].name]
        output object object = toObject(vaults, v => v.name, v => v.on)
        output filtered array = filter(map(vaults, v => v.name), n => n != 'a')
        """
    root = entry({"main.bicep": text}, tmp_path)
    assert addresses(root) == ["each[0]", "each[1]", "some[0]", "many[*]?"]
    assert outputs(root) == {
        "first": "<each[0] id>",
        "names": ["a0", "b1"],
        "object": {"a": True, "b": False},
        "filtered": ["b"],
    }


def test_a_condition_by_parameter_file(tmp_path: Path) -> None:
    files = {
        "main.bicep": "param on bool\nresource kv 'Microsoft.KeyVault/vaults@2023-07-01' = if (on) { name: 'kv' }\n",
        "on.bicepparam": "using 'main.bicep'\nparam on = true\n",
        "off.bicepparam": "using 'main.bicep'\nparam on = false\n",
    }
    found, library = templates(files, tmp_path)
    got = {one.deployment.variant: addresses(one.instance(library, ())) for one in found.deployments}
    assert got == {"on.bicepparam": ["kv"], "off.bicepparam": []}
    (tmp_path / "alone").mkdir()
    assert addresses(entry({"main.bicep": files["main.bicep"]}, tmp_path / "alone")) == ["kv?"]


# Resources within and beside each other ---------------------------------------------------------


def test_children(tmp_path: Path) -> None:
    text = """
        resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = {
          name: 'kv'
          resource one 'secrets' = { name: 'one' }
        }
        resource two 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = { parent: kv, name: 'two' }
        resource three 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = { name: '${kv.name}/three' }
        output one string = kv::one.id
        output name string = kv::one.name
        output uri string = two.properties.secretUri
        """
    root = entry({"main.bicep": text}, tmp_path)
    found = by_address(resources(root))
    assert [found[name].type for name in ("kv::one", "two", "three")] == [SECRET] * 3
    assert {shown(found[name].parent) for name in ("kv::one", "two", "three")} == {"<kv>"}
    assert [config(found[name], "name") for name in ("kv::one", "two", "three")] == ["one", "two", "three"]
    assert outputs(root) == {"one": "<kv::one id>", "name": "one", "uri": "<two properties secretUri>"}


def test_an_existing_resource_is_only_looked_up(tmp_path: Path) -> None:
    files = {
        "main.bicep": bicep("kv", "'kv-x'")
        + "module m 'm.bicep' = { name: 'm', params: { vault: kv.name } }\n"
        + "output uri string = m.outputs.uri\n",
        "m.bicep": "param vault string\nresource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = { name: vault }\n"
        "output uri string = kv.properties.vaultUri\noutput s string = kv.getSecret('x')\n",
    }
    root = entry(files, tmp_path)
    modes = {address: one.mode.value for address, one in by_address(resources(root)).items()}
    assert modes == {"kv": "managed", "m.kv": "looked up"}
    assert outputs(root) == {"uri": "<m.kv properties vaultUri>"}


APP_TEXT = """
resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: 'app'
  identity: { type: 'SystemAssigned' }
  properties: {
    configuration: {
      secrets: [{ name: 'db', keyVaultUrl: 'https://kv-x.vault.azure.net/secrets/%s', identity: 'system' }]
    }
  }
}
"""


def test_an_existing_vault_is_the_one_that_another_module_makes(tmp_path: Path) -> None:
    """A secret that the module puts into the vault by name is found by the app's url."""
    files = {
        "main.bicep": bicep("kv", "'kv-x'", more="  properties: { enableRbacAuthorization: true }\n")
        + "module m 'm.bicep' = { name: 'm', params: { vault: kv.name } }\n"
        + APP_TEXT % "DB",
        "m.bicep": "param vault string\nresource kv 'Microsoft.KeyVault/vaults@2023-07-01' existing = { name: vault }\n"
        + bicep("s", "'db-password'", SECRET, "  parent: kv\n  properties: { value: newGuid() }\n"),
    }
    write_files(files, tmp_path)
    found = {one.check.id for one in analyse([tmp_path], tmp_path).findings}
    assert "KV201" in found  # the app has no grant on the vault, which is therefore known to be of the set


# ARM JSON ---------------------------------------------------------------------------------------


def test_a_json_template_in_either_form(tmp_path: Path) -> None:
    vault = {"type": VAULT, "apiVersion": "2023-07-01", "name": "kv"}
    secret = {
        "type": SECRET,
        "apiVersion": "2023-07-01",
        "name": "kv/s",
        "properties": {"value": "[resourceId('Microsoft.KeyVault/vaults', 'KV')]"},
    }
    root = entry({"main.json": template(vault, secret)}, tmp_path, "main.json")
    _, other = resources(root)
    assert shown(other.parent) == "<vaults#0>"
    assert config(other, "properties", "value") == "<vaults#0 id>"
    assert config(other, "name") == "s"
    named = json.loads(template(languageVersion="2.0"))
    named["resources"] = {
        "kv": vault,
        "s": secret | {"properties": {"value": "[reference('kv').vaultUri]"}},
        "looked": vault | {"name": "other", "existing": True},
    }
    (tmp_path / "b").mkdir()
    root = entry({"main.json": json.dumps(named)}, tmp_path / "b", "main.json")
    found = by_address(resources(root))
    assert config(found["s"], "properties", "value") == "<kv properties vaultUri>"
    assert found["looked"].mode.value == "looked up"


def deployment(name: str, inner: str, **properties: object) -> dict[str, object]:
    """A nested deployment."""
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2021-04-01",
        "name": name,
        "properties": {"mode": "Incremental", "template": json.loads(inner), **properties},
    }


def test_nested_deployments_see_names_by_their_scope(tmp_path: Path) -> None:
    inner = template(
        {"type": VAULT, "apiVersion": "2023-07-01", "name": "[variables('x')]"},
        variables={"x": "inside"},
        outputs={"o": {"type": "string", "value": "[variables('x')]"}},
    )
    text = template(
        deployment("outer", inner),
        deployment("inner", inner, expressionEvaluationOptions={"scope": "inner"}),
        variables={"x": "outside"},
        outputs={"o": {"type": "string", "value": "[reference('inner').outputs.o.value]"}},
    )
    root = entry({"main.json": text}, tmp_path, "main.json")
    assert [config(one, "name") for one in resources(root)] == ["outside", "inside"]
    assert outputs(root) == {"o": "inside"}


def test_linked_templates(tmp_path: Path) -> None:
    link = {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2021-04-01",
        "name": "linked",
        "properties": {
            "mode": "Incremental",
            "templateLink": {"relativePath": "nested/vault.json"},
            "parameters": {"name": {"value": "kv"}},
        },
    }
    nested = template(
        {"type": VAULT, "apiVersion": "2023-07-01", "name": "[parameters('NAME')]"},
        parameters={"name": {"type": "string"}},
    )
    found, library = templates({"main.json": template(link), "nested/vault.json": nested}, tmp_path)
    (one,) = found.deployments
    (vault,) = resources(one.instance(library, ()))
    assert config(vault, "name") == "kv"


def test_copy(tmp_path: Path) -> None:
    text = template(
        {
            "type": VAULT,
            "apiVersion": "2023-07-01",
            "name": "[concat(parameters('p'), copyIndex(1))]",
            "copy": {"name": "loop", "count": "[length(variables('v'))]"},
            "tags": {"copy": [{"name": "inner", "count": 2, "input": "[copyIndex('inner')]"}]},
        },
        parameters={"p": {"type": "string", "defaultValue": "kv"}},
        variables={"v": ["a", "b"], "copy": [{"name": "c", "count": 2, "input": "[copyIndex('c')]"}]},
        outputs={
            "c": {"type": "array", "value": "[variables('c')]"},
            "o": {"type": "array", "copy": {"count": 3, "input": "[copyIndex()]"}},
        },
    )
    root = entry({"main.json": text}, tmp_path, "main.json")
    assert [config(one, "name") for one in resources(root)] == ["kv1", "kv2"]
    assert config(resources(root)[0], "tags", "inner") == [0, 1]
    assert outputs(root) == {"c": [0, 1], "o": [0, 1, 2]}


def test_keys_of_a_resource(tmp_path: Path) -> None:
    text = template(
        {"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01", "name": "s"},
        outputs={
            "k": {
                "type": "string",
                "value": "[listKeys(resourceId('Microsoft.Storage/storageAccounts', 's'), '2023-01-01').keys[0].value]",
            }
        },
    )
    root = entry({"main.json": text}, tmp_path, "main.json")
    assert outputs(root) == {"k": "<storageAccounts#0 listKeys keys 0 value>"}
    (tmp_path / "b").mkdir()
    text = (
        bicep("s", "'s'", "Microsoft.Storage/storageAccounts")
        + "output k string = s.listKeys().keys[0].value\n"
    )
    assert outputs(entry({"main.bicep": text}, tmp_path / "b")) == {"k": "<s listKeys keys 0 value>"}


def test_a_compiled_template_beside_its_source_is_not_read_twice(tmp_path: Path) -> None:
    compiled = template(metadata={"_generator": {"name": "bicep", "version": "0.30.0"}})
    found, _ = templates({"main.bicep": bicep("kv", "'kv'"), "main.json": compiled}, tmp_path)
    assert [one.deployment.root for one in found.deployments] == ["main.bicep"]


# Functions, imports, files ----------------------------------------------------------------------


def test_functions_of_a_template(tmp_path: Path) -> None:
    text = """
        func named(prefix string, n int) string => '${prefix}-${padded(n)}'
        func padded(n int) string => padLeft(n, 3, '0')
        output o string = named('kv', 7)
        output few string = named('kv')
        output gone string = unheardOf('kv')
        """
    assert outputs(entry({"main.bicep": text}, tmp_path)) == {"o": "kv-007", "few": "?", "gone": "?"}


def test_functions_of_a_json_template(tmp_path: Path) -> None:
    function = {
        "namespace": "my",
        "members": {
            "named": {
                "parameters": [{"name": "Prefix", "type": "string"}],
                "output": {"type": "string", "value": "[concat(parameters('prefix'), '-x')]"},
            }
        },
    }
    text = template(functions=[function], outputs={"o": {"type": "string", "value": "[my.named('kv')]"}})
    assert outputs(entry({"main.json": text}, tmp_path, "main.json")) == {"o": "kv-x"}


def test_imports(tmp_path: Path) -> None:
    files = {
        "main.bicep": """
            import { region as where, named } from 'shared/values.bicep'
            import * as values from './shared/values.bicep'
            import { gone } from 'shared/values.bicep'
            import { x } from 'nowhere.bicep'
            output a array = [where, named('x'), values.region, values.named('y'), gone, x]
            """,
        "shared/values.bicep": "import { stem } from '../stem.bicep'\n@export()\nvar region = 'we'\n"
        "@export()\nfunc named(x string) string => '${stem()}-${x}'\n",
        "stem.bicep": "@export()\nfunc stem() string => 'kv'\n",
    }
    root = entry(files, tmp_path)
    assert outputs(root) == {"a": ["we", "kv-x", "we", "kv-y", "?", "?"]}


def where(value: Value, text: str) -> str:
    """The file and line in which a text stands that a value holds or was made of."""
    (found,) = {
        f"{one.span.path}:{one.span.first.line}"
        for one in leaves(value)
        if isinstance(one, Scalar) and one.data == text and one.span is not None
    }
    return found


def test_loaded_files_keep_their_places(tmp_path: Path) -> None:
    files = {
        "infra/main.bicep": """
            var settings = loadJsonContent('../config/settings.json')
            var part = loadJsonContent('../config/settings.json', 'vault.name')
            var yaml = loadYamlContent('../config/settings.yaml')
            var text = loadTextContent('../config/note.txt')
            output all array = [settings.vault.name, part, yaml.vault.names[1], text]
            output outside array = [loadTextContent('../../outside.txt'), loadJsonContent('gone.json')]
            """,
        "config/settings.json": '{\n  "vault": {\n    "name": "kv-json"\n  }\n}\n',
        "config/settings.yaml": "vault:\n  names:\n    - a\n    - kv-yaml\n",
        "config/note.txt": "kv-text",
    }
    root = entry(files, tmp_path, "infra/main.bicep")
    assert outputs(root) == {"all": ["kv-json", "kv-json", "kv-yaml", "kv-text"], "outside": ["?", "?"]}
    everything = root.output("all")
    assert where(everything, "kv-json") == "config/settings.json:3"
    assert where(everything, "kv-yaml") == "config/settings.yaml:4"


def test_secure_outputs(tmp_path: Path) -> None:
    text = "@secure()\nparam p string\n@secure()\noutput shown string = p\noutput plain string = p\n"
    write_files({"main.bicep": text}, tmp_path)
    (found,) = (one for one in analyse([tmp_path], tmp_path).findings if one.check.id == "KV307")
    assert found.span.first.line == 5


# The module cache -------------------------------------------------------------------------------

COMPILED = template(
    {
        "type": APP,
        "apiVersion": "2024-03-01",
        "name": "[parameters('name')]",
        "properties": {
            "template": {
                "containers": [{"name": "a", "image": "b", "env": [{"name": "A", "secretRef": "missing"}]}]
            }
        },
    },
    parameters={"name": {"type": "string"}},
    outputs={"name": {"type": "string", "value": "[parameters('name')]"}},
)


def call(reference: str) -> str:
    """A template that calls a module of a registry."""
    return f"// a comment\nmodule m '{reference}' = {{\n  name: 'm'\n  params: {{ name: 'app' }}\n}}\noutput o string = m.outputs.name\n"


ALIASES = json.dumps(
    {"moduleAliases": {"br": {"own": {"registry": "Example.azurecr.io", "modulePath": "bicep/app"}}}}
)


@pytest.mark.parametrize(
    ("reference", "place"),
    [
        ("br/public:x/app:1.0.0", "mcr.microsoft.com/bicep$x$app/1.0.0$"),
        ("br:mcr.microsoft.com/bicep/x/app:1.0.0", "mcr.microsoft.com/bicep$x$app/1.0.0$"),
        ("br:localhost:5000/x/app:v1", "localhost$5000/x$app/v1$"),
        ("br:example.azurecr.io/x:v1-Beta", "example.azurecr.io/x/v1-Beta$8"),
        ("br:example.azurecr.io/x@sha256:0123abcd", "example.azurecr.io/x/sha256#0123abcd"),
        ("br/own:web:1", "example.azurecr.io/bicep$app$web/1$"),
    ],
)
def test_a_module_out_of_the_cache(reference: str, place: str, tmp_path: Path) -> None:
    """It is evaluated, and what is found in it stands where it is called."""
    cache, root = tmp_path / "cache", tmp_path / "set"
    write_files({f"br/{place}/main.json": COMPILED}, cache)
    files = {"infra/main.bicep": call(reference), "bicepconfig.json": ALIASES}
    assert outputs(entry(files, root, "infra/main.bicep", cache=cache)) == {"o": "app"}
    result = analyse([root], root, bicep=BicepOptions(module_cache=cache))
    (finding,) = (one for one in result.findings if one.check.id == "KV101")
    assert (finding.span.path, finding.span.first.line) == ("infra/main.bicep", 2)
    assert {step.span.path for step in finding.steps} <= {"infra/main.bicep"}
    assert {related.span.path for related in finding.related} <= {"infra/main.bicep"}
    without = analyse([root], root)
    assert {one.check.id for one in without.findings} == {"KV002"}


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ('{"cacheRootDirectory": "../vendor"}', True),
        ('// settings\n{"cacheRootDirectory": "../vendor", /* of modules */}', True),
        ('\N{ZERO WIDTH NO-BREAK SPACE}{"cacheRootDirectory": "../vendor"}', True),
        ('{"cacheRootDirectory": "../../outside"}', False),
        ('{"cacheRootDirectory": 5, "moduleAliases": {"br": [1]}}', False),
        ("[]", False),
        ("{", False),
    ],
)
def test_a_cache_within_the_set(settings: str, found: bool, tmp_path: Path) -> None:
    """Never one outside of it, whatever the settings say."""
    module = "br/mcr.microsoft.com/bicep$x$app/1.0.0$/main.json"
    write_files({f"outside/{module}": COMPILED}, tmp_path)
    files = {
        "vendor/" + module: COMPILED,
        "infra/main.bicep": call("br/public:x/app:1.0.0"),
        "infra/bicepconfig.json": settings,
    }
    root = entry(files, tmp_path / "set", "infra/main.bicep")
    assert outputs(root) == {"o": "app" if found else "<m outputs name>"}


@pytest.mark.parametrize(
    "reference",
    [
        "br/gone:x/app:1.0.0",
        "br/public:x/app:2.0.0",
        "br/public:../../x:1.0.0",
        "br/public:x/app:..",
        "br/public:x/app",
        "br:",
        "ts/public:x:1",
        "ts:sub/rg/name:1",
        "br/public:x/app:1\\u{0}",
        "br/public:x/app:" + "1" * 5_000,
    ],
)
def test_what_the_cache_does_not_hold(reference: str, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    write_files({"br/mcr.microsoft.com/bicep$x$app/1.0.0$/main.json": COMPILED, "x.json": COMPILED}, cache)
    root = entry({"main.bicep": call(reference)}, tmp_path / "set", cache=cache)
    assert outputs(root) == {"o": "<m outputs name>"}
    assert [one.reason for one in root.run.missing] == ["its source is not on disk"]


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", "5", '{"$schema": "x"}'])
def test_a_broken_module_in_the_cache(text: str, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    write_files({"br/mcr.microsoft.com/bicep$x$app/1.0.0$/main.json": text}, cache)
    root = entry({"main.bicep": call("br/public:x/app:1.0.0")}, tmp_path / "set", cache=cache)
    assert outputs(root) == {"o": "<m outputs name>"}
    assert [one.reason for one in root.run.missing] == ["what the module cache holds of it is no template"]
