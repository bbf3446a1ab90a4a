"""Literal secrets: which values of variable files and of ``TF_VAR_…`` are reported, where, and how."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from healthy import reports
from kvlint.findings import Finding
from kvlint.graph.adapters.scripts import variable_settings
from kvlint.source import Source
from scenarios import TESTDATA, run

VALUE = "Wd7-kqRz-41Lm"
#: How the secrets of the scenarios are made, so that no scanner takes them for real ones.
_SYNTHETIC = re.compile(r"\b[A-Z][a-z]\d[-._]\w{4}[-._]\w{4}\b|(?:Ab1c){5,}|c3ludGhl\w+")

SINK = """\
resource "azurerm_key_vault_secret" "db" {
  name         = "db"
  value        = %s
  key_vault_id = "/subscriptions/0/resourceGroups/r/providers/Microsoft.KeyVault/vaults/v"

  expiration_date = "2999-01-01T00:00:00Z"
}
"""


def findings(root: Path, files: dict[str, str]) -> list[Finding]:
    """What a tree of these files shows; all of it must be of KV301."""
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    found = run(root).findings
    assert {one.check.id for one in found} <= {"KV301"}
    return found


def places(found: list[Finding]) -> list[str]:
    return [f"{one.span} {one.span.text}" for one in found]


def variable(name: str, body: str = "") -> str:
    return f'variable "{name}" {{ {body} }}\n'


# Where it goes ----------------------------------------------------------------------------------


def test_the_related_place_is_the_argument(tmp_path: Path) -> None:
    main = variable("db") + SINK % "var.db"
    (found,) = findings(tmp_path, {"main.tf": main, "prod.tfvars": f'db = "{VALUE}"\n'})
    assert places([found]) == [f'prod.tfvars:1:6 "{VALUE}"']
    assert found.message == (
        'The value of variable "db" is a secret in plain text: it reaches azurerm_key_vault_secret.db.value.'
    )
    (related,) = found.related
    assert (str(related.span), related.span.text) == ("main.tf:4:3", "value")
    assert found.label == "a secret in plain text, not shown"


def test_blocks_and_maps_have_places_of_their_own(tmp_path: Path) -> None:
    main = (
        variable("pin")
        + variable("data")
        + 'resource "azurerm_container_app" "a" {\n'
        + '  secret {\n    name = "one"\n    value = "changeme"\n  }\n'
        + '  secret {\n    name = "two"\n    value = var.pin\n  }\n'
        + '  template {\n    container {\n      name = "a"\n      image = "b"\n    }\n  }\n}\n'
        + 'resource "kubernetes_secret" "k" {\n  data = {\n    login_token = var.pin\n  }\n}\n'
        + 'resource "kubernetes_secret" "l" {\n  data = var.data\n}\n'
    )
    values = f'pin = "{VALUE}"\ndata = {{\n  api_key = "Hq3-vT8m-Zr6x"\n}}\n'
    first, second = findings(tmp_path, {"main.tf": main, "prod.tfvars": values})
    assert [(str(one.span), one.span.text) for one in first.related] == [
        ("main.tf:10:5", "value"),
        ("main.tf:21:5", "login_token"),
    ]
    assert [(str(one.span), one.span.text) for one in second.related] == [("main.tf:25:3", "data")]


def test_one_place_that_two_deployments_reach_is_told_once(tmp_path: Path) -> None:
    files = {
        "main.tf": variable("db") + variable("region") + SINK % "var.db",
        "terraform.tfvars": f'db = "{VALUE}"\n',
        "dev.tfvars": 'region = "a"\n',
        "prod.tfvars": 'region = "b"\n',
    }
    (found,) = findings(tmp_path, files)
    assert len(found.related) == 1
    assert found.notes == []


def test_the_own_variable_file_is_not_told_as_a_condition(tmp_path: Path) -> None:
    files = {
        "main.tf": variable("db") + SINK % "var.db",
        "dev.tfvars": 'db = "changeme"\n',
        "prod.tfvars": f'db = "{VALUE}"\n',
    }
    (found,) = findings(tmp_path, files)
    assert found.notes == []


# Parts of a computed text -----------------------------------------------------------------------

CONNECTION = '"Server=tcp:${var.cfg.db.host};User ID=app;Password=${var.cfg.db.%s};"'


@pytest.mark.parametrize("key", ["pw", "dbPass", "password", "phrase"])
def test_the_nearest_key_or_the_place_in_the_text_decides(tmp_path: Path, key: str) -> None:
    values = f'cfg = {{\n  db = {{\n    host = "sql-shop-prod-01.internal"\n    {key} = "{VALUE}"\n  }}\n}}\n'
    main = variable("cfg") + SINK % (CONNECTION % key)
    (found,) = findings(tmp_path, {"main.tf": main, "prod.tfvars": values})
    assert found.span.text == f'"{VALUE}"'
    assert found.span.first.line == 4
    assert 'variable "cfg"' in found.message


def test_the_secret_beside_a_part_that_is_not_known(tmp_path: Path) -> None:
    value = '"postgres://app:${var.phrase}@${azurerm_postgresql_server.db.fqdn}/shop"'
    main = (
        'resource "azurerm_postgresql_server" "db" {\n  name = "db"\n}\n' + variable("phrase") + SINK % value
    )
    (found,) = findings(tmp_path, {"main.tf": main, "prod.tfvars": f'phrase = "{VALUE}"\n'})
    assert found.related[0].span.text == "value"


def test_a_name_of_the_variable_does_not_spread_to_its_other_keys(tmp_path: Path) -> None:
    values = 'db_secret = {\n  host = "sql-shop-prod-01.internal"\n}\n'
    main = variable("db_secret") + variable("pw")
    main += SINK % '"Server=${var.db_secret.host};Password=${var.pw};"'
    assert findings(tmp_path, {"main.tf": main, "prod.tfvars": values}) == []


@pytest.mark.parametrize(
    ("value", "reported"),
    [
        ('"Server=${var.host};Password=changeme;"', False),
        ("var.host", True),
        ("base64encode(var.host)", True),
    ],
)
def test_the_key_of_a_map_is_no_name_of_a_part(tmp_path: Path, value: str, reported: bool) -> None:
    main = (
        variable("host")
        + f'resource "kubernetes_secret" "k" {{\n  data = {{ connection_string = {value} }}\n}}\n'
    )
    found = findings(tmp_path, {"main.tf": main, "prod.tfvars": 'host = "sql-shop-prod-01.internal"\n'})
    assert bool(found) is reported


def test_short_names_say_nothing_without_a_secret_argument(tmp_path: Path) -> None:
    assert findings(tmp_path, {"prod.tfvars": f'pw = "{VALUE}"\nboarding_pass = "{VALUE}"\n'}) == []


# TF_VAR_… ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "text", "written"),
    [
        ("export TF_VAR_x=abc-1", "abc-1", "abc-1"),
        ('export TF_VAR_x="a b"', "a b", '"a b"'),
        ("TF_VAR_x='a b' terraform apply", "a b", "'a b'"),
        ("env TF_VAR_x=abc terraform plan; echo", "abc", "abc"),
        ("(TF_VAR_x=abc)", "abc", "abc"),
        ('set "TF_VAR_x=abc"', "abc", "abc"),
        ('echo "TF_VAR_x=abc" >> $GITHUB_ENV', "abc", "abc"),
        ('$env:TF_VAR_x = "abc"', "abc", '"abc"'),
        ("$Env:TF_VAR_x='abc'", "abc", "'abc'"),
    ],
)
def test_assignments_of_scripts(line: str, text: str, written: str) -> None:
    source = Source("deploy.sh", f"#!/bin/sh\n{line}\n")
    (setting,) = variable_settings(source)
    assert (setting.name, setting.text, setting.span.text) == ("x", text, written)


@pytest.mark.parametrize(
    "line",
    [
        "# TF_VAR_x=abc",
        "  rem set TF_VAR_x=abc",
        "export TF_VAR_x=$X",
        'export TF_VAR_x="a${X}b"',
        'export TF_VAR_x="abc"$X',
        "TF_VAR_x=a$(cat b)",
        "TF_VAR_x=`cat b`",
        'TF_VAR_x="`cat b`"',
        'TF_VAR_x="${{ secrets.X }}"',
        "set TF_VAR_x=a%PASSWORD%",
        "$env:TF_VAR_x = $secret",
        '$env:TF_VAR_x = "$(Get-Secret x)"',
        "export TF_VAR_x=",
        "export TF_VAR_x",
        "echo $TF_VAR_x=abc",
        "MY_TF_VAR_x=abc",
        "terraform apply -var x=abc",
    ],
)
def test_what_is_no_plain_text_is_no_assignment(line: str) -> None:
    assert list(variable_settings(Source("deploy.sh", f"{line}\n"))) == []


WORKFLOW = "on: push\nenv:\n  TF_VAR_%s: %s\n"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("db_password", VALUE, "its name says so"),
        ("settings", "Server=db;User ID=a;Password=Wd7-kqRz-41Lm;", "a connection string with a password"),
        ("mail", VALUE, "the variable is declared sensitive"),
    ],
)
def test_what_a_workflow_gives_a_variable(tmp_path: Path, name: str, value: str, reason: str) -> None:
    files = {
        "infra/main.tf": variable("mail", "sensitive = true"),
        ".github/workflows/a.yml": WORKFLOW % (name, value),
    }
    (found,) = findings(tmp_path, files)
    assert places([found]) == [f".github/workflows/a.yml:3:{12 + len(name)} {value}"]
    assert found.message.startswith(f'The value of variable "{name}" is a secret in plain text: ')
    assert reason in found.message


@pytest.mark.parametrize(
    "value", ["azureadmin", "westeurope-2", "${{ vars.MAIL }}", "changeme-please", "true"]
)
def test_a_sensitive_variable_may_get_what_is_no_secret(tmp_path: Path, value: str) -> None:
    files = {
        "main.tf": variable("mail", "sensitive = true") + variable("region", "sensitive = false"),
        ".github/workflows/a.yml": WORKFLOW % ("mail", value.replace("westeurope-2", "short-1"))
        + f"  TF_VAR_region: {VALUE}\n",
    }
    assert findings(tmp_path, files) == []


def test_a_variable_of_a_called_module_is_not_of_a_root(tmp_path: Path) -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "./a"\n}\n',
        "a/main.tf": variable("mail", "sensitive = true"),
        "deploy.sh": f"TF_VAR_mail={VALUE} terraform apply\n",
    }
    assert findings(tmp_path, files) == []


def test_a_comment_in_a_script_suppresses(tmp_path: Path) -> None:
    text = f"# kvlint: ignore[KV301] of a demo\nexport TF_VAR_password={VALUE}\n"
    assert findings(tmp_path, {"deploy.sh": text}) == []


# What is shown ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "folder",
    [
        pytest.param(folder, id=folder.relative_to(TESTDATA).as_posix())
        for check in ("KV003", "KV004", "KV301")
        for folder in sorted(TESTDATA.glob(f"{check}/*/*"))
    ],
)
def test_no_report_of_a_scenario_shows_a_secret(folder: Path) -> None:
    texts = [file.read_text(encoding="utf-8") for file in folder.rglob("*") if file.is_file()]
    secrets = {secret for text in texts for secret in _SYNTHETIC.findall(text)}
    assert secrets or folder.parent.name == "good" or "KV301" not in folder.parts
    shown = reports(run(folder))
    assert not {secret for secret in secrets if secret in shown}
