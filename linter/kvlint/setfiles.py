"""Files of the analysed set that discovery left out, read when something leads to them."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from posixpath import join

from kvlint.discover import DiscoveredFile, read_source, shown_path
from kvlint.result import ParseFailure
from kvlint.source import Source

#: A larger file, in bytes, is not read when a module call or ``file()`` leads to it.
_MAX_FILE = 1_000_000


class SetFiles:
    """The files below the analysed root. Nothing outside of it is ever read."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def read(self, folder: str, path: str) -> str | None:
        """The text of a file relative to a folder of the set."""
        place = self._file(join(folder, path))
        try:
            return place.read_bytes().decode() if place is not None else None
        except (OSError, UnicodeDecodeError):
            return None

    def source(self, path: str) -> Source | ParseFailure | None:
        """A file as a source; ``None`` where there is none, or none that may be read."""
        place = self._file(path)
        return None if place is None else read_source(DiscoveredFile(place, path, None, False))

    def folder(self, path: str) -> str | None:
        """A folder as findings name it, with links resolved; ``None`` outside the root."""
        place = self._inside(path)
        if place is None:
            return None
        real = shown_path(place, self._root)
        return "" if real == "." else real

    def names_in(self, path: str) -> list[str]:
        """The names in a folder, sorted."""
        place = self._inside(path)
        try:
            return sorted(os.listdir(place)) if place is not None else []
        except OSError:
            return []

    def _file(self, path: str) -> Path | None:
        """A file of the set that is not too large, with links resolved."""
        place = self._inside(path)
        try:
            status = place.stat() if place is not None else None
        except OSError:
            return None
        if status is None or not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_FILE:
            return None
        return place

    def _inside(self, path: str) -> Path | None:
        try:
            place = (self._root / path).resolve()
        except (OSError, ValueError, RuntimeError):
            return None
        return place if place.is_relative_to(self._root) else None
