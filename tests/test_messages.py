"""How messages and commands name things."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvlint.findings import Finding
from scenarios import TESTDATA, run

_GATEWAY = """\
resource "azurerm_application_gateway" "shop" {
  name                = "agw-shop"
  resource_group_name = "rg-shop"

  identity {
    type         = "UserAssigned"
    identity_ids = ["/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id"]
  }

  ssl_certificate {
    name                = "tls"
    key_vault_secret_id = "https://kv-shop.vault.azure.net/secrets/tls/0a1b2c3d4e5f60718293a4b5c6d7e8f9"
  }
}
"""
_ACCOUNT = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: orders
  namespace: shop
  labels:
    azure.workload.identity/use: "true"
  annotations:
    azure.workload.identity/client-id: 5f8c2a40-6a1e-4d0b-9f53-0c2b7f1f6a11
"""
_POD = """\
---
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  namespace: shop
spec:
  serviceAccountName: orders
  containers:
    - name: api
      image: shop.azurecr.io/orders:1.4.0
"""
_DEPLOYMENT = """\
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: shop
spec:
  template:
    spec:
      serviceAccountName: orders
      containers:
        - name: api
          image: shop.azurecr.io/orders:1.4.0
"""


def _only(root: Path, check: str) -> Finding:
    (found,) = (one for one in run(root).findings if one.check.id == check)
    return found


def test_a_gateway_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(_GATEWAY, encoding="utf-8")
    found = _only(tmp_path, "KV601")
    assert found.message.startswith('The certificate of application gateway "agw-shop" reads "tls" at')
    assert found.verify == "az keyvault secret list-versions --vault-name kv-shop --name tls"


@pytest.mark.parametrize(
    ("workloads", "names"),
    [
        ([_POD.format(name="one")], 'Pod "one"'),
        ([_POD.format(name="one"), _POD.format(name="two")], 'Pod "one" and Pod "two"'),
        ([_DEPLOYMENT.format(name="one")], 'the pods of Deployment "one"'),
        (
            [_POD.format(name="one"), _DEPLOYMENT.format(name="two")],
            'the pods of Deployment "two" and Pod "one"',
        ),
        (
            [_POD.format(name=name) for name in ("a", "b", "c", "d")],
            'Pod "a", Pod "b", Pod "c" and others',
        ),
    ],
)
def test_pods_without_the_label(tmp_path: Path, workloads: list[str], names: str) -> None:
    (tmp_path / "all.yaml").write_text("".join((_ACCOUNT, *workloads)), encoding="utf-8")
    assert f" is missing on {names}. " in _only(tmp_path, "KV403").message


def test_a_pod_of_a_federated_account(tmp_path: Path) -> None:
    account = _ACCOUNT.replace('  labels:\n    azure.workload.identity/use: "true"\n', "")
    (tmp_path / "all.yaml").write_text(account + _POD.format(name="one"), encoding="utf-8")
    assert ' is missing on Pod "one", whose service account ' in _only(tmp_path, "KV401").message


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("kv-shop-production-westeurope", "kv-shop-production"),
        ("kv-shop-production-weste-1", "kv-shop-production-weste"),
        ("kvshopproductionwesteurope", "kvshopproductionwesteuro"),
        ("kv--shop", "kv-shop"),
    ],
)
def test_a_shorter_name_holds_whole_words(tmp_path: Path, name: str, suggestion: str) -> None:
    text = f'resource "azurerm_key_vault" "shop" {{\n  name = "{name}"\n}}\n'
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    assert _only(tmp_path, "KV103").help == f'Call it "{suggestion}".'


def test_what_has_no_known_name_is_called_by_kind_and_address(tmp_path: Path) -> None:
    text = (TESTDATA / "KV201" / "good" / "proven-role" / "main.tf").read_text(encoding="utf-8")
    for known, unknown in (
        ('"id-api"', "var.identity"),
        ('"kv-shop"', "var.vault"),
        ("Key Vault Secrets User", "Key Vault Reader"),
    ):
        text = text.replace(known, unknown)
    declared = 'variable "identity" {}\nvariable "vault" {}\n'
    (tmp_path / "main.tf").write_text(text + declared, encoding="utf-8")
    message = _only(tmp_path, "KV204").message
    assert (
        " of key vault azurerm_key_vault.shop as user-assigned identity azurerm_user_assigned_identity."
        in message
    )


def test_the_cluster_and_the_registry_of_a_pull() -> None:
    commands = {
        one.verify
        for folder in (TESTDATA / "KV213" / "bad").iterdir()
        for one in run(folder).findings
        if one.verify.startswith("az aks check-acr")
    }
    assert any("--name aks-shop " in one and "<registry>" not in one for one in commands)
