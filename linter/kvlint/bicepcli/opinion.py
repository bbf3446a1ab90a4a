"""The compiler's answers beside those of kvlint's own reader."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from kvlint.bicepcli.child import CliError
from kvlint.bicepcli.compiler import Compiler, Verdict
from kvlint.bicepcli.options import BicepOptions
from kvlint.bicepcli.program import find_program
from kvlint.graph.facts import BicepRejection
from kvlint.parsing import Parsed, hide
from kvlint.redact import MASK
from kvlint.source import Source
from kvlint.syntax.bicep_tree import BicepFile


@dataclass(slots=True, eq=False)
class Opinion:
    """What came of asking: rejected files that kvlint reads, and what did not work.

    ``compiler`` can be asked for more; there is none where no program was found, or one that
    does not even tell its version, which is the ``failure`` then.
    """

    rejections: list[BicepRejection] = field(default_factory=list)
    compiler: Compiler | None = None
    failure: str = ""

    @property
    def notes(self) -> list[str]:
        """What did not work, up to now."""
        if self.compiler is not None:
            return self.compiler.notes
        return [self.failure] if self.failure else []

    @property
    def complete(self) -> bool:
        """Whether every file was judged, as far as is known."""
        return self.compiler is not None and not self.notes


def second_opinion(parsed: Parsed, root: Path, options: BicepOptions) -> Opinion:
    """Ask the compiler about the Bicep files of a run; ``root`` is what their paths start from.

    A file that it takes although kvlint's reader found a mistake keeps that as a note only:
    ``parsed`` is changed accordingly.
    """
    opinion = Opinion()
    try:
        program = find_program(root)
    except CliError as error:
        opinion.failure = f"the Bicep CLI failed: {error}"
        return opinion
    if program is None:
        return opinion
    compiler = opinion.compiler = Compiler(program, options.time, restore=options.restore)
    # What kvlint could not read comes first, should the time run out.
    doubtful_first = sorted(parsed.bicep, key=lambda tree: not tree.problems)
    trees = {Path(os.path.normpath(root / tree.source.path)): tree for tree in doubtful_first}
    verdicts = compiler.judge(trees)
    for path, tree in trees.items():
        verdict = verdicts.get(path)
        if verdict is None:
            continue
        if tree.problems:
            if verdict.rejection is None and not tree.problems[0].refused:
                _accept(parsed, tree)
        elif verdict.rejection is not None:
            opinion.rejections.append(_rejection(verdict, tree))
    return opinion


def _accept(parsed: Parsed, tree: BicepFile) -> None:
    """Lower what was reported of a file to a doubt about kvlint's reader."""
    for problem in parsed.problems:
        if problem.span.source is tree.source:
            problem.accepted = True
    parsed.failures = [
        failure
        for failure in parsed.failures
        if failure.span is None or failure.span.source is not tree.source
    ]


def _rejection(verdict: Verdict, tree: BicepFile) -> BicepRejection:
    found = verdict.rejection
    assert found is not None  # noqa: S101  # asked before
    span = found.span(tree.source)
    hide(span)
    return BicepRejection(span, found.code, _without_secrets(found.message, tree.source), found.link)


def _without_secrets(message: str, source: Source) -> str:
    """A message with the secrets of a source masked, however plain they are.

    The compiler quotes a text by its type, which is the text itself in single quotes.
    """
    for start, end in source.secrets:
        value = source.text[start:end].strip().strip("'")
        if value:
            message = message.replace(f"'{value}'", f"'{MASK}'")
    return message
