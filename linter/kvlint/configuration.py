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

from kvlint.ignorefiles import repository_top

NAME = "kvlint.toml"
_BICEP = ("auto", "cli", "native")
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class ConfigurationError(Exception):
    """The configuration cannot be used; the text begins with the file and the line."""


@dataclass(slots=True, frozen=True)
class Configuration:
    """What is set. ``bicep`` is the second reader of Bicep files: ``auto``, ``cli`` or ``native``."""

    bicep: str = "auto"


def read_configuration(root: Path) -> Configuration:
    """The nearest ``kvlint.toml`` from the analysed root up to the top of its repository.

    :raises ConfigurationError: for a file that is no TOML, or sets something unknown.
    """
    top = repository_top(root) or root
    for folder in (root, *root.parents):
        file = folder / NAME
        if os.path.lexists(file):
            return _read(file)
        if folder == top:
            break
    return Configuration()


def _read(file: Path) -> Configuration:
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
    for key, value in values.items():
        place = f"{file}:{_line_of(key, text)}"
        if key != "bicep":
            raise ConfigurationError(f'{place}: unknown key "{key}"; the one that exists is "bicep"')
        if value not in _BICEP:
            raise ConfigurationError(f'{place}: "bicep" is one of "auto", "cli" and "native"')
    return Configuration(**values)


def _line_of(key: str, text: str) -> int:
    """The line, from 1, that sets a key of the top level; it may be a table, or quoted."""
    name = re.compile(rf"""\s*\[{{0,2}}\s*["']?{re.escape(key)}["']?\s*[=.\]]""")
    lines = text.split("\n")
    return next((number for number, line in enumerate(lines, 1) if name.match(line)), 1)
