"""Checkouts that only give facts: what is read of them, what is told, and what stays apart."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from kvlint import cli
from kvlint.checkouts import Checkouts
from kvlint.engine import analyse
from kvlint.parsing import parse
from kvlint.result import RunResult
from kvlint.templates import TemplateLibrary, template_set
from scenarios import TESTDATA
from template_trees import PARAMETERS_SCHEMA
from terraform_trees import write_files

IDENTITY = """
resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}
"""
APP = (
    IDENTITY
    + """
resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "environment"
  revision_mode                = "Single"
  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }
  secret {
    name                = "db-password"
    key_vault_secret_id = "https://kv-shared.vault.azure.net/secrets/db-password"
    identity            = azurerm_user_assigned_identity.api.id
  }
  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"
      env {
        name        = "DB_PASSWORD"
        secret_name = "db-password"
      }
    }
  }
}
"""
)
VAULT = """
resource "azurerm_key_vault" "shared" {
  name                       = "kv-shared"
  resource_group_name        = "rg-platform"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}
"""
GRANT = """
data "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
}
resource "azurerm_role_assignment" "api" {
  scope                = azurerm_key_vault.shared.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = data.azurerm_user_assigned_identity.api.principal_id
}
"""
#: Two defects: a secret that no app has, and a vault that is read without a grant.
BROKEN = VAULT + APP.replace('secret_name = "db-password"', 'secret_name = "db-passwort"')


def call(source: str, name: str = "m") -> str:
    return f'module "{name}" {{\n  source = "{source}"\n}}\n'


def run(folder: Path, *context: str, analysed: str = "app") -> RunResult:
    root = folder / analysed
    return analyse([root], root, context=[folder / one for one in context], select=about_access)


def about_access(check: str) -> bool:
    return check.startswith(("KV0", "KV1", "KV2"))


def told(result: RunResult) -> list[tuple[str, str]]:
    return [(finding.check.id, finding.span.path) for finding in result.findings]


@pytest.fixture
def side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An application beside the platform that it builds on; the user stands in the application."""
    write_files({"app/main.tf": APP, "platform/main.tf": VAULT}, tmp_path)
    monkeypatch.chdir(tmp_path / "app")
    return tmp_path


# What is known and what is told -----------------------------------------------------------------


def test_without_the_context_nothing_is_certain(side_by_side: Path) -> None:
    result = run(side_by_side)
    assert not result.findings
    assert [one.reason for one in result.unresolved] == ['no vault named "kv-shared" is in the analysed set']


def test_the_missing_grant_is_told_where_the_secret_is_read(side_by_side: Path) -> None:
    result = run(side_by_side, "platform")
    (finding,) = result.findings
    assert (finding.check.id, finding.span.path) == ("KV201", "main.tf")
    assert "../platform/main.tf" in {related.span.path for related in finding.related}


def test_the_grant_of_the_context_counts(side_by_side: Path) -> None:
    (side_by_side / "platform" / "main.tf").write_text(VAULT + GRANT)
    result = run(side_by_side, "platform")
    assert not result.findings
    assert (result.proven, result.broken, result.unresolved) == (3, 0, [])


def test_nothing_is_reported_in_the_context(side_by_side: Path) -> None:
    write_files(
        {
            "app/main.tf": IDENTITY,
            "platform/main.tf": "# kvlint: ignore[KV101] nothing\n" + BROKEN,
            "platform/broken.tf": "resource {",
            "platform/broken.yaml": "apiVersion: v1\nkind: Secret\nmetadata: [",
        },
        side_by_side,
    )
    result = run(side_by_side, "platform")
    assert [*result.findings, *result.suppressed, *result.unresolved, *result.failures] == []
    assert (result.proven, result.broken) == (0, 0)
    assert sum(result.files.values()) == 1
    (note,) = result.notes
    assert note.startswith("could not be read in the context: ../platform/broken.tf:1:")
    assert "../platform/broken.yaml:3:" in note
    assert run(side_by_side, analysed="platform").findings


