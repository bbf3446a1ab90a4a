"""Where a value points: the literal a person would edit, and the way from there, in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvlint.evaluate.values import ListValue, MapValue, Scalar, Value
from terraform_trees import deployments, root_module, write_files

FILES = {
    "main.tf": """
variable "given" {
  type = string
}
variable "left" {
  type    = number
  default = "42"
}
variable "apps" {
  type = map(object({
    secret = string
    size   = optional(number, 7)
    tags   = optional(list(string), ["none"])
  }))
}
variable "names" {
  type = set(string)
}
locals {
  direct = "literal"
  merged = merge({ a = local.direct }, { b = var.given })
}
module "m" {
  source   = "./m"
  value    = var.given
  argument = "written here"
}
module "each" {
  source   = "./m"
  for_each = var.apps
  value    = each.value.secret
  argument = each.key
}
resource "terraform_data" "var" {
  input = var.given
}
resource "terraform_data" "default" {
  input = var.left
}
resource "terraform_data" "local" {
  input = local.direct
}
resource "terraform_data" "output" {
  input = module.m.out
}
resource "terraform_data" "argument" {
  input = module.m.argument
}
resource "terraform_data" "element" {
  input = var.apps["web"].secret
}
resource "terraform_data" "optional" {
  input = var.apps["web"].size
}
resource "terraform_data" "through" {
  input = terraform_data.var.input
}
resource "terraform_data" "merged" {
  input = local.merged.b
}
resource "terraform_data" "conditional" {
  input = var.left > 1 ? var.given : null
}
resource "terraform_data" "keyed" {
  for_each = var.apps
  input    = each.key
}
resource "terraform_data" "named" {
  for_each = var.names
  input    = each.value
}
resource "terraform_data" "loop" {
  for_each = { for name, app in var.apps : name => app.secret }
  input    = each.value
}
resource "terraform_data" "template" {
  input = "x-${var.given}"
}
""",
    "m/main.tf": """
variable "value" {
  type = string
}
variable "argument" {
  default = "default of argument"
}
locals {
  inner = var.value
}
output "out" {
  value = local.inner
}
output "argument" {
  value = var.argument
}
resource "terraform_data" "inside" {
  input = local.inner
}
""",
    "terraform.tfvars": """given = "from tfvars"
