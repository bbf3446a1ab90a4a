"""``kvlint trace``: the chains of a consumer, as a person reads them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from kvlint.cli import CLEAN, FINDINGS, main
from scenarios import TESTDATA


def traced(
    capsys: pytest.CaptureFixture[str], folder: str, name: str, *options: str, status: int = CLEAN
) -> list[str]:
    """The lines that a command prints for a scenario."""
    assert main(["trace", "--color", "never", "--root", str(TESTDATA / folder), *options, name]) == status
    return capsys.readouterr().out.splitlines()


def links(lines: Sequence[str]) -> list[str]:
    """The lines without their places."""
    return [line.rpartition("  ")[0] if line.count("main.tf:") else line for line in lines]


def test_a_whole_chain(capsys: pytest.CaptureFixture[str]) -> None:
    lines = traced(capsys, "KV201/good/group-in-a-group", "api")
    assert lines[0] == 'container app "api" (main.tf:34:1)'
    assert links(lines[1:]) == [
        '  ok      secret "db-password" of azurerm_container_app.api reads key vault "kv-shop"',
        '            key vault "kv-shop", which uses Azure RBAC',
        "            its permission model is set here",
        '            as user-assigned identity "id-api"',
        "    ok      azurerm_role_assignment.readers gives secret read to the members of group azuread_group.readers",
        '  ok      environment variable "DB_PASSWORD" takes secret "db-password"',
        '            secret "db-password" is declared',
    ]
    assert lines[4].endswith("main.tf:1:1")


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("KV201/bad/group-of-others", "azurerm_role_assignment.readers is for group azuread_group.readers"),
        ("KV201/bad/grant-on-another-vault", 'azurerm_role_assignment.api holds at key vault "kv-pay"'),
        (
            "KV204/bad/reader-at-the-vault",
            'BROKEN  azurerm_role_assignment.api has the role "Reader", which does not read secrets',
        ),
        (
            "KV204/bad/policy-without-get",
            'BROKEN  azurerm_key_vault_access_policy.api has no "Get" among its secret permissions',
        ),
    ],
)
def test_why_a_grant_does_not_count(capsys: pytest.CaptureFixture[str], folder: str, expected: str) -> None:
    lines = links(traced(capsys, folder, "*", status=FINDINGS))
    assert expected in [line.strip() for line in lines]


def test_what_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    lines = traced(capsys, "KV201/good/principal-unknown-variable", "API")
    reasons = [line.strip() for line in lines if "has no value" in line]
    assert reasons[0].startswith("unknown azurerm_role_assignment.")


def test_a_vault_that_the_set_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (TESTDATA / "KV201" / "good" / "proven-role" / "main.tf").read_text(encoding="utf-8")
    url = '"https://kv-pay.vault.azure.net/secrets/db-password"'
    changed = re.sub(r"(key_vault_secret_id *= ).*", lambda found: found[1] + url, text)
    (tmp_path / "main.tf").write_text(changed, encoding="utf-8")
    assert main(["trace", "--color", "never", "--root", str(tmp_path), "api", str(tmp_path)]) == CLEAN
    out = capsys.readouterr().out
    assert ' reads key vault "kv-pay", which is not in the analysed set' in out
    assert "no vault named" not in out


def test_a_workload(capsys: pytest.CaptureFixture[str]) -> None:
    folder = next((TESTDATA / "KV406" / "good").iterdir())
    assert main(["trace", "--color", "never", "--root", str(folder), "*"]) in (CLEAN, FINDINGS)
    assert "runs as service account" in capsys.readouterr().out


def test_deployments_that_agree_are_shown_once(capsys: pytest.CaptureFixture[str]) -> None:
    lines = traced(capsys, "KV201/good/two-tfvars", "*")
    headings = [line for line in lines if line and not line.startswith(" ")]
    assert len(headings) == 1
    assert ", deployed with " in headings[0]


@pytest.mark.parametrize(
    ("name", "message"),
    [("apy", "nothing is called apy; did you mean api?"), ("zzz", "nothing is called zzz; there are api")],
)
def test_a_name_that_nothing_has(capsys: pytest.CaptureFixture[str], name: str, message: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["trace", "--root", str(TESTDATA / "KV201" / "good" / "proven-role"), name])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_nothing_to_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["trace", "x"])
    assert f"no consumer of secrets was found{os.linesep}" in capsys.readouterr().err
