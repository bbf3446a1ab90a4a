"""Findings built by hand, for the tests of the reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kvlint.evaluate.values import Step
from kvlint.findings import CheckInfo, Finding, Level, Related
from kvlint.kinds import FileKind
from kvlint.result import ParseFailure, RunResult, Unresolved
from kvlint.source import Source, Span

DANGLING = CheckInfo(
    "KV101", "dangling-secret-ref", Level.ERROR, "A secret reference that nothing declares", 6.0, ("azure",)
)
UNUSED = CheckInfo("KV102", "unused-app-secret", Level.NOTE, "A secret that nothing uses", 0.0)
LITERAL = CheckInfo("KV303", "literal-secret-in-template", Level.ERROR, "A secret in a template", 8.0)

APP = """\
resource "azurerm_container_app" "app" {
  secret {
    name = "db-password"
  }
  env {
    name        = "DB"
    secret_name = "db-pasword"
  }
}
"""


def at(source: Source, text: str) -> Span:
    """The range of the only occurrence of a text."""
    assert source.text.count(text) == 1, text
    start = source.text.index(text)
    return Span(source, start, start + len(text))


def dangling(*, related: Iterable[Related] = (), source: Source | None = None) -> Finding:
    source = source or Source("app/main.tf", APP)
    return Finding(
        check=DANGLING,
        span=at(source, '"db-pasword"'),
        message='the app has no secret "db-pasword"; did you mean "db-password"?',
        subject="app → db-pasword",
        level=Level.ERROR,
        label="no such secret",
        related=list(related),
    )


def full_result() -> RunResult:
    """Every part that a result can have."""
    source = Source("app/main.tf", APP)
    values = Source("prod.tfvars", 'secret = "db-pasword"\n')
    finding = dangling(source=source, related=[Related(at(source, '"db-password"'), "declared [here]")])
    finding.help = "name the declared secret"
    finding.verify = "az containerapp secret list --name app"
    finding.notes = ["only in prod"]
    finding.steps = (
        Step(at(values, "secret"), "var.secret"),
        Step(at(source, "secret_name"), "secret_name of app"),
    )
    unused = Finding(UNUSED, at(source, '"DB"'), "nothing uses it", "app DB", Level.NOTE)
    return RunResult(
        checks=[UNUSED, DANGLING],
        findings=[finding],
        suppressed=[unused],
        files=Counter({FileKind.TERRAFORM: 9, FileKind.KUBERNETES: 3, FileKind.CONTAINER_APP: 2}),
        failures=[ParseFailure("bad.tf", "a brace is missing", Span(Source("bad.tf", "a {"), 2, 3))],
        proven=31,
        broken=2,
        unresolved=[Unresolved(at(values, '"db-pasword"'), "secret of app", 'variable "x" has no value')],
    )