def test_many_broken_files_are_counted(side_by_side: Path) -> None:
    write_files({f"platform/{number}.tf": "resource {" for number in range(5)}, side_by_side)
    (note,) = run(side_by_side, "platform").notes
    assert note.endswith("../platform/2.tf:1:1, and 2 more")


def test_a_defect_of_the_context_is_told_where_it_breaks_the_app(side_by_side: Path) -> None:
    wrong = GRANT.replace("Secrets User", "Reader")
    (side_by_side / "platform" / "main.tf").write_text(VAULT + wrong + wrong.replace('"api"', '"again"'))
    (finding,) = run(side_by_side, "platform").findings
    assert (finding.check.id, finding.span.path) == ("KV204", "main.tf")
    assert finding.related[0].span.path == "../platform/main.tf"
    assert finding.related[0].span.text == '"Key Vault Reader"'


# What is read -----------------------------------------------------------------------------------


def test_equal_paths_stay_apart(side_by_side: Path) -> None:
    """Both have a root ``infra`` with a module ``modules/vault``, and var files of one name."""
    module = 'variable "name" {}\n' + VAULT.replace('"kv-shared"', "var.name")
    caller = 'variable "stage" {}\nmodule "vault" {\n  source = "../modules/vault"\n  name   = "kv-%s"\n}\n'
    write_files(
        {
            "app/main.tf": "",
            "app/infra/main.tf": APP + caller % "app",
            "app/modules/vault/main.tf": module,
            "platform/main.tf": "",
            "platform/infra/main.tf": caller % "${var.stage}",
            "platform/modules/vault/main.tf": module,
            "platform/prod.auto.tfvars": 'stage = "none"\n',
            "platform/infra/terraform.tfvars": 'stage = "shared"\n',
        },
        side_by_side,
    )
    (finding,) = run(side_by_side, "platform").findings
    assert (finding.check.id, finding.span.path) == ("KV201", "infra/main.tf")
    assert "../platform/modules/vault/main.tf" in {related.span.path for related in finding.related}
    (side_by_side / "platform" / "infra" / "terraform.tfvars").write_text('stage = "other"\n')
    assert not run(side_by_side, "platform").findings


def test_var_files_of_the_context_are_for_its_own_roots(side_by_side: Path) -> None:
    named = APP.replace('"https://kv-shared.', '"https://${var.vault}.') + 'variable "vault" {}\n'
    write_files(
        {
            "app/main.tf": named,
            "platform/env/prod.tfvars": 'vault = "kv-shared"\n',
            "other/env/terraform.tfvars": 'vault = "kv-shared"\n',
        },
        side_by_side,
    )
    assert not run(side_by_side, "platform", "other").findings
    write_files({"app/terraform.tfvars": 'vault = "kv-shared"\n'}, side_by_side)
    assert told(run(side_by_side, "platform", "other")) == [("KV201", "main.tf")]


def test_a_local_path_may_lead_into_the_context(side_by_side: Path) -> None:
    write_files(
        {"app/main.tf": APP + call("../platform/vault"), "platform/vault/main.tf": VAULT}, side_by_side
    )
    (side_by_side / "platform" / "main.tf").unlink()
    assert told(run(side_by_side, "platform")) == [("KV201", "main.tf")]
    assert told(run(side_by_side)) == [("KV002", "main.tf")]


def test_no_link_leads_out_of_a_checkout(side_by_side: Path) -> None:
    write_files({"outside/main.tf": VAULT, "platform/main.tf": call("./link"), "bare/x": ""}, side_by_side)
    os.symlink(side_by_side / "outside", side_by_side / "platform" / "link")
    os.symlink(side_by_side / "outside", side_by_side / "bare" / "link")
    os.symlink(side_by_side / "platform", side_by_side / "app" / "platform")
    assert not run(side_by_side, "platform", "bare").findings
    checkouts = Checkouts(side_by_side / "app", context=[side_by_side / "platform"])
    assert checkouts.place("../platform/main.tf") == side_by_side / "platform" / "main.tf"
    for path in ("../platform/link/main.tf", "platform/main.tf", "../outside/main.tf", "/etc", "a\0b"):
        assert checkouts.place(path) is None


