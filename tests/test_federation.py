"""Workload identity in the graph: adapters of Kubernetes objects and credentials, and the links."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from kvlint.discover import discover
from kvlint.evaluate.values import Symbol, Unknown, text_of
from kvlint.graph.adapters.kubernetes import complete
from kvlint.graph.entities import Reader, ServiceAccount, Workload
from kvlint.graph.facts import Facts
from kvlint.graph.federation import Federation
from kvlint.graph.identities import Identities
from kvlint.graph.subjects import are_siblings
from kvlint.graph.workload_identity import CLIENT_ID_ANNOTATION, UseLabel, use_label
from kvlint.linking import link
from kvlint.parsing import parse

ACCOUNT = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: orders
  namespace: shop
  annotations:
    azure.workload.identity/client-id: 5f8c2a40-6a1e-4d0b-9f53-0c2b7f1f6a11
"""
POD = """\
    metadata:
      labels:
        azure.workload.identity/use: "true"
    spec:
      serviceAccountName: orders
      containers:
        - name: api
          env:
            - name: AZURE_CLIENT_ID
              value: x
      initContainers:
        - name: init
          envFrom:
            - secretRef:
                name: more
      volumes:
        - name: secrets
          csi:
            driver: secrets-store.csi.k8s.io
            volumeAttributes:
              secretProviderClass: orders-vault
"""


def facts_of(root: Path, files: dict[str, str]) -> Facts:
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(textwrap.dedent(text), encoding="utf-8")
    return link(parse(discover([root], root)), root)[0]


def federation_of(root: Path, files: dict[str, str]) -> Federation:
    facts = facts_of(root, files)
    return Federation(facts, Identities(facts.identities))


def only_workload(facts: Facts) -> Workload:
    (workload,) = facts.workloads
    return workload


def only_account(facts: Facts) -> ServiceAccount:
    (account,) = facts.service_accounts
    return account


def credential(subject: str, extra: str = "") -> str:
    return f"""
        resource "azurerm_federated_identity_credential" "orders" {{
          name     = "orders"
          issuer   = "https://westeurope.oic.prod-aks.azure.com/a/b/"
          audience = ["api://AzureADTokenExchange"]
          subject  = {subject}
          {extra}
        }}
    """


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("apps/v1", "Deployment"),
        ("apps/v1", "ReplicaSet"),
        ("apps/v1", "StatefulSet"),
        ("apps/v1", "DaemonSet"),
        ("batch/v1", "Job"),
        ("v1", "ReplicationController"),
        ("argoproj.io/v1alpha1", "Rollout"),
        ("serving.knative.dev/v1", "Service"),
    ],
)
def test_pod_templates(tmp_path: Path, version: str, kind: str) -> None:
    head = f"apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: orders\n  namespace: shop\nspec:\n  template:\n"
    workload = only_workload(facts_of(tmp_path, {"a.yaml": head + POD}))
    assert workload.kind == kind
    assert text_of(workload.service_account) == "orders"
    assert use_label(workload) is UseLabel.ON
    assert [text_of(name) for name in workload.provider_classes] == ["orders-vault"]
    assert [text_of(variable.name) for variable in workload.environment] == ["AZURE_CLIENT_ID"]
    assert workload.environment_open is not None
    assert workload.labels_open is None
    assert workload.projects_token is False


@pytest.mark.parametrize(
    ("version", "kind", "path"),
    [
        ("batch/v1", "CronJob", ("spec", "jobTemplate", "spec", "template")),
        ("keda.sh/v1alpha1", "ScaledJob", ("spec", "jobTargetRef", "template")),
    ],
)
def test_deeper_pod_templates(tmp_path: Path, version: str, kind: str, path: tuple[str, ...]) -> None:
    text = f"apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: orders\n"
    for depth, step in enumerate(path):
        text += "  " * depth + f"{step}:\n"
    text += textwrap.indent(textwrap.dedent(POD), "  " * len(path))
    assert use_label(only_workload(facts_of(tmp_path, {"a.yaml": text}))) is UseLabel.ON


@pytest.mark.parametrize(
    ("version", "kind"),
    [("v1", "Service"), ("batch.volcano.sh/v1alpha1", "Job"), ("serving.knative.dev/v1", "Route")],
)
def test_kinds_that_only_share_a_name(tmp_path: Path, version: str, kind: str) -> None:
    head = f"apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: orders\nspec:\n  template:\n"
    assert not facts_of(tmp_path, {"a.yaml": head + POD}).workloads


