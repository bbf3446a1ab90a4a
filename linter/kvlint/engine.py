"""One run: discover, parse, evaluate, link, check, and what the user wants to hear of it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kvlint.bicepcli.options import BicepMode, BicepOptions
from kvlint.checkouts import Checkouts
from kvlint.checks import Check, all_checks
from kvlint.declarations import Declaration
from kvlint.evaluate.resources import Deployment
from kvlint.findings import Finding, Related
from kvlint.graph.access import Proof
from kvlint.graph.facts import SuppressionNote
from kvlint.graph.graph import Graph
from kvlint.graph.references import count_references
from kvlint.graph.trace import consumers, traces
from kvlint.linking import link
from kvlint.parsing import Parsed, parse
from kvlint.result import RunResult, Trace
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
#: How many files of the context that could not be read are named.
_MAX_UNREAD = 3


def analyse(
    paths: Sequence[Path],
    root: Path,
    *,
    focus: set[str] | None = None,
    select: Callable[[str], bool] = lambda check_id: True,
    bicep: BicepOptions = NATIVE,
    context: Sequence[Path] = (),
    external: Sequence[Declaration] = (),
) -> RunResult:
    """Analyse the files under ``paths``; findings name them relative to ``root``.

    With ``focus`` only findings with an end in those files are reported. ``select`` tells
    which checks run, by id. ``bicep`` tells whether the Bicep CLI is a second reader. What
    the folders of the ``context`` deploy is known too, and nothing is reported in them; so is
    what is declared as ``external``.
    """
    with _room():
        return _analyse(paths, Checkouts(root, paths, context), focus, select, bicep, external)


def consumer_traces(
    paths: Sequence[Path],
    root: Path,
    name: str,
    *,
    bicep: BicepOptions = NATIVE,
    context: Sequence[Path] = (),
    external: Sequence[Declaration] = (),
) -> tuple[list[Trace], list[str]]:
    """The chains of every consumer of a name, and the names of all consumers."""
    with _room():
        checkouts = Checkouts(root, paths, context)
        analysed, beside = checkouts.discover(paths)
        parsed = parse(analysed)
        parsed.add_context(parse(beside))
        graph = Graph(link(parsed, checkouts, bicep.module_cache, external)[0])
        return traces(graph, name), consumers(graph)


@contextmanager
def _room() -> Iterator[None]:
    """Room for deep calls, and no collection of garbage."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
    collecting = gc.isenabled()
    gc.disable()  # trees and values live until the end of the run: there is nothing to collect
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        if collecting:
            gc.enable()


def _analyse(
    paths: Sequence[Path],
    checkouts: Checkouts,
    focus: set[str] | None,
    select: Callable[[str], bool],
    bicep: BicepOptions,
    external: Sequence[Declaration],
) -> RunResult:
    analysed, context = checkouts.discover(paths)
    parsed = parse(analysed)
    opinion = _second_opinion(parsed, checkouts.root, bicep)
    parsed.add_context(parse(context))
    facts, deployments = link(parsed, checkouts, bicep.module_cache, external)
    if opinion is not None:
        facts.bicep_rejections = opinion.rejections
    graph = Graph(facts)
    declared = {one.span.path for one in external}
    checks = all_checks()
    result = RunResult([check.info for check in checks], files=parsed.kinds)
    result.failures = sorted(parsed.failures, key=lambda failure: (failure.path, failure.message))
    result.notes = [
        *(opinion.notes if opinion is not None else ()),
        *_move_unread_context(result, checkouts),
    ]
    found = _run((check for check in checks if not check.info.about_suppressions), graph, deployments)
    found = list(_reported(found, graph, checkouts, declared))
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
    about = list(_reported(about, graph, checkouts, declared))
    second = apply([one for one in about if one.check.id in ran], parsed.comments, known, ran_ids=ran)
    result.findings = sorted(
        (one for one in (*applied.kept, *second.kept) if focus is None or _touches(one, focus)), key=_order
    )
    result.suppressed = sorted((*applied.suppressed, *second.suppressed), key=_order)
    references = count_references(graph, lambda span: not checkouts.is_context(span.path))
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


def _reported(
    findings: Iterable[Finding], graph: Graph, checkouts: Checkouts, declared: Container[str]
) -> Iterator[Finding]:
    """The findings in what is analysed, and what is broken there by what lies elsewhere.

    That is the context, and the files that declare facts.
    """
    broken: dict[Span, Span] | None = None
    told: set[tuple[str, Span]] = set()
    for finding in findings:
        roots = [deployment.root for deployment in finding.deployments]
        path = finding.span.path
        if path not in declared and checkouts.is_reported(path, roots):
            yield finding
            continue
        if broken is None:
            broken = _broken_reads(graph, checkouts)
        places = [related.span for related in finding.related]
        seat = next((broken[place] for place in (*places, finding.span) if place in broken), None)
        if seat is not None and (finding.check.id, seat) not in told:
            told.add((finding.check.id, seat))
            yield _seated(finding, seat)


def _broken_reads(graph: Graph, checkouts: Checkouts) -> dict[Span, Span]:
    """Where what is analysed reads a vault that it surely may not read, by that place and its causes."""
    found: dict[Span, Span] = {}
    for read in graph.facts.vault_reads:
        answer = graph.access.answer(read)
        works = answer.proof in (Proof.GRANTED, Proof.UNKNOWN)
        if works or not checkouts.is_reported(read.span.path, [read.deployment.root]):
            continue
        found[read.span] = read.span
        for grant in answer.grants:
            for place in (grant.span, grant.principal_span, grant.role_span):
                if place is not None:
                    found.setdefault(place, read.span)
    return found


def _seated(finding: Finding, seat: Span) -> Finding:
    """A defect elsewhere, told where it breaks something that is analysed."""
    others = [one for one in finding.related if one.span != seat]
    cause = Related(finding.span, finding.label)
    return replace(finding, span=seat, label="read in vain", related=[cause, *others], steps=())


def _move_unread_context(result: RunResult, checkouts: Checkouts) -> list[str]:
    """Take the files of the context out of what could not be read; a note tells of them instead."""
    unread = [failure for failure in result.failures if checkouts.is_context(failure.path)]
    if not unread:
        return []
    result.failures = [failure for failure in result.failures if failure not in unread]
    named = [str(failure.span or failure.path) for failure in unread[:_MAX_UNREAD]]
    if len(unread) > _MAX_UNREAD:
        named.append(f"and {len(unread) - _MAX_UNREAD} more")
    return [f"could not be read in the context: {', '.join(named)}"]


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
