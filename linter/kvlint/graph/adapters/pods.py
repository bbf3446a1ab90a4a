"""Pod templates, in the shape that Kubernetes manifests give them."""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.evaluate.values import MapValue, Scalar, Unknown, text_of
from kvlint.graph.adapters.reading import Entries, attribute, entries, given, single, span_of
from kvlint.graph.entities import EnvironmentVariable, Label, Workload
from kvlint.graph.matching import same_text
from kvlint.graph.workload_identity import TOKEN_AUDIENCE, USE_LABEL
from kvlint.source import Span

_CSI_DRIVER = "secrets-store.csi.k8s.io"


def labels_of(
    metadata: MapValue | None, name: str, where: str, fallback: Span
) -> tuple[dict[str, Label], Unknown | None]:
    """The entries of ``labels`` or ``annotations``, and why there may be further ones.

    ``where`` says what they are to a person, ``fallback`` is the place of entries that were
    computed and stand nowhere.
    """
    if metadata is None:
        return {}, None
    found: dict[str, Label] = {}
    pairs = entries(metadata, name)
    for entry in pairs:
        for key, value in entry.entries.items():
            span = entry.keys.get(key) or value.span or span_of(entry, span_of(metadata, fallback))
            found[key] = Label(span, value, where)
    hidden = pairs.open or next((entry.rest for entry in pairs if entry.rest), None)
    return found, hidden or metadata.rest


def read_template(found: Workload, template: MapValue) -> None:
    """Add what a pod template says."""
    metadata = entries(template, "metadata")
    for entry in metadata:
        found.labels, hidden = labels_of(entry, "labels", "label of the pod template", found.span)
        found.labels_open = found.labels_open or hidden
        found.annotations, _ = labels_of(entry, "annotations", "annotation of the pod template", found.span)
    found.labels_open = found.labels_open or metadata.open
    spec = single(template, "spec")
    if spec is None:
        hidden = entries(template, "spec").open
        found.service_account = hidden
        found.environment_open = hidden
        found.projects_token = None if hidden else False
        return
    found.service_account = given(spec, "serviceAccountName") or given(spec, "serviceAccount")
    _read_containers(found, spec)
    _read_volumes(found, spec)


def _read_containers(found: Workload, spec: MapValue) -> None:
    for name in ("containers", "initContainers"):
        containers = entries(spec, name)
        found.environment_open = found.environment_open or containers.open
        for container in containers:
            variables = entries(container, "env")
            imported = entries(container, "envFrom")
            found.environment.extend(_environment(variables, container, found.span))
            found.environment_open = found.environment_open or variables.open or imported.open
            if imported.items:
                reason = Unknown("envFrom adds variables", span=imported.items[0].span)
                found.environment_open = found.environment_open or reason
    if any(text_of(variable.name) == "AZURE_FEDERATED_TOKEN_FILE" for variable in found.environment):
        found.projects_token = True


def _environment(variables: Entries, container: MapValue, fallback: Span) -> Iterator[EnvironmentVariable]:
    for entry in variables:
        reference = single(single(entry, "valueFrom"), "secretKeyRef")
        yield EnvironmentVariable(
            span=span_of(entry, span_of(container, fallback)),
            name=attribute(entry, "name"),
            value=attribute(entry, "value"),
            secret_name=attribute(reference, "name") if reference is not None else None,
        )


def _read_volumes(found: Workload, spec: MapValue) -> None:
    volumes = entries(spec, "volumes")
    for volume in volumes:
        for csi in entries(volume, "csi"):
            name = attribute(single(csi, "volumeAttributes") or MapValue({}), "secretProviderClass")
            if text_of(attribute(csi, "driver")) == _CSI_DRIVER and name is not None:
                found.provider_classes.append(name)
        for source in entries(single(volume, "projected"), "sources"):
            token = single(source, "serviceAccountToken")
            audience = attribute(token, "audience") if token is not None else None
            if audience is not None and not found.projects_token:
                same = same_text(audience, Scalar(TOKEN_AUDIENCE))
                found.projects_token = found.projects_token if same is False else same
    if volumes.open is not None and not found.projects_token:
        found.projects_token = None


def misplaced_labels(
    config: MapValue, template: MapValue | None, kind: str, fallback: Span
) -> Iterator[Label]:
    """The use label on everything around the pod template, and among its annotations."""
    spec = single(config, "spec")
    metadata = single(config, "metadata")
    places: list[tuple[MapValue | None, str, str]] = []
    if kind != "Pod":
        places.append((metadata, "labels", f"a label of the {kind}"))
        places.append((single(spec, "selector"), "matchLabels", "a selector"))
        job = single(spec, "jobTemplate")
        places.append((single(job, "metadata"), "labels", "a label of the job template"))
        places.append((metadata, "annotations", f"an annotation of the {kind}"))
    places.append((single(template, "metadata"), "annotations", "an annotation of the pod template"))
    for holder, name, where in places:
        label = labels_of(holder, name, where, fallback)[0].get(USE_LABEL)
        if label is not None:
            yield label
