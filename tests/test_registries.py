"""Image pulls: every grant of the silent scenarios is what keeps them silent."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kvlint.graph.adapters.scripts import add_script
from kvlint.graph.entities import PossibleGrant
from kvlint.graph.facts import Facts
from kvlint.source import Source
from scenarios import TESTDATA, reported, run

CHECK = "KV211"
#: What gives a right, or may do so, in each language of the scenarios.
_GRANTS = {
    ".tf": re.compile(
        r"^(?:resource \"azurerm_role_assignment\"|module \"access\").*?^\}\n", re.DOTALL | re.MULTILINE
    ),
    ".bicep": re.compile(
        r"^resource pull .*?^\}\n|^ {4}roleAssignments: .*?(?=^ {2}\})",
        re.DOTALL | re.MULTILINE,
    ),
    ".sh": re.compile(r"^az role assignment create .*\\\n.*\n", re.MULTILINE),
    ".yml": re.compile(r"^.*az containerapp registry set.*\n", re.MULTILINE),
}


def mutants() -> Iterator[object]:
    """Every file of a silent scenario with the ranges of its grants."""
    for folder in sorted((TESTDATA / CHECK / "good").iterdir()):
        for file in sorted(folder.rglob("*")):
            pattern = _GRANTS.get(file.suffix)
            for number, found in enumerate(pattern.finditer(file.read_text("utf-8")) if pattern else ()):
                name = f"{folder.name}/{file.name}/{number}"
                yield pytest.param(folder, file.relative_to(folder), found.span(), id=name)


@pytest.mark.parametrize(("folder", "name", "place"), list(mutants()))
def test_without_its_grant(folder: Path, name: Path, place: tuple[int, int], tmp_path: Path) -> None:
    """A scenario without its grant gives one finding: the pull that it was for."""
    tree = tmp_path / folder.name
    shutil.copytree(folder, tree)
    text = (tree / name).read_text("utf-8")
    (tree / name).write_text(text[: place[0]] + text[place[1] :], "utf-8")
    found = [check for check, _, _ in reported(run(tree)).elements() if check != "KV002"]
    assert found == [CHECK]


def possible(text: str) -> list[PossibleGrant]:
    facts = Facts()
    add_script(Source("deploy.sh", text), facts)
    return facts.possible_grants


@pytest.mark.parametrize(
    ("command", "role", "places"),
    [
        ("az role assignment create --role AcrPull --assignee x --scope $ID", "AcrPull", set()),
        (
            "az role assignment create --role 'Key Vault Secrets User' --scope /subscriptions/s/vaults/kv-shop",
            "Key Vault Secrets User",
            {"kv-shop"},
        ),
        (
            "az role assignment create --role AcrPull --scope $(az acr show -n acrshop --query id -o tsv)",
            "AcrPull",
            {"acrshop"},
        ),
        ("az role assignment create --role $ROLE --scope $ID", None, set()),
        (
            "az containerapp registry set -n api --server acrshop.azurecr.io --identity system",
            "AcrPull",
            set(),
        ),
        ("az containerapp up -n api --registry-identity system", "AcrPull", set()),
    ],
)
def test_commands_that_grant(command: str, role: str | None, places: set[str]) -> None:
    """What a command may grant, and where, as far as it says so."""
    (found,) = possible(command)
    assert (found.role.data if found.role is not None else None) == role  # type: ignore[attr-defined]  # a text
    assert found.texts == places
    assert found.anything is not bool(places)


@pytest.mark.parametrize(
    "command",
    [
        "az containerapp update -n api --image acrshop.azurecr.io/api:2",
        "az containerapp registry set -n api --server acrshop.azurecr.io --username u --password p",
        "# az role assignment create --role AcrPull --scope $ID",
        "echo az role assignment create --role AcrPull",
    ],
)
def test_commands_that_do_not(command: str) -> None:
    """Commands that leave rights alone, or only show what could be done."""
    assert possible(command) == []
