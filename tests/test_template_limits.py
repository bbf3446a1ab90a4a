"""Hostile templates: evaluation ends soon, raises nothing, and says what it left out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from healthy import beside, reports, write_healthy
from kvlint.evaluate.values import Unknown
from scenarios import run
from template_trees import PARAMETERS_SCHEMA, SCHEMA, addresses, entry, outputs, resources, shown, templates
from terraform_trees import write_files

VAULT = "Microsoft.KeyVault/vaults"
SECRET = "Microsoft.KeyVault/vaults/secrets"  # noqa: S105  # a type
DEPLOYMENT = "Microsoft.Resources/deployments"


@pytest.fixture(autouse=True)
def _recursion_limit() -> Iterator[None]:
    """The room that a run has."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(6_000)
    yield
    sys.setrecursionlimit(before)


def vault(symbol: str, more: str = "") -> str:
    return f"resource {symbol} '{VAULT}@2023-07-01' = {{\n  name: '{symbol}'\n{more}}}\n"


def using(value: str) -> str:
    """A secret of this value, which checks look at."""
    return f"resource s '{SECRET}@2023-07-01' = {{\n  name: 'x/y'\n  properties: {{ value: {value} }}\n}}\n"


def template(*resources: dict[str, object], **parts: object) -> str:
    return json.dumps({"$schema": SCHEMA, "contentVersion": "1", **parts, "resources": list(resources)})


def in_json(name: str, **parts: object) -> dict[str, object]:
    return {"type": VAULT, "apiVersion": "2023-07-01", "name": name, **parts}


def nested(name: str, *resources: dict[str, object], **parts: object) -> dict[str, object]:
    inner = json.loads(template(*resources, **parts))
    properties = {"mode": "Incremental", "template": inner}
    return {"type": DEPLOYMENT, "apiVersion": "2021-04-01", "name": name, "properties": properties}


def found_in(root: Path, files: dict[str, str]) -> list[str]:
    """What a run reports of a tree beside the known defect."""
    write_files(files, root)
    write_healthy(root)
    result = run(root)
    reports(result)
    return beside(result)


# Circles ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"a.bicep": "module a 'a.bicep' = { name: 'a' }\n"}, "a.bicep:1:1"),
        (
            {
                "a.bicep": "module b 'b.bicep' = { name: 'b' }\n",
                "b.bicep": "\nmodule a 'a.bicep' = { name: 'a' }\n",
            },
            "b.bicep:2:1",
        ),
        (
            {
                "main.bicep": "module a 'a.bicep' = { name: 'a' }\n",
                "a.bicep": "module b 'b.bicep' = { name: 'b' }\n",
                "b.bicep": "module a 'a.bicep' = { name: 'a', params: { x: a.outputs.y } }\n",
            },
            "b.bicep:1:1",
        ),
        (
            {
                "a.json": template(
                    {
                        "type": DEPLOYMENT,
                        "apiVersion": "2021-04-01",
                        "name": "x",
                        "properties": {"templateLink": {"relativePath": "a.json"}},
                    }
                )
            },
            "a.json:1:",
        ),
    ],
)
@pytest.mark.parametrize("more", [{}, {"other.bicep": "var x = 1\n"}], ids=["alone", "beside"])
def test_modules_in_a_circle(files: dict[str, str], place: str, more: dict[str, str], tmp_path: Path) -> None:
    (found,) = found_in(tmp_path, files | more)
    assert found.startswith(f"KV002 note {place}")
    assert "it calls itself in a circle" in found


def test_imports_in_a_circle(tmp_path: Path) -> None:
    files = {
        "main.bicep": "import { x, f } from 'main.bicep'\nimport * as me from 'main.bicep'\n"
        "import { y } from 'b.bicep'\n@export()\nvar z = me.z\n"
        "output o array = [x, f(1), me.z, me.g(1), z, y]\noutput fine string = 'fine'\n",
        "b.bicep": "import { z } from 'main.bicep'\nimport { w } from 'c.bicep'\n@export()\nvar y = '${z}${w}'\n",
        "c.bicep": "import { y } from 'b.bicep'\n@export()\nvar w = y\n",
    }
    got = outputs(entry(files, tmp_path))
    assert got["fine"] == "fine"
    assert str(got["o"]).count("?") >= 6


