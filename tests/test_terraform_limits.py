"""Hostile Terraform: evaluation ends soon, raises nothing, and says what it left out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kvlint.engine import analyse
from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.terraform.module import ModuleInstance
from kvlint.evaluate.values import ListValue, PartialText, Scalar, Unknown, Value
from terraform_trees import deployments, root_module, write_files


@pytest.fixture(autouse=True)
def _recursion_limit() -> Iterator[None]:
    """The room that a run has."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(6_000)
    yield
    sys.setrecursionlimit(before)


def load(folder: Path, files: dict[str, str]) -> ModuleInstance:
    write_files(files, folder)
    found, library, _ = deployments(folder)
    return root_module(next(one for one in found if one.deployment.root == ""), library)


def resources(root: ModuleInstance) -> list[EvaluatedResource]:
    return [one.evaluated() for one in root.resources(lambda kind: True)]


def data(value: Value | None) -> object:
    return value.data if isinstance(value, Scalar) else value


@pytest.mark.parametrize(
    "collection",
    [
        "toset([for n in range(1000000) : tostring(n)])",
        'toset(formatlist("%d", range(1000000)))',
        '{ for pair in setproduct(range(1000), range(1000)) : "${pair[0]}-${pair[1]}" => pair }',
        "toset([" + ",".join(f'"k{number}"' for number in range(20_000)) + "])",
    ],
    ids=["for", "formatlist", "setproduct", "literal"],
)
def test_many_keys_are_one_instance(collection: str, tmp_path: Path) -> None:
    text = f'resource "terraform_data" "a" {{\n for_each = {collection}\n input = each.key\n}}\n'
    text += 'output "o" { value = terraform_data.a["k1"].input }\n'
    root = load(tmp_path, {"main.tf": text})
    assert [one.display for one in resources(root)] == ["terraform_data.a[*]"]
    assert isinstance(root.output("o"), Unknown)


def test_known_keys_beyond_the_limit_certainly_exist(tmp_path: Path) -> None:
    keys = ",".join(f'"k{number}"' for number in range(1_000))
    root = load(tmp_path, {"main.tf": f'resource "terraform_data" "a" {{\n for_each = toset([{keys}])\n}}\n'})
    (only,) = resources(root)
    assert only.conditional is None


@pytest.mark.parametrize("count", ["1000000000", "1e18", "var.n", "length(range(100000))"])
def test_huge_count_is_one_instance(count: str, tmp_path: Path) -> None:
    text = f"""
variable "n" {{ default = 1000000000 }}
resource "terraform_data" "a" {{
  count = {count}
  input = "x${{count.index}}"
}}
module "m" {{
  count  = {count}
  source = "./m"
}}
output "o" {{ value = module.m[5].o }}
"""
    root = load(tmp_path, {"main.tf": text, "m/main.tf": 'output "o" { value = "o" }\n'})
    (only,) = resources(root)
    assert only.display == "terraform_data.a[*]"
    assert data(root.output("o")) == "o"


def test_nested_counts_do_not_multiply(tmp_path: Path) -> None:
    call = 'module "m" {\n count = 100\n source = "./m"\n}\n'
    leaf = 'resource "terraform_data" "a" {\n count = 100\n input = count.index\n}\n'
    root = load(tmp_path, {"main.tf": call, "m/main.tf": call, "m/m/main.tf": leaf})
    assert len(resources(root)) < 25_000


def test_keys_on_four_levels_do_not_multiply(tmp_path: Path) -> None:
    """A tree of 160,000 modules: what does not fit is one instance for all, which certainly exists."""
    call = """
module "m" {{
  source   = "./m"
  for_each = toset([for n in range(20) : "k${{n}}"])
  name     = "${{var.name}}/${{each.key}}"
}}
variable "name" {{
  default = "root"
}}
output "names" {{
  value = [for one in module.m : one.names]
}}
"""
    leaf = 'variable "name" {}\nresource "terraform_data" "a" {\n input = var.name\n}\noutput "names" {\n value = terraform_data.a.input\n}\n'
    files = {"m/" * level + "main.tf": call.format() for level in range(4)}
    root = load(tmp_path, {**files, "m/m/m/m/main.tf": leaf})
    found = {one.display: one for one in resources(root)}
    assert 5_000 < len(found) < 25_000
    assert root.run.budget.remaining >= 0
    assert root.run.missing == []
    exact = found[".".join(['module.m["k0"]'] * 4) + ".terraform_data.a"]
    assert data(exact.config.entries["input"]) == "root/k0/k0/k0/k0"
    for_all = found['module.m["k9"].module.m[*].module.m[*].module.m[*].terraform_data.a']
    assert for_all.conditional is None
    assert isinstance(for_all.config.entries["input"], PartialText)
    assert isinstance(root.output("names"), ListValue)


