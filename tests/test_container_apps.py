"""Container Apps: what the adapters read, and what the index answers."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvlint.checks import all_checks
from kvlint.discover import discover
from kvlint.evaluate.documents import document_value
from kvlint.evaluate.resources import Deployment, EvaluatedResource, Language
from kvlint.evaluate.values import Choice, MapValue, PartialText, Scalar, Symbol, Unknown, Value
from kvlint.graph.adapters import tables
from kvlint.graph.adapters.container_app_yaml import CONTAINER_APP_ADAPTERS, document_type
from kvlint.graph.adapters.secret_urls import url_defect
from kvlint.graph.containerapps import ContainerApps
from kvlint.graph.entities import App, AppKind, ReferenceSite
from kvlint.graph.facts import Facts
from kvlint.graph.graph import Graph
from kvlint.graph.identities import Identities
from kvlint.graph.matching import same_text
from kvlint.linking import link
from kvlint.parsing import parse
from kvlint.source import Source, Span
from kvlint.syntax.yaml import read_yaml

IDENTITY = (
    "/subscriptions/0/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-api"
)


def resource(kind: str, address: str, **config: str) -> EvaluatedResource:
    span = Span(Source("main.tf", ""), 0, 0)
    values: dict[str, Value] = {name: Scalar(text) for name, text in config.items()}
    deployment = Deployment(Language.TERRAFORM, "")
    return EvaluatedResource(deployment, kind, "x", address, span, MapValue(values))


def symbol(kind: str, attribute: str, address: str = "", **config: str) -> Symbol:
    return Symbol(resource(kind, address or f"t|{kind}.x", **config), (attribute,))


def text(*parts: str | None) -> Value:
    """A text; ``None`` stands for a part that is not known."""
    if len(parts) == 1 and parts[0] is not None:
        return Scalar(parts[0])
    return PartialText(tuple(Unknown("not known") if part is None else Scalar(part) for part in parts))


def read(**files: str) -> Facts:
    """The facts of Container App documents, by the name of their file."""
    facts = Facts()
    for name, content in files.items():
        source = Source(f"{name}.yaml", dedent(content))
        for expr in read_yaml(source).documents:
            config = document_value(expr)
            assert isinstance(config, MapValue)
            kind = document_type(config)
            evaluated = EvaluatedResource(
                deployment=Deployment(Language.CONTAINER_APP_YAML, source.path),
                type=kind,
                name="",
                address=f"{source.path}|{kind}",
                span=Span(source, 0, 0),
                config=config,
            )
            adapter = CONTAINER_APP_ADAPTERS.get(kind)
            if adapter is not None:
                adapter(evaluated, facts)
    return facts


def terraform(folder: Path, content: str) -> Facts:
    (folder / "main.tf").write_text(dedent(content), encoding="utf-8")
    return link(parse(discover([folder], folder)), folder)[0]


def names(app: App) -> set[tuple[ReferenceSite, object]]:
    return {(reference.site, getattr(reference.name, "data", None)) for reference in app.references}


# --- Values -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (text("a"), text("a"), True),
        (text("a"), text("A"), False),
        (text("api-key"), text(None, "-db"), False),
        (text("x-db"), text(None, "-db"), None),
        (text("a1b2c"), text("a", None, "b", None, "c"), None),
        (text("a1c"), text("a", None, "b", None, "c"), False),
        (text("aa"), text("a", None, "aa"), False),
        (text("x", None), text("y", None), False),
        (text("x", None), text("xy", None), None),
        (Unknown("?"), text("a"), None),
        (Choice((text("a"), text("b"))), text("a"), None),
        (Choice((text("a"), text("b"))), text("c"), False),
    ],
)
def test_same_text(left: Value, right: Value, same: bool | None) -> None:
    assert same_text(left, right) is same
    assert same_text(right, left) is same


pieces = st.lists(st.one_of(st.none(), st.text("ab", max_size=3)), min_size=1, max_size=5)


@given(pieces, st.lists(st.text("ab", max_size=2), min_size=5, max_size=5))
@settings(max_examples=200, deadline=None)
def test_a_text_is_never_told_apart_from_its_own_pattern(parts: list[str | None], filled: list[str]) -> None:
    whole = "".join(other if part is None else part for part, other in zip(parts, filled, strict=False))
    assert same_text(text(*parts, ""), Scalar(whole)) is not False


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (text(IDENTITY), text(IDENTITY.upper()), True),
        (text(IDENTITY), text(IDENTITY + "-2"), False),
        (text(IDENTITY), symbol("azurerm_user_assigned_identity", "id", name="id-api"), None),
        (text(IDENTITY), symbol("azurerm_user_assigned_identity", "id", name="id-other"), False),
        (text(IDENTITY), symbol("azurerm_user_assigned_identity", "client_id", name="id-api"), False),
        (text("id-api"), symbol("azurerm_user_assigned_identity", "id", name="id-api"), False),
        (text(IDENTITY), symbol("terraform_remote_state", "outputs"), None),
        (
            symbol("azurerm_user_assigned_identity", "id", "t|a"),
            symbol("azurerm_user_assigned_identity", "id", "t|b"),
            False,
        ),
        (
            symbol("azurerm_user_assigned_identity", "id", "t|a[*]"),
            symbol("azurerm_user_assigned_identity", "id", "t|a[*]"),
            None,
        ),
        (
            symbol("azurerm_user_assigned_identity", "id", "t|a"),
            symbol("azurerm_user_assigned_identity", "client_id", "t|a"),
            False,
        ),
        (symbol("azurerm_user_assigned_identity", "id"), symbol("module", "identity_id"), None),
    ],
)
def test_same_identity(left: Value, right: Value, same: bool | None) -> None:
    facts = Facts()
    for value in (left, right):
        if isinstance(value, Symbol) and isinstance(value.resource, EvaluatedResource):
            for adapter in tables.TERRAFORM.get(value.resource.type, ()):
                adapter(value.resource, facts)
    identities = Identities(facts.identities)
    assert identities.are_same(left, right) is same
    assert identities.are_same(right, left) is same


@pytest.mark.parametrize(
    ("url", "defect"),
    [
        (text("https://v.vault.azure.net/secrets/a"), ""),
        (text("HTTPS://V.VAULT.AZURE.NET/secrets/A/0123456789abcdef0123456789abcdef"), ""),
        (text("https://v.vault.azure.net//secrets/a"), ""),
        (text(None, "secrets/a_b"), ""),
        (text("https://", None, "/secrets/a"), ""),
        (text("https://", None), ""),
        (text("http", None), ""),
        (symbol("azurerm_key_vault_secret", "id"), ""),
        (symbol("azurerm_key_vault_certificate", "secret_id"), ""),
        (symbol("terraform_remote_state", "outputs"), ""),
        (text("https://v.vault.eaglex.ic.gov/secrets/a"), ""),
        (text("ftp", None), "not a url"),
        (text("https://v.vault.azure.net"), "no /secrets/NAME"),
        (text("https://v.vault.azure.net/secrets/"), "names no secret"),
        (text("https://", None, "..vault.azure.net/secrets/a"), "two dots"),
        (text("https://a.b.vault.azure.net/secrets/a"), "not VAULT"),
        (text("https://v.managedhsm.azure.net/secrets/a"), "does not end in"),
        (symbol("azurerm_key_vault_key", "id"), "keys"),
        (symbol("azurerm_key_vault_secret", "value"), "value of the Key Vault secret"),
    ],
)
def test_url_defect(url: Value, defect: str) -> None:
    found = url_defect(url)
    assert defect in (found or "")
    assert bool(defect) is (found is not None)


# --- YAML -------------------------------------------------------------------------------

APP = f"""
    name: api
    identity:
      type: SystemAssigned, UserAssigned
      principalId: 7b1c0d2e-0000-0000-0000-000000000001
      userAssignedIdentities:
        {IDENTITY}: {{}}
    properties:
      configuration:
        registries:
          - {{ server: shop.azurecr.io, username: shop, passwordSecretRef: registry }}
        secrets:
          - name: registry
            value: hunter2-hunter2
          - name: db
            keyVaultUrl: https://v.vault.azure.net/secrets/db
            identity: {IDENTITY}
          - name: token
            keyVaultUrl: https://v.vault.azure.net/secrets/token
            identity: System
      template:
        containers:
          - name: api
            env:
              - {{ name: DB, secretRef: db }}
        initContainers:
          - name: init
            env:
              - {{ name: TOKEN, secretRef: token }}
        scale:
          rules:
            - name: http
              http: {{ auth: [{{ secretRef: registry, triggerParameter: x }}] }}
            - name: queue
              azureQueue: {{ queueName: q, identity: system }}
        volumes:
          - {{ name: keys, storageType: Secret, secrets: [{{ secretRef: db }}] }}
          - {{ name: disk, storageType: AzureFile, secrets: [{{ secretRef: nothing }}] }}
