"""What vaults hold: which object a value names, what scripts put there, and what the date decides."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kvlint.checkouts import Checkouts
from kvlint.discover import discover
from kvlint.evaluate.resources import Deployment, Language
from kvlint.evaluate.values import PartialText, Scalar, Symbol, Unknown, Value, known_text
from kvlint.graph.adapters.nested_yaml import documents_in
from kvlint.graph.adapters.vault_scripts import add_vault_objects
from kvlint.graph.entities import ObjectReference, VaultObject, VaultObjectKind
from kvlint.graph.facts import Facts
from kvlint.graph.graph import Graph
from kvlint.graph.object_names import ObjectNames
from kvlint.linking import link
from kvlint.parsing import parse
from kvlint.source import Source, Span
from scenarios import TESTDATA, run

_VERSION = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
_SOURCE = Source("main.tf", "resource")
_PLACE = Span(_SOURCE, 0, 8)
_DEPLOYMENT = Deployment(Language.TERRAFORM, "")


def _reference(vault: Value, name: Value | None = None) -> ObjectReference:
    return ObjectReference(
        address="a",
        display="a",
        span=_PLACE,
        deployment=_DEPLOYMENT,
        language=Language.TERRAFORM,
        vault=vault,
        name=name,
        owner="a",
    )


def _graph(root: Path, now: datetime | None = None) -> Graph:
    facts, _ = link(parse(discover([root], root)), Checkouts(root))
    return Graph(facts, now)


# --- Which object a value names ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "kind", "name", "version"),
    [
        ("https://kv-shop.vault.azure.net/secrets/db", "secret", "db", None),
        ("https://kv-shop.vault.azure.net/secrets/db/", "secret", "db", None),
        (f"https://kv-shop.vault.azure.net/secrets/db/{_VERSION}", "secret", "db", _VERSION),
        ("HTTPS://kv-shop.vault.azure.net/Secrets/db", "secret", "db", None),
        ("https://kv-shop.vault.azure.net/certificates/tls", "certificate", "tls", None),
        ("https://kv-shop.vault.azure.net/keys/sign", "key", "sign", None),
    ],
)
def test_url(url: str, kind: str, name: str, version: str | None) -> None:
    """A url tells the kind, the name and the version."""
    (found,) = ObjectNames(()).of(_reference(Scalar(url))) or []
    assert (found.kind.value, known_text(found.name), known_text(found.version)) == (kind, name, version)


@pytest.mark.parametrize(
    "text",
    [
        "kv-shop",
        "https://kv-shop.vault.azure.net",
        "https://kv-shop.vault.azure.net/secrets",
        "https://kv-shop.vault.azure.net/secrets/",
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv-shop/secrets/db",
        "",
    ],
)
def test_no_object(text: str) -> None:
    """A vault by itself, or a resource id, names no object."""
    assert ObjectNames(()).of(_reference(Scalar(text))) is None


def test_unknown_part() -> None:
    """What is not known before the name may be the vault; what is not known behind it stays unknown."""
    unknown = Unknown("it is not set")
    text = PartialText((Scalar("https://"), unknown, Scalar(".vault.azure.net/secrets/db/"), unknown))
    (found,) = ObjectNames(()).of(_reference(text)) or []
    assert known_text(found.name) == "db"
    assert found.version is unknown
    assert ObjectNames(()).of(_reference(unknown)) is None


# --- Scripts ----------------------------------------------------------------------------------


def _made(text: str) -> list[VaultObject]:
    facts = Facts()
    add_vault_objects(Source("seed.sh", text), facts)
    return facts.vault_objects


def _vault(made: VaultObject) -> str | None:
    return known_text(made.vault.parts[-1]) if isinstance(made.vault, PartialText) else None


@pytest.mark.parametrize(
    ("text", "kind", "vault", "name"),
    [
        ("az keyvault secret set --vault-name kv-a --name db --value x", "secret", "kv-a", "db"),
        ("az keyvault secret set -n db --vault-name=kv-a --value x", "secret", "kv-a", "db"),
        (
            "az keyvault secret set \\\n  --vault-name 'kv-a' \\\n  --name \"db\" --file f",
            "secret",
            "kv-a",
            "db",
        ),
        ("az keyvault secret set `\r\n  --vault-name kv-a `\r\n  --name db", "secret", "kv-a", "db"),
        ("az keyvault certificate import --vault-name kv-a -n tls --file f", "certificate", "kv-a", "tls"),
        ("az keyvault certificate create --vault-name kv-a --name tls -p @p", "certificate", "kv-a", "tls"),
        ("az keyvault key create --vault-name kv-a --name sign", "key", "kv-a", "sign"),
        ("Set-AzKeyVaultSecret -VaultName 'kv-a' -Name 'db' -SecretValue $v", "secret", "kv-a", "db"),
        ("set-azkeyvaultsecret -vaultname kv-a -name db -secretvalue $v", "secret", "kv-a", "db"),
        ("Import-AzKeyVaultCertificate -VaultName kv-a -Name tls -FilePath f", "certificate", "kv-a", "tls"),
        ("# by hand: az keyvault secret set --vault-name kv-a --name db", "secret", "kv-a", "db"),
        ('az keyvault secret set --vault-name "$KV" --name db', "secret", None, "db"),
        ("az keyvault secret set --vault-name kv-a --name $(name)", "secret", "kv-a", None),
        ("Set-AzKeyVaultSecret @arguments", "secret", None, None),
    ],
)
def test_script(text: str, kind: str, vault: str | None, name: str | None) -> None:
    """A command makes an object; what a shell fills in is not known."""
    (found,) = _made(text)
    assert (found.kind.value, _vault(found), known_text(found.name)) == (kind, vault, name)


def test_script_begins_a_name() -> None:
    """A name that begins plainly is known that far."""
    (found,) = _made("az keyvault secret set --vault-name kv-a --name db-$STAGE")
    assert isinstance(found.name, PartialText)
    assert known_text(found.name.parts[0]) == "db-"


@pytest.mark.parametrize(
    "text",
    [
        "az keyvault secret show --vault-name kv-a --name db",
        "az keyvault create --name kv-a",
        "Get-AzKeyVaultSecret -VaultName kv-a -Name db",
        "az keyvault secret delete --vault-name kv-a --name db",
    ],
)
def test_script_that_makes_nothing(text: str) -> None:
    """Commands that read or delete are no evidence."""
    assert _made(text) == []


# --- YAML in a text ---------------------------------------------------------------------------


def test_places_in_nested_yaml(tmp_path: Path) -> None:
    """What a class lists has its own place in the file, also two texts deep."""
    (tmp_path / "class.yaml").write_text(
        "apiVersion: secrets-store.csi.x-k8s.io/v1\n"
        "kind: SecretProviderClass\n"
        "metadata: {name: a}\n"
        "spec:\n"
        "  provider: azure\n"
        "  parameters:\n"
        "    keyvaultName: kv-a\n"
        "    objects: |\n"
        "      array:\n"
        "        - |\n"
        "          objectName: db\n"
        "          objectType: secret\n"
        "        - |\n"
        "          objectName: tls\n"
        "          objectType: cert\n"
        f"          objectVersion: {_VERSION}\n",
        encoding="utf-8",
    )
    first, second = _graph(tmp_path).facts.object_references
    assert (first.span.text, first.span.first.line, first.kind) == ("db", 11, VaultObjectKind.SECRET)
    assert (second.span.text, second.kind) == ("tls", VaultObjectKind.CERTIFICATE)
    assert second.version_span is not None
    assert second.version_span.text == _VERSION


def test_nested_yaml_of_a_computed_text() -> None:
    """A text that does not stand in its file as it is gives its parts its own place."""
    (found,) = documents_in(Scalar("a: b", span=_PLACE), _PLACE)
    assert found.span == _PLACE
    assert list(documents_in(Unknown("it is not set"), _PLACE)) == []


# --- Dates and levels -------------------------------------------------------------------------

_TREE = """
resource "azurerm_key_vault" "a" {
  name                = "kv-a"
  resource_group_name = "rg"
}

