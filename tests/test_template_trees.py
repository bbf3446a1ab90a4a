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


def test_modules_that_are_not_there_have_the_names_of_their_deployments(tmp_path: Path) -> None:
    files = {
        "main.bicep": """
            var names = ['a', 'b']
            module one 'br/public:x/app:1.0.0' = { name: 'deploy', params: { name: 'app' } }
            module m './gone.bicep' = [for n in names: { name: 'deploy-${n}', params: { name: 'app-${n}' } }]
            module bare './gone.bicep' = [for n in names: { params: { name: 'app-${n}' } }]
            output single string = one.name
            output second string = m[1].name
            output unnamed string = bare[0].name
            """,
    }
    found = outputs(entry(files, tmp_path))
    assert found == {"single": "deploy", "second": "deploy-b", "unnamed": "<bare[0] name>"}


@pytest.mark.parametrize(
    ("written", "secure"),
    [
        ("keyType", True),
        ("keyType?", True),
        ("keyType[]", True),
        ("{ name: string, key: keyType? }", True),
        ("local", True),
        ("renamed", True),
        ("types.keyType", True),
        ("types.chain[]?", True),
        ("types.word", True),
        ("plainType", False),
        ("types.plainType", False),
        ("types.none", False),
        ("gone", False),
        ("outside.keyType", False),
        ("remote.keyType", False),
    ],
)
def test_imported_types_are_as_secure_as_declared_ones(written: str, secure: bool, tmp_path: Path) -> None:
    files = {
        "infra/main.bicep": f"""
            import {{ keyType, keyType as renamed, plainType }} from 'lib/types.bicep'
            import * as types from './lib/types.bicep'
            import * as outside from '../../types.bicep'
            import * as remote from 'br/public:x/types:1.0.0'
            import {{ gone }} from 'gone.bicep'
            type local = {{ deep: types.chain }}
            param x {written}
            output y {written} = x
            """,
        "infra/lib/types.bicep": """
            import * as main from '../main.bicep'
            @export()
            type keyType = {
              @secure()
              value: string?
            }
            @export()
            type plainType = { value: string, again: plainType? }
            @export()
            type chain = { around: main.local, key: keyType }
            @export()
            @secure()
            type word = string
            """,
    }
    made = entry(files, tmp_path, "infra/main.bicep").template
    assert made.parameters["x"].secure is secure
    assert made.outputs["y"].secure is secure


def test_a_parameter_has_the_type_that_an_imported_name_stands_for(tmp_path: Path) -> None:
    files = {
        "main.bicep": """
            import { word as text } from 'types.bicep'
            import * as types from 'types.bicep'
            param a text
            param b types.word
            param c sys.string
            """,
        "types.bicep": "@export()\ntype word = string?\n",
    }
    parameters = entry(files, tmp_path).template.parameters
    assert [(one.type, one.nullable) for one in parameters.values()] == [
        ("string", True),
        ("string", True),
        ("string", False),
    ]


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


STORAGE = "Microsoft.Storage/storageAccounts"
OTHER_SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"


def read_back(folder: Path, *declared: Mapping[str, object], **ids: str) -> dict[str, object]:
    """What ``reference`` makes of ids in a template that declares some resources."""
    written = {name: {"type": "string", "value": f"[reference({one}).x]"} for name, one in ids.items()}
    return outputs(entry({"main.json": template(*declared, outputs=written)}, folder, "main.json"))


def test_an_id_at_another_scope_is_not_the_resource_of_the_template(tmp_path: Path) -> None:
    account = {"type": STORAGE, "apiVersion": "2023-01-01", "name": "same"}
    here = {
        "plain": f"resourceId('{STORAGE}', 'SAME')",
        "group": f"resourceId(resourceGroup().name, '{STORAGE}', 'same')",
        "both": f"resourceId(subscription().subscriptionId, resourceGroup().name, '{STORAGE}', 'same')",
        "text": f"concat(resourceGroup().id, '/providers/{STORAGE}/same')",
        "extension": f"extensionResourceId(resourceGroup().id, '{STORAGE}', 'same')",
        "relative": f"'{STORAGE}/same'",
        "name": "'same'",
    }
    elsewhere = {
        "othergroup": f"resourceId('other', '{STORAGE}', 'same')",
        "othersubscription": f"resourceId('{OTHER_SUBSCRIPTION}', resourceGroup().name, '{STORAGE}', 'same')",
        "ofsubscription": f"subscriptionResourceId('{STORAGE}', 'same')",
        "oftenant": f"tenantResourceId('{STORAGE}', 'same')",
        "othertext": f"'/subscriptions/s/resourceGroups/g/providers/{STORAGE}/same'",
        "maybe": f"resourceId(parameters('group'), '{STORAGE}', 'same')",
        "othertype": "resourceId('Microsoft.KeyVault/vaults', 'same')",
        "half": f"'{STORAGE}/same/blobServices'",
    }
    found = read_back(tmp_path, account, **here, **elsewhere)
    assert {name: found[name] for name in here} == dict.fromkeys(here, "<storageAccounts#0 properties x>")
    assert {name: found[name] for name in elsewhere} == dict.fromkeys(elsewhere, "?")