def test_modules_of_the_repository_around_a_folder_are_read(side_by_side: Path) -> None:
    write_files(
        {
            "platform/.git/HEAD": "",
            "platform/prod/main.tf": call("../vault"),
            "platform/vault/main.tf": VAULT,
        },
        side_by_side,
    )
    (side_by_side / "platform" / "main.tf").write_text(GRANT)
    result = run(side_by_side, "platform/prod")
    assert told(result) == [("KV201", "main.tf")]
    assert not result.notes


def test_a_repository_around_both_is_no_checkout_of_its_own(side_by_side: Path) -> None:
    write_files({".git/HEAD": "", "platform/main.tf": call("../vault"), "vault/main.tf": VAULT}, side_by_side)
    assert not run(side_by_side, "platform").findings


def test_templates_stay_apart(tmp_path: Path) -> None:
    """A parameters file is for a template of its own checkout; a relative path may lead to another."""
    module = "module m '../platform/%s.bicep' = {\n  name: 'm'\n}\n"
    values = {"$schema": PARAMETERS_SCHEMA, "contentVersion": "1.0.0.0", "parameters": {"a": {"value": "x"}}}
    write_files(
        {
            "app/main.bicep": "param a string\n" + module % "part",
            "app/out.bicep": module.replace("../", "../../") % "part",
            "platform/part.bicep": "output o string = 'x'\n",
            "platform/deep/main.bicep": "param b string\n",
            "platform/deep/x.parameters.json": json.dumps(values),
        },
        tmp_path,
    )
    checkouts = Checkouts(tmp_path / "app", context=[tmp_path / "platform"])
    analysed, context = checkouts.discover([tmp_path / "app"])
    parsed = parse(analysed)
    parsed.add_context(parse(context))
    found = template_set(parsed, TemplateLibrary(parsed, checkouts, None))
    roots = [(one.deployment.root, one.deployment.variant) for one in found.deployments]
    assert roots == [("../platform/deep/main.bicep", ""), ("main.bicep", ""), ("out.bicep", "")]
    assert [file.source.path for file in found.orphans] == ["../platform/deep/x.parameters.json"]
    result = run(tmp_path, "platform")
    assert told(result) == [("KV002", "out.bicep")]


def test_the_folders_above_end_at_the_top(tmp_path: Path) -> None:
    checkouts = Checkouts(tmp_path / "app", context=[tmp_path / "platform"])
    above = {"": None, "a": "", "a/b": "a", "../platform": None, "../platform/a": "../platform"}
    assert {folder: checkouts.above(folder) for folder in above} == above


# Folders within each other ----------------------------------------------------------------------


def test_the_inner_folder_decides(side_by_side: Path) -> None:
    write_files(
        {"whole/main.tf": BROKEN, "whole/platform/main.tf": BROKEN.replace("shared", "x")}, side_by_side
    )
    whole = side_by_side / "whole"
    files = {finding.span.path for finding in analyse([whole], whole).findings}
    assert files == {"main.tf", "platform/main.tf"}
    inner = analyse([whole], whole, context=[whole / "platform"])
    assert {finding.span.path for finding in inner.findings} == {"main.tf"}
    outer = analyse([whole / "platform"], whole, context=[whole])
    assert {finding.span.path for finding in outer.findings} == {"platform/main.tf"}
    both = analyse([whole], whole, context=[whole])
    assert {finding.span.path for finding in both.findings} == files
    named = analyse([whole, whole / "platform" / "main.tf"], whole, context=[whole / "platform"])
    assert {finding.span.path for finding in named.findings} == files
    assert sum(inner.files.values()) == sum(outer.files.values()) == 1