apps = {
  web = { secret = "hunter2" }
}
names = ["one"]
""",
}

#: The address, the text that its input points at (with its file), and the labels of the steps.
WAYS = {
    "terraform_data.var": ("terraform.tfvars", '"from tfvars"', ['variable "given"']),
    "terraform_data.default": ("main.tf", '"42"', ['variable "left"']),
    "terraform_data.local": ("main.tf", '"literal"', ["local.direct"]),
    "terraform_data.output": (
        "terraform.tfvars",
        '"from tfvars"',
        ['variable "given"', 'module "m", argument value', 'variable "value"', "local.inner", 'output "out"'],
    ),
    "terraform_data.argument": (
        "main.tf",
        '"written here"',
        ['module "m", argument argument', 'variable "argument"', 'output "argument"'],
    ),
    "module.m.terraform_data.inside": (
        "terraform.tfvars",
        '"from tfvars"',
        ['variable "given"', 'module "m", argument value', 'variable "value"', "local.inner"],
    ),
    "terraform_data.element": ("terraform.tfvars", '"hunter2"', ['variable "apps"']),
    "terraform_data.optional": ("main.tf", "7", ['variable "apps"']),
    "terraform_data.through": (
        "terraform.tfvars",
        '"from tfvars"',
        ['variable "given"', "terraform_data.var.input"],
    ),
    "terraform_data.merged": ("terraform.tfvars", '"from tfvars"', ['variable "given"', "local.merged"]),
    "terraform_data.conditional": ("terraform.tfvars", '"from tfvars"', ['variable "given"']),
    'module.each["web"].terraform_data.inside': (
        "terraform.tfvars",
        '"hunter2"',
        ['variable "apps"', 'module "each", argument value', 'variable "value"', "local.inner"],
    ),
    'terraform_data.keyed["web"]': ("terraform.tfvars", "web", ['variable "apps"']),
    'terraform_data.named["one"]': ("terraform.tfvars", '"one"', ['variable "names"']),
    'terraform_data.loop["web"]': ("terraform.tfvars", '"hunter2"', ['variable "apps"']),
}


def inputs(folder: Path, files: dict[str, str]) -> dict[str, Value]:
    write_files(files, folder)
    (only,), library, _ = deployments(folder)
    root = root_module(only, library)
    found = [one.evaluated() for one in root.resources(lambda kind: True)]
    return {one.display: one.config.entries["input"] for one in found if "input" in one.config.entries}


@pytest.mark.parametrize("address", WAYS)
def test_origin_and_steps(address: str, tmp_path: Path) -> None:
    value = inputs(tmp_path, FILES)[address]
    path, text, steps = WAYS[address]
    assert value.span is not None
    assert (value.span.path, value.span.text) == (path, text)
    assert [step.label for step in value.steps] == steps


def test_steps_point_at_what_they_name(tmp_path: Path) -> None:
    value = inputs(tmp_path, FILES)["terraform_data.output"]
    assert [(step.span.path, step.span.text) for step in value.steps] == [
        ("main.tf", '"given"'),
        ("main.tf", "value"),
        ("m/main.tf", '"value"'),
        ("m/main.tf", "inner"),
        ("m/main.tf", '"out"'),
    ]


def test_a_computed_text_keeps_what_it_is_made_of(tmp_path: Path) -> None:
    value = inputs(tmp_path, FILES)["terraform_data.template"]
    assert isinstance(value, Scalar)
    assert value.data == "x-from tfvars"
    places = [source.span.text for source in value.sources if source.span is not None]
    assert '"from tfvars"' in places


CONVERSIONS = {
    "string": ("5", "5"),
    "number": ('"5"', '"5"'),
    "bool": ('"true"', '"true"'),
    "any": ('"x"', '"x"'),
    "list(string)": ("[5]", "5"),
    "set(string)": ("[5]", "5"),
    "map(string)": ("{ a = 5 }", "5"),
    "object({ a = string })": ("{ a = 5, b = 6 }", "5"),
    "tuple([string])": ("[5]", "5"),
    "map(object({ a = list(string) }))": ("{ k = { a = [5] } }", "5"),
    "list(any)": ('[5, "x"]', "5"),
}


@pytest.mark.parametrize("type_", CONVERSIONS)
@pytest.mark.parametrize("place", ["tfvars", "default", "json"])
def test_conversions_keep_the_place(type_: str, place: str, tmp_path: Path) -> None:
    written, text = CONVERSIONS[type_]
    default = f"  default = {written}\n" if place == "default" else ""
    files = {
        "main.tf": f'variable "x" {{\n  type = {type_}\n{default}}}\n'
        'resource "terraform_data" "a" {\n  input = var.x\n}\n'
    }
    if place == "tfvars":
        files["terraform.tfvars"] = f"x = {written}\n"
    elif place == "json":
        as_json = written.replace(" =", ":")
        for name in "abk":
            as_json = as_json.replace(f"{name}:", f'"{name}":')
        files["terraform.tfvars.json"] = f'{{"x": {as_json}}}\n'
    value = inputs(tmp_path, files)["terraform_data.a"]
    while isinstance(value, ListValue | MapValue):
        value = value.items[0] if isinstance(value, ListValue) else next(iter(value.entries.values()))
    assert isinstance(value, Scalar)
    assert value.span is not None
    assert value.span.text == text
    path = {"tfvars": "terraform.tfvars", "default": "main.tf", "json": "terraform.tfvars.json"}[place]
    assert value.span.path == path
