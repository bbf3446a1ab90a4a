"""A sound file with one known defect: what has to be found whatever stands beside it."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from kvlint.report.json import write_json
from kvlint.report.sarif import write_sarif
from kvlint.report.text import write_text
from kvlint.result import RunResult
from scenarios import Mark, reported

NAME = "zz-healthy.yaml"
APP = """\
name: healthy
type: Microsoft.App/containerApps
properties:
  configuration:
    secrets:
      - name: db
        value: changeme
  template:
    containers:
      - name: web
        image: example.azurecr.io/web
        env:
          - name: DB
            secretRef: db
          - name: OTHER
            secretRef: missing
"""
DEFECT: Mark = ("KV101", NAME, 16)


def write_healthy(root: Path) -> None:
    """Put the file into a tree."""
    (root / NAME).write_text(APP, encoding="utf-8")


def beside(result: RunResult) -> list[str]:
    """What is reported but for the known defect, which must be there: ``KV001 a.tf:1:2 message``."""
    assert reported(result)[DEFECT] == 1
    return [
        f"{finding.check.id} {finding.level} {finding.span} {finding.message}"
        for finding in result.findings
        if finding.span.path != NAME
    ]


def reports(result: RunResult) -> str:
    """Every format of the report, one behind the other."""
    stream = StringIO()
    write_text(result, stream, color=True, width=100, show_unresolved=True)
    write_text(result, stream, color=False, width=40, show_unresolved=True)
    write_json(result, stream)
    write_sarif(result, stream, documentation=lambda info: info.summary, root_uri="file:///root/")
    return stream.getvalue()
