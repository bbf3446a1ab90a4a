"""Every scenario under testdata, and every example in a check's documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kvlint.checks import Check, all_checks
from scenarios import TESTDATA, difference, run, scenario_folders

_BLOCK = re.compile(r'^```\w+ title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)

SCENARIOS = [
    pytest.param(folder, id=folder.relative_to(TESTDATA).as_posix()) for folder in scenario_folders()
]
CHECKS = [pytest.param(check, id=check.info.id) for check in all_checks()]


@pytest.mark.parametrize("folder", SCENARIOS)
def test_scenario(folder: Path) -> None:
    """A tree's findings are exactly those that it expects."""
    text = difference(folder, run(folder))
    assert not text, f"{folder.relative_to(TESTDATA)}:\n{text}"


@pytest.mark.parametrize("folder", [p for p in SCENARIOS if "/bad/" in str(p.id)])
def test_bad_scenario_names_its_check(folder: Path) -> None:
    """A bad scenario of a check holds a finding of that check."""
    assert folder.parent.parent.name in {finding.check.id for finding in run(folder).findings}


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("part", ["bad", "good"])
def test_documented_example(check: Check, part: str, tmp_path: Path) -> None:
    """The examples of a check's page do what the page says."""
    written = 0
    for title, text in _BLOCK.findall(check.documentation):
        if title.startswith(f"{part}/"):
            path = tmp_path / title.removeprefix(f"{part}/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written += 1
    assert written, f"{check.info.id} has no {part} example"
    result = run(tmp_path)
    assert not difference(tmp_path, result)
    assert (check.info.id in {finding.check.id for finding in result.findings}) is (part == "bad")