@pytest.mark.parametrize(
    "kind", ["deployment", "deployment_v1", "stateful_set", "daemonset", "daemon_set_v1", "job_v1"]
)
def test_typed_terraform_workloads(tmp_path: Path, kind: str) -> None:
    workload = only_workload(
        facts_of(
            tmp_path,
            {
                "main.tf": f"""
                    resource "kubernetes_{kind}" "orders" {{
                      metadata {{
                        name = "orders"
                      }}
                      spec {{
                        template {{
                          metadata {{
                            labels = {{ "azure.workload.identity/use" = true }}
                          }}
                          spec {{
                            service_account_name = "orders"
                            container {{
                              name = "api"
                              env {{
                                name = "DB"
                                value_from {{
                                  secret_key_ref {{
                                    name = "db"
                                    key  = "password"
                                  }}
                                }}
                              }}
                            }}
                            volume {{
                              name = "token"
                              projected {{
                                sources {{
                                  service_account_token {{
                                    path     = "token"
                                    audience = "api://AzureADTokenExchange"
                                  }}
                                }}
                              }}
                            }}
                          }}
                        }}
                      }}
                    }}
                """
            },
        )
    )
    assert use_label(workload) is UseLabel.ON
    assert text_of(workload.namespace) == "default"
    assert text_of(workload.service_account) == "orders"
    assert text_of(workload.environment[0].secret_name) == "db"
    assert workload.projects_token is True


def test_places_inside_a_yaml_body(tmp_path: Path) -> None:
    account = textwrap.indent(ACCOUNT, "")
    text = f'resource "kubectl_manifest" "orders" {{\n  yaml_body = <<YAML\n{account}YAML\n}}\n'
    account_found = only_account(facts_of(tmp_path, {"main.tf": text}))
    assert account_found.name_span.text == "orders"
    assert account_found.name_span.path == "main.tf"
    label = account_found.annotations[CLIENT_ID_ANNOTATION]
    assert label.span.text == CLIENT_ID_ANNOTATION


@pytest.mark.parametrize(
    "spelling",
    ["parent_id = {}", "user_assigned_identity_id = {}", 'parent_id = {}\nresource_group_name = "rg"'],
)
def test_spellings_of_azurerm_credentials(tmp_path: Path, spelling: str) -> None:
    identity = 'resource "azurerm_user_assigned_identity" "a" {\n  name = "a"\n}\n'
    extra = spelling.format("azurerm_user_assigned_identity.a.id")
    facts = facts_of(
        tmp_path, {"main.tf": identity + credential('"system:serviceaccount:shop:orders"', extra)}
    )
    (found,) = facts.credentials
    assert isinstance(found.identity, Symbol)
    assert found.identity.path == ("id",)
    assert found.subject_span is not None
    assert found.subject_span.text == '"system:serviceaccount:shop:orders"'


def test_what_reads_a_vault(tmp_path: Path) -> None:
    facts = facts_of(
        tmp_path,
        {
            "a.yaml": """\
                apiVersion: secrets-store.csi.x-k8s.io/v1
                kind: SecretProviderClass
                metadata:
                  name: workload
                spec:
                  provider: azure
                  parameters:
                    usePodIdentity: "false"
                    clientID: 11111111-1111-4111-8111-111111111111
                    keyvaultName: kv-shop
                ---
                apiVersion: secrets-store.csi.x-k8s.io/v1
                kind: SecretProviderClass
                metadata:
                  name: node
                spec:
                  provider: azure
                  parameters:
                    useVMManagedIdentity: "true"
                    userAssignedIdentityID: 22222222-2222-4222-8222-222222222222
                    keyvaultName: kv-shop
                ---
                apiVersion: secrets-store.csi.x-k8s.io/v1
                kind: SecretProviderClass
                metadata:
                  name: hashicorp
                spec:
                  provider: vault
                  parameters:
                    keyvaultName: kv-shop
                ---
                apiVersion: external-secrets.io/v1
                kind: SecretStore
                metadata:
                  name: store
                  namespace: shop
                spec:
                  provider:
                    azurekv:
                      authType: WorkloadIdentity
                      vaultUrl: https://kv-shop.vault.azure.net
                      serviceAccountRef:
                        name: orders
                ---
                apiVersion: external-secrets.io/v1
                kind: ClusterSecretStore
                metadata:
                  name: store
                spec:
                  provider:
                    azurekv:
                      authType: ManagedIdentity
                      identityId: 33333333-3333-4333-8333-333333333333
                      vaultUrl: https://kv-shop.vault.azure.net
            """,
            "sa.yaml": ACCOUNT,
        },
    )
    complete(facts)
    assert [(read.reader, (text_of(read.identity) or "")[:8]) for read in facts.vault_reads] == [
        (Reader.SECRET_PROVIDER_CLASS, "11111111"),
        (Reader.SECRET_PROVIDER_CLASS, "22222222"),
        (Reader.SECRET_STORE, "5f8c2a40"),
        (Reader.SECRET_STORE, "33333333"),
    ]
    assert facts.vault_reads[0].span.text == "kv-shop"


def test_values_of_secrets_are_marked(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  password: hunter2-hunter2\n"
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    parsed = parse(discover([tmp_path], tmp_path))
    link(parsed, tmp_path)
    source = parsed.documents[0][1].source
    assert {source.text[start:end] for start, end in source.secrets} == {"hunter2-hunter2"}


DEPLOYMENT = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: orders\n  namespace: shop\nspec:\n  template:\n"
    + POD
)