"""


def test_a_document_names_secrets_in_every_place() -> None:
    (app,) = read(app=APP).apps
    assert names(app) == {
        (ReferenceSite.REGISTRY, "registry"),
        (ReferenceSite.ENVIRONMENT, "db"),
        (ReferenceSite.ENVIRONMENT, "token"),
        (ReferenceSite.SCALE_RULE, "registry"),
        (ReferenceSite.VOLUME, "db"),
    }
    assert [use.place for use in app.identity_uses] == [
        'secret "db"',
        'secret "token"',
        'scale rule "queue"',
    ]
    index = ContainerApps([app])
    assert all(index.resolve(app, reference).proven for reference in app.references)
    assert all(index.carries(app, use.identity) for use in app.identity_uses)


def test_both_shapes_of_a_document_are_the_same_app() -> None:
    nested = read(app=APP).apps[0]
    content = dedent(APP)
    head, _, sections = content.partition("properties:\n")
    flat = read(app=head + dedent(sections)).apps[0]
    assert names(flat) == names(nested)
    assert len(flat.secrets) == len(nested.secrets)
    assert not flat.ignored_keys
    assert not nested.ignored_keys


def test_key_vault_references_are_reads_and_values_are_redacted() -> None:
    facts = read(app=APP)
    assert [getattr(read.vault, "data", "") for read in facts.vault_reads] == [
        "https://v.vault.azure.net/secrets/db",
        "https://v.vault.azure.net/secrets/token",
    ]
    assert facts.vault_reads[0].identity is not None
    assert facts.vault_reads[1].identity is None
    (identity,) = facts.identities
    assert {type(value) for value in identity.principal_ids} == {Symbol, Scalar}
    source = facts.apps[0].span.source
    assert {source.text[start:end] for start, end in source.secrets} == {"hunter2-hunter2"}


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ("type: microsoft.app/CONTAINERAPPS@2024-03-01", AppKind.CONTAINER_APP),
        ("template: { containers: [] }", AppKind.CONTAINER_APP),
        ("configuration: { triggerType: Manual }", AppKind.JOB),
        ("properties: { configuration: { eventTriggerConfig: {} } }", AppKind.JOB),
        ("{ componentType: state.redis, version: v1 }", AppKind.DAPR_COMPONENT),
    ],
)
def test_documents_have_types(document: str, kind: AppKind) -> None:
    assert read(app=document).apps[0].kind is kind


@pytest.mark.parametrize(
    "document",
    ["template: 1", "properties: []", "configuration: { secrets: 3 }", "template: { containers: [1, null] }",
     "identity: x\ntemplate: { scale: { rules: { a: b } } }", "configuration: { secrets: { name: a } }",
     "template: { containers: { name: a, env: { NAME: b } } }"],
)  # fmt: skip
def test_odd_documents_are_read(document: str) -> None:
    (app,) = read(app=f"name: odd\n{document}").apps
    assert not app.ignored_keys


def test_an_id_names_an_export() -> None:
    app = read(app="id: /subscriptions/0/providers/Microsoft.App/containerapps/cart\ntemplate: {}").apps[0]
    assert getattr(app.name, "data", None) == "cart"


# --- Definitions and revisions ----------------------------------------------------------


def revision(image: str, *, suffix: str = "v1", extra: str = "", name: str = "api") -> str:
    return dedent(f"""
        name: {name}
        {extra}
        configuration: {{ activeRevisionsMode: Multiple }}
        template:
          revisionSuffix: {suffix}
          containers:
            - {{ name: api, image: "{image}" }}
        """)


@pytest.mark.parametrize(
    ("other", "collides"),
    [
        (revision("api:2"), True),
        (revision("api:1"), False),
        (revision("api:${TAG}"), False),
        (revision("api:2", suffix="v2"), False),
        (revision("api:2", suffix="${SUFFIX}"), False),
        (revision("api:2", name="worker"), False),
        (revision("api:2", extra="environmentId: /env/other"), False),
        (revision("api:2", extra="environmentId: ${ENVIRONMENT}"), True),
    ],
)
def test_collisions(other: str, collides: bool) -> None:
    facts = read(a=revision("api:1", extra="environmentId: /env/shop"), b=other)
    found = ContainerApps(facts.apps).collisions()
    assert [collision.app.span.path for collision in found] == (["b.yaml"] if collides else [])


@pytest.mark.parametrize(
    ("other", "collides"),
    [
        (revision("api:2", suffix="old"), True),
        (revision("api:2", suffix="new"), True),
        (revision("api:1", suffix="new"), False),
        (revision("api:${TAG}", suffix="new"), False),
        (revision("api:${TAG}", suffix="old"), True),
    ],
)
def test_an_export_shows_what_is_taken(other: str, collides: bool) -> None:
    export = """
        id: /subscriptions/0/providers/Microsoft.App/containerapps/api
        name: api
        properties:
          latestRevisionName: api--new
          configuration:
            ingress: { traffic: [{ revisionName: api--old, weight: 100 }] }
          template:
            revisionSuffix: new
            containers:
              - { name: api, image: "api:1", resources: { cpu: 0.50, memory: 1Gi } }
            scale: { maxReplicas: 10 }
        """
    found = ContainerApps(read(export=export, app=other).apps).collisions()
    assert [collision.app.span.path for collision in found] == (["app.yaml"] if collides else [])


def test_an_update_has_the_secrets_of_the_other_definition() -> None:
    update = "name: api\ntemplate: { containers: [{ name: api, env: [{ name: A, secretRef: %s }] }] }"
    facts = read(app=APP, known=update % "db", unknown=update % "dbx")
    index = ContainerApps(facts.apps)
    _, known, unknown = facts.apps
    assert index.resolve(known, known.references[0]).proven
    assert index.resolve(unknown, unknown.references[0]).always_broken
    near = index.near_miss(unknown, "dbx")
    assert near is not None
    assert getattr(near.name, "data", None) == "db"


# --- Terraform --------------------------------------------------------------------------


def test_a_terraform_app_carries_symbols(tmp_path: Path) -> None:
    facts = terraform(
        tmp_path,
        """
        resource "azurerm_user_assigned_identity" "api" {
          count = 2
          name  = "id-api-${count.index}"
        }

        resource "azurerm_container_app" "api" {
          name = "api"
          identity {
            type         = "SystemAssigned, UserAssigned"
            identity_ids = [azurerm_user_assigned_identity.api[0].id]
          }
          secret {
            name                = "first"
            key_vault_secret_id = "https://v.vault.azure.net/secrets/first"
            identity            = azurerm_user_assigned_identity.api[0].id
          }
          secret {
            name                = "second"
            key_vault_secret_id = "https://v.vault.azure.net/secrets/second"
            identity            = azurerm_user_assigned_identity.api[1].id
          }
          secret {
            name                = "own"
            key_vault_secret_id = "https://v.vault.azure.net/secrets/own"
            identity            = "System"
          }
        }
        """,
    )
    (app,) = facts.apps
    index = ContainerApps([app], (), Identities(facts.identities))
    assert [index.carries(app, use.identity) for use in app.identity_uses] == [True, False, True]
    assert [read.identity is None for read in facts.vault_reads] == [False, False, True]


def test_dapr_components_of_azurerm_read_no_vault(tmp_path: Path) -> None:
    facts = terraform(
        tmp_path,
        f"""
        resource "azurerm_container_app_environment_dapr_component" "store" {{
          name = "store"
          secret {{
            name                = "key"
            key_vault_secret_id = "https://v.vault.azure.net/secrets/key"
            identity            = "{IDENTITY}"
          }}
          metadata {{
            name        = "masterKey"
            secret_name = "key"
          }}
        }}
        """,
    )
    assert not facts.vault_reads
    assert names(facts.apps[0]) == {(ReferenceSite.DAPR_METADATA, "key")}


def test_data_sources_are_no_apps(tmp_path: Path) -> None:
    assert not terraform(tmp_path, 'data "azurerm_container_app" "api" {\n  name = "api"\n}\n').apps


# --- Hostile input ----------------------------------------------------------------------

_KEYS = st.sampled_from(
    [
        "name",
        "id",
        "value",
        "secretRef",
        "env",
        "secrets",
        "identity",
        "type",
        "userAssignedIdentities",
        "properties",
        "configuration",
        "template",
        "containers",
        "initContainers",
        "volumes",
        "storageType",
        "scale",
        "rules",
        "auth",
        "custom",
        "http",
        "registries",
        "passwordSecretRef",
        "keyVaultUrl",
        "revisionSuffix",
        "latestRevisionName",
        "ingress",
        "traffic",
        "revisionName",
        "eventTriggerConfig",
        "componentType",
        "metadata",
        "secretStoreComponent",
        "secret_ref",
        "${X}",
    ]
)
_TEXTS = st.sampled_from(
    ["", "a", "A_b", "system", "Secret", "${X}", "x-${X}", "https://v/x", "api--v1", IDENTITY]
)
_NODES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-1, 3), _TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=6)),
    max_leaves=25,
)


@given(st.lists(st.dictionaries(_KEYS, _NODES, max_size=8), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_no_document_breaks_a_check(documents: list[dict[str, object]]) -> None:
    facts = read(**{f"d{number}": json.dumps(document) for number, document in enumerate(documents)})
    graph = Graph(facts)
    for check in all_checks():
        for finding in check.find(graph):
            assert finding.message
            assert 0 <= finding.span.start <= finding.span.end <= len(finding.span.source.text)
