"""Modules of a registry that ``bicep restore`` has put on this machine, or into the set itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import join

from kvlint.setfiles import SetFiles
from kvlint.source import Source
from kvlint.syntax.arm_json import member, plain_entries, text_of
from kvlint.syntax.expr import Expr
from kvlint.syntax.json import read_json

_PUBLIC = ("mcr.microsoft.com", "bicep/")
_REFERENCE = re.compile(r"br(?:/([^:]+))?:([^@]+?)(?::([^:@/]+)|@(sha256:[0-9a-f]+))\Z")
#: A compiled module that is larger, in bytes, is not read.
_MAX_MODULE = 10_000_000
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")


@dataclass(slots=True, frozen=True)
class _Settings:
    """What a ``bicepconfig.json`` says of modules: registry and path of each alias, and where the cache is.

    The cache is a folder of the set; one outside of it is nothing that a set may choose.
    """

    aliases: Mapping[str, tuple[str, str]]
    cache: str | None = None


class ModuleRegistry:
    """The module cache. ``cache`` is the user's own, ``None`` where none is to be read."""

    def __init__(self, files: SetFiles, cache: Path | None) -> None:
        self._files = files
        self._cache = cache
        self._known: dict[str, _Settings] = {}

    def text(self, folder: str, reference: str) -> str | None:
        """The compiled template of a module that a file in ``folder`` refers to, if it is there."""
        found = _REFERENCE.match(reference)
        if found is None:
            return None
        alias, path, tag, digest = found.groups()
        settings = self._settings(folder)
        if alias is None:
            registry, _, path = path.partition("/")
        else:
            known = settings.aliases.get(alias)
            if known is None:
                return None
            registry, prefix = known
            path = prefix + path
        place = _place(registry, path, tag, digest)
        if place is None:
            return None
        if settings.cache is not None:
            return self._files.read(settings.cache, place)
        return _read(self._cache / place) if self._cache is not None else None

    def _settings(self, folder: str) -> _Settings:
        """What the nearest ``bicepconfig.json`` says."""
        if folder not in self._known:
            source = self._files.source(join(folder, "bicepconfig.json"))
            above = self._files.above(folder)
            if source is None and above is not None:
                self._known[folder] = self._settings(above)
            else:
                root = read_json(source).root if isinstance(source, Source) else None
                self._known[folder] = _settings_in(folder, root)
        return self._known[folder]


def _settings_in(folder: str, root: Expr | None) -> _Settings:
    """What the tree of a ``bicepconfig.json`` says; it may have comments."""
    aliases = {"public": _PUBLIC}
    for name, item in plain_entries(member(member(root, "moduleAliases"), "br")):
        registry, path = (text_of(member(item.value, key)) for key in ("registry", "modulePath"))
        if registry is not None:
            aliases[name] = registry, f"{path}/" if path else ""
    cache = text_of(member(root, "cacheRootDirectory"))
    return _Settings(aliases, None if cache is None else join(folder, cache))


def _place(registry: str, path: str, tag: str | None, digest: str | None) -> str | None:
    """Where the compiler keeps a module: no name has a slash, a mask tells the capitals of a tag."""
    segments = [registry.lower().replace(":", "$"), *path.split("/")]
    if not all(_PLAIN.match(segment.replace("$", "")) for segment in segments):
        return None
    if tag is not None:
        mask = sum(1 << position for position, letter in enumerate(tag) if letter.isupper())
        version = f"{tag}${mask:x}" if mask else f"{tag}$"
    else:
        version = (digest or "").replace(":", "#")
    return "/".join(("br", segments[0], "$".join(segments[1:]), version, "main.json"))


def _read(path: Path) -> str | None:
    try:
        if path.stat().st_size > _MAX_MODULE:
            return None
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError):
        return None
