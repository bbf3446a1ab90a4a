"""Nested and ``dynamic`` blocks, instances under conditions, and what Terraform keeps to itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvlint.evaluate.combine import key_of, reason_of
from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.terraform.bodies import path_names
from kvlint.evaluate.values import Choice, ListValue, MapValue, Scalar, Symbol, Unknown, Value
from terraform_trees import deployments, root_module, write_files


def resources(folder: Path, text: str, **more: str) -> dict[str, EvaluatedResource]:
    name = "main.tf.json" if text.lstrip().startswith("{") else "main.tf"
    write_files({name: text, **{f"{key}.tf": value for key, value in more.items()}}, folder)
    (only,), library, _ = deployments(folder)
    root = root_module(only, library)
    return {one.display: one for one in (each.evaluated() for each in root.resources(lambda kind: True))}


def blocks(resource: EvaluatedResource, kind: str) -> ListValue:
    found = resource.config.entries[kind]
    assert isinstance(found, ListValue)
    return found


def plain(value: Value | None) -> object:
    """A value as data; what is not known is ``?``, one of several a set."""
    match value:
        case Scalar(data=data):
            return data
        case ListValue(items=items):
            return [plain(item) for item in items]
        case MapValue(entries=entries):
            return {name: plain(entry) for name, entry in entries.items()}
        case Choice(options=options):
            return {plain(option) for option in options}
    return "?"


def dynamic(collection: str, content: str = "key = s.key\nvalue = s.value") -> str:
    return (
        'variable "on" {}\nvariable "none" {}\nresource "a_b" "x" {\n'
        f'  dynamic "secret" {{\n    for_each = {collection}\n    iterator = s\n'
        f"    content {{\n{content}\n    }}\n  }}\n}}\n"
    )


@pytest.mark.parametrize(
    ("collection", "keys", "values"),
    [
        ('["a", "b"]', [0, 1], ["a", "b"]),
        ('toset(["b", "a"])', ["a", "b"], ["a", "b"]),
        ("{ y = 1, x = 2 }", ["x", "y"], [2, 1]),
        ("[]", [], []),
        ("[for n in range(3) : n if n != 1]", [0, 1], [0, 2]),
        ("[1, var.none]", [0, 1], [1, "?"]),
    ],
)
def test_known_collections(collection: str, keys: list[object], values: list[object], tmp_path: Path) -> None:
    found = blocks(resources(tmp_path, dynamic(collection))["a_b.x"], "secret")
    assert found.rest is None
    assert plain(found) == [{"key": key, "value": value} for key, value in zip(keys, values, strict=True)]


@pytest.mark.parametrize(
    ("collection", "values"),
    [
        ('var.on ? ["a"] : []', ["a"]),
        ('var.on ? ["a", "b"] : ["a"]', ["a", "b"]),
        ('var.on ? ["a"] : ["b"]', [{"a", "b"}]),
        ("var.on ? { k = 1 } : {}", [1]),
        ("var.on ? { k = 1, l = 2 } : { k = 3 }", [{1, 3}, 2]),
        ("var.on ? [1] : null", [1]),
    ],
)
def test_a_collection_under_a_condition_has_no_element_for_the_unknown(
    collection: str, values: list[object], tmp_path: Path
) -> None:
    found = blocks(resources(tmp_path, dynamic(collection, "value = s.value"))["a_b.x"], "secret")
    assert plain(found) == [{"value": value} for value in values]
    assert found.rest is not None


@pytest.mark.parametrize(
    "collection", ["var.none", "concat([1], var.none)", "var.on ? [1] : var.none", "[for x in var.none : x]"]
)
def test_one_element_stands_for_those_that_are_not_known(collection: str, tmp_path: Path) -> None:
    found = blocks(
        resources(tmp_path, dynamic(collection, 'fixed = "f"\nvalue = s.value'))["a_b.x"], "secret"
    )
    assert isinstance(found.items[-1], MapValue)
    assert plain(found.items[-1]) == {"fixed": "f", "value": "?"}
    assert found.rest is not None


def test_blocks_plain_and_dynamic_in_their_order(tmp_path: Path) -> None:
    text = """
