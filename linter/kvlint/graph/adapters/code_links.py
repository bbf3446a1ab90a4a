"""What YAML files say of the code that runs in apps: services of azd, compose files, workflows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from posixpath import basename, dirname

from kvlint.evaluate.values import ListValue, MapValue, PartialText, Scalar, Value, text_of
from kvlint.graph.adapters.builds import folder_path, image_name, repository_of
from kvlint.graph.adapters.reading import attribute, single
from kvlint.graph.entities import AppKind
from kvlint.graph.entities.code import CodeLink, CodePlace
from kvlint.graph.facts import Facts

#: The tag by which the Azure Developer CLI finds the app that a service is deployed to.
SERVICE_TAG = "azd-service-name"
_AZD_FILES = ("azure.yaml", "azure.yml")
_COMPOSE = re.compile(r"(?:docker-)?compose[\w.-]*\.ya?ml\Z")
_BUILD_ACTION = "docker/build-push-action@"
_HOSTS = {
    "containerapp": AppKind.CONTAINER_APP,
    "appservice": AppKind.APP_SERVICE,
    "function": AppKind.APP_SERVICE,
}
_LANGUAGES = ("py", "python", "docker")
_FILLED_IN = re.compile(r"[$%{}]|://")


def add_links(path: str, documents: Iterable[Value], facts: Facts) -> None:
    """The links that a YAML file makes between folders and apps."""
    find: Callable[[str, MapValue], Iterator[CodeLink]]
    if basename(path) in _AZD_FILES:
        find = _azd_services
    elif _COMPOSE.match(basename(path)):
        find = _compose_services
    elif "/.github/workflows/" in f"/{path}":
        find = _build_steps
    else:
        return
    for document in documents:
        if isinstance(document, MapValue):
            facts.code_links.extend(find(path, document))


def service_tag(config: MapValue) -> Value | None:
    """The azd service that a resource says it is for, among its tags."""
    tags = single(config, "tags")
    return None if tags is None else tags.entries.get(SERVICE_TAG)


def _azd_services(path: str, document: MapValue) -> Iterator[CodeLink]:
    services = single(document, "services")
    infra = single(document, "infra")
    folder_of_roots = _path(dirname(path), infra, "path", "infra")
    entry = None if folder_of_roots is None else _path(folder_of_roots, infra, "module", "main")
    if services is None or folder_of_roots is None or entry is None:
        return
    roots = frozenset((folder_of_roots, f"{entry}.bicep"))
    named = {name: single(services, name) or MapValue({}) for name in services.entries}
    folders = {name: _path(dirname(path), service, "project", None) for name, service in named.items()}
    for name, service in named.items():
        folder, span = folders[name], services.keys.get(name)
        kind = _HOSTS.get(text_of(attribute(service, "host")) or "")
        language = attribute(service, "language")
        if folder is None or span is None or kind is None:
            continue
        if language is not None and text_of(language) not in _LANGUAGES:
            continue
        docker = single(service, "docker")
        context = _path(folder, docker, "context", ".")
        dockerfile = _path(folder, docker, "path", "Dockerfile")
        # An image of more than the folder holds code of others, too.
        if context is None or dockerfile is None or not _lies_in(context, folder):
            continue
        place = CodePlace(folder, dockerfile, required=False)
        others = frozenset(one for other, one in folders.items() if one is not None and other != name)
        yield CodeLink(span=span, places=(place,), service=name, roots=roots, kind=kind, others=others)


def _compose_services(path: str, document: MapValue) -> Iterator[CodeLink]:
    services = single(document, "services")
    for name in services.entries if services is not None else ():
        service = single(services, name)
        image = None if service is None else attribute(service, "image")
        written = None if service is None else attribute(service, "build")
        if image is None or written is None:
            continue
        build = written if isinstance(written, MapValue) else MapValue({"context": written})
        folder = _path(dirname(path), build, "context", ".")
        dockerfile = None if folder is None else _path(folder, build, "dockerfile", "Dockerfile")
        yield from _image_links(image, folder, dockerfile)


def _build_steps(path: str, document: MapValue) -> Iterator[CodeLink]:
    """The steps of a workflow that build with Docker's own action; paths begin at its repository."""
    base = repository_of(path)
    for step in _maps(document):
        given = single(step, "with")
        if given is None or not (text_of(attribute(step, "uses")) or "").startswith(_BUILD_ACTION):
            continue
        folder = _path(base, given, "context", ".")
        dockerfile = None
        if folder is not None:
            default = "Dockerfile" if folder == base else f"{folder.removeprefix(base).strip('/')}/Dockerfile"
            dockerfile = _path(base, given, "file", default)
        yield from _image_links(attribute(given, "tags"), folder, dockerfile)


def _image_links(images: Value | None, folder: str | None, dockerfile: str | None) -> Iterator[CodeLink]:
    if images is None or images.span is None or folder is None or dockerfile is None:
        return
    names = {image_name(image) for image in re.split(r"[\n,]", written_text(images)) if image.strip()}
    for name in sorted(name for name in names if name is not None):
        yield CodeLink(span=images.span, places=(CodePlace(folder, dockerfile),), image=name)


def written_text(value: Value) -> str:
    """A text with ``$`` for the parts that are not known."""
    parts = value.parts if isinstance(value, PartialText) else (value,)
    return "".join(str(part.data) if isinstance(part, Scalar) else "$" for part in parts)


def _lies_in(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies below it."""
    return not folder or path == folder or path.startswith(f"{folder}/")


def _path(base: str, config: MapValue | None, key: str, default: str | None) -> str | None:
    """A path that is written relative to a folder, ``None`` where it is not known."""
    value = None if config is None else attribute(config, key)
    text = default if value is None else text_of(value)
    return None if text is None or _FILLED_IN.search(text) else folder_path(base, text.replace("\\", "/"))


def _maps(value: Value) -> Iterator[MapValue]:
    stack = [value]
    while stack:
        current = stack.pop()
        if isinstance(current, MapValue):
            yield current
            stack.extend(current.entries.values())
        elif isinstance(current, ListValue):
            stack.extend(current.items)
