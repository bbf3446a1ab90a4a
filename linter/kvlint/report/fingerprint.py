"""Marks that recognise a finding again in a later run, when lines have moved.

None of them holds a secret: they hash the words of a finding or, as GitHub does, the
source text around it down to 64 bits with a place in it.
"""

from __future__ import annotations

import hashlib
import re
from array import array

from kvlint.findings import Finding
from kvlint.redact import redact_text

_BLOCK = 100
_BASE = 37
_MODULUS = 1 << 64
_END = "\uffff"
_LINE_END = re.compile(r"\r\n|\r")
_SKIPPED = str.maketrans("", "", " \t")


def fingerprint(finding: Finding) -> str:
    """32 hexadecimal digits over check, subject and path; the same for equal defects of one file."""
    parts = (finding.check.id, redact_text(finding.subject), finding.span.path)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


class LineHashes:
    """GitHub's ``primaryLocationLineHash`` for the lines of a text.

    GitHub hashes, for each line, the first 100 UTF-16 code units from its start on, without
    spaces and tabs and with every line end as LF, and appends which occurrence of that hash
    in the file it is. Two equal blocks have equal hashes, so blocks are compared here and
    only the lines that are asked for are hashed.
    """

    def __init__(self, text: str) -> None:
        units = _utf16(_LINE_END.sub("\n", text).translate(_SKIPPED))
        padded = units + _END + "\0" * (_BLOCK - 1)
        starts = [0]
        while found := units.find("\n", starts[-1]) + 1:
            starts.append(found)
        #: The block at the start of each line, and how often it occurred up to there.
        self._blocks: list[tuple[str, int]] = []
        seen: dict[str, int] = {}
        for start in starts:
            block = padded[start : start + _BLOCK]
            seen[block] = seen.get(block, 0) + 1
            self._blocks.append((block, seen[block]))

    def __len__(self) -> int:
        return len(self._blocks)

    def line(self, number: int) -> str:
        """The hash of a line, counted from 1; that of the last line past the end."""
        block, occurrence = self._blocks[min(max(number, 1), len(self._blocks)) - 1]
        value = 0
        for unit in block:
            value = (value * _BASE + ord(unit)) % _MODULUS
        return f"{value:x}:{occurrence}"


def _utf16(text: str) -> str:
    """One character a UTF-16 code unit."""
    if not text or max(text) < "\U00010000":
        return text
    return "".join(
        map(chr, array("H", text.encode("utf-16-le" if _LITTLE else "utf-16-be", "surrogatepass")))
    )


_LITTLE = array("H", b"\1\0")[0] == 1
