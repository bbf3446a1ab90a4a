"""Compares every ``NAME.bicep`` that has its compiled JSON beside it with that JSON.

Both are evaluated without inputs, with a literal for each parameter of a plain type, and with
what the Bicep files below their folder that call them (the tests of a module) give them.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.compiled.compare import TemplateComparison
from benchmarks.compiled.inputs import Inputs, callers_inputs, literal_inputs
from benchmarks.compiled.tally import Outcome, Tally
from kvlint.checkouts import Checkouts
from kvlint.evaluate.arm.from_json import template_of
from kvlint.evaluate.arm.instance import Run, TemplateInstance
from kvlint.evaluate.arm.place import first_place
from kvlint.evaluate.arm.template import Template
from kvlint.evaluate.resources import Deployment, Language
from kvlint.parsing import Parsed
from kvlint.source import Source
from kvlint.syntax.json import read_json
from kvlint.templates import TemplateLibrary

#: What the compiler's output is called, without the ``.bicep`` of its source.
_SUFFIXES = (".json", ".symbolicnames.json")
_RECURSION = 10_000


@dataclass(slots=True)
class Report:
    """What is printed of a checkout."""

    pairs: int = 0
    rounds: int = 0
    tally: Tally = field(default_factory=Tally)
    broken: list[str] = field(default_factory=list)


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compiled", description=__doc__)
    parser.add_argument("checkouts", nargs="+", type=Path, metavar="CHECKOUT")
    parser.add_argument("--only", default="", metavar="TEXT", help="pairs whose path has this in it")
    parser.add_argument("--show", type=int, default=100, help="print so many differences of each subject")
    parser.add_argument("--one-sided", type=int, default=0, help="and so many things that one side knows")
    parser.add_argument("--quick", action="store_true", help="leave out the inputs that tests give")
    options = parser.parse_args()
    sys.setrecursionlimit(_RECURSION)
    for checkout in options.checkouts:
        begin = time.perf_counter()
        report = compare_checkout(checkout.resolve(), options.only, quick=options.quick)
        print_report(checkout.name, report, options, time.perf_counter() - begin)


def compare_checkout(root: Path, only: str = "", *, quick: bool = False) -> Report:
    """Compare every pair of a checkout whose path has a text in it."""
    report = Report()
    library = TemplateLibrary(Parsed(), Checkouts(root), None)
    for path in sorted(root.rglob("*.bicep")):
        shown = path.relative_to(root).as_posix()
        outputs = [path.with_name(path.stem + suffix) for suffix in _SUFFIXES]
        if only not in shown or not any(output.is_file() for output in outputs):
            continue
        for output in outputs:
            if output.is_file():
                _compare_pair(report, library, root, shown, output, quick=quick)
    return report


def _compare_pair(
    report: Report, library: TemplateLibrary, root: Path, shown: str, output: Path, *, quick: bool
) -> None:
    text = output.read_text("utf-8-sig")
    tree = read_json(Source(output.relative_to(root).as_posix(), text)).root
    bicep = library.at(shown)
    if tree is None or bicep is None:
        report.broken.append(shown)
        return
    compiled = template_of(Source(output.relative_to(root).as_posix(), text), tree)[0]
    raw = json.loads(text)
    report.pairs += 1
    for inputs in _rounds(bicep, library, root, quick=quick):
        report.rounds += 1
        tally = Tally()
        source, target = (_instance(one, library, shown, inputs) for one in (bicep, compiled))
        place = f"{output.relative_to(root).as_posix()} [{inputs.name}]"
        TemplateComparison(tally).run(source, target, raw, place)
        report.tally.merge(tally)


def _rounds(bicep: Template, library: TemplateLibrary, root: Path, *, quick: bool) -> Iterator[Inputs]:
    yield Inputs("no inputs", {})
    literal = literal_inputs(bicep)
    if literal.values:
        yield literal
    if not quick:
        yield from callers_inputs(bicep, library, root)


def _instance(template: Template, library: TemplateLibrary, path: str, inputs: Inputs) -> TemplateInstance:
    # One deployment for both sides: what is chosen when deploying is then the same on both.
    deployment = Deployment(Language.BICEP, path)
    run = Run(deployment, library)
    return TemplateInstance(template, run, first_place(template.scope, deployment), inputs)


def print_report(name: str, report: Report, options: argparse.Namespace, seconds: float) -> None:
    """Print the table of a checkout, and its differences by subject."""
    tally = report.tally
    print(f"{name}: {report.pairs} pairs, {report.rounds} evaluations of each, {seconds:.0f} s")
    print(f"{'':26}" + "".join(f"{outcome.value:>27}" for outcome in Outcome))
    for subject, counts in tally.counts.items():
        print(f"{subject:26}" + "".join(f"{counts[outcome]:>27}" for outcome in Outcome))
    for reason, count in tally.left_out.items():
        print(f"left out: {count} {reason}")
    for path in report.broken:
        print(f"cannot be read: {path}")
    for found, shown in ((tally.differences, options.show), (tally.one_sided, options.one_sided)):
        seen: Counter[str] = Counter()
        for difference in found:
            seen[difference.subject] += 1
            if seen[difference.subject] <= shown:
                print(difference)


if __name__ == "__main__":
    main()