def test_many_instances_of_a_large_module_are_one(tmp_path: Path) -> None:
    leaf = "".join(f'resource "terraform_data" "a{number}" {{}}\n' for number in range(1_000))
    text = (
        'module "m" {\n count = 100\n source = "./m"\n}\n' + 'module "n" {\n count = 3\n source = "./m"\n}\n'
    )
    found = resources(load(tmp_path, {"main.tf": text, "m/main.tf": leaf}))
    assert len(found) == 4_000
    assert not any(one.conditional for one in found)


def test_calls_that_fan_out_do_not_multiply(tmp_path: Path) -> None:
    """Ten calls of the next module, ten levels deep."""
    files = {}
    for level in range(10):
        calls = [f'module "m{number}" {{\n source = "../l{level + 1}"\n}}\n' for number in range(10)]
        files[f"l{level}/main.tf"] = "".join(calls)
    files["l10/main.tf"] = 'resource "terraform_data" "a" {\n input = 1\n}\n'
    files["main.tf"] = 'module "m" {\n source = "./l0"\n}\n'
    root = load(tmp_path, files)
    assert len(resources(root)) < 25_000
    assert {call.reason for call in root.run.missing} == {"there are too many module calls to follow"}


def test_modules_in_a_circle(tmp_path: Path) -> None:
    call = 'module "next" {{\n source = "../{}"\n x = module.next.y\n}}\nvariable "x" {{}}\noutput "y" {{ value = module.next.y }}\n'
    files = {"a/main.tf": call.format("b"), "b/main.tf": call.format("c"), "c/main.tf": call.format("a")}
    root = load(
        tmp_path,
        {**files, "main.tf": 'module "a" {\n source = "./a"\n x = 1\n}\noutput "o" { value = module.a.y }\n'},
    )
    resources(root)
    assert isinstance(root.output("o"), Unknown)
    assert [call.reason for call in root.run.missing] == ["it calls itself in a circle"]


def test_a_circle_without_a_root_is_still_looked_at(tmp_path: Path) -> None:
    files = {
        "a/main.tf": 'module "b" {\n source = "../b"\n}\n',
        "b/main.tf": 'module "a" {\n source = "../a"\n}\n',
    }
    write_files(files, tmp_path)
    found, _, _ = deployments(tmp_path)
    (one,) = found
    assert [call.reason for call in one.resources(lambda kind: True)[1]] == ["it calls itself in a circle"]


def test_thirteen_levels(tmp_path: Path) -> None:
    files = {"main.tf": 'module "m" {\n source = "./m"\n}\n'}
    folder = "m"
    for _ in range(13):
        files[f"{folder}/main.tf"] = 'module "m" {\n source = "./m"\n}\nresource "terraform_data" "a" {}\n'
        folder += "/m"
    files[f"{folder}/main.tf"] = 'resource "terraform_data" "a" {}\n'
    root = load(tmp_path, files)
    assert len(resources(root)) == 12
    assert [call.reason for call in root.run.missing] == ["modules are nested too deeply"]


def test_values_that_refer_to_themselves(tmp_path: Path) -> None:
    text = """
locals {
  a = local.a
  b = "${local.c}"
  c = [local.d]
  d = { x = local.b }
  e = "fine"
}
resource "terraform_data" "a" {
  count = length(terraform_data.a) + 1
  input = terraform_data.a[0].input
}
resource "terraform_data" "b" { input = terraform_data.c.input }
resource "terraform_data" "c" { input = terraform_data.b.input }
module "m" {
  source   = "./m"
  for_each = module.m
  x        = module.m
}
module "n" {
  source = "./m"
  x      = module.n.y
}
output "o" { value = [local.a, local.b, local.c, local.d, module.m, module.n.y] }
output "e" { value = local.e }
"""
    inner = 'variable "x" {\n default = var.x\n}\noutput "y" {\n value = var.x\n}\n'
    root = load(tmp_path, {"main.tf": text, "m/main.tf": inner})
    assert len(resources(root)) == 3
    assert isinstance(root.output("o"), ListValue)
    assert data(root.output("e")) == "fine"
    assert isinstance(root.local("a"), Unknown)


