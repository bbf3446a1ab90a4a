"""The report for programs: one JSON document, versioned.

``version`` changes when a reader of the former one would break; new keys may come without.
Lines and columns count from 1, columns are code points, an end is the position after the
last character. Texts are redacted; source text is not part of the document.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TextIO

from kvlint import __version__
from kvlint.findings import Finding, Level
from kvlint.kinds import FileKind
from kvlint.report.fingerprint import fingerprint
from kvlint.report.sources import redactor
from kvlint.result import ParseFailure, RunResult, Unresolved
from kvlint.source import Span

VERSION = 1

Redact = Callable[[str], str]


def write_json(result: RunResult, stream: TextIO) -> None:
    """Write the document, indented, with a line end."""
    json.dump(_document(result, redactor(result)), stream, indent=2)
    stream.write("\n")


def _document(result: RunResult, redact: Redact) -> dict[str, Any]:
    return {
        "version": VERSION,
        "tool": {"name": "kvlint", "version": __version__},
        "summary": {
            **{f"{level}s": result.count(level) for level in sorted(Level, reverse=True)},
            "suppressed": len(result.suppressed),
            "files": sum(result.files.values()),
            "references": {
                "proven": result.proven,
                "broken": result.broken,
                "unresolved": len(result.unresolved),
            },
        },
        "files": {kind.value: result.files[kind] for kind in FileKind if result.files[kind]},
        "findings": [_finding(finding, redact) for finding in result.findings],
        "suppressed": [_finding(finding, redact) for finding in result.suppressed],
        "unresolved": [_unresolved(entry, redact) for entry in result.unresolved],
        "failures": [_failure(failure, redact) for failure in result.failures],
        "notes": [redact(note) for note in result.notes],
    }


def _finding(finding: Finding, redact: Redact) -> dict[str, Any]:
    return {
        "check": finding.check.id,
        "name": finding.check.name,
        "level": str(finding.level),
        "message": redact(finding.message),
        "path": finding.span.path,
        "span": _range(finding.span),
        "label": redact(finding.label),
        "subject": redact(finding.subject),
        "related": [_place(related.span, related.label, redact) for related in finding.related],
        "steps": [_place(step.span, step.label, redact) for step in finding.steps],
        "help": redact(finding.help),
        "verify": redact(finding.verify),
        "notes": [redact(note) for note in finding.notes],
        "deployments": [
            {"language": deployment.language.value, "root": deployment.root, "variant": deployment.variant}
            for deployment in sorted(
                finding.deployments, key=lambda one: (one.language.value, one.root, one.variant)
            )
        ],
        "fingerprint": fingerprint(finding),
    }


def _place(span: Span, label: str, redact: Redact) -> dict[str, Any]:
    return {"path": span.path, "span": _range(span), "label": redact(label)}


def _unresolved(entry: Unresolved, redact: Redact) -> dict[str, Any]:
    return {
        "path": entry.span.path,
        "span": _range(entry.span),
        "subject": redact(entry.subject),
        "reason": redact(entry.reason),
    }


def _failure(failure: ParseFailure, redact: Redact) -> dict[str, Any]:
    return {
        "path": failure.path,
        "span": _range(failure.span) if failure.span else None,
        "message": redact(failure.message),
    }


def _range(span: Span) -> dict[str, dict[str, int]]:
    first, last = span.first, span.last
    return {
        "start": {"line": first.line, "column": first.column},
        "end": {"line": last.line, "column": last.column},
    }
