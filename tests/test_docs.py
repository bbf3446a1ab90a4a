"""Documentation: generated pages are current, every check is documented the same way."""

from __future__ import annotations

import importlib.util
import re
import sys
from types import ModuleType

import pytest

from kvlint.checks import Check, all_checks
from scenarios import REPOSITORY, TESTDATA

HEADINGS = ["What it flags", "Why", "Example", "Silent when", "Verify", "References"]
CHECKS = [pytest.param(check, id=check.info.id) for check in all_checks()]


def build_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_build", REPOSITORY / "docs" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["docs_build"] = module
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_current() -> None:
    """`python docs/build.py` would change nothing."""
    assert [path.name for path, _ in build_module().stale()] == []


@pytest.mark.parametrize("check", CHECKS)
def test_sections(check: Check) -> None:
    """Every page has the same sections in the same order, and names public references."""
    headings = re.findall(r"^## (.+)$", check.documentation, re.MULTILINE)
    assert [heading.split(" it fails")[0].split(" it matters")[0] for heading in headings] == HEADINGS
    assert check.documentation.partition("\n")[0].endswith(".")


@pytest.mark.parametrize("check", CHECKS)
def test_metadata(check: Check) -> None:
    """Ids, names and severities have the form that users and SARIF consumers rely on."""
    info = check.info
    assert re.fullmatch(r"KV\d{3}", info.id)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", info.name)
    assert 0 < info.severity <= 10
    assert info.tags
    assert not info.summary.endswith(".")


@pytest.mark.parametrize("check", CHECKS)
def test_scenarios_exist(check: Check) -> None:
    """Every check has trees that it reports in and trees that it keeps silent in."""
    for part in ("bad", "good"):
        folder = TESTDATA / check.info.id / part
        assert folder.is_dir(), f"{folder} is missing"
        assert any(folder.iterdir()), f"{folder} is empty"


def test_ids_and_names_are_unique() -> None:
    """No two checks share an id or a name."""
    checks = all_checks()
    assert len({check.info.id for check in checks}) == len(checks)
    assert len({check.info.name for check in checks}) == len(checks)
