"""Commands that make images out of folders, or change what an app's code is told."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from posixpath import dirname, join, normpath

from kvlint.graph.entities.code import CodeLink, CodePlace, EnvironmentScript
from kvlint.graph.facts import Facts
from kvlint.source import Source, Span

#: The rest of a command, over continued lines.
_WORDS = r"(?P<words>(?:[^\n\\`]|[\\`][^\S\n]*\r?\n|[\\`])*)"
_BUILD = re.compile(rf"\b(?P<tool>docker|az)\s+(?:(?:buildx|image|acr)\s+)?build\b{_WORDS}")
_CONTINUED = re.compile(r"[\\`][^\S\n]*\r?\n")
#: What the shell or the pipeline fills in.
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}|\$\([^()]*\)|\$\{[^{}]*\}")
_FILLED_IN = re.compile(r"[$%{}*?~]|://")
_CHANGED_FOLDER = re.compile(r"(?i)(?<![\w-])(?:cd|chdir|pushd|set-location|sl)\s|working-?directory")
_END = frozenset("();<>|&") | {"&&", "||", ">>", ">&", ";;", "|&", "&>"}

#: A longer command, in characters, was not written by hand.
_MAX_COMMAND = 10_000
_TAGS = ("-t", "--tag", "--image")
_FILES = ("-f", "--file")
#: Options of ``docker build`` with a value; each has it as the next word.
_DOCKER_VALUES = frozenset(
    {
        "--add-host", "--build-arg", "--build-context", "--builder", "--cache-from", "--cache-to",
        "--iidfile", "--label", "--metadata-file", "--network", "-o", "--output", "--platform",
        "--progress", "--provenance", "--sbom", "--secret", "--ssh", "--target", *_TAGS, *_FILES,
    }
)  # fmt: skip
_DOCKER_FLAGS = frozenset(
    {"--compress", "--force-rm", "--load", "--no-cache", "--pull", "--push", "-q", "--quiet", "--rm"}
)
#: Options of ``az acr build`` without a value: all others have one.
_AZ_FLAGS = frozenset(
    {"--debug", "--no-format", "--no-logs", "--no-push", "--no-wait", "--only-show-errors", "--verbose"}
)

#: What gives an app variables or identities besides those in its definition.
_CHANGE = re.compile(rf"\baz\s+(?:containerapp|webapp|functionapp)\b{_WORDS}")
_CHANGED = re.compile(
    r"env-vars\b|\bappsettings\s+set\b|\bidentity\s+assign\b|\s--(?:yaml|settings|assign-identity|system-assigned)\b"
)
_OTHER_CHANGE = re.compile(
    r"azure/appservice-settings@|\benvironmentVariables:"
    r"|\b(?:Set-AzWebApp|Update-AzContainerApp|Update-AzFunctionApp\w*)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?:^|\s)(?:--name|-n)[\s=]+[\"']?([A-Za-z0-9-]+)[\"']?(?=\s|$)")
_PLAIN = re.compile(r"[a-z0-9][a-z0-9._-]*\Z")


def add_commands(source: Source, facts: Facts) -> None:
    """The images that a script makes, and what it changes about apps."""
    text = source.text
    if "build" in text:
        for command in _BUILD.finditer(text):
            facts.code_links.extend(_links(source, command))
    if "az " in text:
        for command in _CHANGE.finditer(text):
            if _CHANGED.search(command["words"]):
                named = _NAME.search(command["words"])
                _add_change(source, command, named.group(1) if named else None, facts)
    for found in _OTHER_CHANGE.finditer(text):
        _add_change(source, found, None, facts)


def _add_change(source: Source, found: re.Match[str], app: str | None, facts: Facts) -> None:
    facts.environment_scripts.append(EnvironmentScript(Span(source, found.start(), found.end()), app))


def image_name(image: str) -> str | None:
    """The name of an image without its registry, folders and tag, ``None`` where that is computed."""
    name = re.split("[:@]", _EXPRESSION.sub("$", image.strip()).rpartition("/")[2])[0]
    return name if _PLAIN.match(name) else None


def repository_of(path: str) -> str:
    """The folder that a workflow's commands begin in: the top of its repository."""
    before, found, _ = f"/{path}".rpartition("/.github/workflows/")
    return before[1:] if found else ""


def _links(source: Source, command: re.Match[str]) -> Iterator[CodeLink]:
    """A link for each name that a build gives its image, where it is certain what it builds."""
    if (command["tool"] == "az") is not (" acr " in f" {command.group().partition('build')[0]} "):
        return
    if _CHANGED_FOLDER.search(source.text):
        return
    words = _split(source, command["words"])
    build = None if words is None else _arguments(words, command["tool"] == "az")
    if build is None:
        return
    images, folder, file = build
    if _FILLED_IN.search(folder + file) or folder == "-":
        return
    bases = {repository_of(source.path)} if "/.github/" in f"/{source.path}" else {"", dirname(source.path)}
    file = file or f"{folder}/Dockerfile"
    places = tuple(
        CodePlace(folder_path(base, folder), folder_path(base, file))
        for base in sorted(bases)
        if not folder.startswith("/")
    )
    span = Span(source, command.start(), command.end())
    for name in {image_name(image) for image in images} - {None}:
        yield CodeLink(span=span, places=places, image=name or "")


def folder_path(base: str, path: str) -> str:
    """A path that is relative to a folder, as files of the set are named."""
    joined = normpath(join(base, path))
    return "" if joined == "." else joined


def _split(source: Source, text: str) -> list[str] | None:
    """The words of a command up to where the next one begins, ``None`` where its quotes do not match."""
    if len(text) > _MAX_COMMAND:
        return None
    text = _EXPRESSION.sub("$", _CONTINUED.sub(" ", text))
    if source.path.endswith((".ps1", ".cmd", ".bat")):
        text = text.replace("\\", "/")
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    try:
        for word in lexer:
            if word in _END:
                break
            words.append(word)
    except ValueError:
        return None
    return words


def _arguments(words: Sequence[str], is_az: bool) -> tuple[list[str], str, str] | None:
    """The images, the folder and the Dockerfile of a build; ``None`` where an option is not known."""
    images: list[str] = []
    folders: list[str] = []
    file = ""
    rest = iter(words)
    for word in rest:
        option, equals, value = word.partition("=")
        if not word.startswith("-") or word == "-":
            folders.append(word)
            continue
        if option in (_AZ_FLAGS if is_az else _DOCKER_FLAGS):
            continue
        if not (is_az or option in _DOCKER_VALUES):
            return None
        value = value if equals else next(rest, "")
        if option in _TAGS:
            images.append(value)
        elif option in _FILES:
            file = value
    return (images, folders[0], file) if len(folders) == 1 else None
