"""The shape of the code: no stage imports a later one, modules stay small, starting stays cheap."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINTER = ROOT / "linter"
CHECKS = ROOT / "checks"

#: The stages in the order of the data. Modules that no name fits stand around them.
STAGES = (
    ("kvlint.source", "kvlint.kinds"),
    ("kvlint.syntax",),
    ("kvlint.evaluate",),
    ("kvlint.findings", "kvlint.result", "kvlint.redact", "kvlint.secrets"),
    ("kvlint.discover", "kvlint.ignorefiles", "kvlint.declarations"),
    ("kvlint.graph",),
    ("kvlint.checks",),
)
REPORT_MAY_IMPORT = (
    "kvlint",
    "kvlint.evaluate.resources",
    "kvlint.evaluate.values",
    "kvlint.findings",
    "kvlint.kinds",
    "kvlint.redact",
    "kvlint.report",
    "kvlint.result",
    "kvlint.source",
)
READERS = LINTER / "kvlint" / "syntax"


def modules(*folders: Path) -> list[Path]:
    return sorted(file for folder in folders for file in folder.rglob("*.py"))


def name_of(file: Path) -> str:
    base = CHECKS if file.is_relative_to(CHECKS) else LINTER
    parts = file.relative_to(base).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports_of(file: Path) -> Iterator[str]:
    """Every module of this project that a module imports, for types or lazily too."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("kvlint"))
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            module, names = node.module or "", {alias.name for alias in node.names}
            if module.split(".")[0] in ("kvlint", "kvlint_checks"):
                below = [f"{module}.{name}" for name in sorted(names)]
                found = [each for each in below if is_module(each)]
                yield from found or [module]


def is_module(name: str) -> bool:
    path = Path(*name.split("."))
    return any(
        (base / path).is_dir() or (base / path).with_suffix(".py").is_file() for base in (LINTER, CHECKS)
    )


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def stage_of(name: str) -> int | None:
    for number, packages in enumerate(STAGES):
        if any(within(name, package) for package in packages):
            return number
    return None


@pytest.mark.parametrize("file", modules(LINTER), ids=name_of)
def test_no_stage_imports_a_later_one(file: Path) -> None:
    stage = stage_of(name_of(file))
    if stage is None:
        return
    for imported in imports_of(file):
        if name_of(file) == "kvlint.checks" and imported == "kvlint_checks":
            continue
        target = stage_of(imported)
        assert imported == "kvlint" or target is not None, f"{name_of(file)} imports {imported}"
        assert target is None or target <= stage, f"{name_of(file)} imports {imported}"


GRAPH = [file for file in modules(LINTER / "kvlint" / "graph") if "adapters" not in file.parts]


@pytest.mark.parametrize("file", GRAPH, ids=name_of)
def test_the_graph_knows_no_adapter(file: Path) -> None:
    for imported in imports_of(file):
        assert not within(imported, "kvlint.graph.adapters"), f"{name_of(file)} imports {imported}"


@pytest.mark.parametrize("file", modules(LINTER / "kvlint" / "graph" / "entities"), ids=name_of)
def test_entities_know_values_and_places_only(file: Path) -> None:
    allowed = (
        "kvlint.graph.entities",
        "kvlint.evaluate.resources",
        "kvlint.evaluate.values",
        "kvlint.source",
    )
    for imported in imports_of(file):
        assert any(within(imported, each) for each in allowed), f"{name_of(file)} imports {imported}"


@pytest.mark.parametrize("file", modules(CHECKS), ids=name_of)
def test_checks_see_the_public_entry_point_only(file: Path) -> None:
    for imported in imports_of(file):
        assert imported == "kvlint.checks" or within(imported, "kvlint_checks"), imported


@pytest.mark.parametrize("file", modules(LINTER / "kvlint" / "report"), ids=name_of)
def test_reports_read_results_only(file: Path) -> None:
    for imported in imports_of(file):
        allowed = imported in REPORT_MAY_IMPORT or within(imported, "kvlint.report")
        assert allowed, f"{name_of(file)} imports {imported}"


@pytest.mark.parametrize("file", modules(LINTER, CHECKS), ids=name_of)
def test_modules_stay_small(file: Path) -> None:
    limit = 700 if file.is_relative_to(READERS) else 400
    assert len(file.read_text("utf-8").splitlines()) <= limit


# Starting ---------------------------------------------------------------------------------------

HEAVY = ("hcl2", "libcst", "ruamel", "sarif_om", "lark", "attr")


def imported_while_running(arguments: list[str], cwd: Path) -> set[str]:
    """The names of all modules that a run of kvlint with these arguments has loaded at its end."""
    script = (
        "import json, sys\n"
        f"sys.argv = ['kvlint', *{arguments!r}]\n"
        "from kvlint.__main__ import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "print(json.dumps(list(sys.modules)), file=sys.stderr)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(LINTER), str(CHECKS)])}
    process = subprocess.run(
        [sys.executable, "-c", script], cwd=cwd, env=environment, capture_output=True, text=True, check=True
    )
    loaded: list[str] = json.loads(process.stderr.splitlines()[-1])
    return set(loaded)


def test_the_version_costs_nothing(tmp_path: Path) -> None:
    loaded = imported_while_running(["--version"], tmp_path)
    assert {name for name in loaded if name.startswith("kvlint")} == {"kvlint", "kvlint.__main__"}
    assert loaded.isdisjoint({*HEAVY, "argparse", "dataclasses", "rich", "yaml"})


def test_help_loads_no_engine(tmp_path: Path) -> None:
    loaded = imported_while_running(["--help"], tmp_path)
    assert {name for name in loaded if name.startswith("kvlint")} == {
        "kvlint",
        "kvlint.__main__",
        "kvlint.cli",
    }
    assert loaded.isdisjoint({*HEAVY, "dataclasses", "rich", "yaml"})


def test_a_text_run_loads_no_second_reader_and_no_sarif(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "azurerm_key_vault" "a" {\n  name = "kv"\n}\n')
    (tmp_path / "pod.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers: []\n"
    )
    loaded = imported_while_running(["."], tmp_path)
    assert "kvlint.engine" in loaded
    assert loaded.isdisjoint(HEAVY)