resource "azurerm_key_vault_secret" "db" {
  name            = "db-password"
  value           = "x"
  key_vault_id    = azurerm_key_vault.a.id
  expiration_date = "2030-06-01T12:00:00Z"
}

data "azurerm_key_vault_secret" "db" {
  name         = "%s"
  key_vault_id = azurerm_key_vault.a.id
}
%s
"""


@pytest.mark.parametrize(
    ("now", "expired"),
    [
        (datetime(2030, 6, 1, 11, 59, tzinfo=UTC), 0),
        (datetime(2030, 6, 1, 12, 1, tzinfo=UTC), 1),
    ],
)
def test_expiry(tmp_path: Path, now: datetime, expired: int) -> None:
    """A secret has expired once its date is past."""
    (tmp_path / "main.tf").write_text(_TREE % ("db-password", ""), encoding="utf-8")
    assert len(list(_graph(tmp_path, now).vault_objects.unusable())) == expired


_READER = """
data "azurerm_key_vault_secret" "right" {
  name         = "db-password"
  key_vault_id = azurerm_key_vault.a.id
}
"""
_OPAQUE = """
resource "null_resource" "seed" {
  triggers = { vault = azurerm_key_vault.a.id }
}
"""


@pytest.mark.parametrize(
    ("name", "more", "proven"),
    [
        ("db-pasword", "", True),
        # Somebody reads the secret that the set makes, so the other name may be one of its own.
        ("db-pasword", _READER, False),
        # A command is told of the vault, and may put anything there.
        ("db-pasword", _OPAQUE, False),
    ],
)
def test_proof_of_a_slip(tmp_path: Path, name: str, more: str, proven: bool) -> None:
    """A near miss is proven where a secret and a reference are both left over."""
    (tmp_path / "main.tf").write_text(_TREE % (name, more), encoding="utf-8")
    (found,) = _graph(tmp_path).vault_objects.missing()
    assert known_text(found.near.name if found.near else None) == "db-password"
    assert found.proven is proven


@pytest.mark.parametrize("name", ["DB-PASSWORD", "db-password", "db-password2", "smtp-token"])
def test_no_slip(tmp_path: Path, name: str) -> None:
    """Another case is the same name; another number, or a name like none, tells nothing."""
    (tmp_path / "main.tf").write_text(_TREE % (name, ""), encoding="utf-8")
    assert list(_graph(tmp_path).vault_objects.missing()) == []


def test_live_version() -> None:
    """An attribute that holds a version is one of the object itself."""

    class Made:
        address, type, managed = "secret.db", "azurerm_key_vault_secret", True

        def configured(self, path: tuple[str | int, ...]) -> Value | None:
            return None

    versioned, newest = Symbol(Made(), ("id",)), Symbol(Made(), ("versionless_id",))
    made = VaultObject(
        address="secret.db",
        display="secret.db",
        span=_PLACE,
        deployment=_DEPLOYMENT,
        language=Language.TERRAFORM,
        kind=VaultObjectKind.SECRET,
        name=Scalar("db"),
        vault=Scalar("kv-a"),
        urls=[newest],
        version_urls=[versioned],
    )
    names = ObjectNames([made])
    (pinned,) = names.of(_reference(versioned)) or []
    (free,) = names.of(_reference(newest)) or []
    assert (pinned.made, pinned.version, free.version) == (made, versioned, None)
    (slashed,) = names.of(_reference(PartialText((newest, Scalar("/"))))) or []
    assert slashed.version is None
    assert names.of(_reference(Symbol(Made(), ("value",)))) is None


def test_what_is_missing_counts_as_broken() -> None:
    """A right to read the vault does not make a reference to nothing work."""
    assert run(TESTDATA / "KV107" / "bad" / "container-app").broken == 1
    # Where somebody may have put it there by hand, only the access is counted.
    assert run(TESTDATA / "KV107" / "good" / "filled-by-hand").broken == 0
