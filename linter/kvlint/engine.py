"""One run: discover, parse, evaluate, link, check, and what the user wants to hear of it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kvlint.bicepcli.options import BicepMode, BicepOptions
from kvlint.checks import Check, all_checks
from kvlint.discover import discover
from kvlint.evaluate.resources import Deployment
from kvlint.findings import Finding
from kvlint.graph.facts import SuppressionNote
from kvlint.graph.graph import Graph
from kvlint.graph.references import count_references
from kvlint.linking import link
from kvlint.parsing import Parsed, parse
from kvlint.result import RunResult
from kvlint.source import Span
from kvlint.suppress import ProblemKind, apply

if TYPE_CHECKING:
    from kvlint.bicepcli.opinion import Opinion

#: Deeply nested input is refused by the readers long before this many calls.
_RECURSION_LIMIT = 6_000
#: No program but kvlint itself.
NATIVE = BicepOptions()
#: How many further uses of one wrong text a finding spells out.
_MAX_OTHERS = 3


def analyse(
    paths: Sequence[Path],
    root: Path,
    *,
    focus: set[str] | None = None,
    select: Callable[[str], bool] = lambda check_id: True,
    bicep: BicepOptions = NATIVE,
) -> RunResult:
    """Analyse the files under ``paths``; findings name them relative to ``root``.

    With ``focus`` only findings with an end in those files are reported. ``select`` tells
    which checks run, by id. ``bicep`` tells whether the Bicep CLI is a second reader.
    """
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
    collecting = gc.isenabled()
    gc.disable()  # trees and values live until the end of the run: there is nothing to collect
    try:
        return _analyse(paths, root.resolve(), focus, select, bicep)
    finally:
        sys.setrecursionlimit(limit)
        if collecting:
            gc.enable()


def _analyse(
    paths: Sequence[Path],
    root: Path,
    focus: set[str] | None,
    select: Callable[[str], bool],
    bicep: BicepOptions,
) -> RunResult:
    parsed = parse(discover(paths, root))
    opinion = _second_opinion(parsed, root, bicep)
    facts, deployments = link(parsed, root, bicep.module_cache)
    if opinion is not None:
        facts.bicep_rejections = opinion.rejections
    graph = Graph(facts)
    checks = all_checks()
    result = RunResult([check.info for check in checks], files=parsed.kinds)
    result.notes = opinion.notes if opinion is not None else []
    result.failures = sorted(parsed.failures, key=lambda failure: (failure.path, failure.message))
    found = _run((check for check in checks if not check.info.about_suppressions), graph, deployments)
    known = {check.info.id for check in checks}
    ran = {check_id for check_id in known if select(check_id)}
    asked = opinion is not None and opinion.complete
    settled = ran - {check.info.id for check in checks if check.info.needs_bicep_cli and not asked}
    applied = apply([one for one in found if one.check.id in ran], parsed.comments, known, ran_ids=settled)
    facts.suppressions = [
        SuppressionNote(problem.span, problem.kind is ProblemKind.UNUSED, problem.message)
        for problem in applied.extra
    ]
    about = _run((check for check in checks if check.info.about_suppressions), graph, deployments)
    second = apply([one for one in about if one.check.id in ran], parsed.comments, known, ran_ids=ran)
    result.findings = sorted(
        (one for one in (*applied.kept, *second.kept) if focus is None or _touches(one, focus)), key=_order
    )
    result.suppressed = sorted((*applied.suppressed, *second.suppressed), key=_order)
    references = count_references(graph)
    result.proven, result.broken = references.proven, references.broken
    result.unresolved = references.unresolved
    return result


def _second_opinion(parsed: Parsed, root: Path, bicep: BicepOptions) -> Opinion | None:
    """What the Bicep CLI says of the Bicep files, where it is to be asked."""
    if bicep.mode is BicepMode.NATIVE or not parsed.bicep:
        return None
    from kvlint.bicepcli.opinion import second_opinion

    return second_opinion(parsed, root, bicep)


def _run(checks: Iterable[Check], graph: Graph, deployments: Sequence[Deployment]) -> list[Finding]:
    """The findings of checks; one defect that several deployments show is one finding."""
    variants: dict[tuple[object, str], set[Deployment]] = {}
    for deployment in deployments:
        variants.setdefault((deployment.language, deployment.root), set()).add(deployment)
    merged: dict[tuple[str, int, int, int], Finding] = {}
    others: dict[int, set[str]] = {}
    for check in checks:
        for finding in check.find(graph):
            _place_in_set(finding)
            span = finding.span
            key = (finding.check.id, id(span.source), span.start, span.end)
            known = merged.setdefault(key, finding)
            known.deployments |= finding.deployments
            known.level = max(known.level, finding.level)
            if finding.message != known.message:
                others.setdefault(id(known), set()).add(finding.message)
    for finding in merged.values():
        _name_deployments(finding, variants)
        _name_others(finding, others.get(id(finding), set()))
    return list(merged.values())


def _place_in_set(finding: Finding) -> None:
    """Show what stands in a module out of a registry where the set brings the module in."""
    finding.span = _in_set(finding.span)
    for related in finding.related:
        related.span = _in_set(related.span)
    finding.steps = tuple(step for step in finding.steps if step.span.source.stands_for is None)


def _in_set(span: Span) -> Span:
    while span.source.stands_for is not None:
        span = span.source.stands_for
    return span


def _name_others(finding: Finding, messages: set[str]) -> None:
    """One text that is wrong in several uses is one finding; the further uses are told."""
    shown = sorted(messages)[:_MAX_OTHERS]
    finding.notes.extend(f"the same text: {message}" for message in shown)
    if len(messages) > len(shown):
        finding.notes.append(f"and {len(messages) - len(shown)} more uses of the same text")


def _name_deployments(finding: Finding, variants: dict[tuple[object, str], set[Deployment]]) -> None:
    """Say so where a finding holds in some of the deployments of a root only."""
    missing: set[Deployment] = set()
    for one in finding.deployments:
        missing |= variants.get((one.language, one.root), set()) - finding.deployments
    if missing:
        names = sorted(str(one) for one in finding.deployments if one.variant)
        finding.notes.append(f"this holds only in the deployment with {', '.join(names)}")


def _touches(finding: Finding, focus: set[str]) -> bool:
    places = [
        finding.span,
        *(related.span for related in finding.related),
        *(step.span for step in finding.steps),
    ]
    return any(place.path in focus for place in places)


def _order(finding: Finding) -> tuple[object, ...]:
    return finding.span.path, finding.span.start, finding.check.id, finding.span.end, finding.message
