"""Kubernetes objects that Terraform makes: the kubernetes and kubectl providers.

The typed resources say the same as manifests in snake case and nested blocks. They are
brought into the manifests' shape, so that one adapter reads both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kvlint.evaluate.resources import EvaluatedResource, Mode
from kvlint.evaluate.values import ListValue, MapValue, Scalar, Unknown, Value, following, is_null, text_of
from kvlint.graph.adapters import kubernetes
from kvlint.graph.adapters.nested_yaml import documents_in
from kvlint.graph.adapters.reading import Adapter, attribute, entries
from kvlint.graph.facts import Facts
from kvlint.source import Span

#: Blocks and arguments that are one object in a manifest.
_OBJECTS: Mapping[str, str] = {
    "csi": "csi",
    "job_template": "jobTemplate",
    "metadata": "metadata",
    "projected": "projected",
    "secret_key_ref": "secretKeyRef",
    "selector": "selector",
    "service_account_token": "serviceAccountToken",
    "spec": "spec",
    "template": "template",
    "value_from": "valueFrom",
}
#: Repeated blocks that are a list there.
_LISTS: Mapping[str, str] = {
    "container": "containers",
    "env": "env",
    "env_from": "envFrom",
    "init_container": "initContainers",
    "sources": "sources",
    "volume": "volumes",
}
#: Arguments whose values are taken as they are.
_PLAIN: Mapping[str, str] = {
    "audience": "audience",
    "driver": "driver",
    "name": "name",
    "namespace": "namespace",
    "service_account_name": "serviceAccountName",
    "value": "value",
    "volume_attributes": "volumeAttributes",
}
#: Maps of text, where the provider turns every value into text.
_TEXTS: Mapping[str, str] = {
    "annotations": "annotations",
    "labels": "labels",
    "match_labels": "matchLabels",
}
_KINDS: Mapping[str, str] = {
    "kubernetes_cron_job": "batch/v1/CronJob",
    "kubernetes_daemonset": "apps/v1/DaemonSet",
    "kubernetes_daemon_set": "apps/v1/DaemonSet",
    "kubernetes_default_service_account": "v1/ServiceAccount",
    "kubernetes_deployment": "apps/v1/Deployment",
    "kubernetes_job": "batch/v1/Job",
    "kubernetes_pod": "v1/Pod",
    "kubernetes_replication_controller": "v1/ReplicationController",
    "kubernetes_service_account": "v1/ServiceAccount",
    "kubernetes_stateful_set": "apps/v1/StatefulSet",
}


def typed(resource: EvaluatedResource, facts: Facts) -> None:
    """``kubernetes_deployment``, ``kubernetes_service_account_v1`` and their like."""
    if resource.mode is Mode.LOOKED_UP:
        return
    kind = _KINDS[resource.type.removesuffix("_v1")]
    config = _manifest(resource.config)
    metadata = config.entries.get("metadata")
    if isinstance(metadata, MapValue) and metadata.rest is None:
        metadata.entries.setdefault("namespace", Scalar("default", span=metadata.span))
        if resource.type.startswith("kubernetes_default_service_account"):
            metadata.entries.setdefault("name", Scalar("default", span=metadata.span))
    kubernetes.adapt(replace(resource, type=kind, config=config), facts)


def manifest(resource: EvaluatedResource, facts: Facts) -> None:
    """``kubernetes_manifest``: an object in the manifest's own shape."""
    for config in entries(resource.config, "manifest"):
        _adapt_manifest(resource, config, facts)


def yaml_body(resource: EvaluatedResource, facts: Facts) -> None:
    """``kubectl_manifest``: a manifest as YAML text."""
    body = attribute(resource.config, "yaml_body")
    for value in documents_in(body, resource.span) if body is not None else ():
        if isinstance(value, MapValue):
            _adapt_manifest(resource, value, facts)


def added_annotations(resource: EvaluatedResource, facts: Facts) -> None:
    """``kubernetes_annotations``: annotations on an object that exists already."""
    if text_of(attribute(resource.config, "kind")) != "ServiceAccount":
        return
    config = _manifest(resource.config)
    metadata = config.entries.get("metadata")
    added = config.entries.get("annotations")
    if not isinstance(metadata, MapValue):
        return
    metadata.entries["annotations"] = added if added is not None else Unknown("it is set elsewhere")
    metadata.entries.setdefault("namespace", Scalar("default", span=metadata.span))
    other = replace(resource, type="v1/ServiceAccount", config=config, mode=Mode.LOOKED_UP)
    kubernetes.service_account(other, facts)


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = {
    **dict.fromkeys(_KINDS, typed),
    **dict.fromkeys((f"{name}_v1" for name in _KINDS), typed),
    "kubernetes_annotations": added_annotations,
    "kubernetes_manifest": manifest,
    "kubectl_manifest": yaml_body,
}


def _adapt_manifest(resource: EvaluatedResource, config: MapValue, facts: Facts) -> None:
    if resource.mode is Mode.LOOKED_UP:
        return
    version, kind = text_of(config.entries.get("apiVersion")), text_of(config.entries.get("kind"))
    if kind is not None:
        kubernetes.adapt(replace(resource, type=f"{version or ''}/{kind}", config=config), facts)


def _manifest(config: MapValue) -> MapValue:
    """A resource's configuration in the manifest's shape, as far as anything here reads it."""
    found: dict[str, Value] = {}
    keys: dict[str, Span] = {}
    for name, value in config.entries.items():
        value = following(value, config)
        key = _OBJECTS.get(name) or _LISTS.get(name) or _PLAIN.get(name) or _TEXTS.get(name)
        if key is None or is_null(value):
            continue
        if name in _OBJECTS:
            found[key] = _object(config, name)
        elif name in _LISTS:
            blocks = entries(config, name)
            found[key] = ListValue(tuple(map(_manifest, blocks)), rest=blocks.open, span=value.span)
        else:
            found[key] = _texts(value) if name in _TEXTS else value
        if name in config.keys:
            keys[key] = config.keys[name]
    return MapValue(found, keys, rest=config.rest, span=config.span)


def _object(config: MapValue, name: str) -> Value:
    blocks = entries(config, name)
    if blocks.items:
        return _manifest(blocks.items[0])
    return blocks.open or MapValue({}, span=config.span)


def _texts(value: Value) -> Value:
    """The same map with booleans and numbers as the text that the provider sends."""
    if not isinstance(value, MapValue):
        return value
    items = {key: _as_text(following(item, value)) for key, item in value.entries.items()}
    return MapValue(items, value.keys, rest=value.rest, span=value.span, steps=value.steps)


def _as_text(value: Value) -> Value:
    if isinstance(value, Scalar) and value.data is not None and not isinstance(value.data, str):
        data = str(value.data).lower() if isinstance(value.data, bool) else str(value.data)
        return replace(value, data=data)
    return value
