"""``kvlint.toml``: what a repository sets for everyone who runs kvlint in it.

It holds nothing that gives leave to use the network: what is analysed may come from
strangers, and so may the file.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from kvlint.declarations import Declaration, DeclarationError, declarations
from kvlint.discover import shown_path
from kvlint.ignorefiles import repository_top
from kvlint.source import Source

NAME = "kvlint.toml"
_BICEP = ("auto", "cli", "native")
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class ConfigurationError(Exception):
    """The configuration cannot be used; the text begins with the file and the line."""


class ContextFolder(NamedTuple):
    """A folder of the context, and the place in the file that names it."""

    path: Path
    place: str


@dataclass(slots=True, frozen=True)
class Configuration:
    """What is set.

    ``bicep`` is the second reader of Bicep files: ``auto``, ``cli`` or ``native``. ``context``
    are folders to know the facts of, ``external`` what is declared to live elsewhere.
    """

    bicep: str = "auto"
    context: tuple[ContextFolder, ...] = ()
    external: tuple[Declaration, ...] = ()


def read_configuration(root: Path) -> Configuration:
    """The nearest ``kvlint.toml`` from the analysed root up to the top of its repository.

    :raises ConfigurationError: for a file that is no TOML, or sets something unknown.
    """
    top = repository_top(root) or root
    for folder in (root, *root.parents):
        file = folder / NAME
        if os.path.lexists(file):
            return _read(file, root)
        if folder == top:
            break
    return Configuration()


def _read(file: Path, root: Path) -> Configuration:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigurationError(f"{file}: {error.strerror or type(error).__name__}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: not valid UTF-8") from error
    try:
        values = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = _PLACE.search(message)
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        raise ConfigurationError(f"{file}:{line}: {_PLACE.sub('', message)}") from error
    for key in values:
        if key not in ("bicep", "context", "external"):
            raise ConfigurationError(
                f'{file}:{_line_of(key, text)}: unknown key "{key}";'
                ' those that exist are "bicep", "context" and "external"'
            )
    bicep = values.get("bicep", "auto")
    if bicep not in _BICEP:
        line = _line_of("bicep", text)
        raise ConfigurationError(f'{file}:{line}: "bicep" is one of "auto", "cli" and "native"')
    context = _context(values["context"], file, text) if "context" in values else ()
    external: tuple[Declaration, ...] = ()
    if "external" in values:
        try:
            external = declarations(values["external"], Source(shown_path(file, root), text))
        except DeclarationError as error:
            raise ConfigurationError(f"{file}:{error.line}: {error}") from error
    return Configuration(bicep, context, external)


def _context(value: object, file: Path, text: str) -> tuple[ContextFolder, ...]:
    """The folders of ``context``, which are told from the folder of the file."""
    place = f"{file}:{_line_of('context', text)}"
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise ConfigurationError(f'{place}: "context" is a list of folders')
    return tuple(ContextFolder(file.parent / one, place) for one in value)


def _line_of(key: str, text: str) -> int:
    """The line, from 1, that sets a key of the top level; it may be a table, or quoted."""
    name = re.compile(rf"""\s*\[{{0,2}}\s*["']?{re.escape(key)}["']?\s*[=.\]]""")
    lines = text.split("\n")
    return next((number for number, line in enumerate(lines, 1) if name.match(line)), 1)