def test_values_that_refer_to_themselves(tmp_path: Path) -> None:
    text = """
        param p string = p
        param q string = r
        param r string = q
        var a = a
        var b = [c]
        var c = { x: b }
        var d = '${d}'
        var e = map(range(0, 2), i => e)
        resource one 'Microsoft.KeyVault/vaults@2023-07-01' = { name: two.name, tags: { a: one.tags.a } }
        resource two 'Microsoft.KeyVault/vaults@2023-07-01' = { name: one.name, tags: { a: two } }
        resource own 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = { name: 'x', parent: own, scope: own }
        resource each 'Microsoft.KeyVault/vaults@2023-07-01' = [for i in range(0, length(each)): { name: each[i].name }]
        resource maybe 'Microsoft.KeyVault/vaults@2023-07-01' = if (maybe.id == 'x') { name: 'x' }
        module m 'm.bicep' = { name: m.name, scope: m, params: { x: m.outputs.y } }
        module n 'm.bicep' = [for i in n: { name: 'n', params: n }]
        output o array = [p, q, a, b, c, d, e, one.name, two.tags.a, own.name, m.outputs.y]
        output self string = 'fine'
        """
    inner = "param x string = x\noutput y string = x\noutput z string = z\n" + vault("kv")
    root = entry({"main.bicep": text, "m.bicep": inner}, tmp_path)
    assert {"one", "two", "own", "m.kv"} <= {one.rstrip("?") for one in addresses(root)}
    assert outputs(root)["self"] == "fine"


@pytest.mark.parametrize(
    "functions",
    [
        "func f(x int) int => f(x + 1) + f(x + 2)\n",
        "func f(x int) int => g(x) + g(x)\nfunc g(x int) int => f(x) + f(x)\n",
        "func f(x int) array => map(range(0, 10), y => f(y))\n",
        "func f(x int) int => v\nvar v = f(1)\n",
        "import { f } from 'other.bicep'\n",
    ],
)
def test_functions_that_call_themselves(functions: str, tmp_path: Path) -> None:
    text = functions + "".join(f"output o{number} int = f({number})\n" for number in range(300))
    files = {"main.bicep": text + "output fine string = 'fine'\n"}
    files["other.bicep"] = "import { g } from 'third.bicep'\n@export()\nfunc f(x int) int => g(x) + g(x)\n"
    files["third.bicep"] = "import { f } from 'other.bicep'\n@export()\nfunc g(x int) int => f(x) + f(x)\n"
    got = outputs(entry(files, tmp_path))
    assert got["fine"] == "fine"
    assert len(got) == 301


def test_a_function_may_be_called_with_what_it_gives(tmp_path: Path) -> None:
    text = "func f(x string) string => 'a${x}'\noutput o string = f(f(f('b')))\n"
    assert outputs(entry({"main.bicep": text}, tmp_path)) == {"o": "aaab"}


def test_parameter_files_in_a_circle(tmp_path: Path) -> None:
    files = {
        "main.bicep": "param x string\noutput o string = x\n",
        "p.bicepparam": "using 'main.bicep'\nextends 'q.bicepparam'\nextends 'p.bicepparam'\n",
        "q.bicepparam": "using none\nextends 'p.bicepparam'\nparam x = y\nvar y = x\n",
    }
    assert outputs(entry(files, tmp_path, variant="p.bicepparam")) == {"o": "?"}


# Depth ------------------------------------------------------------------------------------------


def test_modules_are_followed_to_a_depth(tmp_path: Path) -> None:
    files = {
        f"m{level}.bicep": f"module m 'm{level + 1}.bicep' = {{ name: 'm' }}\n" + vault("kv")
        for level in range(2_000)
    }
    root = entry(files, tmp_path, "m0.bicep")
    assert len(resources(root)) == 21
    assert [call.reason for call in root.run.missing] == ["modules are nested too deeply"]


def test_nested_templates_are_followed_to_a_depth(tmp_path: Path) -> None:
    inner = in_json("kv")
    for level in range(30):
        inner = nested(f"d{level}", inner)
    (found,) = found_in(tmp_path, {"main.json": template(inner)})
    assert "modules are nested too deeply" in found


