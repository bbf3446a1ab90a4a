"""Terragrunt: units, their inputs, and what they know of each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvlint.deployments import TerraformDeployment
from kvlint.engine import analyse
from kvlint.evaluate.values import MapValue, Scalar, Symbol, Unknown, Value
from kvlint.kinds import FileKind
from terraform_trees import deployments, write_files

MODULE = """
variable "x" {
  type    = string
  default = "default"
}
variable "y" {
  type    = any
  default = "default"
}
resource "azurerm_user_assigned_identity" "i" {
  name = var.x
}
output "x" {
  value = var.x
}
output "y" {
  value = var.y
}
output "id" {
  value = azurerm_user_assigned_identity.i.id
}
"""


def unit(inputs: str, more: str = "", source: str = "../../modules/m") -> str:
    return f'terraform {{\n  source = "{source}"\n}}\n{more}\ninputs = {{\n{inputs}\n}}\n'


def load(folder: Path, files: dict[str, str]) -> list[TerraformDeployment]:
    write_files(files, folder)
    return deployments(folder)[0]


def told(value: Value) -> object:
    match value:
        case Scalar():
            return value.data
        case Symbol():
            return value.resource.address, *value.path
        case MapValue(entries=entries, rest=None):
            return {name: told(entry) for name, entry in entries.items()}
        case Unknown():
            return value.reason
    return value


def only(folder: Path, text: str, more: dict[str, str] | None = None) -> tuple[object, object]:
    """The two variables of the only unit."""
    (one,) = load(folder, {"modules/m/main.tf": MODULE, "live/app/terragrunt.hcl": text, **(more or {})})
    return told(one.root.output("x")), told(one.root.output("y"))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"live/a/terragrunt.hcl": unit(""), "live/b/terragrunt.hcl": unit("")}, ["live/a", "live/b"]),
        ({"live/a/terragrunt.hcl": unit("", source="../..//modules/m")}, ["live/a"]),
        ({"terragrunt.hcl": unit("", source="./modules/m")}, [""]),
        # A file for others to include.
        ({"terragrunt.hcl": "inputs = {\n  x = 1\n}\n", "live/a/terragrunt.hcl": unit("")}, ["live/a"]),
        (
            {
                "live/terragrunt.hcl": unit("", source="../../modules/m"),
                "live/a/terragrunt.hcl": "include {\n  path = find_in_parent_folders()\n}\n",
            },
            ["live/a"],
        ),
        # The module is also called, or keeps its state where Terragrunt says.
        (
            {"live/a/terragrunt.hcl": unit(""), "modules/m/backend.tf": 'terraform {\n  backend "azurerm" {}\n}\n'},
            ["live/a"],
        ),
        (
            {"live/a/terragrunt.hcl": unit(""), "app/main.tf": 'module "m" {\n  source = "../modules/m"\n}\n'},
            ["app", "live/a"],
        ),
        # It deploys the module of its own folder.
        ({"modules/m/terragrunt.hcl": "inputs = {\n  x = 1\n}\n"}, ["modules/m"]),
        # Files beside a unit go with those of its module.
        ({"live/a/terragrunt.hcl": unit(""), "live/a/providers.tf": 'provider "azurerm" {}\n'}, ["live/a"]),
        # Without a unit nothing changes.
        ({"live/a/other.hcl": unit("")}, ["modules/m"]),
        ({"live/a/.terragrunt-cache/x/terragrunt.hcl": unit("")}, ["modules/m"]),
    ],
)  # fmt: skip
def test_units(files: dict[str, str], expected: list[str], tmp_path: Path) -> None:
    found = load(tmp_path, {"modules/m/main.tf": MODULE, **files})
    assert [one.deployment.root for one in found] == expected


@pytest.mark.parametrize(
    ("text", "x", "y"),
    [
        (unit('x = "given"'), "given", "default"),
        (unit('x = "a-${local.e}"\ny = { e = local.e }', 'locals {\n  e = "dev"\n}\n'), "a-dev", {"e": "dev"}),
        (unit("").partition("inputs")[0], "default", "default"),
        (unit("").partition("inputs")[0] + 'inputs = merge({ x = "1" }, { y = "2" })\n', "1", "2"),
        (unit('x = upper("given")'), "GIVEN", "default"),
        (unit('x = get_env("X")'), "the function get_env is not known", "default"),
        (
            unit("").partition("inputs")[0] + 'inputs = merge(read_terragrunt_config("a.hcl").inputs, { x = "1" })\n',
            "1",
            "the file cannot be read: live/app/a.hcl is not in the analysed set",
        ),
        # What an included file may add.
        (
            unit('x = "given"', 'include "root" {\n  path = find_in_parent_folders()\n}\n'),
            "given",
            "include may give it a value",
        ),
        (unit('x = "given"', 'include {\n  path = "../root.hcl"\n}\n'), "given", "include may give it a value"),
        (
            unit('y = {}', 'include "root" {\n  path = "../root.hcl"\n  merge_strategy = "deep"\n}\n'),
            "include may give it a value",
            "it is merged with that of an included file",
        ),
        (
            unit('x = "given"', 'include "root" {\n  path = "../root.hcl"\n  merge_strategy = "no_merge"\n}\n'),
            "given",
            "default",
        ),
        (
            unit('x = include.root.locals.x', 'include "root" {\n  path = "../root.hcl"\n  expose = true\n}\n'),
            "the included file cannot be read",
            "include may give it a value",
        ),
        (
            unit('x = "given"', 'generate "values" {\n  path = "x.auto.tfvars"\n  if_exists = "overwrite"\n}\n'),
            "given",
            "generate may give it a value",
        ),
        (unit('x = "given"', 'generate "provider" {\n  path = "provider.tf"\n}\n'), "given", "default"),
        # Files and arguments come before inputs.
        (
            'terraform {\n  source = "../../modules/m"\n  extra_arguments "a" {\n    required_var_files = ["a.tfvars"]\n  }\n}\ninputs = {\n  x = "given"\n}\n',
            "required_var_files may give it another value",
            "required_var_files may give it another value",
        ),
        (
            'terraform {\n  source = "../../modules/m"\n  extra_arguments "a" {\n    commands = ["apply"]\n    arguments = ["-lock=false"]\n    env_vars = { TF_LOG = "x" }\n  }\n}\ninputs = {\n  x = "given"\n}\n',
            "given",
            "default",
        ),
        (
            'terraform {\n  source = "../../modules/m"\n  extra_arguments "a" {\n    arguments = ["-var", "x=1"]\n  }\n}\n',
            "arguments may give it another value",
            "arguments may give it another value",
        ),
    ],
)  # fmt: skip
def test_inputs(text: str, x: object, y: object, tmp_path: Path) -> None:
    assert only(tmp_path, text) == (x, y)


def test_var_files_beside_a_unit_come_first(tmp_path: Path) -> None:
    text = unit('x = "input"\ny = "input"')
    assert only(tmp_path, text, {"live/app/terraform.tfvars": 'x = "file"\n'}) == ("file", "input")


def test_inputs_of_the_module_in_the_same_folder(tmp_path: Path) -> None:
    files = {
        "app/main.tf": MODULE,
        "app/terragrunt.hcl": 'inputs = {\n  x = "input"\n  y = "input"\n}\n',
        "app/env/dev.tfvars": 'x = "dev"\n',
        "app/env/prod.tfvars": 'x = "prod"\n',
    }
    found = load(tmp_path, files)
    assert [(told(one.root.output("x")), told(one.root.output("y"))) for one in found] == [
        ("dev", "input"),
        ("prod", "input"),
    ]


IDENTITY = ("Terraform:live/vault:|azurerm_user_assigned_identity.i", "id")
NOT_THERE = "the unit of dependency.v is not in the analysed set, or has no output '{}'"


@pytest.mark.parametrize(
    ("expression", "path", "expected"),
    [
        ("dependency.v.outputs.id", "../vault", IDENTITY),
        ('dependency.v.outputs["id"]', "../vault", IDENTITY),
        ("dependency.v.outputs.x", "${local.up}/vault", "of the vault"),
        ("dependency.v.outputs.gone", "../vault", NOT_THERE.format("gone")),
        ("dependency.v.outputs.id", "../other", NOT_THERE.format("id")),
        ("dependency.v.outputs.id", "${get_terragrunt_dir()}/../vault", IDENTITY),
        ("dependency.v.outputs.id", '${get_env("X")}/../vault', NOT_THERE.format("id")),
        ("dependency.w.outputs.id", "../vault", 'dependency "w" is not declared here'),
        ("dependency.v.inputs.x", "../vault", "dependency.v has outputs only"),
    ],
)
def test_dependencies(expression: str, path: str, expected: object, tmp_path: Path) -> None:
    depends = f'dependency "v" {{\n  config_path = "{path}"\n  mock_outputs = {{\n    id = "mock"\n  }}\n}}\nlocals {{\n  up = ".."\n}}\n'
    files = {
        "modules/m/main.tf": MODULE,
        "live/app/terragrunt.hcl": unit(f"y = {expression}", depends),
        "live/vault/terragrunt.hcl": unit('x = "of the vault"'),
    }
    app = next(one for one in load(tmp_path, files) if one.deployment.root == "live/app")
    assert told(app.root.output("y")) == expected


def test_units_in_a_circle(tmp_path: Path) -> None:
    depends = 'dependency "d" {{\n  config_path = "../{0}"\n}}\n'
    files = {
        "modules/m/main.tf": MODULE,
        "live/a/terragrunt.hcl": unit("y = dependency.d.outputs.y", depends.format("b")),
        "live/b/terragrunt.hcl": unit("y = dependency.d.outputs.y", depends.format("a")),
    }
    for one in load(tmp_path, files):
        assert isinstance(one.root.output("y"), Unknown)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('"git::https://example.test/m.git//x?ref=v1"', "its source is not on disk"),
        ('"tfr:///Azure/avm-res-keyvault-vault/azurerm?version=0.9.1"', "its source is not on disk"),
        ('"${get_repo_root()}/modules/m"', "its source is not a plain text"),
        ('"../../modules/gone"', "there is no module in that folder"),
        (None, "its source is in a file that it includes"),
    ],
)
def test_modules_that_cannot_be_read(source: str | None, reason: str, tmp_path: Path) -> None:
    text = f"terraform {{\n  source = {source}\n}}\n" if source else 'include "x" {\n  path = "x.hcl"\n}\n'
    text += 'dependency "v" {\n  config_path = "../vault"\n}\ninputs = {\n  id = dependency.v.outputs.id\n}\n'
    files = {
        "modules/m/main.tf": MODULE,
        "live/app/terragrunt.hcl": text,
        "live/vault/terragrunt.hcl": unit(""),
    }
    app = next(one for one in load(tmp_path, files) if one.deployment.root == "live/app")
    resources, (missing,) = app.resources(lambda kind: True)
    assert (resources, missing.name, missing.reason) == ([], "app", reason)
    # It may grant whatever it is told of.
    assert told(missing.arguments[0]) == {"id": IDENTITY}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "terraform",
        "terraform {}",
        "terraform {\n  source = 1\n}\n",
        'terraform {\n  source = ""\n}\n',
        "inputs = 1\n",
        "inputs = null\n",
        "inputs = [1]\n",
        "inputs = inputs\n",
        "inputs = local.a\nlocals {\n  a = local.b\n  b = local.a\n}\n",
        "inputs = dependency\n",
        "inputs = dependency.a.outputs\n" + 'dependency "a" {\n}\n',
        'dependency "a" {\n  config_path = null\n}\ninputs = {\n  x = dependency.a.outputs.x\n}\n',
        "dependency {\n}\ninclude {\n}\ngenerate {\n}\n",
        'terraform {\n  source = "./"\n}\n',
        'terraform {\n  source = "../../../../../.."\n}\n',
    ],
)
def test_anything_is_read(text: str, tmp_path: Path) -> None:
    write_files({"app/main.tf": MODULE, "app/terragrunt.hcl": text}, tmp_path)
    for one in deployments(tmp_path)[0]:
        one.root.outputs()
    assert analyse([tmp_path], tmp_path).files[FileKind.TERRAGRUNT] == 1


ROOT = """
locals {
  region = "westeurope"
  unit   = path_relative_to_include()
  app    = basename(get_terragrunt_dir())
}
inputs = {
  x = "of ${local.unit} in ${local.region}"
  y = { app = local.app }
}
"""
ENVIRONMENT = """
locals {
  name   = "dev"
  folder = basename(get_terragrunt_dir())
}
inputs = {
  y = "of the environment"
}
"""
INCLUDE = 'include "root" {{\n  path = {}\n  expose = true\n{}}}\n'


@pytest.mark.parametrize(
    ("text", "x", "y"),
    [
        # Inputs of included files, and those of the unit before them.
        (
            unit("", INCLUDE.format('find_in_parent_folders("root.hcl")', "")),
            "of live/app in westeurope",
            {"app": "app"},
        ),
        (unit('x = "own"', INCLUDE.format('"../../root.hcl"', "")), "own", {"app": "app"}),
        (
            unit("", INCLUDE.format('"${dirname(find_in_parent_folders("root.hcl"))}/root.hcl"', "")),
            "of live/app in westeurope",
            {"app": "app"},
        ),
        (unit("", INCLUDE.format('"${get_terragrunt_dir()}/../environment.hcl"', "")), "default", "of the environment"),
        (unit("", INCLUDE.format('find_in_parent_folders("gone.hcl", "../environment.hcl")', "")), "default", "of the environment"),
        (unit("", INCLUDE.format('find_in_parent_folders("root.hcl")', '  merge_strategy = "no_merge"\n')), "default", "default"),
        (
            unit("y = { own = 1 }", INCLUDE.format('"../../root.hcl"', '  merge_strategy = "deep"\n')),
            "of live/app in westeurope",
            "it is merged with that of an included file",
        ),
        (unit("y = { own = 1 }", INCLUDE.format('"../environment.hcl"', "")), "default", {"own": 1}),
        (
            unit("x = include.root.locals.name", INCLUDE.format('"../environment.hcl"', "")),
            "dev",
            "of the environment",
        ),
        (unit("", 'include {\n  path = find_in_parent_folders("environment.hcl")\n}\n'), "default", "of the environment"),
        (unit("", INCLUDE.format('find_in_parent_folders("gone.hcl")', "")), "include may give it a value", "include may give it a value"),
        # Other files read; what they say of folders is about their own.
        (
            unit("x = local.e.locals.name\ny = local.e.locals.folder",
                 'locals {\n  e = read_terragrunt_config(find_in_parent_folders("environment.hcl"))\n}\n'),
            "dev",
            "live",
        ),
        (unit('x = read_terragrunt_config("../environment.hcl").inputs.y'), "of the environment", "default"),
        (unit('x = read_terragrunt_config("gone.hcl", { locals = { a = "b" } }).locals.a'), "b", "default"),
        # Absolute paths are not known, their ends are.
        (unit("x = basename(get_terragrunt_dir())\ny = basename(dirname(get_terragrunt_dir()))"), "app", "live"),
        (unit("x = get_repo_root()"), "where the repository begins is not known", "default"),
        (unit("x = dirname(\"a/b\")\ny = basename(\"a/b\")"), "a", "b"),
    ],
)  # fmt: skip
def test_other_files(text: str, x: object, y: object, tmp_path: Path) -> None:
    more = {"root.hcl": ROOT, "live/environment.hcl": ENVIRONMENT}
    assert only(tmp_path, text, more) == (x, y)


@pytest.mark.parametrize(
    "source",
    [
        "${get_repo_root()}/modules/m",
        '${dirname(find_in_parent_folders("root.hcl"))}//modules/m',
        "${get_terragrunt_dir()}/../../modules/m",
        "${local.modules}/m",
        "${get_parent_terragrunt_dir()}/modules//m",
        "${path_relative_from_include()}/modules/m",
    ],
)
def test_paths_of_modules(source: str, tmp_path: Path) -> None:
    more = 'locals {\n  modules = "../../modules"\n}\ninclude {\n  path = find_in_parent_folders("root.hcl")\n}\n'
    files = {
        "modules/m/main.tf": MODULE,
        "root.hcl": "",
        ".git/HEAD": "ref: refs/heads/main\n",
        "live/app/terragrunt.hcl": unit('x = "given"', more, source),
    }
    (one,) = load(tmp_path, files)
    assert (one.deployment.root, told(one.root.output("x"))) == ("live/app", "given")


def test_the_module_of_an_included_file(tmp_path: Path) -> None:
    """What an included file says of paths is meant for the unit."""
    common = 'terraform {\n  source = "../../modules/m"\n}\ndependency "v" {\n  config_path = "../vault"\n}\ninputs = {\n  x = "common"\n  y = dependency.v.outputs.id\n}\n'
    files = {
        "modules/m/main.tf": MODULE,
        "live/_common/app.hcl": common,
        "live/app/terragrunt.hcl": 'include "common" {\n  path = "../_common/app.hcl"\n}\n',
        "live/vault/terragrunt.hcl": unit('x = "of the vault"'),
    }
    app, _ = load(tmp_path, files)
    assert (told(app.root.output("x")), told(app.root.output("y"))) == ("common", IDENTITY)
    assert app.resources(lambda kind: False)[1] == []


def test_files_that_read_each_other(tmp_path: Path) -> None:
    read = 'locals {{\n  x = read_terragrunt_config("{0}")\n}}\ninputs = {{\n  x = local.x.locals.x\n}}\n'
    text = unit("x = local.x.inputs.x", 'locals {\n  x = read_terragrunt_config("a.hcl")\n}\n')
    more = {"live/app/a.hcl": read.format("b.hcl"), "live/app/b.hcl": read.format("a.hcl")}
    (one,) = load(tmp_path, {"modules/m/main.tf": MODULE, "live/app/terragrunt.hcl": text, **more})
    assert isinstance(one.root.output("x"), Unknown)