resource "a_b" "x" {
  env { name = "first" }
  dynamic "env" {
    for_each = ["second", "third"]
    content { name = env.value }
  }
  env { name = "last" }
}
"""
    found = blocks(resources(tmp_path, text)["a_b.x"], "env")
    assert plain(found) == [{"name": name} for name in ("first", "second", "third", "last")]


def test_nested_dynamic_blocks_see_what_is_around_them(tmp_path: Path) -> None:
    text = """
resource "a_b" "x" {
  for_each = { r = ["p"] }
  dynamic "outer" {
    for_each = { o = each.value }
    content {
      dynamic "inner" {
        for_each = outer.value
        content {
          all = "${each.key}${outer.key}${inner.key}${inner.value}"
        }
      }
      plain {
        name = outer.key
      }
    }
  }
}
"""
    found = blocks(resources(tmp_path, text)['a_b.x["r"]'], "outer")
    assert plain(found) == [{"inner": [{"all": "ro0p"}], "plain": [{"name": "o"}]}]


def test_dynamic_blocks_in_json(tmp_path: Path) -> None:
    text = """
{"resource": {"a_b": {"x": {
  "name": "n",
  "dynamic": {
    "env": {"for_each": ["a", "b"], "iterator": "e", "content": {"name": "${e.value}", "dynamic": {
      "deep": [{"for_each": "${[e.key]}", "content": {"n": "${deep.value}"}}]
    }}}
  },
  "lifecycle": {"ignore_changes": ["env", "tags[\\"x\\"]"]}
}}}}
"""
    found = resources(tmp_path, text)["a_b.x"]
    assert plain(found.config) == {
        "name": "n",
        "env": [{"name": "a", "deep": [{"n": 0}]}, {"name": "b", "deep": [{"n": 1}]}],
    }
    assert found.ignored_changes == {"env", "tags.x"}


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ('[secret, tags["x"], ingress[0].port]', {"secret", "tags.x", "ingress.port"}),
        ("all", {"all"}),
        ('["secret"]', {"secret"}),
        ("[]", set()),
    ],
)
def test_ignored_changes(written: str, names: set[str], tmp_path: Path) -> None:
    text = f'resource "a_b" "x" {{\n  lifecycle {{\n    ignore_changes = {written}\n  }}\n}}\n'
    assert resources(tmp_path, text)["a_b.x"].ignored_changes == names


def test_what_terraform_keeps_to_itself_is_no_configuration(tmp_path: Path) -> None:
    text = """
provider "a" {
  alias = "other"
}
resource "a_b" "x" {
  provider   = a.other
  depends_on = [a_b.y]
  count      = 1
  name       = "n"
  lifecycle {
    prevent_destroy = true
  }
  connection {
    host = self.id
  }
  provisioner "local-exec" {
    command = "echo ${self.name}"
  }
}
import {
  to = a_b.y
  id = "x"
}
removed {
  from = a_b.z
}
check "c" {
  data "a_b" "scoped" {}
  assert {
    condition     = true
    error_message = ""
  }
}
ephemeral "a_b" "e" {
  name = "x"
}
"""
    found = resources(tmp_path, text)
    assert list(found) == ["a_b.x[0]"]
    assert set(found["a_b.x[0]"].config.entries) == {"name", "provisioner"}


def test_of_declarations_with_one_name_the_first_counts(tmp_path: Path) -> None:
    text = (
        'resource "a_b" "x" {\n  n = 1\n}\nresource "a_b" "x" {\n  n = 2\n}\ndata "a_b" "x" {\n  n = 3\n}\n'
    )
    found = resources(tmp_path, text)
    assert {name: plain(one.config) for name, one in found.items()} == {
        "a_b.x": {"n": 1},
        "data.a_b.x": {"n": 3},
    }


def test_an_override_replaces_the_blocks_of_its_kinds(tmp_path: Path) -> None:
    text = """
resource "a_b" "x" {
  env { n = 1 }
  dynamic "env" {
    for_each = [2]
    content { n = env.value }
  }
  dynamic "kept" {
    for_each = [3]
    content { n = kept.value }
  }
}
"""
    over = """