@pytest.mark.parametrize("start", ["0", "1000", "1999"])
def test_a_long_chain_of_locals(start: str, tmp_path: Path) -> None:
    links = "".join(f"  l{number} = local.l{number + 1}\n" for number in range(2_000))
    text = f'locals {{\n{links}  l2000 = "end"\n}}\noutput "o" {{ value = local.l{start} }}\n'
    root = load(tmp_path, {"main.tf": text})
    assert data(root.output("o")) == "end"
    assert data(root.local("l0")) == "end"


def test_a_long_chain_of_resources(tmp_path: Path) -> None:
    """Too long to follow in one go, but every resource is there, and the near ones are known."""
    links = "".join(
        f'resource "terraform_data" "r{number}" {{\n input = terraform_data.r{number + 1}.input\n}}\n'
        for number in range(1_000)
    )
    root = load(tmp_path, {"main.tf": links + 'resource "terraform_data" "r1000" {\n input = "end"\n}\n'})
    found = resources(root)
    assert len(found) == 1_001
    assert data(found[-2].config.entries["input"]) == "end"


def test_a_long_chain_of_modules(tmp_path: Path) -> None:
    calls = "".join(
        f'module "m{number}" {{\n source = "./m"\n x = module.m{number + 1}.y\n}}\n' for number in range(500)
    )
    last = 'module "m500" {\n source = "./m"\n x = "end"\n}\n'
    inner = 'variable "x" {}\noutput "y" { value = var.x }\nresource "terraform_data" "a" { input = var.x }\n'
    root = load(tmp_path, {"main.tf": calls + last, "m/main.tf": inner})
    found = resources(root)
    assert len(found) == 501
    assert data(found[-1].config.entries["input"]) == "end"


def test_many_var_files(tmp_path: Path) -> None:
    files = {f"env/e{number:03}.tfvars": f'x = "{number}"\n' for number in range(100)}
    text = 'variable "x" {}\nresource "terraform_data" "a" { input = var.x }\n'
    write_files({"main.tf": text, **files}, tmp_path)
    found, _, _ = deployments(tmp_path)
    inputs = [
        data(resource.evaluated().config.entries["input"])
        for one in found
        for resource in one.resources(lambda kind: True)[0]
    ]
    assert inputs == [str(number) for number in range(100)]


def test_nested_dynamic_blocks_do_not_multiply(tmp_path: Path) -> None:
    inner = 'name = "x"'
    for level in range(6):
        inner = f'dynamic "b{level}" {{\n for_each = range(100)\n content {{\n{inner}\n}}\n}}\n'
    root = load(tmp_path, {"main.tf": f'resource "terraform_data" "a" {{\n{inner}\n}}\n'})
    (only,) = resources(root)
    blocks = only.config.entries["b5"]
    assert isinstance(blocks, ListValue)
    assert len(blocks.items) == 100


def test_deep_blocks(tmp_path: Path) -> None:
    text = 'resource "x_y" "a" {\n' + "b {\n" * 60 + "}\n" * 60 + "}\n"
    assert len(resources(load(tmp_path, {"main.tf": text}))) == 1


def test_deep_types_and_values(tmp_path: Path) -> None:
    deep = "list(" * 100 + "string" + ")" * 100
    text = f'variable "x" {{\n type = {deep}\n default = {"[" * 100}1{"]" * 100}\n}}\noutput "o" {{ value = var.x }}\n'
    assert load(tmp_path, {"main.tf": text}).output("o") is not None


def test_a_whole_run(tmp_path: Path) -> None:
    """All of it at once through the engine, with resources that checks look at."""
    text = """
resource "azurerm_key_vault_secret" "a" {
  count = 1000000
  name  = "s${count.index}"
  value = local.a
}
locals {
  a = local.b
  b = local.a
}
module "self" { source = "./" }
module "outside" { source = "../../outside" }
module "gone" { source = "./gone" }
"""
    write_files({"main.tf": text}, tmp_path)
    result = analyse([tmp_path], tmp_path)
    assert not result.failures
    assert {finding.check.id for finding in result.findings} >= {"KV002"}
