"""The folders that a run reads: what is analysed, and checkouts that only give facts.

All paths are named relative to the analysed root, so that two files never share a name: one of
another checkout begins with ``../``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from posixpath import dirname

from kvlint.discover import Discovery, discover, shown_path
from kvlint.ignorefiles import repository_top


class Checkouts:
    """The analysed root and the checkouts around the folders of the context.

    ``analysed`` are the paths to report on, ``context`` the folders that only give facts. Where
    one lies in the other, the inner one tells what a file is. Links and module sources never
    lead from one checkout into another, except for a relative path that is written like that.
    """

    def __init__(self, root: Path, analysed: Sequence[Path] = (), context: Sequence[Path] = ()) -> None:
        self.root = Path(os.path.realpath(root))
        self._analysed = [Path(os.path.realpath(path)) for path in analysed] or [self.root]
        self._context = [Path(os.path.realpath(folder)) for folder in context]
        self._tops = sorted(
            {self.root, *map(self._top_around, self._context)}, key=lambda top: -len(top.parts)
        )
        self._shown_tops = {"" if top == self.root else shown_path(top, self.root) for top in self._tops}
        self._answers: dict[str, bool | None] = {}

    def _top_around(self, folder: Path) -> Path:
        """The checkout that a folder of the context lies in: its repository, never more than is needed."""
        if folder.is_relative_to(self.root):
            return self.root
        top = repository_top(folder)
        return folder if top is None or self.root.is_relative_to(top) else top

    # --- What is reported -----------------------------------------------------------------

    def is_context(self, path: str) -> bool:
        """Whether a file or folder only gives facts: nothing is reported in it."""
        return self._is_context(path) is True

    def is_reported(self, path: str, roots: Iterable[str]) -> bool:
        """Whether what is found in a file is reported; ``roots`` are the deployments it is found in.

        A module that neither lies in the context nor was named belongs to whoever calls it.
        """
        answer = self._is_context(path)
        if answer is not None:
            return not answer
        callers = [self.is_context(root) for root in roots]
        return not callers or not all(callers)

    def _is_context(self, path: str) -> bool | None:
        """The same with ``None`` for a file of the root that neither was named nor is context."""
        if not self._context:
            return False
        if path not in self._answers:
            place = Path(os.path.normpath(self.root / path))
            ours, theirs = _depth(place, self._analysed), _depth(place, self._context)
            if ours or theirs:
                self._answers[path] = theirs > ours
            else:
                self._answers[path] = True if self._top_of(place) != self.root else None
        return self._answers[path]

    # --- What is read ---------------------------------------------------------------------

    def discover(self, paths: Sequence[Path]) -> tuple[Discovery, Discovery]:
        """The files to analyse, and those of the context."""
        found = discover(paths, self.root)
        if not self._context:
            return found, Discovery()
        around: dict[str, Discovery] = {}
        for folder in self._context:
            around[str(folder)] = discover([folder], self.root, within=self._top_of(folder))
        return self._part([found], context=False), self._part(around.values(), context=True)

    def _part(self, discoveries: Iterable[Discovery], *, context: bool) -> Discovery:
        """The files of discoveries that are context, or that are not, each of them once."""
        files = {file.shown: file for one in discoveries for file in one.files}
        problems = {problem.path: problem for one in discoveries for problem in one.problems}
        return Discovery(
            [files[path] for path in sorted(files) if self.is_context(path) is context],
            [problems[path] for path in sorted(problems) if self.is_context(path) is context],
        )

    def place(self, path: str) -> Path | None:
        """Where a path leads, with links resolved; ``None`` where that is not in its own checkout."""
        try:
            top = self._top_of(Path(os.path.normpath(self.root / path)))
            place = (self.root / path).resolve()
        except (OSError, ValueError, RuntimeError):
            return None
        return place if top is not None and place.is_relative_to(top) else None

    def above(self, folder: str) -> str | None:
        """The folder above another one, ``None`` at the top of a checkout."""
        above = dirname(folder)
        return None if folder in self._shown_tops or above == folder else above

    def _top_of(self, place: Path) -> Path | None:
        return next((top for top in self._tops if place.is_relative_to(top)), None)


def _depth(place: Path, folders: Iterable[Path]) -> int:
    """How deep the innermost of the folders around a place is, 0 where there is none."""
    return max((len(folder.parts) for folder in folders if place.is_relative_to(folder)), default=0)
