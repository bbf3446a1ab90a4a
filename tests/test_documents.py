"""YAML documents as values, their kinds, and Kubernetes objects with what may change them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvlint.evaluate.documents import document_value, kind_of, resources_of
from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.values import (
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    text_of,
)
from kvlint.kinds import FileKind
from kvlint.source import Source
from kvlint.syntax.expr import Array, Expr, Literal
from kvlint.syntax.yaml import read_yaml


def documents(text: str, path: str = "a.yaml") -> list[Value]:
    return [document_value(document) for document in read_yaml(Source(path, textwrap.dedent(text))).documents]


def document(text: str, path: str = "a.yaml") -> MapValue:
    (value,) = documents(text, path)
    assert isinstance(value, MapValue)
    return value


def objects(files: Mapping[str, str]) -> dict[str, EvaluatedResource]:
    values = {path: documents(text, path) for path, text in files.items()}
    return {resource.address: resource for resource in resources_of(values)}


def at(resource: EvaluatedResource, *path: str) -> Value | None:
    return resource.configured(path)


def test_values_keep_their_places() -> None:
    value = document("a:\n  b: [1, two]\n")
    inner = value.entries["a"]
    assert isinstance(inner, MapValue)
    items = inner.entries["b"]
    assert isinstance(items, ListValue)
    assert [item.data for item in items.items if isinstance(item, Scalar)] == [1, "two"]
    assert items.items[1].span is not None
    assert items.items[1].span.text == "two"
    assert value.keys["a"].text == "a"


def test_of_equal_keys_the_last_counts() -> None:
    assert text_of(document("a: first\na: second\n").entries["a"]) == "second"


def test_keys_that_are_no_text() -> None:
    assert set(document("1: a\ntrue: b\nnull: c\n").entries) == {"1", "true", "null"}


def test_holes_are_unknown_and_leave_collections_open() -> None:
    value = document(
        """\
        name: {{ .Values.name }}
        url: https://{{ .Values.vault }}.vault.azure.net
        labels:
          app: api
          {{- toYaml .Values.labels | nindent 2 }}
        items:
          - one
          {{- range .Values.items }}
          {{ . }}
          {{- end }}
        """
    )
    assert isinstance(value.entries["name"], Unknown)
    assert isinstance(value.entries["url"], PartialText)
    labels = value.entries["labels"]
    assert isinstance(labels, MapValue)
    assert labels.rest is not None
    assert set(labels.entries) == {"app"}


def test_depth_does_not_matter() -> None:
    source = Source("a.yaml", "")
    node: Expr = Literal(source, 0, 0, 1)
    for _ in range(5_000):
        node = Array(source, 0, 0, [node])
    assert isinstance(document_value(node), ListValue)


def test_shared_nodes_give_shared_values() -> None:
    source = Source("a.yaml", "")
    node: Expr = Literal(source, 0, 0, 1)
    for _ in range(60):
        node = Array(source, 0, 0, [node, node])
    value = document_value(node)
    assert isinstance(value, ListValue)
    assert value.items[0] is value.items[1]


scalars = st.none() | st.booleans() | st.integers(-99, 99) | st.text("abc -", max_size=5)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("kvz", min_size=1), inner, max_size=3)
    ),
)


def plain(value: Value) -> object:
    match value:
        case Scalar(data=data):
            return data
        case ListValue(items=items):
            return [plain(item) for item in items]
        case MapValue(entries=entries):
            return {key: plain(item) for key, item in entries.items()}
    raise AssertionError(value)


@settings(max_examples=100)
@given(st.dictionaries(st.text("kvz", min_size=1), trees, min_size=1, max_size=3))
def test_values_are_what_was_written(tree: dict[str, object]) -> None:
    import json

    assert plain(document(json.dumps(tree))) == tree


@pytest.mark.parametrize(
    ("text", "path", "kind"),
    [
        ("apiVersion: v1\nkind: Service", "a.yaml", FileKind.KUBERNETES),
        ("apiVersion: {{ .Values.version }}\nkind: Deployment", "a.yaml", FileKind.KUBERNETES),
        ("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization", "a.yaml", FileKind.KUBERNETES),
        ("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization", "a.yaml", FileKind.KUSTOMIZE),
        ("resources: [a.yaml]", "k8s/kustomization.yaml", FileKind.KUSTOMIZE),
        ("type: Microsoft.App/containerApps\nname: api", "a.yaml", FileKind.CONTAINER_APP),
        ("properties:\n  template:\n    containers: []", "a.yaml", FileKind.CONTAINER_APP),
        ("configuration: {secrets: []}\ntemplate: {containers: []}", "a.yaml", FileKind.CONTAINER_APP),
        ("template:\n  scale: {minReplicas: 1}", "a.yaml", FileKind.CONTAINER_APP),
        ("componentType: state.azure.blobstorage\nversion: v1", "a.yaml", FileKind.CONTAINER_APP),
        ("on: push\njobs:\n  build: {}", "a.yaml", FileKind.WORKFLOW),
        ("apiVersion: v2\nname: chart\nversion: 0.1.0", "Chart.yaml", FileKind.HELM),
        ("image: x", "chart/values-prod.yaml", FileKind.HELM),
        ("services: {api: {image: x}}", "docker-compose.yml", FileKind.OTHER),
        ("trigger: [main]\njobs:\n  - job: build", "azure-pipelines.yml", FileKind.OTHER),
        ("openapi: 3.0.0\npaths: {}", "a.yaml", FileKind.OTHER),
        ("extends:\n  template: x.yml", "a.yaml", FileKind.OTHER),
        ("template:\n  metadata: {labels: {}}", "a.yaml", FileKind.OTHER),
        ("type: Microsoft.Web/sites\nproperties: {template: {containers: []}}", "a.yaml", FileKind.OTHER),
        ("type: object\nproperties:\n  template: {type: object}", "schema.yaml", FileKind.OTHER),
        ("apiVersion: 2020-01-01\nkind: thing", "a.yaml", FileKind.OTHER),
        ("- a\n- b", "a.yaml", FileKind.OTHER),
    ],
)
def test_kind_of(text: str, path: str, kind: FileKind) -> None:
    assert [kind_of(value) for value in documents(text, path)] == [kind]


ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: orders\n"
DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: orders\nspec:\n  template: {}\n"


def test_documents_and_lists_become_objects() -> None:
    listed = "apiVersion: v1\nkind: List\nitems:\n" + "".join(
        "  - " + text.replace("\n", "\n    ").strip() + "\n" for text in (ACCOUNT, DEPLOYMENT)
    )
    found = objects({"k8s/all.yaml": ACCOUNT + "---\n" + DEPLOYMENT, "k8s/list.yaml": listed})
    assert [(one.type, one.name, one.display) for one in found.values()] == [
        ("v1/ServiceAccount", "orders", "ServiceAccount/orders"),
        ("apps/v1/Deployment", "orders", "Deployment/orders"),
    ] * 2
    assert {one.deployment.root for one in found.values()} == {"k8s"}


def changed(kustomization: str, text: str = ACCOUNT, **others: str) -> EvaluatedResource:
    files = {"k8s/kustomization.yaml": kustomization, "k8s/a.yaml": text}
    files |= {f"k8s/{name}.yaml": content for name, content in others.items()}
    return next(one for address, one in objects(files).items() if address.startswith("k8s/a.yaml"))


def test_a_namespace_of_one_kustomization_counts() -> None:
    assert text_of(at(changed("resources: [a.yaml]\nnamespace: shop\n"), "metadata", "namespace")) == "shop"


def test_without_a_namespace_all_of_a_build_share_one() -> None:
    found = objects(
        {
            "k8s/kustomization.yaml": "resources: [a.yaml, b.yaml]\n",
            "k8s/a.yaml": ACCOUNT,
            "k8s/b.yaml": DEPLOYMENT,
        }
    )
    first, second = (at(one, "metadata", "namespace") for one in found.values())
    assert isinstance(first, Symbol)
    assert isinstance(second, Symbol)
    assert first.key == second.key


def test_two_overlays_leave_the_namespace_open() -> None:
    found = objects(
        {
            "base/kustomization.yaml": "resources: [a.yaml]\n",
            "base/a.yaml": ACCOUNT,
            "dev/kustomization.yaml": "resources: [../base]\nnamespace: dev\n",
            "prod/kustomization.yaml": "resources: [../base]\nnamespace: prod\n",
        }
    )
    (account,) = found.values()
    assert isinstance(at(account, "metadata", "namespace"), Symbol)
    assert text_of(at(account, "metadata", "name")) == "orders"


def test_the_overlay_of_a_single_chain_wins() -> None:
    found = objects(
        {
            "base/kustomization.yaml": "resources: [a.yaml]\nnamespace: base\n",
            "base/a.yaml": ACCOUNT,
            "prod/kustomization.yaml": "resources: [../base]\nnamespace: prod\n",
        }
    )
    (account,) = found.values()
    assert text_of(at(account, "metadata", "namespace")) == "prod"


@pytest.mark.parametrize(
    "kustomization",
    [
        "resources: [a.yaml]\nnamePrefix: eu-\n",
        "resources: [a.yaml]\ncomponents: [../c]\n",
        "resources: [a.yaml]\nreplacements: [{path: r.yaml}]\n",
        "resources: [a.yaml]\npatches: [{target: {kind: Deployment}, path: p.yaml}]\n",
        "resources: [a.yaml]\npatches: [{target: {kind: Deployment, name: 'ord.*'}, path: p.yaml}]\n",
        "resources: [a.yaml]\npatches: [{path: missing.yaml}]\n",
        "resources: [a.yaml]\npatchesStrategicMerge: [p.yaml]\n",
        "resources: [a.yaml]\npatchesJson6902: [{target: {kind: Deployment, name: orders}, path: p.yaml}]\n",
        'resources: [a.yaml]\ncommonLabels: {azure.workload.identity/use: "true"}\n',
        "resources: [a.yaml]\n{{ .Values.more }}\n",
        "resources: [b.yaml]\n",
    ],
)
def test_content_that_a_kustomization_may_change_is_unknown(kustomization: str) -> None:
    assert isinstance(at(changed(kustomization, DEPLOYMENT), "spec"), Unknown)


@pytest.mark.parametrize(
    "kustomization",
    [
        "resources: [a.yaml]\ncommonLabels: {team: shop}\nimages: [{name: x, newTag: '2'}]\n",
        "resources: [a.yaml]\npatches: [{target: {kind: Service}, path: p.yaml}]\n",
        "resources: [a.yaml]\npatches: [{target: {kind: Deployment, name: billing}, path: p.yaml}]\n",
        "resources: [a.yaml]\npatches: [{patch: 'kind: Service'}]\n",
    ],
)
def test_content_that_no_kustomization_touches_stays(kustomization: str) -> None:
    assert isinstance(at(changed(kustomization, DEPLOYMENT), "spec"), MapValue)


def test_patches_are_no_objects() -> None:
    found = objects(
        {
            "k8s/kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
            "k8s/a.yaml": ACCOUNT,
            "k8s/p.yaml": DEPLOYMENT,
        }
    )
    assert [one.type for one in found.values()] == ["v1/ServiceAccount"]
    assert isinstance(next(iter(found.values())).config.entries["metadata"], MapValue)


def test_kustomizations_that_include_each_other_end() -> None:
    found = objects(
        {
            "a/kustomization.yaml": "resources: [../b, x.yaml]\nnamespace: a\n",
            "b/kustomization.yaml": "resources: [../a]\nnamespace: b\n",
            "a/x.yaml": ACCOUNT,
        }
    )
    assert len(found) == 1


def test_objects_of_a_chart_share_the_namespace_of_the_release() -> None:
    written = ACCOUNT + "  namespace: {{ .Release.Namespace }}\n"
    found = objects(
        {
            "chart/Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\n",
            "chart/templates/a.yaml": written,
            "chart/templates/b.yaml": DEPLOYMENT,
        }
    )
    namespaces = [at(one, "metadata", "namespace") for one in found.values()]
    assert all(isinstance(one, Symbol) for one in namespaces)
    assert len({one.key for one in namespaces if isinstance(one, Symbol)}) == 1
    assert {one.deployment.root for one in found.values()} == {"chart"}


def test_a_plain_manifest_without_namespace_has_none() -> None:
    (account,) = objects({"k8s/a.yaml": ACCOUNT}).values()
    assert at(account, "metadata", "namespace") is None
