"""What a root reads of the states of others: which root a state is of, and what it gives out."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvlint.evaluate.values import Choice, Scalar, Symbol, Unknown, Value
from terraform_trees import deployments, write_files

NOTHING = "no root in the analysed set keeps the state that it is read from"
SEVERAL = "several roots in the analysed set may keep the state that it is read from"
PERHAPS = "which root keeps the state that it is read from is not wholly written"
UNKNOWN = "which state data.terraform_remote_state.s reads is not known"
MISSING = "the root of data.terraform_remote_state.s has no output 'gone'"

OUTPUTS = """
variable "e" {
  default = "e"
}
resource "azurerm_user_assigned_identity" "i" {
  name = "id-${var.e}"
}
output "text" {
  value = "text of ${var.e}"
}
output "id" {
  value = azurerm_user_assigned_identity.i.id
}
output "both" {
  value = { id = azurerm_user_assigned_identity.i.id, names = ["a", azurerm_user_assigned_identity.i.name] }
}
output "whole" {
  value = azurerm_user_assigned_identity.i
}
"""


def block(kind: str, body: str) -> str:
    return f'terraform {{\n  backend "{kind}" {{\n{body}\n  }}\n}}\n'


def state(kind: str, config: str, more: str = "") -> str:
    text = f'data "terraform_remote_state" "s" {{\n  backend = "{kind}"\n  config = {{\n{config}\n  }}\n{more}}}\n'
    return text + 'output "o" {\n  value = data.terraform_remote_state.s.outputs.text\n}\n'


def outputs(folder: Path, files: dict[str, str], root: str = "reader", name: str = "o") -> list[Value]:
    """The output of a root, in each of its variants."""
    write_files(files, folder)
    return [one.root.output(name) for one in deployments(folder)[0] if one.deployment.root == root]


def told(value: Value) -> object:
    match value:
        case Scalar():
            return value.data
        case Symbol():
            return value.resource.address, *value.path
        case Choice(options=options):
            return {told(option) for option in options}
        case Unknown():
            return value.reason
    return value


AZURE = 'storage_account_name = "st"\ncontainer_name = "c"\nkey = "k"\n'
TEXT = "text of e"


@pytest.mark.parametrize(
    ("declared", "asked", "expected"),
    [
        (block("azurerm", AZURE), state("azurerm", AZURE), TEXT),
        # The resource group, credentials and the like tell nothing of the state.
        (block("azurerm", AZURE + 'use_oidc = true'), state("azurerm", AZURE + 'resource_group_name = "g"'), TEXT),
        (block("azurerm", 'key = "k"'), state("azurerm", AZURE), TEXT),
        (block("azurerm", AZURE), state("azurerm", 'storage_account_name = var.st\nkey = "k"'), TEXT),
        (block("azurerm", AZURE), state("azurerm", AZURE.replace('"k"', '"l"')), NOTHING),
        (block("azurerm", AZURE), state("azurerm", AZURE.replace('"st"', '"other"')), NOTHING),
        (block("azurerm", AZURE), state("azurerm", 'key = var.k'), UNKNOWN),
        (block("azurerm", ""), state("azurerm", AZURE), PERHAPS),
        (block("azurerm", 'key = "terraform.tfstate"'), state("azurerm", 'key = "terraform.tfstate"'), PERHAPS),
        (block("azurerm", 'storage_account_name = "st"\ncontainer_name = "c"'), state("azurerm", AZURE), PERHAPS),
        (block("azurerm", AZURE), state("s3", 'bucket = "c"\nkey = "k"'), NOTHING),
        (block("s3", 'bucket = "c"\nkey = "k"'), state("s3", 'bucket = "c"\nkey = "k"\nregion = "r"'), TEXT),
        (block("gcs", 'bucket = "b"\nprefix = "p"'), state("gcs", 'bucket = "b"\nprefix = "p"'), TEXT),
        (block("http", 'address = "https://example.test/s"'), state("http", 'address = "https://example.test/s"'), TEXT),
        (block("kubernetes", 'secret_suffix = "s"\nnamespace = "n"'), state("kubernetes", 'secret_suffix = "s"'), TEXT),
        (block("consul", 'path = "p"'), state("consul", 'path = "p"'), TEXT),
        (block("elsewhere", 'key = "k"'), state("elsewhere", 'key = "k"'), UNKNOWN),
        ("", state("azurerm", AZURE), NOTHING),
        # Files.
        ("", state("local", 'path = "../app/terraform.tfstate"'), TEXT),
        ("", state("local", 'path = "${path.module}/../app/terraform.tfstate"'), TEXT),
        ("", state("local", 'path = "../app/terraform.tfstate.d/dev/terraform.tfstate"'), TEXT),
        ("", state("local", 'path = "../other/terraform.tfstate"'), NOTHING),
        ("", state("local", 'path = "${path.cwd}/terraform.tfstate"'), UNKNOWN),
        (block("local", 'path = "../states/app"'), state("local", 'path = "../states/app"'), TEXT),
        (block("local", 'path = "../states/app"'), state("local", 'path = "../app/terraform.tfstate"'), NOTHING),
        # Workspaces of HCP Terraform.
        (block("remote", 'organization = "o"\nworkspaces {\nname = "w"\n}'),
         state("remote", 'organization = "o"\nworkspaces = { name = "w" }'), TEXT),
        (block("remote", 'organization = "o"\nworkspaces {\nprefix = "w-"\n}'),
         state("remote", 'organization = "o"\nworkspaces = { name = "w-dev" }'), TEXT),
        (block("remote", 'organization = "o"\nworkspaces {\nprefix = "w-"\n}'),
         state("remote", 'organization = "o"\nworkspaces = { prefix = "w-" }', "workspace = terraform.workspace\n"), TEXT),
        (block("remote", 'organization = "o"\nworkspaces {\nprefix = "w-"\n}'),
         state("remote", 'organization = "o"\nworkspaces = { name = "x-dev" }'), NOTHING),
        ('terraform {\n  cloud {\n    organization = "o"\n    workspaces {\n      name = "w"\n    }\n  }\n}\n',
         state("remote", 'organization = "o"\nworkspaces = { name = "w" }'), TEXT),
        ('terraform {\n  cloud {\n    organization = "o"\n    workspaces {\n      tags = ["w"]\n    }\n  }\n}\n',
         state("remote", 'organization = "o"\nworkspaces = { name = "w" }'), PERHAPS),
        ('terraform {\n  cloud {\n    hostname = "tfe.example.test"\n    organization = "o"\n    workspaces {\n      name = "w"\n    }\n  }\n}\n',
         state("remote", 'organization = "o"\nworkspaces = { name = "w" }'), NOTHING),
    ],
)  # fmt: skip
def test_which_root_a_state_is_of(declared: str, asked: str, expected: str, tmp_path: Path) -> None:
    (value,) = outputs(tmp_path, {"app/main.tf": declared + OUTPUTS, "reader/main.tf": asked})
    assert told(value) == expected


def test_the_backend_in_json(tmp_path: Path) -> None:
    cloud = '{"terraform": {"cloud": {"organization": "o", "workspaces": {"name": "w"}}}}'
    asked = 'data "tfe_outputs" "s" {\n  organization = "o"\n  workspace = "w"\n}\noutput "o" {\n  value = data.tfe_outputs.s.nonsensitive_values["text"]\n}\n'
    files = {"app/main.tf": OUTPUTS, "app/settings.tf.json": cloud, "reader/main.tf": asked}
    assert [told(one) for one in outputs(tmp_path, files)] == [TEXT]


@pytest.mark.parametrize(
    ("organization", "workspace", "attribute", "expected"),
    [
        ('"o"', '"w"', "values", TEXT),
        ('"o"', '"w"', "nonsensitive_values", TEXT),
        ('"p"', '"w"', "values", NOTHING),
        ('"o"', '"v"', "values", NOTHING),
        ("var.o", '"w"', "values", TEXT),
        ('"o"', "var.w", "values", "which state data.tfe_outputs.s reads is not known"),
    ],
)
def test_outputs_of_workspaces(
    organization: str, workspace: str, attribute: str, expected: str, tmp_path: Path
) -> None:
    declared = block("remote", 'organization = "o"\nworkspaces {\nname = "w"\n}')
    asked = f'data "tfe_outputs" "s" {{\n  organization = {organization}\n  workspace = {workspace}\n}}\n'
    asked += f'output "o" {{\n  value = data.tfe_outputs.s.{attribute}.text\n}}\n'
    (value,) = outputs(tmp_path, {"app/main.tf": declared + OUTPUTS, "reader/main.tf": asked})
    assert told(value) == expected


IDENTITY = "Terraform:app:|azurerm_user_assigned_identity.i"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("data.terraform_remote_state.s.outputs.id", (IDENTITY, "id")),
        ('data.terraform_remote_state.s.outputs["id"]', (IDENTITY, "id")),
        ("data.terraform_remote_state.s.outputs.both.id", (IDENTITY, "id")),
        ("data.terraform_remote_state.s.outputs.both.names[0]", "a"),
        ("data.terraform_remote_state.s.outputs.both.names[1]", "id-e"),
        ("data.terraform_remote_state.s.outputs.whole.principal_id", (IDENTITY, "principal_id")),
        ("local.outputs.id", (IDENTITY, "id")),
        ("module.m.id", (IDENTITY, "id")),
        ("module.reader.id", (IDENTITY, "id")),
        ("data.terraform_remote_state.each[\"a\"].outputs.id", (IDENTITY, "id")),
        ("try(data.terraform_remote_state.s.outputs.text, null)", TEXT),
        ("data.terraform_remote_state.s.outputs.gone", MISSING),
        ("data.terraform_remote_state.s.outputs.later", "not there yet"),
    ],
)  # fmt: skip
def test_what_is_read(expression: str, expected: object, tmp_path: Path) -> None:
    asked = state("azurerm", AZURE, 'defaults = { later = "not there yet" }\n')
    asked += f"""