def test_the_folder_around_the_root(side_by_side: Path) -> None:
    """``cd infra; kvlint --context ..``: paths out of the context lead back into what is analysed."""
    write_files(
        {"infra/main.tf": APP, "infra/vault/main.tf": VAULT, "other/main.tf": call("../infra/vault")},
        side_by_side,
    )
    (side_by_side / "platform" / "main.tf").unlink()
    (side_by_side / "app" / "main.tf").unlink()
    result = run(side_by_side, ".", analysed="infra")
    assert told(result) == [("KV201", "main.tf")]
    assert sum(result.files.values()) == 2


def test_a_module_outside_of_both_belongs_to_its_callers(side_by_side: Path) -> None:
    write_files({"lib/main.tf": BROKEN, "platform/main.tf": call("../lib")}, side_by_side)
    analysed, context = side_by_side / "app", side_by_side / "platform"
    result = analyse([analysed], side_by_side, context=[context])
    assert {finding.span.path for finding in result.findings} <= {"app/main.tf"}
    (analysed / "main.tf").write_text(call("../lib"))
    result = analyse([analysed], side_by_side, context=[context])
    assert "lib/main.tf" in {finding.span.path for finding in result.findings}


@pytest.mark.parametrize("group", ["KV1", "KV20", "KV21"])
def test_a_second_checkout_of_the_same_breaks_nothing(group: str, tmp_path: Path) -> None:
    """What is right stays right where the context defines all of it again."""
    for number, scenario in enumerate(TESTDATA.glob(f"{group}*/good/*")):
        if not {"BICEP", "CONTEXT", "kvlint.toml"}.isdisjoint(os.listdir(scenario)):
            continue
        first, second = tmp_path / f"{number}a", tmp_path / f"{number}b"
        for copy in (first, second):
            shutil.copytree(scenario, copy, symlinks=True)
        alone, beside = analyse([first], first), analyse([first], first, context=[second])
        assert set(told(beside)) <= set(told(alone)), scenario


# The command line -------------------------------------------------------------------------------


def test_the_option(side_by_side: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(
        {"grants/main.tf": GRANT.replace("azurerm_key_vault.shared.id", '"/subscriptions/s"')}, side_by_side
    )
    assert cli.main(["--context", "../platform"]) == cli.FINDINGS
    assert "::: ../platform/main.tf:2:1" in capsys.readouterr().out
    assert cli.main(["--context", "../platform", "--context", "../grants"]) == cli.CLEAN


def test_broken_files_of_the_context_do_not_fail_the_run(
    side_by_side: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files({"platform/main.tf": "resource {"}, side_by_side)
    assert cli.main(["--context", "../platform"]) == cli.CLEAN
    assert "note: could not be read in the context: ../platform/main.tf:1:1" in capsys.readouterr().out


def test_the_context_alone_is_nothing_to_analyse(side_by_side: Path) -> None:
    (side_by_side / "app" / "main.tf").unlink()
    assert cli.main(["--context", "../platform"]) == cli.NOTHING


def test_a_folder_that_is_not_there(side_by_side: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        cli.main(["--context", "../platfrom"])
    assert raised.value.code == cli.FAILED
    assert "--context is not a folder: ../platfrom" in capsys.readouterr().err


def test_the_configuration_names_folders_from_its_own(
    side_by_side: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = side_by_side / "app" / "kvlint.toml"
    file.write_text('context = ["../platform"]\n')
    assert cli.main(["--root", str(side_by_side / "app")]) == cli.FINDINGS
    file.write_text('bicep = "auto"\ncontext = ["../platform", "../gone"]\n')
    capsys.readouterr()
    assert cli.main([]) == cli.FAILED
    assert capsys.readouterr().err == (
        f'kvlint: {file}:2: "context" names no folder: {side_by_side / "app" / "../gone"}\n'
    )


@pytest.mark.parametrize("report", ["json", "sarif"])
def test_reports_name_files_of_the_context(
    report: str, side_by_side: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--context", "../platform", "--format", report]) == cli.FINDINGS
    assert "../platform/main.tf" in capsys.readouterr().out