@pytest.mark.parametrize("what", ["var", "param", "parent", "name", "scope", "dependsOn", "module", "import"])
def test_long_chains(what: str, tmp_path: Path) -> None:
    """What is too far away is unknown, what is near is not."""
    count = 1_500
    files: dict[str, str] = {}
    if what in ("var", "param"):
        kind = "string " if what == "param" else ""
        text = "".join(f"{what} x{n} {kind}= x{n + 1}\n" for n in range(count))
        text += (
            f"{what} x{count} {kind}= 'end'\noutput first string = x0\noutput near string = x{count - 20}\n"
        )
    elif what == "module":
        text = "".join(
            f"module x{n} 'm.bicep' = {{ name: 'x', params: {{ x: x{n + 1}.outputs.y }} }}\n"
            for n in range(count)
        )
        text += f"module x{count} 'm.bicep' = {{ name: 'x', params: {{ x: 'end' }} }}\n"
        text += f"output near string = x{count - 20}.outputs.y\n"
        files["m.bicep"] = "param x string\noutput y string = x\n" + vault("kv")
    elif what == "import":
        for n in range(count):
            files[f"i{n}.bicep"] = f"import {{ x as y }} from 'i{n + 1}.bicep'\n@export()\nvar x = y\n"
        files[f"i{count}.bicep"] = "@export()\nvar x = 'end'\n"
        text = f"import {{ x }} from 'i{count - 20}.bicep'\nimport {{ x as far }} from 'i0.bicep'\n"
        text += "output near string = x\noutput first string = far\n"
    else:
        value = {"name": "x{}.name", "dependsOn": "[x{}]"}.get(what, "x{}")
        own = "" if what == "name" else "name: 'x', "
        text = "".join(
            f"resource x{n} '{SECRET}@2023-07-01' = {{ {own}{what}: {value.format(n + 1)} }}\n"
            for n in range(count)
        )
        text += f"resource x{count} '{VAULT}@2023-07-01' = {{ name: 'end' }}\n"
        text += f"output near string = x{count}.name\n"
    root = entry({"main.bicep": text, **files}, tmp_path)
    assert outputs(root)["near"] == "end"
    if what not in ("var", "param", "import"):
        assert len(resources(root)) == count + 1
    write_healthy(tmp_path)
    reports(run(tmp_path))


@pytest.mark.parametrize("depth", [150, 10_000])
def test_deep_nesting(depth: int, tmp_path: Path) -> None:
    """Within the limit it is read, beyond it is one finding."""
    brackets = "[" * depth + "]" * depth
    calls = "concat(" * depth + "'a'" + ")" * depth
    lambdas = "map(range(0, 9), a => " * depth + "1" + ")" * depth
    files = {
        "brackets.bicep": f"var x = {brackets}\n" + using("string(x)"),
        "calls.bicep": f"var x = {calls}\n" + using("x"),
        "lambdas.bicep": f"var x = {lambdas}\n" + using("string(x)"),
        "brackets.json": template(variables={"x": 5}).replace("5", brackets),
        "calls.json": template(in_json(f"[{calls}]")),
    }
    found = found_in(tmp_path, files)
    broken = {line.split(":")[0] for line in found if line.startswith("KV001")}
    assert len(broken) == sum(line.startswith("KV001") for line in found)
    if depth == 10_000:
        assert len(broken) == len(files)


# Growth -----------------------------------------------------------------------------------------

DOUBLING = {
    "concat": ("['x']", "concat({0}, {0})"),
    "text": ("'xxxxxxxx'", "'${{{0}}}${{{0}}}'"),
    "partial text": ("'x${p}'", "'${{{0}}}${{{0}}}'"),
    "object": ("{{ a: 1 }}", "{{ a: {0}, b: {0} }}"),
    "list": ("[1]", "[{0}, {0}]"),
    "spread": ("[1]", "[...{0}, ...{0}]"),
    "spread object": ("{{ a: 1 }}", "{{ ...{0}, b{1}: {0} }}"),
    "union": ("{{ a: 1 }}", "union({0}, {{ b{1}: {0} }})"),
    "key": ("uniqueString(p)", "uniqueString({0}, {0})"),
    "choice": ("q ? 'a' : 'b'", "q ? '${{{0}}}x' : '${{{0}}}y'"),
    "condition": ("q", "q ? {0} : ({0} && {0})"),
    "map": ("[1, 2]", "map({0}, x => {0})"),
    "flatten": ("[1, 2]", "flatten(map({0}, x => {0}))"),
    "format": ("'xxxxxxxx'", "format('{{0}}{{0}}', {0})"),
    "replace": ("'xxxxxxxx'", "replace({0}, 'x', {0})"),
    "json": ("'x'", "string([{0}, {0}])"),
}