def test_an_id_at_another_scope_is_what_the_template_looks_up_there(tmp_path: Path) -> None:
    account = {"type": STORAGE, "apiVersion": "2023-01-01", "name": "same"}
    secret = {"type": SECRET, "apiVersion": "2023-07-01", "name": "kv/s"}
    vault = {"type": VAULT, "apiVersion": "2023-07-01", "name": "kv"}
    text = template(
        languageVersion="2.0",
        outputs={
            "here": {"type": "string", "value": f"[resourceId('{STORAGE}', 'same')]"},
            "there": {"type": "string", "value": f"[resourceId('other', '{STORAGE}', 'same')]"},
            "third": {"type": "string", "value": f"[resourceId('third', '{STORAGE}', 'same')]"},
        },
    )
    made = json.loads(text)
    made["resources"] = {
        "looked": account | {"existing": True, "resourceGroup": "other"},
        "made": account,
        "kv": vault,
        "away": vault | {"existing": True, "resourceGroup": "other"},
        "s": secret,
        "far": secret | {"existing": True, "resourceGroup": "other"},
    }
    root = entry({"main.json": json.dumps(made)}, tmp_path, "main.json")
    assert outputs(root) == {
        "here": "<made id>",
        "there": "<looked id>",
        "third": f"/subscriptions/?/resourceGroups/third/providers/{STORAGE}/same",
    }
    found = by_address(resources(root))
    assert shown(found["s"].parent) == "<kv>"
    assert shown(found["far"].parent) == "<away>"


def test_extensions_of_one_name_are_told_apart_by_what_they_extend(tmp_path: Path) -> None:
    def extension(scope: str) -> dict[str, object]:
        return {"type": "My.Rp/locks", "apiVersion": "2023-01-01", "name": "e", "scope": scope}

    def id_of(scope: str) -> str:
        return f"extensionResourceId({scope}, 'My.Rp/locks', 'e')"

    account = f"resourceId('{STORAGE}', 'a')"
    found = read_back(
        tmp_path,
        {"type": STORAGE, "apiVersion": "2023-01-01", "name": "a"},
        extension(f"[{account}]"),
        extension(f"[{id_of(account)}]"),
        extension(f"{STORAGE}/other"),
        extension(f"[concat(resourceGroup().id, '/providers/{STORAGE}/b')]"),
        {"type": STORAGE, "apiVersion": "2023-01-01", "name": "b"},
        one=id_of(account),
        two=id_of(id_of(account)),
        three=id_of(f"resourceId('{STORAGE}', 'other')"),
        four=id_of(f"resourceId('{STORAGE}', 'b')"),
        longest=id_of(id_of(id_of(account))),
        unscoped="resourceId('My.Rp/locks', 'e')",
        name="'e'",
    )
    assert found == {
        "one": "<locks#1 properties x>",
        "two": "<locks#2 properties x>",
        "three": "<locks#3 properties x>",
        "four": "<locks#4 properties x>",
        "longest": "?",
        "unscoped": "?",
        "name": "?",
    }


def test_resources_that_extend_themselves(tmp_path: Path) -> None:
    kind = "My.Rp/locks"
    looked_up = f"output {{0}} string = reference(extensionResourceId({{0}}.id, '{kind}', 'x')).x\n"
    files = {
        "main.bicep": bicep("a", "'x'", kind, "  scope: a\n")
        + bicep("b", "'x'", kind, "  scope: c\n")
        + bicep("c", "'x'", kind, "  scope: b\n")
        + "".join(looked_up.format(symbol) for symbol in "abc")
    }
    assert outputs(entry(files, tmp_path)) == dict.fromkeys("abc", "?")


def test_a_resource_that_extends_another_is_in_its_group(tmp_path: Path) -> None:
    lock = {
        "type": "Microsoft.Authorization/locks",
        "apiVersion": "2020-05-01",
        "name": "l",
        "scope": f"[resourceId('{VAULT}', 'kv')]",
    }
    vault = {"type": VAULT, "apiVersion": "2023-07-01", "name": "kv"}
    one, other = resources(entry({"main.json": template(vault, lock)}, tmp_path, "main.json"))
    assert shown(other.scope) == "<vaults#0 id>"
    assert isinstance(one.resource_group, Unknown)
    assert isinstance(other.resource_group, Unknown)
    assert one.resource_group.key == other.resource_group.key is not None


def test_a_custom_role_is_found_at_any_scope(tmp_path: Path) -> None:
    kind = "Microsoft.Authorization/roleDefinitions"
    role = {"type": kind, "apiVersion": "2022-04-01", "name": "[guid('reader')]"}
    found = read_back(tmp_path, role, id=f"subscriptionResourceId('{kind}', guid('reader'))")
    assert found == {"id": "<roleDefinitions#0 properties x>"}


def test_deployments_of_one_name_are_told_apart_by_their_group(tmp_path: Path) -> None:
    def named(text: str, **more: str) -> dict[str, object]:
        inner = template(outputs={"x": {"type": "string", "value": text}})
        return deployment("m", inner, expressionEvaluationOptions={"scope": "inner"}) | more

    kind = "Microsoft.Resources/deployments"
    ids = {
        "here": f"resourceId('{kind}', 'm')",
        "there": f"resourceId('rg', '{kind}', 'm')",
        "text": "extensionResourceId(format('/subscriptions/{0}/resourceGroups/rg', "
        f"subscription().subscriptionId), '{kind}', 'm')",
        "gone": f"resourceId('third', '{kind}', 'm')",
        "other": "resourceId('Microsoft.KeyVault/vaults', 'm')",
    }
    written = {
        name: {"type": "string", "value": f"[reference({one}).outputs.x.value]"} for name, one in ids.items()
    }
    main = template(named("mine"), named("theirs", resourceGroup="rg"), outputs=written)
    found = outputs(entry({"main.json": main}, tmp_path, "main.json"))
    assert found == {"here": "mine", "there": "theirs", "text": "theirs", "gone": "?", "other": "?"}


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
