"""What kustomizations and charts may change in a manifest before it reaches a cluster.

Overlays are not built here. What they set for sure is taken; what else they touch is
unknown, so that nothing is concluded from a text that is not what gets applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from posixpath import basename, dirname, join, normpath

from kvlint.evaluate.values import ListValue, MapValue, Scalar, Symbol, Unknown, Value, is_null, text_of

KUSTOMIZATION_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
#: A file under more kustomizations than this counts as changed in every respect.
MAX_LAYERS = 32

_IDENTITY_KEYS = "azure.workload.identity/"
_KIND_LINE = re.compile(r"^kind:[ \t]*[\"']?([A-Za-z]+)", re.MULTILINE)
_PLAIN_NAME = re.compile(r"[a-z0-9-]+\Z")
#: Fields that may change anything; the rest either adds objects or touches images and counts.
_SWEEPING = ("components", "replacements", "transformers", "vars", "configurations")


@dataclass(slots=True, eq=False)
class Release:
    """What applies manifests: its namespace is a symbol where nothing says what it is."""

    address: str
    type: str = ""
    managed: bool = False

    def configured(self, path: tuple[str | int, ...]) -> Value | None:
        """Nothing about it is known."""
        return None

    @property
    def namespace(self) -> Symbol:
        """The namespace that it applies its objects to."""
        return Symbol(self, ("namespace",))


@dataclass(slots=True, eq=False)
class Change:
    """What happens to an object of one kind and name in one file.

    ``namespace`` replaces what is written, ``default_namespace`` stands in where nothing
    is. ``name`` and ``content`` are set where those may change.
    """

    namespace: Value | None = None
    default_namespace: Value | None = None
    name: Unknown | None = None
    content: Unknown | None = None


@dataclass(slots=True, eq=False)
class _Kustomization:
    folder: str
    namespace: Value | None = None
    renames: Unknown | None = None
    sweeping: Unknown | None = None
    #: Kind and name of the objects that patches change; ``None`` for any.
    patched: list[tuple[str | None, str | None]] = field(default_factory=list)
    labels: Unknown | None = None
    annotations: Unknown | None = None
    includers: list[_Kustomization] = field(default_factory=list)


class Layers:
    """The kustomizations and charts of a run, by the files that they govern."""

    def __init__(self, files: Mapping[str, Sequence[Value]]) -> None:
        """``files`` are all YAML files of the run with their documents, by path."""
        self._files = files
        self._charts = {dirname(path) for path in files if basename(path) in ("Chart.yaml", "Chart.yml")}
        self._kustomizations: dict[str, _Kustomization] = {}
        self._direct: dict[str, list[_Kustomization]] = {}
        self._folders: dict[str, list[_Kustomization]] = {}
        self._fragments: set[str] = set()
        paths = [path for path in files if basename(path) in KUSTOMIZATION_NAMES]
        for path in paths:
            self._kustomizations[dirname(path)] = _Kustomization(dirname(path))
        for path in paths:
            for document in files[path]:
                if isinstance(document, MapValue):
                    self._read(self._kustomizations[dirname(path)], document)
        self._governing: dict[str, list[_Kustomization]] = {}

    def is_fragment(self, path: str) -> bool:
        """Whether a file is a patch: a piece of an object and no object of its own."""
        return path in self._fragments

    def chart_of(self, path: str) -> str | None:
        """The chart whose template a file is."""
        folder = dirname(path)
        while folder:
            parent = dirname(folder)
            if basename(folder) == "templates" and parent in self._charts:
                return parent
            folder = parent
        return None

    def change(self, path: str, kind: str, name: str | None) -> Change:
        """What may happen to an object on its way to the cluster."""
        chart = self.chart_of(path)
        if chart is not None:
            return Change(default_namespace=Release(f"chart:{chart}").namespace)
        layers = self._layers(path)
        if not layers:
            if dirname(path) in self._kustomizations:
                reason = Unknown("the kustomization of its folder does not name it")
                return Change(namespace=reason, name=reason, content=reason)
            return Change()
        if len(layers) > MAX_LAYERS:
            reason = Unknown("many kustomizations may change it")
            return Change(namespace=reason, name=reason, content=reason)
        release = Release("kustomize:" + ",".join(sorted(layer.folder for layer in layers)))
        renamed = next((layer.renames for layer in layers if layer.renames), None)
        content = renamed or next((found for layer in layers if (found := _touches(layer, kind, name))), None)
        return Change(self._namespace(path, layers, release), release.namespace, renamed, content)

    def _namespace(self, path: str, layers: list[_Kustomization], release: Release) -> Value | None:
        """The namespace that they set: of a single chain the outermost, else not known."""
        setting = [layer for layer in layers if layer.namespace is not None]
        if not setting:
            return None
        is_chain = len(self._includers(path)) == 1 and all(len(layer.includers) <= 1 for layer in layers)
        if is_chain and all(text_of(layer.namespace) is not None for layer in setting):
            return setting[-1].namespace
        return release.namespace

    def _includers(self, path: str) -> list[_Kustomization]:
        """The kustomizations that name a file, or a folder above it that has none of its own."""
        found = list(self._direct.get(path, ()))
        folder = dirname(path)
        while folder and folder not in self._kustomizations:
            found.extend(self._folders.get(folder, ()))
            folder = dirname(folder)
        return found

    def _layers(self, path: str) -> list[_Kustomization]:
        """All that include a file, directly or through others, inner ones first."""
        known = self._governing.get(path)
        if known is None:
            known = []
            seen: set[str] = set()
            waiting = self._includers(path)
            while waiting and len(known) <= MAX_LAYERS:
                layer = waiting.pop(0)
                if layer.folder not in seen:
                    seen.add(layer.folder)
                    known.append(layer)
                    waiting.extend(layer.includers)
            self._governing[path] = known
        return known

    def _read(self, layer: _Kustomization, document: MapValue) -> None:
        entries = document.entries
        if document.rest is not None:
            layer.sweeping = document.rest
        for name in ("resources", "bases", "components"):
            for entry in _items(entries.get(name)):
                self._include(layer, text_of(entry))
        for name in _SWEEPING:
            if name in entries and not is_null(entries[name]):
                layer.sweeping = _reason(name, entries[name])
        for name in ("namePrefix", "nameSuffix"):
            if name in entries and not is_null(entries[name]):
                layer.renames = _reason(name, entries[name])
        if not is_null(entries.get("namespace")):
            layer.namespace = entries["namespace"]
        layer.patched = list(self._patches(layer.folder, entries))
        layer.labels = _added_labels(entries)
        layer.annotations = _speaks_of_identity("commonAnnotations", entries.get("commonAnnotations"))

    def _include(self, layer: _Kustomization, entry: str | None) -> None:
        if entry is None or "://" in entry or "?" in entry:
            return
        path = _joined(layer.folder, entry)
        base = self._kustomizations.get(path)
        if base is not None and base is not layer:
            base.includers.append(layer)
        elif path in self._files:
            self._direct.setdefault(path, []).append(layer)
        else:
            self._folders.setdefault(path, []).append(layer)

    def _patches(self, folder: str, entries: Mapping[str, Value]) -> Iterator[tuple[str | None, str | None]]:
        for entry in (*_items(entries.get("patches")), *_items(entries.get("patchesJson6902"))):
            if not isinstance(entry, MapValue):
                yield None, None
                continue
            path = text_of(entry.entries.get("path"))
            if path is not None:
                self._fragments.add(_joined(folder, path))
            target = entry.entries.get("target")
            if isinstance(target, MapValue):
                yield _targeted(target)
            elif path is not None:
                yield from self._patched_by_file(_joined(folder, path))
            else:
                yield _patched_inline(text_of(entry.entries.get("patch")))
        for entry in _items(entries.get("patchesStrategicMerge")):
            text = text_of(entry)
            if text is None or "\n" in text:
                yield _patched_inline(text)
            else:
                self._fragments.add(_joined(folder, text))
                yield from self._patched_by_file(_joined(folder, text))

    def _patched_by_file(self, path: str) -> Iterator[tuple[str | None, str | None]]:
        for document in self._files.get(path, ()) or (None,):
            if not isinstance(document, MapValue):
                yield None, None
                continue
            metadata = document.entries.get("metadata")
            name = text_of(metadata.entries.get("name")) if isinstance(metadata, MapValue) else None
            yield text_of(document.entries.get("kind")), name


def _touches(layer: _Kustomization, kind: str, name: str | None) -> Unknown | None:
    """Why this layer may change the content of an object, if it may."""
    if layer.sweeping is not None:
        return layer.sweeping
    if kind == "ServiceAccount":
        if layer.annotations is not None:
            return layer.annotations
    elif layer.labels is not None:
        return layer.labels
    for patched_kind, patched_name in layer.patched:
        if patched_kind in (None, kind) and (name is None or patched_name in (None, name)):
            return Unknown("a kustomization patches it")
    return None


def _targeted(target: MapValue) -> tuple[str | None, str | None]:
    """Kind and name of a patch target; both are patterns, plain ones match only themselves."""
    kind, name = text_of(target.entries.get("kind")), text_of(target.entries.get("name"))
    return (
        kind if kind is not None and kind.isalnum() else None,
        name if name is not None and _PLAIN_NAME.match(name) else None,
    )


def _patched_inline(text: str | None) -> tuple[str | None, str | None]:
    found = _KIND_LINE.findall(text or "")
    return (found[0] if len(found) == 1 else None), None


def _added_labels(entries: Mapping[str, Value]) -> Unknown | None:
    """Whether pod templates may get workload-identity labels."""
    found = _speaks_of_identity("commonLabels", entries.get("commonLabels"))
    for entry in _items(entries.get("labels")):
        pairs = entry.entries.get("pairs") if isinstance(entry, MapValue) else entry
        found = found or _speaks_of_identity("labels", pairs)
    return found


def _speaks_of_identity(field_name: str, pairs: Value | None) -> Unknown | None:
    if pairs is None or is_null(pairs):
        return None
    if isinstance(pairs, MapValue) and pairs.rest is None:
        return (
            _reason(field_name, pairs)
            if any(key.startswith(_IDENTITY_KEYS) for key in pairs.entries)
            else None
        )
    return _reason(field_name, pairs)


def _reason(field_name: str, value: Value) -> Unknown:
    return Unknown(f"{field_name} of a kustomization may change it", span=value.span)


def _items(value: Value | None) -> Iterable[Value]:
    """The elements of a list; where it is no readable list, one that is not known."""
    if value is None or (isinstance(value, Scalar) and value.data is None):
        return ()
    if isinstance(value, ListValue):
        return value.items if value.rest is None else (*value.items, value.rest)
    return (Unknown("it is no list", span=value.span),)


def _joined(folder: str, entry: str) -> str:
    path = normpath(join(folder, entry))
    return "" if path == "." else path