@pytest.mark.parametrize("name", DOUBLING)
def test_values_that_double(name: str, tmp_path: Path) -> None:
    first, step = DOUBLING[name]
    text = (
        f"param p string\nparam q bool\nvar x0 = {first.format()}\n"
        if "$" not in first
        else (f"param p string\nparam q bool\nvar x0 = {first}\n")
    )
    text += "".join(f"var x{n} = {step.format(f'x{n - 1}', n)}\n" for n in range(1, 50))
    text += using("string(x49)") + "resource kv 'Microsoft.KeyVault/vaults@2023-07-01' = { name: x49 }\n"
    assert not [line for line in found_in(tmp_path, {"main.bicep": text}) if line.startswith("KV001")]


@pytest.mark.parametrize(
    "value",
    [
        "range(0, 1000000000)",
        "[for x in range(0, 1000000000): x]",
        "map(range(0, 10000), a => map(range(0, 10000), b => map(range(0, 10000), c => c)))",
        "reduce(range(0, 10000), ['x'], (a, b) => concat(a, a))",
        "reduce(range(0, 10000), 'x', (a, b) => '${a}${a}')",
        "format('{0,1000000000}', 'a')",
        "padLeft('a', 1000000000)",
        "join(map(range(0, 10000), i => padLeft('a', 100000)), 'x')",
        "toObject(range(0, 1000000000), i => string(i))",
        "sort(range(0, 10000), (a, b) => a > b)",
        "9223372036854775807 * 9223372036854775807",
        "[1 / 0, 1 % 0, -9223372036854775807 - 10, int('9999999999999999999999')]",
        "[range(-5, -5), substring('abc', -1, 99), take('abc', -4), skip([1], 1000000000000)]",
    ],
)
def test_values_that_would_fill_the_memory(value: str, tmp_path: Path) -> None:
    files = {"main.bicep": f"var x = {value}\n" + using("string(x)")}
    assert not [line for line in found_in(tmp_path, files) if line.startswith("KV001")]


def test_huge_loops_are_one_instance(tmp_path: Path) -> None:
    text = """
        var w = [for x in range(0, 1000000000): x]
        resource a 'Microsoft.KeyVault/vaults@2023-07-01' = [for i in range(0, 1000000000): { name: 'a${i}' }]
        resource b 'Microsoft.KeyVault/vaults@2023-07-01' = [for (x, i) in w: { name: 'b${i}' }]
        resource c 'Microsoft.KeyVault/vaults@2023-07-01' = [for i in range(0, 5000): { name: 'c${i}' }]
        module m 'm.bicep' = [for i in range(0, 1000000000): { name: 'm${i}' }]
        """
    root = entry({"main.bicep": text, "m.bicep": vault("kv")}, tmp_path)
    assert [one.rstrip("?") for one in addresses(root)] == ["a[*]", "b[*]", "c[*]", "m[*].kv"]


def test_huge_copies_are_one_instance(tmp_path: Path) -> None:
    text = template(
        in_json("[concat('x', copyIndex())]", copy={"name": "c", "count": 1_000_000_000}),
        in_json("x", tags={"copy": [{"name": "a", "count": 1_000_000_000, "input": "[copyIndex('a')]"}]}),
        variables={"copy": [{"name": "v", "count": 1_000_000_000, "input": "x"}]},
        outputs={"v": {"type": "array", "value": "[variables('v')]"}},
    )
    root = entry({"main.json": text}, tmp_path, "main.json")
    assert [one.rstrip("?") for one in addresses(root)] == ["vaults#0[*]", "vaults#1"]
    assert isinstance(root.output("v"), Unknown)


def test_loops_in_loops_do_not_multiply(tmp_path: Path) -> None:
    files = {
        f"m{level}.bicep": f"module m 'm{level + 1}.bicep' = [for i in range(0, 100): {{ name: 'm${{i}}' }}]\n"
        for level in range(10)
    }
    root = entry({**files, "m10.bicep": vault("kv")}, tmp_path, "m0.bicep")
    assert len(resources(root)) < 25_000
    assert {call.reason for call in root.run.missing} <= {"there are too many module calls to follow"}


