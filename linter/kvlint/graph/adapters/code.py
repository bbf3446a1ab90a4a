"""The code of apps, and what it says of their identities.

Only what says so itself links a folder to an app. Where two could be meant, nothing is linked;
what cannot be read may say anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename, dirname, normpath, splitext
from typing import Protocol

from kvlint.evaluate.values import alternatives, text_of
from kvlint.graph.adapters.builds import image_name
from kvlint.graph.adapters.code_links import written_text
from kvlint.graph.entities import App
from kvlint.graph.entities.code import AppCode, CodeLink, CodePlace, CredentialCall
from kvlint.graph.facts import Facts
from kvlint.result import ParseFailure
from kvlint.source import Source

#: A folder with more entries is not taken for the code of one app.
_MAX_ENTRIES = 4_000
_MAX_DEPTH = 16
#: Folders that hold no code of anybody, or that of others.
_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "venv", "env", "dist", "build"})
_TESTS = frozenset({"test", "tests", "testing"})
#: Folders whose Python files people run by hand.
_TOOLS = frozenset(
    {
        "deploy", "deployment", "docs", "evals", "evaluate", "evaluation", "examples", "infra", "infrastructure",
        "notebooks", "samples", "scripts", "terraform", "tools",
    }
)  # fmt: skip
#: Files that may set variables or start a program.
_SETTINGS = (".sh", ".env", ".toml", ".yaml", ".yml", ".ini", ".cfg", ".conf")
#: What a Dockerfile takes out of the folder, and not out of an earlier stage.
_COPY = re.compile(r"^[ \t]*(?:COPY|ADD)[ \t]+(?P<words>(?!.*--from)[^\n]+)", re.IGNORECASE | re.MULTILINE)
_CLIENT_ID = re.compile("azure_client_id", re.IGNORECASE)
#: What hosts start by themselves, by name.
_ENTRIES = frozenset(
    {
        "__init__", "__main__", "app", "application", "asgi", "function_app", "main", "manage", "run",
        "server", "worker", "wsgi",
    }
)  # fmt: skip


class Files(Protocol):
    """The files of the analysed set."""

    def names_in(self, path: str) -> list[str]:
        """The names in a folder, none where it is no folder."""

    def source(self, path: str) -> Source | ParseFailure | None:
        """A file, ``None`` where there is none or it is too large."""

    def name_of(self, path: str) -> str | None:
        """A path with links resolved, ``None`` outside the set."""


def complete(facts: Facts, files: Files) -> None:
    """Add the code of every app that exactly one folder is linked to."""
    if not facts.code_links:
        return
    found: dict[int, list[tuple[App, CodeLink, CodePlace]]] = {}
    placed = [(link, place) for link in facts.code_links if (place := _place(link, files)) is not None]
    for link, place in _unambiguous(placed):
        for app in _apps(link, facts.apps):
            found.setdefault(id(app), []).append((app, link, place))
    read: dict[tuple[CodePlace, frozenset[str]], AppCode] = {}
    for meant in found.values():
        app, link, place = min(meant, key=lambda one: (one[1].span.path, one[1].span.start))
        if any(other.folder != place.folder for _, _, other in meant):
            continue
        key = place, link.others
        if key not in read:
            read[key] = _Folder(place, link.others, files).code(app, link)
        code = read[key]
        facts.app_code.append(AppCode(app, link.span, code.calls, code.told))


def _place(link: CodeLink, files: Files) -> CodePlace | None:
    """The place that a link means: the only one whose Dockerfile is there."""
    there = [
        place
        for place in link.places
        if not place.required or isinstance(files.source(place.dockerfile), Source)
    ]
    return there[0] if len(there) == 1 else None


def _unambiguous(placed: Iterable[tuple[CodeLink, CodePlace]]) -> Iterator[tuple[CodeLink, CodePlace]]:
    """The links of folders that make one image only, and of images that are made of one folder only."""
    placed = list(placed)
    folders: dict[str, set[str]] = {}
    makers: dict[str, set[str]] = {}
    for link, place in placed:
        makers.setdefault(place.folder, set()).add(link.image or f"service {link.service}")
        if link.image:
            folders.setdefault(link.image, set()).add(place.folder)
    for link, place in placed:
        rivals = {one for one in makers[place.folder] if one.startswith("service ") is bool(link.service)}
        if len(rivals) == 1 and len(folders.get(link.image, ())) < 2:
            yield link, place


def _apps(link: CodeLink, apps: Iterable[App]) -> list[App]:
    """The app that a link means, in every deployment that has it."""
    if link.service:
        meant = [
            app
            for app in apps
            if app.kind is link.kind
            and text_of(app.service) == link.service
            and app.deployment.root in link.roots
        ]
    else:
        meant = [app for app in apps if link.image in _image_names(app)]
    # Roots side by side are environments, each with its own copy of the app.
    places = {(app.deployment.language, dirname(app.deployment.root)) for app in meant}
    once = len({app.deployment for app in meant}) == len(meant)
    return meant if len(places) == 1 and once else []


def _image_names(app: App) -> set[str | None]:
    return {image_name(written_text(one)) for image in app.images for one in alternatives(image)}


class _Folder:
    """The files of one folder of code."""

    def __init__(self, place: CodePlace, others: frozenset[str], files: Files) -> None:
        self._place = place
        self._files = files
        self._others = {folder for folder in others if folder != place.folder}
        self._left = _MAX_ENTRIES
        self._python: dict[str, Source] = {}
        self._settings: list[str] = []
        self._complete = True
        #: What the image is made of, ``None`` where no Dockerfile tells.
        self._copied: set[str] | None = None

    def code(self, app: App, link: CodeLink) -> AppCode:
        """What the code of the folder says; what cannot be read may tell anything."""
        code = AppCode(app, link.span)
        self._read(self._place.folder)
        self._add_settings(self._place.dockerfile)
        dockerfile = self._files.source(self._place.dockerfile) if app.images else None
        if isinstance(dockerfile, Source):
            self._copied = set(_copied(dockerfile.text))
        if not self._complete or any(_CLIENT_ID.search(text) for text in self._settings):
            code.told = True
            return code
        from kvlint.syntax.python import read_python  # most sets have no code that is linked

        started = self._started()
        for path, source in self._python.items():
            python = read_python(source)
            if python is None or python.told:
                code.told = True
                return code
            if self._runs(path, started):
                code.calls += [CredentialCall(*call) for call in python.calls]
        return code

    def _read(self, folder: str, depth: int = 0) -> None:
        """Read what lies in a folder and below it."""
        names = self._files.names_in(folder or ".")
        self._left -= len(names)
        if self._left < 0 or depth > _MAX_DEPTH:
            self._complete = False
            return
        for name in names:
            path = f"{folder}/{name}" if folder else name
            if self._files.name_of(path) != path:
                continue  # what a link leads to is read where it lies
            if name.endswith(".py"):
                self._add_python(path)
            elif name.endswith(_SETTINGS) or "dockerfile" in name.casefold() or name == "Procfile":
                self._add_settings(path)
            elif not (name.startswith(".") or name in _SKIPPED or name in _TESTS or path in self._others):
                self._read(path, depth + 1)

    def _add_python(self, path: str) -> None:
        stem = splitext(basename(path))[0]
        if stem.startswith("test_") or stem.endswith("_test") or stem == "conftest":
            return
        source = self._files.source(path)
        if isinstance(source, Source):
            self._python[path] = source
        else:
            self._complete = False

    def _add_settings(self, path: str) -> None:
        source = self._files.source(path) if path else None
        if isinstance(source, Source):
            self._settings.append(source.text)

    def _started(self) -> set[str]:
        """The names of modules that are imported, or started by a host or a settings file."""
        from kvlint.syntax.python import imported_names

        started = set(_ENTRIES)
        for source in self._python.values():
            started |= imported_names(source.text)
        for text in self._settings:
            started.update(re.findall(r"\w+", text))
        return started

    def _runs(self, path: str, started: set[str]) -> bool:
        """Whether a file is a part of the app, and no tool for people."""
        inner = path[len(self._place.folder) :].strip("/")
        if self._copied is not None and not any(_lies_in(inner, one) for one in self._copied):
            return False
        *folders, name = inner.split("/")
        return splitext(name)[0] in started and not _TOOLS.intersection(folders)


def _copied(dockerfile: str) -> Iterator[str]:
    """The paths that a Dockerfile copies, ``""`` for all of them."""
    for found in _COPY.finditer(dockerfile):
        words = [
            word for word in re.split(r"[\s\[\],\"]+", found["words"]) if word and not word.startswith("--")
        ]
        for word in words[:-1]:
            path = normpath(word.partition("*")[0].lstrip("/") or ".")
            yield "" if path == "." else path


def _lies_in(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")