resource "a_b" "x" {
  dynamic "env" {
    for_each = [4]
    content { n = env.value }
  }
}
"""
    found = resources(tmp_path, text, override=over)["a_b.x"]
    assert plain(found.config) == {"env": [{"n": 4}], "kept": [{"n": 3}]}


@pytest.mark.parametrize(
    ("repetition", "addresses"),
    [
        ("count = 2", {"x[0]": False, "x[1]": False}),
        ("count = var.on ? 1 : 0", {"x[0]": True}),
        ("count = var.on ? 2 : 1", {"x[0]": False, "x[1]": True}),
        ("count = var.none", {"x[*]": True}),
        ('for_each = toset(["a"])', {'x["a"]': False}),
        ("for_each = var.on ? { a = 1, b = 2 } : { a = 3 }", {'x["a"]': False, 'x["b"]': True}),
        ("for_each = var.none", {"x[*]": True}),
        ('for_each = toset(concat(["a"], var.none))', {'x["a"]': False, "x[*]": True}),
        ("for_each = { for k, v in { a = 1, b = 2 } : k => v if v > 1 }", {'x["b"]': False}),
        ('for_each = { "a|b" = 1 }', {'x["a\\u007cb"]': False}),
    ],
)
def test_instances_that_may_not_exist(repetition: str, addresses: dict[str, bool], tmp_path: Path) -> None:
    text = f'variable "on" {{}}\nvariable "none" {{}}\nresource "a_b" "x" {{\n  {repetition}\n}}\n'
    found = resources(tmp_path, text)
    assert {name: one.conditional is not None for name, one in found.items()} == {
        f"a_b.{name}": maybe for name, maybe in addresses.items()
    }


def test_values_of_instances_under_a_condition(tmp_path: Path) -> None:
    text = """
variable "on" {}
resource "a_b" "x" {
  for_each = var.on ? { a = "1" } : { a = "2" }
  key      = each.key
  value    = each.value
}
resource "a_b" "y" {
  from = a_b.x["a"].value
  gone = a_b.x["z"].value
}
"""
    found = resources(tmp_path, text)
    assert plain(found['a_b.x["a"]'].config) == {"key": "a", "value": {"1", "2"}}
    assert plain(found["a_b.y"].config.entries["from"]) == {"1", "2"}


def test_references_to_instances_that_stand_for_many(tmp_path: Path) -> None:
    text = """
