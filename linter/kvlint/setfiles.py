"""Files of the analysed set that discovery left out, read when something leads to them."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from posixpath import join

from kvlint.checkouts import Checkouts
from kvlint.discover import DiscoveredFile, read_source, shown_path
from kvlint.result import ParseFailure
from kvlint.source import Source

#: A larger file, in bytes, is not read when a module call or ``file()`` leads to it.
_MAX_FILE = 1_000_000


class SetFiles:
    """The files of the checkouts of a run. Nothing outside of them is ever read."""

    def __init__(self, checkouts: Checkouts) -> None:
        self._checkouts = checkouts

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

    def name_of(self, path: str) -> str | None:
        """A file or folder as findings name it, with links resolved; ``None`` outside the checkouts."""
        place = self._checkouts.place(path)
        if place is None:
            return None
        real = shown_path(place, self._checkouts.root)
        return "" if real == "." else real

    def above(self, folder: str) -> str | None:
        """The folder above another one, ``None`` at the top of its checkout."""
        return self._checkouts.above(folder)

    def names_in(self, path: str) -> list[str]:
        """The names in a folder, sorted."""
        place = self._checkouts.place(path)
        try:
            return sorted(os.listdir(place)) if place is not None else []
        except OSError:
            return []

    def _file(self, path: str) -> Path | None:
        """A file of the set that is not too large, with links resolved."""
        place = self._checkouts.place(path)
        try:
            status = place.stat() if place is not None else None
        except OSError:
            return None
        if status is None or not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_FILE:
            return None
        return place