data "terraform_remote_state" "each" {{
  for_each = {{ a = "k", b = "l" }}
  backend  = "azurerm"
  config   = {{ storage_account_name = "st", container_name = "c", key = each.value }}
}}
locals {{
  outputs = data.terraform_remote_state.s.outputs
}}
module "m" {{
  source   = "./m"
  platform = data.terraform_remote_state.s.outputs
}}
module "reader" {{
  source = "./reader"
}}
output "read" {{
  value = {expression}
}}
"""
    inner = 'variable "platform" {}\noutput "id" {\n  value = var.platform.id\n}\n'
    reads = state("azurerm", AZURE).replace("outputs.text", "outputs.id").replace('output "o"', 'output "id"')
    files = {
        "app/main.tf": block("azurerm", AZURE) + OUTPUTS,
        "reader/main.tf": asked,
        "reader/m/main.tf": inner,
        "reader/reader/main.tf": reads,
    }
    (value,) = outputs(tmp_path, files, name="read")
    assert told(value) == expected


def test_an_output_that_is_not_known_is_the_same_each_time(tmp_path: Path) -> None:
    first, second = (outputs(tmp_path, {"reader/main.tf": state("azurerm", AZURE)})[0] for _ in range(2))
    assert isinstance(first, Unknown)
    assert isinstance(second, Unknown)
    assert first.key == second.key != None  # noqa: E711  # one chain


@pytest.mark.parametrize(
    ("south", "expected"),
    [
        (block("azurerm", 'key = "k"'), SEVERAL),
        # It may have the same key, and has such an output.
        (block("azurerm", ""), SEVERAL),
        (block("azurerm", 'key = "l"'), TEXT),
        (block("azurerm", 'container_name = "d"'), TEXT),
        ("", TEXT),
    ],
)
def test_two_roots(south: str, expected: str, tmp_path: Path) -> None:
    files = {
        "north/main.tf": block("azurerm", 'key = "k"') + OUTPUTS,
        "south/main.tf": south + OUTPUTS,
        "reader/main.tf": state("azurerm", AZURE),
    }
    assert [told(one) for one in outputs(tmp_path, files)] == [expected]


def test_a_root_that_says_all_comes_before_those_that_say_a_part(tmp_path: Path) -> None:
    files = {
        "north/main.tf": block("azurerm", AZURE) + OUTPUTS,
        "south/main.tf": block("azurerm", 'key = "k"') + OUTPUTS,
        "reader/main.tf": state("azurerm", AZURE),
    }
    assert [told(one) for one in outputs(tmp_path, files)] == [TEXT]


ENVIRONMENTS = {"app/env/dev.tfvars": 'e = "dev"\n', "app/env/prod.tfvars": 'e = "prod"\n'}
ANY = {"text of dev", "text of prod"}


@pytest.mark.parametrize(
    ("readers", "more", "expected"),
    [
        ([], "", [ANY]),
        (["dev.tfvars", "prod.tfvars"], "", ["text of dev", "text of prod"]),
        (["dev/terraform.tfvars", "prod/x.auto.tfvars"], "", ["text of dev", "text of prod"]),
        (["dev.tfvars", "prod.tfvars", "test.tfvars"], "", ["text of dev", "text of prod", ANY]),
        # The other environments may be read as well.
        (["dev.tfvars"], "", [ANY]),
        ([], 'workspace = "prod"\n', ["text of prod"]),
        ([], "workspace = terraform.workspace\n", [ANY]),
    ],
)
def test_environments(readers: list[str], more: str, expected: list[object], tmp_path: Path) -> None:
    asked = state("azurerm", AZURE, more) + 'variable "x" {\n  default = ""\n}\n'
    files = {"app/main.tf": block("azurerm", AZURE) + OUTPUTS, "reader/main.tf": asked, **ENVIRONMENTS}
    files |= {f"reader/env/{name}": 'x = "x"\n' for name in readers}
    assert [told(one) for one in outputs(tmp_path, files)] == expected


def test_who_reads_a_state_does_not_keep_it(tmp_path: Path) -> None:
    files = {"reader/main.tf": block("azurerm", 'key = "k"') + OUTPUTS + state("azurerm", AZURE)}
    assert [told(one) for one in outputs(tmp_path, files)] == [NOTHING]


def test_roots_that_read_each_other(tmp_path: Path) -> None:
    one = block("local", "") + 'output "text" {\n  value = "one"\n}\n'
    one += 'output "back" {\n  value = data.terraform_remote_state.two.outputs.text\n}\n'
    one += 'output "around" {\n  value = data.terraform_remote_state.two.outputs.around\n}\n'
    read = 'data "terraform_remote_state" "{0}" {{\n  backend = "local"\n  config = {{ path = "../{0}/terraform.tfstate" }}\n}}\n'
    files = {
        "one/main.tf": one + read.format("two"),
        "two/main.tf": one.replace('"one"', '"two"').replace(".two.", ".one.") + read.format("one"),
    }
    assert [told(value) for value in outputs(tmp_path, files, "one", "back")] == ["two"]
    assert isinstance(outputs(tmp_path, files, "one", "around")[0], Unknown)
