"""What consumers in a cluster read of a vault, and as whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvlint.discover import discover
from kvlint.evaluate.values import text_of
from kvlint.graph.entities import VaultObjectKind, VaultRead
from kvlint.linking import link
from kvlint.parsing import parse

SECRET, CERTIFICATE, KEY = VaultObjectKind.SECRET, VaultObjectKind.CERTIFICATE, VaultObjectKind.KEY

_STORE = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault
  namespace: shop
spec:
  provider:
    azurekv:
      vaultUrl: https://kv-shop.vault.azure.net
      authType: WorkloadIdentity
      serviceAccountRef:
        name: reader
"""
_ACCOUNT = """
apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
  namespace: shop
"""
_CLASS = """
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata:
  name: orders
spec:
  provider: azure
  parameters:
    keyvaultName: kv-shop
    clientID: 11111111-1111-1111-1111-111111111111
    objects: {}
"""


def _reads(root: Path, files: dict[str, str]) -> list[VaultRead]:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return link(parse(discover([root], root)), root)[0].vault_reads


def _external(*lines: str) -> str:
    head = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata:\n  name: orders\n  namespace: shop\n"
    return "\n".join(
        (f"{head}spec:\n  secretStoreRef:\n    name: vault", *(f"  {line}" for line in lines), "")
    )


def test_each_stage_reads_as_its_own_account(tmp_path: Path) -> None:
    """Two stages name two identities for service accounts of one name."""
    annotated = f"{_ACCOUNT}  annotations:\n    azure.workload.identity/client-id: id-"
    files = {f"{stage}/all.yaml": f"{_STORE}---{annotated}{stage}\n" for stage in ("dev", "prod")}
    found = {read.deployment.root: text_of(read.identity) for read in _reads(tmp_path, files)}
    assert found == {"dev": "id-dev", "prod": "id-prod"}


@pytest.mark.parametrize(
    ("lines", "kinds"),
    [
        (["data: [{remoteRef: {key: db-password}}]"], {SECRET}),
        (["data: [{remoteRef: {key: secret/db-password}}]"], {SECRET}),
        (["data: [{remoteRef: {key: cert/tls}}, {remoteRef: {key: key/signing}}]"], {CERTIFICATE, KEY}),
        (['data: [{remoteRef: {key: "cert/${STAGE}"}}]'], {CERTIFICATE}),
        (['data: [{remoteRef: {key: "shop-${STAGE}"}}]'], {SECRET}),
        (['data: [{remoteRef: {key: "${KEY}"}}]'], set()),
        (['data: [{remoteRef: {key: db-password}}, {remoteRef: {key: "${KEY}"}}]'], set()),
        (["dataFrom: [{extract: {key: cert/tls}}]"], {CERTIFICATE}),
        (["dataFrom: [{find: {name: {regexp: .*}}}]"], {SECRET}),
        (["dataFrom: [{sourceRef: {generatorRef: {kind: Password, name: p}}}]"], {SECRET}),
        (["data: [{sourceRef: {storeRef: {name: other}}, remoteRef: {key: cert/tls}}]"], {SECRET}),
    ],
)
def test_what_is_read_through_a_store(tmp_path: Path, lines: list[str], kinds: set[VaultObjectKind]) -> None:
    """The keys of external secrets tell what their store reads; alone it reads secrets."""
    (read,) = _reads(tmp_path, {"all.yaml": f"{_STORE}---\n{_external(*lines)}"})
    assert read.objects == kinds


@pytest.mark.parametrize(
    ("objects", "kinds"),
    [
        ('"array:\\n  - |\\n    objectName: a\\n    objectType: secret\\n"', {SECRET}),
        (
            "|\n      array:\n        - |\n          objectName: a\n          objectType: cert\n",
            {CERTIFICATE},
        ),
        ("|\n      array:\n        - objectName: a\n          objectType: key\n", {KEY}),
        ("|\n      array:\n        - |\n          objectName: a\n          objectType: certificate\n", set()),
        ("|\n      array:\n        - |\n          objectName: a\n          objectType: ${KIND}\n", set()),
        ("${OBJECTS}", set()),
        ('""', set()),
    ],
)
def test_what_a_class_reads(tmp_path: Path, objects: str, kinds: set[VaultObjectKind]) -> None:
    """The kinds of its objects, none where one of them is not known."""
    (read,) = _reads(tmp_path, {"class.yaml": _CLASS.format(objects)})
    assert read.objects == kinds
