"""Which Bicep files the compiler can take without a look beyond the files of the set.

A program that always restores would fetch what a file names from any registry. So a file
counts as within reach only where every path in it is known and leads, over any number of
files, to nothing but files that were read here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from kvlint.syntax.bicep_tree import (
    BicepFile,
    BicepTest,
    Declaration,
    Extends,
    Extension,
    Import,
    Module,
    Using,
)
from kvlint.syntax.expr import Expr, Literal

#: A file that could not be read whole may hide any declaration that takes a path.
_TAKES_PATH = re.compile(r"\b(?:extends|extension|import|module|provider|test|using)\b")
#: A configuration that may name extensions in registries, in any spelling of JSON.
_EXTENSIONS = re.compile(rb"xtensions|\\u", re.IGNORECASE)


def self_contained(trees: Mapping[Path, BicepFile]) -> set[Path]:
    """The files, by absolute path, that need nothing but files of the same mapping."""
    users: dict[Path, list[Path]] = {}
    outside: list[Path] = []
    configured: dict[Path, bool] = {}
    for path, tree in trees.items():
        needed = None if _has_extensions(path.parent, configured) else _needed(path, tree)
        if needed is None or not all(one in trees for one in needed):
            outside.append(path)
        else:
            for one in needed:
                users.setdefault(one, []).append(path)
    reached = set(outside)
    while outside:
        for user in users.get(outside.pop(), ()):
            if user not in reached:
                reached.add(user)
                outside.append(user)
    return trees.keys() - reached


def _needed(path: Path, tree: BicepFile) -> list[Path] | None:
    """The Bicep files that a file names; ``None`` where it may name something else."""
    if tree.problems and _TAKES_PATH.search(tree.source.text):
        return None
    found = []
    for declaration in tree.declarations:
        if isinstance(declaration, Extension):
            return None
        for expression in _paths(declaration):
            text = expression.value if isinstance(expression, Literal) else None
            if not isinstance(text, str) or ":" in text or text.startswith(("br/", "ts/")):
                return None
            # An ARM template has no references that the compiler would follow.
            if not text.endswith((".json", ".jsonc")):
                found.append(Path(os.path.normpath(path.parent / text)))
    return found


def _paths(declaration: Declaration) -> Iterator[Expr]:
    if not isinstance(declaration, (Module, Import, Extends, BicepTest, Using)):
        return
    if declaration.path is not None:  # of "using none"
        yield declaration.path


def _has_extensions(folder: Path, known: dict[Path, bool]) -> bool:
    """Whether a ``bicepconfig.json`` here or above may name extensions."""
    if folder not in known:
        try:
            data = (folder / "bicepconfig.json").read_bytes()
        except FileNotFoundError:
            data = b""
        except OSError:
            data = b"extensions"  # nobody knows
        above = folder.parent
        known[folder] = bool(_EXTENSIONS.search(data)) or (above != folder and _has_extensions(above, known))
    return known[folder]
