"""SARIF 2.1.0, for GitHub code scanning and every other viewer of it.

Import this module only where SARIF is asked for: the object model behind it is not free.
One run lists every check as a rule, so that only results differ between runs. There are no
snippets: a viewer has the source, and a report must not carry secrets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TextIO
from urllib.parse import quote

import attr
import sarif_om as om

from kvlint import __version__
from kvlint.findings import CheckInfo, Finding, Level
from kvlint.report.fingerprint import LineHashes, fingerprint
from kvlint.report.sources import redactor
from kvlint.result import RunResult
from kvlint.source import Source, Span

INFORMATION_URI = "https://github.com/kvlint/kvlint"
SCHEMA_URI = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"

#: GitHub keeps 5,000 results of a run and rejects one with more than 25,000.
SHOWN_RESULTS = 5_000
MAX_RESULTS = 25_000
MAX_TAGS = 10
#: GitHub's limit on the descriptions of a rule, in characters.
MAX_DESCRIPTION = 1024

_PRECISION = {Level.ERROR: "very-high", Level.WARNING: "high", Level.NOTE: "medium"}
_PROBLEM = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "recommendation"}
_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")
_BRACKETS = re.compile(r"[\\\[\]]")
#: Markdown that plain text does without.
_MARKUP = re.compile(r"[`*]|(?m:^#+ )")
#: Written though it may equal the schema's default: GitHub shows what is there.
_ALWAYS = frozenset(("level",))
_SCALARS = frozenset((str, int, float, bool))

Redact = Callable[[str], str]


def write_sarif(
    result: RunResult, stream: TextIO, *, documentation: Callable[[CheckInfo], str], root_uri: str
) -> None:
    """Write a SARIF log of one run, on one line.

    ``documentation`` gives the Markdown of a check. ``root_uri`` is the absolute URI of the
    analysed root, which the relative paths of the results start from. Suppressed findings
    are left out: GitHub ignores SARIF's suppressions and would open them again.
    """
    log = om.SarifLog(
        version="2.1.0", schema_uri=SCHEMA_URI, runs=[_run(result, documentation, root_uri.rstrip("/") + "/")]
    )
    # In one go and without indentation: that is what the fast encoder of the library can do.
    stream.write(json.dumps(_plain(log), separators=(",", ":")) + "\n")


def _run(result: RunResult, documentation: Callable[[CheckInfo], str], root_uri: str) -> Any:
    redact = redactor(result)
    checks = sorted({info.id: info for info in result.checks}.values(), key=lambda info: info.id)
    index = {info.id: number for number, info in enumerate(checks)}
    findings: list[Finding] = result.findings
    if len(findings) > SHOWN_RESULTS:
        findings = sorted(findings, key=lambda finding: -finding.level)[:MAX_RESULTS]
    return om.Run(
        tool=om.Tool(
            driver=om.ToolComponent(
                name="kvlint",
                version=__version__,
                semantic_version=__version__,
                information_uri=INFORMATION_URI,
                rules=[_rule(info, documentation(info)) for info in checks],
            )
        ),
        automation_details=om.RunAutomationDetails(id="kvlint/"),
        column_kind="unicodeCodePoints",
        original_uri_base_ids={ROOT: om.ArtifactLocation(uri=root_uri)},
        invocations=[
            om.Invocation(
                execution_successful=not result.failures,
                tool_execution_notifications=_notifications(result, redact),
            )
        ],
        results=list(_results(findings, index, redact)),
    )


# Rules ------------------------------------------------------------------------------------------


def _rule(info: CheckInfo, documentation: str) -> Any:
    counts = info.severity > 0
    tags = list(dict.fromkeys((*(("security",) if counts else ()), *info.tags)))[:MAX_TAGS]
    properties: dict[str, Any] = {
        "tags": tags,
        "precision": _PRECISION[info.level],
        "problem.severity": _PROBLEM[info.level],
    }
    if counts:
        properties["security-severity"] = f"{min(max(info.severity, 0.1), 10.0):.1f}"
    documentation = documentation.strip() or info.summary
    return om.ReportingDescriptor(
        id=info.id,
        name="".join(part[:1].upper() + part[1:] for part in info.name.split("-")),
        short_description=om.MultiformatMessageString(text=_sentence(info.summary)),
        full_description=om.MultiformatMessageString(text=_sentence(_first_paragraph(documentation))),
        help=om.MultiformatMessageString(text=_MARKUP.sub("", documentation), markdown=documentation),
        default_configuration=om.ReportingConfiguration(level=str(info.level)),
        properties=properties,
    )


def _first_paragraph(documentation: str) -> str:
    """The first paragraph that is no heading, on one line, without markup."""
    paragraphs = [paragraph.strip() for paragraph in documentation.split("\n\n")]
    text = next((text for text in paragraphs if text and not text.startswith("#")), documentation)
    return _MARKUP.sub("", " ".join(text.split()))


def _sentence(text: str) -> str:
    text = text if text.endswith((".", "!", "?", ":")) else f"{text}."
    return text if len(text) <= MAX_DESCRIPTION else text[: MAX_DESCRIPTION - 1] + "…"


# Results ----------------------------------------------------------------------------------------


def _results(findings: Iterable[Finding], index: dict[str, int], redact: Redact) -> Iterable[Any]:
    hashes: dict[Source, LineHashes] = {}
    for finding in findings:
        source = finding.span.source
        if source not in hashes:
            hashes[source] = LineHashes(source.text)
        yield _result(finding, index, redact, hashes[source].line(finding.span.first.line))


def _result(finding: Finding, index: dict[str, int], redact: Redact, line_hash: str) -> Any:
    labels = [redact(related.label) or _place(related.span) for related in finding.related]
    return om.Result(
        rule_id=finding.check.id,
        rule_index=index.get(finding.check.id, -1),
        level=str(finding.level),
        message=om.Message(text=_linked(redact(finding.message), labels)),
        locations=[_location(finding.span)],
        related_locations=[
            _location(related.span, label, number)
            for number, (related, label) in enumerate(zip(finding.related, labels, strict=True), start=1)
        ]
        or None,
        code_flows=_code_flows(finding, redact, labels),
        partial_fingerprints={
            "primaryLocationLineHash": line_hash,
            "kvlint/v1": fingerprint(finding),
        },
    )


def _linked(message: str, labels: list[str]) -> str:
    """The message with a sentence that links the related locations by their ids."""
    message = _LINK.sub(r"\\[", message)
    if not labels:
        return message
    links = (
        f"[{_BRACKETS.sub(lambda found: chr(92) + found.group(), label)}]({number})"
        for number, label in enumerate(labels, start=1)
    )
    stop = "" if message.endswith((".", "!", "?")) else "."
    return f"{message}{stop} See {', '.join(links)}."


def _code_flows(finding: Finding, redact: Redact, labels: list[str]) -> list[Any] | None:
    """The way of the value, and the chain of places where there are several."""
    ways = [
        [(step.span, redact(step.label)) for step in finding.steps],
        [(one.span, label) for one, label in zip(finding.related, labels, strict=True)],
    ]
    start = finding.span, redact(finding.label) or "starts here"
    flows = [_code_flow([start, *way]) for way, least in zip(ways, (1, 2), strict=True) if len(way) >= least]
    return flows or None


def _code_flow(way: list[tuple[Span, str]]) -> Any:
    locations = [om.ThreadFlowLocation(location=_location(span, label)) for span, label in way]
    return om.CodeFlow(thread_flows=[om.ThreadFlow(locations=locations)])


def _location(span: Span, label: str = "", number: int = -1) -> Any:
    first, last = span.first, span.last
    return om.Location(
        id=number,
        message=om.Message(text=label) if label else None,
        physical_location=om.PhysicalLocation(
            artifact_location=_artifact(span.path),
            region=om.Region(
                start_line=first.line,
                start_column=first.column,
                end_line=last.line,
                end_column=last.column,
            ),
        ),
    )


def _artifact(path: str) -> Any:
    """A file: relative to the root, or absolute where it has no relative path."""
    if path.startswith("/") or re.match(r"[A-Za-z]:/", path):
        return om.ArtifactLocation(uri="file:///" + _quoted(path.removeprefix("/"), ":"))
    return om.ArtifactLocation(uri=_quoted(path), uri_base_id=ROOT)


def _quoted(path: str, also: str = "") -> str:
    return quote(path, safe="/" + also, errors="surrogatepass")


def _place(span: Span) -> str:
    return f"{span.path}:{span.first.line}"


# The rest ---------------------------------------------------------------------------------------


def _notifications(result: RunResult, redact: Redact) -> list[Any]:
    notifications = [
        om.Notification(
            level="error",
            message=om.Message(text=redact(failure.message)),
            locations=[
                _location(failure.span)
                if failure.span
                else om.Location(
                    physical_location=om.PhysicalLocation(artifact_location=_artifact(failure.path))
                )
            ],
        )
        for failure in result.failures
    ]
    notifications += [
        om.Notification(level="note", message=om.Message(text=_sentence(redact(note))))
        for note in result.notes
    ]
    total = len(result.findings)
    if total > MAX_RESULTS:
        text = f"{total} findings; this report holds the {MAX_RESULTS} of the highest levels."
        notifications.append(om.Notification(level="warning", message=om.Message(text=text)))
    elif total > SHOWN_RESULTS:
        text = f"{total} findings, the highest levels first; GitHub shows {SHOWN_RESULTS} of them."
        notifications.append(om.Notification(level="warning", message=om.Message(text=text)))
    return notifications


def _plain(node: Any) -> Any:
    """An object of the model as JSON, under the names of the schema, without its defaults."""
    kind = node.__class__
    if kind is list:
        return [_plain(item) for item in node]
    if kind is dict:
        return {key: _plain(value) for key, value in node.items()}
    if kind in _SCALARS:
        return node
    out = {}
    for name, key, default in _fields(kind):
        value = getattr(node, name)
        if value is None or (value is default and key not in _ALWAYS):
            continue
        if default is None or value != default or key in _ALWAYS:
            out[key] = _plain(value)
    return out


@cache
def _fields(model: type) -> tuple[tuple[str, str, object], ...]:
    """Attribute, schema name and default of each property of a class of the model."""
    return tuple(
        (
            field.name,
            field.metadata["schema_property_name"],
            field.default.factory() if isinstance(field.default, attr.Factory) else field.default,  # type: ignore[arg-type]  # a class, typed as a function
        )
        for field in attr.fields(model)
    )
