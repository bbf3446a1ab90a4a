"""Files of Terraform that deploy nothing by themselves: tests, mocks, stacks, queries, locks."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvlint.engine import analyse
from kvlint.kinds import FileKind
from terraform_trees import write_files

TEST = """
mock_provider "azurerm" {
  mock_resource "azurerm_key_vault" {
    defaults = {
      vault_uri = "https://mock.vault.azure.net/"
    }
  }
}
variables {
  password = "Kx8!pQ2#vN5zLw9@"
}
run "creates" {
  command = plan
  assert {
    condition     = azurerm_key_vault.v.name == "kv"
    error_message = "no"
  }
}
"""
STACK = """
required_providers {
  azurerm = {
    source = "hashicorp/azurerm"
  }
}
component "vault" {
  source = "./vault"
  inputs = {
    password = "Kx8!pQ2#vN5zLw9@"
  }
}
deployment "production" {
  inputs = {
    password = "Kx8!pQ2#vN5zLw9@"
  }
}
"""


@pytest.mark.parametrize(
    "name",
    [
        "main.tftest.hcl",
        "tests/main.tftest.hcl",
        "tests/mocks/vaults.tfmock.hcl",
        "components.tfstack.hcl",
        "components.tfcomponent.hcl",
        "deployments.tfdeploy.hcl",
        "list.tfquery.hcl",
        ".terraform.lock.hcl",
        "terragrunt.stack.hcl",
        "root.hcl",
        ".tf.swp",
    ],
)
@pytest.mark.parametrize("text", [TEST, STACK, "neither { HCL nor"])
def test_they_are_not_read(name: str, text: str, tmp_path: Path) -> None:
    write_files(
        {"main.tf": 'resource "azurerm_resource_group" "r" {\n  name = "r"\n}\n', name: text}, tmp_path
    )
    result = analyse([tmp_path], tmp_path)
    assert (result.findings, result.failures) == ([], [])
    assert result.files == {FileKind.TERRAFORM: 1}


@pytest.mark.parametrize("name", ["main.tftest.json", "c.tfstack.json", "d.tfdeploy.json", "m.tfmock.json"])
def test_nor_in_json(name: str, tmp_path: Path) -> None:
    text = '{"run": {"creates": {"variables": {"password": "Kx8!pQ2#vN5zLw9@"}}}}'
    write_files({"main.tf": "", name: text}, tmp_path)
    result = analyse([tmp_path], tmp_path)
    assert (result.findings, result.failures) == ([], [])
    assert result.files[FileKind.TERRAFORM] == 1
