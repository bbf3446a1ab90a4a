"""Prints one table: cold start, whole runs on generated trees, and the readers alone.

Whole runs come first, before the readers are even imported: the peak memory of a child
includes that of its parent at the time of the fork.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.generate import write_tree
from benchmarks.table import Row, megabytes, milliseconds, print_table

SIZES = (100, 1_000, 10_000)
ROUNDS = 3


@dataclass(slots=True, frozen=True)
class Cost:
    """What a child process took: wall time in seconds, peak resident memory in bytes."""

    seconds: float
    memory: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure kvlint.")
    parser.add_argument("trees", nargs="*", type=Path, metavar="TREE", help="real trees to measure as well")
    parser.add_argument("--max-files", type=int, default=SIZES[-1], help="largest generated tree")
    options = parser.parse_args()
    sizes = [size for size in SIZES if size <= options.max_files]
    rows = [*_cold_start(), *_generated_trees(sizes), *_real_trees(options.trees)]

    from benchmarks.readers import reader_rows

    print_table([*rows, *reader_rows(options.trees, ROUNDS)])


# Child processes --------------------------------------------------------------------------------


def _cost(command: Sequence[str]) -> Cost:
    """Run a command to its end, its output thrown away.

    :raises SystemExit: if it fails.
    """
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None  # noqa: S101 - for the type checker
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode != 0:
        sys.exit(
            f"{' '.join(command)} failed ({process.returncode}): {complaint.decode(errors='replace')[-400:]}"
        )
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(seconds, usage.ru_maxrss * unit)


def _best(command: Sequence[str], rounds: int = ROUNDS) -> Cost:
    return min((_cost(command) for _ in range(rounds)), key=lambda cost: cost.seconds)


def _kvlint(tree: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "kvlint",
        "--quiet",
        "--bicep",
        "native",
        "--fail-on",
        "never",
        "--root",
        str(tree),
    ]


def _cold_start() -> Iterator[Row]:
    bare = _best([sys.executable, "-c", "pass"], 10)
    version = _best([sys.executable, "-m", "kvlint", "--version"], 10)
    yield Row("python -c pass", "", milliseconds(bare.seconds), megabytes(bare.memory))
    above = f"{milliseconds(version.seconds - bare.seconds)} above bare Python"
    yield Row("kvlint --version", "", milliseconds(version.seconds), megabytes(version.memory), above)


def _generated_trees(sizes: Sequence[int]) -> Iterator[Row]:
    checkov = shutil.which("checkov")
    previous: tuple[int, float] | None = None
    for count in sizes:
        with tempfile.TemporaryDirectory() as name:
            tree = Path(name)
            size = write_tree(tree, count)
            cost = _best(_kvlint(tree), 1 if count > 1_000 else ROUNDS)
            remark = ""
            if previous is not None:
                files, seconds = previous
                remark = f"x{cost.seconds / seconds:.1f} for x{count / files:.0f} files"
            previous = count, cost.seconds
            label = f"{count} files, {megabytes(size)}"
            yield Row(
                "kvlint, generated tree", label, f"{cost.seconds:.2f} s", megabytes(cost.memory), remark
            )
            if checkov:
                yield _checkov(checkov, tree, label)


def _real_trees(trees: Sequence[Path]) -> Iterator[Row]:
    checkov = shutil.which("checkov")
    for tree in trees:
        cost = _best(_kvlint(tree))
        yield Row("kvlint", tree.name, f"{cost.seconds:.2f} s", megabytes(cost.memory))
        if checkov:
            yield _checkov(checkov, tree, tree.name)


def _checkov(program: str, tree: Path, label: str) -> Row:
    cost = _cost([program, "--directory", str(tree), "--quiet", "--compact", "--soft-fail"])
    return Row("checkov, same tree", label, f"{cost.seconds:.2f} s", megabytes(cost.memory))


if __name__ == "__main__":
    main()
