"""What a report speaks of, and so what it must keep quiet about."""

from __future__ import annotations

from kvlint.redact import Redactor
from kvlint.result import RunResult
from kvlint.source import Source


def redactor(result: RunResult) -> Redactor:
    """The redactor that knows the secrets of every source a report may speak of."""
    sources: set[Source] = {entry.span.source for entry in result.unresolved}
    sources |= {failure.span.source for failure in result.failures if failure.span}
    for finding in (*result.findings, *result.suppressed):
        sources.add(finding.span.source)
        sources.update(related.span.source for related in finding.related)
        sources.update(step.span.source for step in finding.steps)
    return Redactor(sources)
