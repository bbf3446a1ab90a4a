"""YAML and JSON documents: their values, what sort each is, and the Kubernetes objects in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from posixpath import basename, dirname

from kvlint.evaluate.kustomize import KUSTOMIZATION_NAMES, Change, Layers
from kvlint.evaluate.resources import Deployment, EvaluatedResource, Language
from kvlint.evaluate.values import (
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Unknown,
    Value,
    is_null,
    text_of,
)
from kvlint.kinds import FileKind
from kvlint.source import Source, Span
from kvlint.syntax.expr import Array, Expr, Hole, Literal, Object, ObjectItem, Template, children


def document_value(expr: Expr) -> Value:
    """The value of a node that a YAML or JSON reader built; every part has its span.

    Holes are unknown, with their reason. A hole among the elements of a
    list, or in the place of a key, leaves the list or object open. Of equal keys the last
    counts. Shared nodes (aliases) give shared values, so the cost is linear in the file.
    """
    done: dict[int, Value] = {}
    stack: list[tuple[Expr, bool]] = [(expr, False)]
    while stack:
        node, below_done = stack.pop()
        if id(node) in done:
            continue
        if below_done or not isinstance(node, Object | Array | Template):
            done[id(node)] = _value(node, done)
        else:
            stack.append((node, True))
            stack.extend((child, False) for child in children(node))
    return done[id(expr)]


def _value(node: Expr, done: Mapping[int, Value]) -> Value:
    """The value of one node whose children are done."""
    match node:
        case Literal(value=data):
            return Scalar(data, span=node.span)
        case Template(parts=parts):
            return PartialText(tuple(done[id(part)] for part in parts), span=node.span)
        case Array(items=items):
            holes = [item for item in items if isinstance(item, Hole)]
            return ListValue(
                tuple(done[id(item)] for item in items if not isinstance(item, Hole)),
                rest=_unknown(holes[0]) if holes else None,
                span=node.span,
            )
        case Object(items=entries):
            return _object(node, entries, done)
        case Hole():
            return _unknown(node)
    return Unknown("it is computed", span=node.span)


def _object(node: Expr, items: Sequence[ObjectItem], done: Mapping[int, Value]) -> MapValue:
    entries: dict[str, Value] = {}
    keys: dict[str, Span] = {}
    rest: Unknown | None = None
    for item in items:
        key = _key(item.key)
        if key is None:
            rest = rest or Unknown(_reason(item.key), span=item.key.span)
            continue
        entries[key] = done[id(item.value)]
        keys[key] = item.key.span
    return MapValue(entries, keys, rest=rest, span=node.span)


def _key(key: Expr) -> str | None:
    """The text of a key as Kubernetes takes it, ``None`` where it is not written plainly."""
    if not isinstance(key, Literal):
        return None
    data = key.value
    if isinstance(data, str):
        return data
    if data is None:
        return "null"
    return str(data).lower() if isinstance(data, bool) else str(data)


def _reason(node: Expr) -> str:
    return node.reason if isinstance(node, Hole) else "template placeholder"


def _unknown(hole: Hole) -> Unknown:
    return Unknown(hole.reason, span=hole.span)


# --- What sort of document it is ---------------------------------------------------------

_KUSTOMIZE_GROUP = "kustomize.config.k8s.io/"
_API_VERSION = re.compile(r"(?:[a-z0-9.-]+/)?v[0-9][a-z0-9]*\Z")
_KIND = re.compile(r"[A-Z][A-Za-z0-9]*\Z")
_CHART_NAMES = ("Chart.yaml", "Chart.yml", "requirements.yaml")
_HELM_VALUES = re.compile(r"values(?:[-_.][\w.-]*)?\.ya?ml\Z")
_DAPR_TYPE = re.compile(r"[a-z]+(?:\.[A-Za-z0-9_-]+)+\Z")
_TEMPLATE_KEYS = {
    "containers", "initContainers", "revisionSuffix", "scale", "serviceBinds",
    "terminationGracePeriodSeconds", "volumes",
}  # fmt: skip
_CONFIGURATION_KEYS = {
    "activeRevisionsMode", "dapr", "eventTriggerConfig", "identitySettings", "ingress",
    "manualTriggerConfig", "maxInactiveRevisions", "registries", "replicaRetryLimit",
    "replicaTimeout", "runtime", "scheduleTriggerConfig", "secrets", "triggerType",
}  # fmt: skip
_APP_KEYS = {
    "configuration", "environmentId", "extendedLocation", "id", "identity", "location",
    "managedEnvironmentId", "name", "resourceGroup", "systemData", "tags", "template",
    "workloadProfileName",
}  # fmt: skip


def kind_of(document: Value) -> FileKind:
    """What a document is, by its content; its file's name counts where the content is silent.

    Whatever is not surely one of the known kinds is ``OTHER``.
    """
    name = basename(document.span.path) if document.span else ""
    if not isinstance(document, MapValue):
        return FileKind.OTHER
    if is_kustomization(document):
        return FileKind.KUSTOMIZE
    if _is_manifest(document):
        return FileKind.KUBERNETES
    named = text_of(document.entries.get("type")) or ""
    if named.casefold().startswith("microsoft.app/") and is_container_app(document):
        return FileKind.CONTAINER_APP
    if "apiVersion" in document.entries or "kind" in document.entries:
        return FileKind.HELM if name in _CHART_NAMES else FileKind.OTHER
    if is_container_app(document) or is_dapr_component(document):
        return FileKind.CONTAINER_APP
    if "on" in document.entries and isinstance(document.entries.get("jobs"), MapValue):
        return FileKind.WORKFLOW
    if name in _CHART_NAMES or _HELM_VALUES.match(name):
        return FileKind.HELM
    return FileKind.OTHER


_BROKEN_MANIFEST = re.compile(r"^apiVersion:[ \t]*[\"']?(?:[a-z0-9.-]+/)?v[0-9]", re.MULTILINE)
_BROKEN_KUSTOMIZATION = re.compile(r"^apiVersion:[ \t]*[\"']?kustomize\.config\.k8s\.io/", re.MULTILINE)
_KIND_LINE = re.compile(r"^[ \t]*kind:", re.MULTILINE)
_APP_TYPE = re.compile(r"^[ \t]*type:[ \t]*[\"']?Microsoft\.App/", re.MULTILINE | re.IGNORECASE)
_TEMPLATE_LINE = re.compile(r"^[ \t]*template:[ \t]*(?:#.*)?\r?$", re.MULTILINE)
_TEMPLATE_KEY_LINE = re.compile(r"^[ \t]*(?:containers|revisionSuffix):", re.MULTILINE)


def kind_of_broken(text: str) -> FileKind:
    """What a text that is no YAML was most likely meant to be, by its tell-tale lines."""
    if _BROKEN_KUSTOMIZATION.search(text):
        return FileKind.KUSTOMIZE
    if _BROKEN_MANIFEST.search(text) and _KIND_LINE.search(text):
        return FileKind.KUBERNETES
    if _APP_TYPE.search(text) or (_TEMPLATE_LINE.search(text) and _TEMPLATE_KEY_LINE.search(text)):
        return FileKind.CONTAINER_APP
    return FileKind.OTHER


def is_kustomization(document: MapValue) -> bool:
    """Whether it is a kustomization or a component of one (not Flux's object of that name)."""
    version = text_of(document.entries.get("apiVersion"))
    if version is not None and version.startswith(_KUSTOMIZE_GROUP):
        return True
    return (
        version is None and document.span is not None and basename(document.span.path) in KUSTOMIZATION_NAMES
    )


def _is_manifest(document: MapValue) -> bool:
    """Whether it has a Kubernetes object's version and kind; a hole may stand for the version."""
    version, kind = document.entries.get("apiVersion"), document.entries.get("kind")
    if version is None or kind is None:
        return False
    if isinstance(version, Scalar) and not _API_VERSION.match(text_of(version) or ""):
        return False
    return not isinstance(kind, Scalar) or _KIND.match(text_of(kind) or "") is not None


def is_container_app(document: MapValue) -> bool:
    """Whether it is what ``az containerapp`` (or ``… job``) takes or prints."""
    resource_type = text_of(document.entries.get("type"))
    if resource_type is not None and "/" in resource_type:
        return resource_type.casefold().startswith("microsoft.app/")
    properties = document.entries.get("properties")
    if isinstance(properties, MapValue):
        return _has_sections(properties)
    return _has_sections(document) and (
        "configuration" in document.entries or document.entries.keys() <= _APP_KEYS
    )


def _has_sections(section: MapValue) -> bool:
    """Whether a Container App's template or configuration stands here, by what is in it."""
    template, configuration = section.entries.get("template"), section.entries.get("configuration")
    if isinstance(template, MapValue):
        if isinstance(template.entries.get("containers"), ListValue | Unknown):
            return True
        known = bool(template.entries) and template.entries.keys() <= _TEMPLATE_KEYS
        return known and (configuration is None or isinstance(configuration, MapValue))
    environment = section.entries.keys() & {"environmentId", "managedEnvironmentId"}
    return (
        template is None
        and bool(environment)
        and isinstance(configuration, MapValue)
        and bool(configuration.entries.keys() & _CONFIGURATION_KEYS)
    )


def is_dapr_component(document: MapValue) -> bool:
    """Whether it is a Dapr component as ``az containerapp env dapr-component set`` takes it."""
    component = document.entries.get("componentType")
    if component is None or not document.entries.keys() & {"version", "metadata", "secrets", "scopes"}:
        return False
    text = text_of(component)
    return not isinstance(component, Scalar) or (text is not None and _DAPR_TYPE.match(text) is not None)


# --- Kubernetes objects ------------------------------------------------------------------


def resources_of(files: Mapping[str, Sequence[Value]]) -> list[EvaluatedResource]:
    """The Kubernetes objects of a run, in order of files and documents.

    ``files`` are all its YAML files with their documents, by path: kustomizations and
    charts among them decide what may still change in the others. Their type is
    ``apps/v1/Deployment``; lists are expanded into their items. Patches are no objects.
    """
    layers = Layers(files)
    found: list[EvaluatedResource] = []
    for path, documents in files.items():
        if layers.is_fragment(path):
            continue
        deployment = Deployment(Language.KUBERNETES, layers.chart_of(path) or dirname(path))
        objects = [item for document in documents for item in _objects(document)]
        for position, config in enumerate(objects):
            found.append(_resource(path, position, config, deployment, layers))
    return found


def _objects(document: Value) -> list[MapValue]:
    """The objects of a document: itself, or the items of a list."""
    if not isinstance(document, MapValue) or kind_of(document) is not FileKind.KUBERNETES:
        return []
    kind, items = text_of(document.entries.get("kind")), document.entries.get("items")
    if kind is not None and kind.endswith("List") and isinstance(items, ListValue):
        return [item for item in items.items if isinstance(item, MapValue) and _is_manifest(item)]
    return [document]


def _resource(
    path: str, position: int, config: MapValue, deployment: Deployment, layers: Layers
) -> EvaluatedResource:
    kind = text_of(config.entries.get("kind")) or ""
    metadata = config.entries.get("metadata")
    written = metadata.entries.get("name") if isinstance(metadata, MapValue) else None
    name = text_of(written)
    extent = config.span or Span(Source(path, ""), 0, 0)
    header = written.span if written is not None and written.span is not None else extent
    return EvaluatedResource(
        deployment=deployment,
        type=f"{text_of(config.entries.get('apiVersion')) or ''}/{kind}",
        name=name or "",
        address=f"{path}#{position}|{kind or 'object'}/{name or '?'}",
        span=header,
        config=_changed(config, layers.change(path, kind, name)),
        extent=extent,
    )


def _changed(config: MapValue, change: Change) -> MapValue:
    """The object as it reaches the cluster, unknown where that cannot be told."""
    metadata = config.entries.get("metadata")
    if not isinstance(metadata, MapValue):
        return config
    entries = dict(metadata.entries)
    written = entries.get("namespace")
    if change.namespace is not None:
        entries["namespace"] = change.namespace
    elif change.default_namespace is not None and (is_null(written) or _is_release_namespace(written)):
        entries["namespace"] = change.default_namespace
    if change.name is not None:
        entries["name"] = _veiled(change.name, entries.get("name"))
    body = dict(config.entries)
    if change.content is not None:
        for key in ("labels", "annotations"):
            entries[key] = _veiled(change.content, entries.get(key))
        for key in body.keys() - {"apiVersion", "kind", "metadata"}:
            body[key] = _veiled(change.content, body[key])
    body["metadata"] = MapValue(entries, metadata.keys, rest=metadata.rest, span=metadata.span)
    return MapValue(body, config.keys, rest=config.rest or change.content, span=config.span)


def _veiled(reason: Unknown, value: Value | None) -> Unknown:
    """Unknown for this reason, at the place of what is written."""
    return Unknown(reason.reason, span=value.span if value is not None else reason.span)


def _is_release_namespace(value: Value | None) -> bool:
    """Whether it is the hole that a chart's own namespace leaves."""
    text = value.span.text if isinstance(value, Unknown) and value.span is not None else ""
    return (
        re.fullmatch(r"[\"']?\{\{-?\s*\.Release\.Namespace\s*(?:\|\s*quote\s*)?-?\}\}[\"']?", text)
        is not None
    )
