"""Scenario trees: what a tree expects to be reported, and what is reported."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Container, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import fake_bicep
from kvlint.bicepcli.options import BicepMode, BicepOptions
from kvlint.configuration import NAME, Configuration, read_configuration
from kvlint.engine import analyse
from kvlint.result import RunResult

REPOSITORY = Path(__file__).resolve().parent.parent
TESTDATA = REPOSITORY / "testdata"

#: A check id, the path of a file in the tree, and a line: what has to agree exactly.
Mark = tuple[str, str, int]

_EXPECT = re.compile(r"(?:#|//|/\*)\s*expect:\s*(KV\d{3}(?:\s*,\s*KV\d{3})*)")


def scenario_folders() -> Iterator[Path]:
    """Every scenario under ``testdata``: a folder in ``KVnnn/bad`` or ``KVnnn/good``."""
    for folder in sorted(TESTDATA.glob("KV*/*/*")):
        if folder.is_dir():
            yield folder


def expected(root: Path) -> Counter[Mark]:
    """What the comments ``# expect: KVnnn`` and the file ``EXPECT`` of a tree ask for."""
    marks: Counter[Mark] = Counter()
    for path in sorted(root.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.name == "EXPECT":
            for line in filter(None, (line.partition("#")[0].strip() for line in text.splitlines())):
                place, check = line.split()
                where, _, line_number = place.rpartition(":")
                marks[check, where, int(line_number)] += 1
            continue
        for number, line in enumerate(text.split("\n"), 1):
            for found in _EXPECT.finditer(line):
                for check in re.split(r"\s*,\s*", found.group(1)):
                    marks[check, name, number] += 1
    return marks


def reported(result: RunResult, about: Container[str] = ()) -> Counter[Mark]:
    """What a run reports, at every level.

    Nearly every tree could do better in matters of hygiene; that counts only in those that are
    ``about`` such a check.
    """
    return Counter(
        (finding.check.id, finding.span.path, finding.span.first.line)
        for finding in result.findings
        if "hygiene" not in finding.check.tags or finding.check.id in about
    )


def run(root: Path, named: Path | None = None) -> RunResult:
    """Analyse a tree as if it were a repository of its own; ``named`` is how it is named, if not by ``root``.

    A file ``BICEP`` in it holds what the Bicep compiler prints of the tree's files; a file
    ``CONTEXT`` names the folders in it that only give facts. Its own ``kvlint.toml`` counts.
    """
    printed = root / "BICEP"
    if not printed.exists():
        beside = root / "CONTEXT"
        folders = beside.read_text(encoding="utf-8").split() if beside.exists() else []
        configured = read_configuration(root) if (root / NAME).exists() else Configuration()
        context = [root / folder for folder in folders]
        return analyse([named or root], root, context=context, external=configured.external)
    diagnostics: dict[str, list[str]] = {}
    for line in printed.read_text(encoding="utf-8").splitlines():
        diagnostics.setdefault(line.partition("(")[0], []).append(line)
    with TemporaryDirectory() as folder, mock.patch.dict(os.environ, {"PATH": folder}):
        fake_bicep.install(Path(folder), root.resolve(), diagnostics)
        return analyse([root], root, bicep=BicepOptions(BicepMode.CLI))


def difference(root: Path, result: RunResult) -> str:
    """What is missing and what is too much, in words; empty where all agree."""
    wanted = expected(root)
    got = reported(result, {root.parent.parent.name, *(mark[0] for mark in wanted)})
    messages = {(one.check.id, one.span.path, one.span.first.line): one.message for one in result.findings}
    lines = [f"missing:    {mark[1]}:{mark[2]} {mark[0]}" for mark in sorted((wanted - got).elements())]
    lines += [
        f"unexpected: {mark[1]}:{mark[2]} {mark[0]} {messages[mark]}"
        for mark in sorted((got - wanted).elements())
    ]
    return "\n".join(lines)
