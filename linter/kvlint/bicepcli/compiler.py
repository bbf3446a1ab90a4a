"""The Bicep compiler as kvlint asks it: which of these files it takes.

Files that reach nothing outside of the set go to one JSON-RPC server, which always restores;
the others to ``build --no-restore``, many in one call where the version can, else one by one.
What is compiled goes to standard output or a temporary folder, never beside a source.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kvlint.bicepcli.child import Child, CliError, Completed, TookTooLongError
from kvlint.bicepcli.diagnostics import Diagnostic, clean, from_entry, from_lines
from kvlint.bicepcli.options import Limits
from kvlint.bicepcli.program import Program, said
from kvlint.bicepcli.protocol import Session
from kvlint.bicepcli.reach import self_contained
from kvlint.syntax.bicep_tree import BicepFile

_TEMPLATE, _PARAMETERS = ".bicep", ".bicepparam"


@dataclass(slots=True, frozen=True)
class Verdict:
    """What the compiler says of a file: its first error that is the file's own, if any."""

    rejection: Diagnostic | None = None


class Compiler:
    """A Bicep CLI for one run. It never raises: what fails is told in :attr:`notes`, once."""

    def __init__(self, program: Program, limits: Limits, *, restore: bool = False) -> None:
        self._program = program
        self._limits = limits
        self._restore = restore
        self._end = time.monotonic() + limits.total
        self._broken = False
        #: At most one sentence on what it did not do.
        self.notes: list[str] = []

    def judge(self, trees: Mapping[Path, BicepFile]) -> dict[Path, Verdict]:
        """What it says of files, by absolute path; nothing of those it could not judge.

        They are asked about in the order given.
        """
        # On Linux and macOS the program refuses such paths; a "*" would be a pattern.
        waiting = {path: tree for path, tree in trees.items() if not (os.sep == "/" and "\\" in str(path))}
        verdicts: dict[Path, Verdict] = {}
        if self._broken or not waiting:
            return verdicts
        try:
            with _folder() as folder:
                self._serve(waiting, folder, verdicts)
                self._build_many([path for path in waiting if path not in verdicts], folder, verdicts)
                for path in [path for path in waiting if path not in verdicts]:
                    self._build_one(path, folder, verdicts)
        except TookTooLongError as error:
            left = len(trees) - len(verdicts)
            self._give_up(f"{error}; {left} of {len(trees)} Bicep files were read by kvlint alone")
        except CliError as error:
            self._give_up(str(error))
        return verdicts

    # JSON-RPC

    def _serve(self, trees: Mapping[Path, BicepFile], folder: Path, verdicts: dict[Path, Verdict]) -> None:
        if not self._program.serves:
            return
        allowed = trees.keys() if self._restore else self_contained(trees)
        paths = [path for path in trees if path in allowed]
        if not paths:
            return
        command = (*self._program.command, "jsonrpc", "--stdio")
        environment = self._program.environment(restore=self._restore)
        with Child(command, folder, environment, talks=True) as child:
            session = Session(child)
            for path in paths:
                deadline = self._deadline()
                try:
                    answer = session.request("bicep/compile", {"path": str(path)}, deadline)
                except TookTooLongError:
                    raise
                except CliError as error:
                    words = child.last_words()
                    raise CliError(f"{error}{said(words)}") from error
                if isinstance(answer, dict) and isinstance(answer.get("diagnostics"), list):
                    entries = (from_entry(entry, str(path)) for entry in answer["diagnostics"])
                    found = [entry for entry in entries if entry is not None]
                    self._decide(path, found, answer.get("success") is True, verdicts)

    # build

    def _build_many(self, paths: Sequence[Path], folder: Path, verdicts: dict[Path, Verdict]) -> None:
        templates = [path for path in paths if path.suffix == _TEMPLATE and "*" not in str(path)]
        if not self._program.takes_patterns or len(templates) < 2:
            return
        top = Path(os.path.commonpath([path.parent for path in templates]))
        output = folder / "out"
        output.mkdir()
        arguments = ("build", "--pattern", f"{top}/**/*{_TEMPLATE}", "--outdir", str(output))
        command = (*self._program.command, *arguments, *self._restoring())
        self._deadline()
        late: TookTooLongError | None = None
        with Child(command, folder, self._program.environment(restore=self._restore)) as child:
            try:
                child.finish(self._end)
            except TookTooLongError as error:
                late = error  # what it has done so far counts
            errors = child.errors
        by_file: dict[str, list[Diagnostic]] = {}
        for entry in from_lines(clean(errors)):
            by_file.setdefault(os.path.normcase(entry.path), []).append(entry)
        for path in templates:
            compiled = (output / path.relative_to(top)).with_suffix(".json").is_file()
            self._decide(path, by_file.get(os.path.normcase(path), []), compiled, verdicts)
        if late is not None:
            raise late

    def _build_one(self, path: Path, folder: Path, verdicts: dict[Path, Verdict]) -> None:
        done = self._run(self._build(path), folder)
        found = list(from_lines(clean(done.errors)))
        self._decide(path, found, done.status == 0, verdicts)
        if path not in verdicts and not any(entry.is_error for entry in found):
            self._note(f"it did not judge {path}{said(done.errors) or f' (exit status {done.status})'}")

    def _build(self, path: Path) -> tuple[str, ...]:
        verb = "build-params" if path.suffix == _PARAMETERS else "build"
        file = ("--file", str(path)) if self._program.through_azure else (str(path),)
        return (verb, *file, "--stdout", *self._restoring())

    def _restoring(self) -> tuple[str, ...]:
        return () if self._restore else ("--no-restore",)

    def _run(self, arguments: Sequence[str], folder: Path) -> Completed:
        return self._program.run(arguments, folder, self._deadline(), restore=self._restore)

    # Verdicts

    def _decide(
        self, path: Path, found: Iterable[Diagnostic], compiled: bool, verdicts: dict[Path, Verdict]
    ) -> None:
        """Take what was said under the file's own path; modules have theirs.

        A file that failed for other reasons than its own was read all the same. One that
        failed without a word remains open.
        """
        name = os.path.normcase(path)
        errors = [entry for entry in found if entry.is_error and os.path.normcase(entry.path) == name]
        rejections = [entry for entry in errors if entry.rejects]
        if rejections:
            verdicts[path] = Verdict(min(rejections, key=lambda entry: (entry.line, entry.column)))
        elif compiled or errors:
            verdicts[path] = Verdict()

    def _deadline(self) -> float:
        now = time.monotonic()
        if now >= self._end:
            raise TookTooLongError
        return min(now + self._limits.call, self._end)

    def _give_up(self, reason: str) -> None:
        self._broken = True
        self._note(reason)

    def _note(self, reason: str) -> None:
        if not self.notes:
            self.notes.append(f"the Bicep CLI ({self._program.command[0]}) failed: {reason}")


@contextmanager
def _folder() -> Iterator[Path]:
    """A temporary folder to run in and to compile to."""
    with tempfile.TemporaryDirectory(prefix="kvlint-", ignore_cleanup_errors=True) as name:
        yield Path(os.path.realpath(name))
