"""The speed of the readers alone, in this process."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import yaml

from benchmarks.generate import bicep_text, terraform_text, yaml_text
from benchmarks.table import Row, megabytes
from kvlint.discover import discover, read_source
from kvlint.source import Source
from kvlint.syntax.bicep import read_bicep
from kvlint.syntax.hcl import read_hcl
from kvlint.syntax.json import read_json
from kvlint.syntax.yaml import read_yaml


def reader_rows(trees: Sequence[Path], rounds: int) -> Iterator[Row]:
    """Each reader on generated text, and on the files of each tree."""
    documents = yaml_text(400)
    as_json = json.dumps(list(yaml.safe_load_all(documents)), indent=2)
    generated: tuple[tuple[str, Callable[[Source], object], str], ...] = (
        ("HCL reader", read_hcl, terraform_text(400)),
        ("Bicep reader", read_bicep, bicep_text(400)),
        ("YAML reader", read_yaml, documents),
        ("JSON reader", read_json, as_json),
    )
    for what, read, text in generated:
        yield _row(what, read, [Source("generated", text)], "generated", rounds)
    for tree in trees:
        sources = _sources(tree)
        for what, read, suffixes in (
            ("HCL reader", read_hcl, (".tf", ".tfvars")),
            ("Bicep reader", read_bicep, (".bicep", ".bicepparam")),
            ("YAML reader", read_yaml, (".yaml", ".yml")),
            ("JSON reader", read_json, (".json",)),
        ):
            chosen = [source for source in sources if source.path.endswith(suffixes)]
            if chosen:
                yield _row(what, read, chosen, tree.name, rounds)


def _sources(tree: Path) -> list[Source]:
    read = (read_source(file) for file in discover([tree], tree).files)
    return [source for source in read if isinstance(source, Source)]


def _row(
    what: str, read: Callable[[Source], object], sources: Sequence[Source], label: str, rounds: int
) -> Row:
    size = sum(len(source.text.encode()) for source in sources)
    best = float("inf")
    for _ in range(rounds):
        fresh = [Source(source.path, source.text) for source in sources]
        begin = time.perf_counter()
        for source in fresh:
            read(source)
        best = min(best, time.perf_counter() - begin)
    return Row(what, f"{label}, {megabytes(size)}", f"{best:.2f} s", "", f"{size / best / 1e6:.2f} MB/s")