variable "none" {}
resource "a_b" "x" {
  for_each = var.none
  name     = "fixed"
  key      = each.key
}
resource "a_b" "y" {
  named = a_b.x["any"].name
  splat = values(a_b.x)[*].name
  key   = a_b.x["any"].key
}
"""
    config = resources(tmp_path, text)["a_b.y"].config.entries
    assert plain(config["named"]) == "fixed"
    assert isinstance(config["key"], Unknown)


def test_blocks_in_json_hold_dynamic_blocks_at_any_depth(tmp_path: Path) -> None:
    text = """
{"resource": {"a_b": {"x": {
  "outer": {"//": "c", "name": "o", "middle": [
    {"name": "m", "dynamic": {"inner": [{"for_each": ["a", "b"], "content": {"//": "c", "n": "${inner.value}"}}]}},
    {"name": "n"}
  ]},
  "tags": {"dynamic": "plain", "for_each": "text", "//": "kept"},
  "settings": {"dynamic": {"x": {"for_each": "of a map"}}}
}}}}
"""
    found = resources(tmp_path, text)["a_b.x"]
    assert plain(found.config) == {
        "outer": [
            {
                "name": "o",
                "middle": [{"name": "m", "inner": [{"n": "a"}, {"n": "b"}]}, {"name": "n"}],
            }
        ],
        "tags": {"dynamic": "plain", "for_each": "text", "//": "kept"},
        "settings": {"dynamic": {"x": {"for_each": "of a map"}}},
    }


def test_identity_blocks_in_json_have_a_position(tmp_path: Path) -> None:
    text = """
{"resource": {"a_b": {"x": {"identity": {"type": "SystemAssigned"}}, "y": {
  "list": ["${a_b.x.identity[0].principal_id}", "${a_b.x.identity.0.principal_id}", "${one(a_b.x.identity[*].principal_id)}"]
}}}}
"""
    found = resources(tmp_path, text)["a_b.y"].config.entries["list"]
    assert isinstance(found, ListValue)
    assert {one.path for one in found.items if isinstance(one, Symbol)} == {("identity", 0, "principal_id")}
    assert len(found.items) == 3


@pytest.mark.parametrize(
    ("original", "override", "names"),
    [
        ("ignore_changes = [a]", "prevent_destroy = true", {"a"}),
        ("ignore_changes = [a]", "ignore_changes = [b]", {"b"}),
        ("prevent_destroy = true", "ignore_changes = all", {"all"}),
    ],
)
def test_an_override_replaces_each_argument_of_lifecycle(
    original: str, override: str, names: set[str], tmp_path: Path
) -> None:
    written = 'resource "a_b" "x" {{\n  lifecycle {{\n    {0}\n  }}\n}}\n'
    found = resources(tmp_path, written.format(original), override=written.format(override))
    assert found["a_b.x"].ignored_changes == names


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("ephemeral.a_b.e.value", "an ephemeral resource exists during a deployment only"),
        ("ephemeral.a_b.e[0].value", "an ephemeral resource exists during a deployment only"),
        ("provider::a::f(local.x)", "provider::a::f is computed by a provider"),
        ("provider::a::f(local.x).name", "provider::a::f is computed by a provider"),
        ("terraform.workspace", "the workspace is chosen at deployment"),
    ],
)
def test_what_only_a_deployment_knows(expression: str, reason: str, tmp_path: Path) -> None:
    text = f"""
locals {{
  x = "known"
}}
ephemeral "a_b" "e" {{
  name = "x"
}}
resource "a_b" "x" {{
  value = {expression}
  text  = "${{{expression}}}"
  plain = local.x
}}
"""
    found = resources(tmp_path, text)["a_b.x"].config.entries
    assert [reason_of(found["value"]), reason_of(found["text"])] == [reason, reason]
    assert plain(found["plain"]) == "known"


def test_a_function_of_a_provider_gives_the_same_for_the_same(tmp_path: Path) -> None:
    text = 'resource "a_b" "x" {\n  list = [provider::a::f(a_b.y.id), provider::a::f(a_b.y.id), provider::a::g(a_b.y.id)]\n}\nresource "a_b" "y" {}\n'
    found = resources(tmp_path, text)["a_b.x"].config.entries["list"]
    assert isinstance(found, ListValue)
    first, second, third = (key_of(item) for item in found.items)
    assert first is not None
    assert first == second != third


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("removed {\n  from = a_b.x\n}\n", ["a_b.x"]),
        ("removed {\n  from = a_b.x\n  lifecycle {\n    destroy = false\n  }\n}\n", ["a_b.x"]),
        ("removed {\n  from = a_b.x\n  lifecycle {\n    destroy = true\n  }\n}\n", []),
        ('removed {\n  from = module.m["k"].a_b.x[0]\n}\n', ["module.m.k.a_b.x"]),
        ('{"removed": [{"from": "a_b.x", "lifecycle": {"destroy": false}}]}', ["a_b.x"]),
        ('{"removed": {"from": "a_b.x", "lifecycle": [{"destroy": true}]}}', []),
    ],
)
def test_what_is_removed_and_left_in_place(text: str, kept: list[str], tmp_path: Path) -> None:
    inner = "removed {\n  from = a_b.inner\n}\n"
    call = 'module "m" {\n  source = "./m"\n  for_each = toset(["a", "b"])\n}\n'
    name = "main.tf.json" if text.startswith("{") else "main.tf"
    write_files({name: text, "call.tf": call, "m/main.tf": inner}, tmp_path)
    (only,) = deployments(tmp_path)[0]
    found = [".".join(path_names(block.body.expression("from"))) for block in only.forgotten()]
    assert found == [*kept, "a_b.inner"]
