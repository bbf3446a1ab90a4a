"""What is shipped agrees with the code: metadata, the pre-commit hook, the action, the make targets."""

from __future__ import annotations

import ast
import os
import re
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from kvlint import __version__
from kvlint.cli import lint_parser
from kvlint.discover import EXTENSIONS, NAMES

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
#: Distributions whose import name is not their own.
IMPORT_NAMES = {
    "attrs": "attr",
    "pyyaml": "yaml",
    "python-hcl2": "hcl2",
    "ruamel.yaml": "ruamel",
    "sarif-om": "sarif_om",
}


def load_yaml(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text("utf-8"))


def imported_packages() -> set[str]:
    """Top-level names of every import in the shipped code, wherever it stands."""
    names = set()
    for folder in ("linter", "checks"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    names |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    names.add(node.module.split(".")[0])
    return names


def test_every_third_party_import_is_a_declared_dependency() -> None:
    declared = {re.split(r"[<>=!~ ]", each)[0].lower() for each in PROJECT["project"]["dependencies"]}
    importable = {IMPORT_NAMES.get(name, name) for name in declared}
    third_party = imported_packages() - sys.stdlib_module_names - {"kvlint", "kvlint_checks"}
    assert third_party <= importable


def test_the_command_exists() -> None:
    module, _, function = PROJECT["project"]["scripts"]["kvlint"].partition(":")
    assert callable(getattr(import_module(module), function))


def test_the_packages_say_that_they_are_typed() -> None:
    for package in PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        assert (ROOT / package / "py.typed").is_file()


def test_the_changelog_begins_with_this_version() -> None:
    versions = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert versions[0] == __version__


def test_the_hook_asks_for_the_files_that_are_read() -> None:
    (hook,) = load_yaml(".pre-commit-hooks.yaml")
    assert (hook["id"], hook["language"], hook["require_serial"]) == ("kvlint", "python", True)
    for extension in EXTENSIONS:
        assert re.search(hook["files"], f"folder/name{extension}")
    for name in NAMES:
        assert re.search(hook["files"], name)
        assert re.search(hook["files"], f"folder/{name}")
    for other in ("main.tf.txt", "values.jsonc", "yaml", "a.bicep.md", "notKustomization"):
        assert not re.search(hook["files"], other)
    command, *arguments = hook["entry"].split()
    assert command in PROJECT["project"]["scripts"]
    assert lint_parser().parse_args(arguments).pre_commit


def test_the_action_passes_inputs_through_the_environment_only() -> None:
    action = load_yaml("action.yml")
    steps = action["runs"]["steps"]
    scripts = [step["run"] for step in steps if "run" in step]
    assert scripts
    assert not [script for script in scripts if "${{" in script]
    used = set(re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text("utf-8")))
    assert used == set(action["inputs"])


def test_the_action_uses_options_that_exist() -> None:
    known = set(lint_parser()._option_string_actions)
    text = "\n".join(step.get("run", "") for step in load_yaml("action.yml")["runs"]["steps"])
    commands = re.findall(r'"\$bin/kvlint" ((?:.|\\\n)*?) -- ', text)
    assert commands
    assert {option for each in commands for option in re.findall(r"--[a-z-]+", each)} <= known


@pytest.mark.parametrize("file", ["action.yml", ".github/workflows/ci.yml"])
def test_actions_of_others_are_pinned_by_commit(file: str) -> None:
    uses = re.findall(r"uses: (\S+)", (ROOT / file).read_text("utf-8"))
    assert uses
    for each in uses:
        assert each == "./" or re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", each)


def test_the_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"setup", "demo", "test", "lint", "bench"} <= targets


@pytest.mark.skipif(os.name == "nt", reason="no executable bit")
def test_ci_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