@pytest.mark.parametrize("loop", ["{ name: 'm' }", "[for i in unknown: { name: 'm' }]"])
def test_calls_that_fan_out_do_not_multiply(loop: str, tmp_path: Path) -> None:
    """Ten calls of the next module, twelve levels deep."""
    files = {
        f"m{level}.bicep": "param unknown array\n"
        + "".join(f"module m{n} 'm{level + 1}.bicep' = {loop}\n" for n in range(10))
        for level in range(12)
    }
    root = entry({**files, "m12.bicep": vault("kv")}, tmp_path, "m0.bicep")
    assert len(resources(root)) < 25_000
    assert "there are too many module calls to follow" in {call.reason for call in root.run.missing}


def test_imports_that_fan_out_do_not_multiply(tmp_path: Path) -> None:
    """Each of thirty files imports the next one over two ways."""
    files = {
        "main.bicep": "import { x } from 'm0.bicep'\noutput o int = x\n",
        "m30.bicep": "@export()\nvar x = 1\n",
    }
    for level in range(30):
        files[f"m{level}.bicep"] = (
            f"import {{ x as a }} from 'l{level}.bicep'\nimport {{ x as b }} from 'r{level}.bicep'\n"
            "@export()\nvar x = a + b\n"
        )
        for side in "lr":
            files[f"{side}{level}.bicep"] = (
                f"import {{ x as a }} from 'm{level + 1}.bicep'\n@export()\nvar x = a\n"
            )
    assert outputs(entry(files, tmp_path)) == {"o": 2**30}


# Size -------------------------------------------------------------------------------------------


def test_many_resources(tmp_path: Path) -> None:
    text = "".join(vault(f"v{n}") for n in range(5_000))
    text += "".join(
        f"resource s{n} '{SECRET}@2023-07-01' = {{ parent: v{n}, name: 's', properties: {{ value: v{n}.id }} }}\n"
        for n in range(5_000)
    )
    found = resources(entry({"main.bicep": text}, tmp_path))
    assert len(found) == 10_000
    assert shown(found[-1].parent) == "<v4999>"


def test_many_references_by_name(tmp_path: Path) -> None:
    text = template(
        *(in_json(f"v{n}", tags={"x": f"[reference('v{(n + 1) % 5_000}').vaultUri]"}) for n in range(5_000))
    )
    found = resources(entry({"main.json": text}, tmp_path, "main.json"))
    assert shown(found[-1].config.entries["tags"]) == {"x": "<vaults#0 properties vaultUri>"}


def test_large_templates(tmp_path: Path) -> None:
    """More than a megabyte each."""
    line = "  '" + "x" * 100 + "'\n"
    files = {
        "list.bicep": "var x = [\n" + line * 10_000 + "]\n" + using("string(x)"),
        "line.bicep": "var x = '" + "x" * 1_100_000 + "'\nvar y = '" + "${x}" * 1_000 + "'\n" + using("y"),
        "declarations.bicep": "".join(f"var some_rather_long_name{n} = {n}\n" for n in range(40_000)),
        "variables.json": template(
            in_json("x"),
            variables={f"v{n}": {"a": ["x"] * 5, "b": f"[variables('v{n + 1}')]"} for n in range(20_000)},
        ),
    }
    assert not [line for line in found_in(tmp_path, files) if line.startswith("KV001")]


def test_many_parameter_files(tmp_path: Path) -> None:
    given = {"$schema": PARAMETERS_SCHEMA, "contentVersion": "1"}
    files = {"main.bicep": "param x int\noutput o int = x\n"}
    for number in range(200):
        files[f"p/{number:03}.parameters.json"] = json.dumps(given | {"parameters": {"x": {"value": number}}})
    files |= {
        f"q{number}.bicepparam": f"using none\nextends 'q{number + 1}.bicepparam'\nparam x = {number}\n"
        for number in range(500)
    }
    files["q500.bicepparam"] = "using 'main.bicep'\nparam x = 500\n"
    found, library = templates(files, tmp_path)
    got = [outputs(one.instance(library, ()))["o"] for one in found.deployments]
    assert got[:200] == list(range(200))
    assert got[-1] == 500