def test_a_workload_runs_as_the_account_of_its_own_folder(tmp_path: Path) -> None:
    federation = federation_of(
        tmp_path,
        {
            f"{env}/{name}.yaml": text
            for env in ("dev", "prod")
            for name, text in (("sa", ACCOUNT), ("d", DEPLOYMENT))
        },
    )
    for workload in federation.workloads:
        (account,) = federation.accounts_of(workload)
        assert account.deployment == workload.deployment
        assert federation.workloads_of(account) == [workload]


def test_without_namespaces_only_one_folder_is_one_namespace(tmp_path: Path) -> None:
    account, deployment = (text.replace("  namespace: shop\n", "") for text in (ACCOUNT, DEPLOYMENT))
    near = federation_of(tmp_path / "near", {"sa.yaml": account, "d.yaml": deployment})
    far = federation_of(tmp_path / "far", {"a/sa.yaml": account, "b/d.yaml": deployment})
    mixed = federation_of(tmp_path / "mixed", {"sa.yaml": account, "d.yaml": DEPLOYMENT})
    assert [len(one.accounts_of(one.workloads[0])) for one in (near, far, mixed)] == [1, 0, 0]


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ('"system:serviceaccount:shop:orders"', True),
        ('"system:serviceaccount:shop:billing"', False),
        ('"system:serviceaccount:${var.x}:orders"', None),
        ('"system:serviceaccount:${var.x}:billing"', False),
        ('"system:serviceaccount:shop:${var.x}"', None),
        ('"system:serviceaccount:billing:${var.x}"', False),
        ('"system:serviceaccount:shop:orders-${var.x}"', None),
        ('"${var.x}:shop:orders"', None),
        ("var.x", None),
        ('"repo:shop/${var.x}:ref:refs/heads/main"', False),
        ('var.flag ? "system:serviceaccount:shop:orders" : "system:serviceaccount:shop:billing"', True),
    ],
)
def test_is_federated(tmp_path: Path, subject: str, expected: bool | None) -> None:
    variables = 'variable "x" {\n  type = string\n}\nvariable "flag" {\n  type = bool\n}\n'
    federation = federation_of(
        tmp_path, {"infra/main.tf": variables + credential(subject), "k8s/sa.yaml": ACCOUNT}
    )
    assert federation.is_federated(federation.service_accounts[0]) is expected


def test_an_unknown_subject_of_another_issuer_is_nobody_of_ours(tmp_path: Path) -> None:
    text = credential("var.x").replace(
        "https://westeurope.oic.prod-aks.azure.com/a/b/", "https://token.actions.githubusercontent.com"
    )
    federation = federation_of(
        tmp_path, {"infra/main.tf": 'variable "x" {}\n' + text, "k8s/sa.yaml": ACCOUNT}
    )
    assert federation.is_federated(federation.service_accounts[0]) is False


def test_without_a_namespace_a_credential_of_that_name_may_be_meant(tmp_path: Path) -> None:
    account = ACCOUNT.replace("  namespace: shop\n", "")
    some = federation_of(
        tmp_path / "some",
        {"main.tf": credential('"system:serviceaccount:shop:orders"'), "k8s/sa.yaml": account},
    )
    none = federation_of(
        tmp_path / "none",
        {"main.tf": credential('"system:serviceaccount:shop:billing"'), "k8s/sa.yaml": account},
    )
    assert some.is_federated(some.service_accounts[0]) is None
    assert none.is_federated(none.service_accounts[0]) is False


@pytest.mark.parametrize(
    ("subject", "near"),
    [
        ("system:serviceaccount:shop:order", True),
        ("system:serviceaccount:Shop:Orders", True),
        ("system:serviceaccount:shpo:orders", True),
        ("system:serviceaccount:shp:orders", True),
        ("system:serviceaccount:orders:shop", True),
        ("system:serviceaccount:default:orders", True),
        ("system:serviceaccount:billing:orders", False),
        ("system:serviceaccount:shop:billing", False),
        ("system:serviceaccount:shop1:orders", True),
        ("repo:shop/orders:ref:refs/heads/main", False),
    ],
)
def test_mismatches(tmp_path: Path, subject: str, near: bool) -> None:
    federation = federation_of(tmp_path, {"main.tf": credential(f'"{subject}"'), "k8s/sa.yaml": ACCOUNT})
    assert bool(federation.mismatches) is near
    assert federation.is_nearly_federated(federation.service_accounts[0]) is near


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("orders-1", "orders-2", True),
        ("shop-dev", "shop-uat", True),
        ("team-a", "team-b", True),
        ("orders", "order", False),
        ("orders", "orders1", False),
        ("shop-api", "shop-app", False),
    ],
)
def test_siblings(left: str, right: str, expected: bool) -> None:
    assert are_siblings(left, right) is expected


def test_the_subject_of_a_data_source_is_unknown(tmp_path: Path) -> None:
    text = 'data "azurerm_federated_identity_credential" "a" {\n  name = "a"\n}\n'
    (found,) = facts_of(tmp_path, {"main.tf": text}).credentials
    assert isinstance(found.subject, Unknown)
    assert not found.managed
