"""What holds of every run: no crash, no secret in a report, the same answer however it is asked."""

from __future__ import annotations

import os
import random
import shutil
import string
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from healthy import APP, DEFECT, NAME, reports, write_healthy
from kvlint import checkouts
from kvlint.discover import Discovery, discover
from kvlint.engine import analyse
from kvlint.result import RunResult
from kvlint.source import Span
from scenarios import Mark, reported, run, scenario_folders

SCENARIOS = list(scenario_folders())
#: Those with a compiler of their own need it at their side.
EVERY_FOURTH = [folder for folder in SCENARIOS[::4] if not (folder / "BICEP").exists()]
BICEP = (".bicep", ".bicepparam")
TEXT = (".tf", ".tfvars", ".json", ".yaml", ".yml", ".sh", *BICEP)
few = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def files_of(folder: Path) -> list[Path]:
    """The files of a tree that kvlint reads."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in TEXT]


def copy(folder: Path, to: Path, change: Callable[[bytes], bytes] = lambda data: data) -> None:
    """A tree again, with every file changed."""
    shutil.copytree(folder, to, dirs_exist_ok=True)
    for path in files_of(to):
        path.write_bytes(change(path.read_bytes()))


def name_of(folder: Path) -> str:
    """A scenario's place under ``testdata``."""
    return "/".join(folder.parts[-3:])


def spans_of(result: RunResult) -> list[Span]:
    """Every place that a result speaks of."""
    spans = [entry.span for entry in result.unresolved]
    spans += [failure.span for failure in result.failures if failure.span]
    for finding in (*result.findings, *result.suppressed):
        spans.append(finding.span)
        spans += [related.span for related in finding.related]
        spans += [step.span for step in finding.steps]
    return spans


def assert_sound(result: RunResult) -> None:
    """Spans lie in their files, reports can be written and hold no registered secret."""
    spans = spans_of(result)
    for span in spans:
        assert 0 <= span.start <= span.end <= len(span.source.text), span
    shown = reports(result)
    shown.encode("utf-8", "surrogateescape")
    for source in {span.source for span in spans}:
        for start, end in source.secrets:
            value = source.text[start:end].strip("\"'")
            # What is no random text may be a word of the report.
            if len(value) >= 12 and any(character.isdigit() for character in value):
                assert value not in shown


MUTATIONS: dict[str, Callable[[bytes, int, bytes], bytes]] = {
    "truncated": lambda data, place, _: data[:place],
    "inserted": lambda data, place, token: data[:place] + token + data[place:],
    "replaced": lambda data, place, token: data[:place] + token + data[place + len(token) :],
    "removed": lambda data, place, _: data[:place] + data[place + 7 :],
    "doubled": lambda data, place, _: data[:place] + data[place // 2 :],
}
TOKENS = [b"{", b"}", b"[", b'"', b"\n", b"\t", b"${", b"{{ x }}", b": ", b"- ", b"\xff", b"\0", b"\\", b"<<E\n", b"&a ", b"*a", b"null", b"---\n", b"1e999", b"!x "]  # fmt: skip


@few
@given(
    folder=st.sampled_from(SCENARIOS),
    mutation=st.sampled_from(sorted(MUTATIONS)),
    token=st.sampled_from(TOKENS),
    draw=st.randoms(use_true_random=False),
)
def test_no_mutation_of_a_file_breaks_a_run(
    folder: Path, mutation: str, token: bytes, draw: random.Random
) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        copy(folder, root)
        path = draw.choice(files_of(root))
        data = path.read_bytes()
        path.write_bytes(MUTATIONS[mutation](data, draw.randint(0, len(data)), token))
        assert_sound(run(root))


WITH_BICEP = [folder for folder in SCENARIOS if any(file.suffix in BICEP for file in files_of(folder))]
BICEP_TOKENS = [b"'", b"'''", b"${", b"}", b"[for x in y: ", b"@", b"//", b"/*", b"\n", b"\r", b"?", b"::", b"...", b"=>", b"|", b"if (", b"resource x 'a@b' = {\n", b"\xff", b"\0", b"\\u{110000}"]  # fmt: skip


@few
@given(
    folder=st.sampled_from(WITH_BICEP),
    mutation=st.sampled_from(sorted(MUTATIONS)),
    token=st.sampled_from(BICEP_TOKENS),
    draw=st.randoms(use_true_random=False),
)
def test_no_mutation_of_a_bicep_file_breaks_a_run(
    folder: Path, mutation: str, token: bytes, draw: random.Random
) -> None:
    """At most one finding says so, and the files beside it are read as before."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        copy(folder, root)
        write_healthy(root)
        path = draw.choice([file for file in files_of(root) if file.suffix in BICEP])
        data = path.read_bytes()
        path.write_bytes(MUTATIONS[mutation](data, draw.randint(0, len(data)), token))
        result = run(root)
        assert_sound(result)
        assert reported(result)[DEFECT] == 1
        place = path.relative_to(root).as_posix()
        found = [one.check.id for one in result.findings if one.span.path == place]
        assert found.count("KV001") <= 1


def marks(root: Path) -> list[tuple[Mark, int]]:
    """What a run reports, in a form that compares."""
    return sorted(reported(run(root)).items())


@pytest.mark.parametrize("folder", SCENARIOS, ids=name_of)
def test_line_ends_and_marks_change_nothing(folder: Path, tmp_path: Path) -> None:
    expected = marks(folder)
    copy(folder, tmp_path / "crlf", lambda data: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    assert marks(tmp_path / "crlf") == expected
    copy(folder, tmp_path / "bom", lambda data: b"\xef\xbb\xbf" + data.removeprefix(b"\xef\xbb\xbf"))
    assert marks(tmp_path / "bom") == expected


@pytest.mark.parametrize("folder", EVERY_FOURTH, ids=name_of)
def test_the_same_again_and_from_anywhere(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = reports(run(folder))
    assert reports(run(folder)) == first
    monkeypatch.chdir(tmp_path)
    assert reports(run(folder, Path(os.path.relpath(folder)))) == first


@pytest.mark.parametrize("folder", SCENARIOS, ids=name_of)
def test_the_order_of_files_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = reports(run(folder))

    def shuffled(paths: list[Path], root: Path, *, within: Path | None = None) -> Discovery:
        discovery = discover(paths, root, within=within)
        random.Random(7).shuffle(discovery.files)  # noqa: S311  # repeatable
        return discovery

    monkeypatch.setattr(checkouts, "discover", shuffled)
    assert reports(run(folder)) == expected


# Secrets ----------------------------------------------------------------------------------------

TERRAFORM_APP = """\
variable "db_password" {{
  type    = string
  default = "{default}"
}}
resource "azurerm_container_app" "app" {{
  name                         = "app"
  resource_group_name          = "r"
  container_app_environment_id = "e"
  revision_mode                = "Single"
  secret {{
    name  = "{name}"
    value = {value}
  }}
  template {{
    container {{
      name  = "a"
      image = "b"
      env {{
        name        = "A"
        secret_name = "missing"
      }}
    }}
  }}
}}
resource "azurerm_key_vault_secret" "db" {{
  name         = "db"
  value        = {value}
  key_vault_id = "/x"
}}
"""
MANIFEST = """\
apiVersion: v1
kind: Secret
metadata: {{name: db}}
{key}: {{password: {value}, bad: [ }}
"""
URL = "postgresql://admin:{secret}@db.example.com:5432/shop"

#: A tree for each place where a literal secret can stand, with a defect beside it.
PLACES: dict[str, dict[str, str]] = {
    "tfvars": {"main.tf": TERRAFORM_APP, "a.tfvars": 'db_password = "{secret}"\n'},
    "tfvars nested": {"a.tfvars": 'x = {{ db = {{ password = "{secret}" }} }} =\n'},
    "tfvars json": {"main.tf": TERRAFORM_APP, "a.tfvars.json": '{{"db_password": "{secret}"}}'},
    "tfvars broken": {"a.tfvars": 'db_password = "{secret}" = =\n', "a.yaml": APP.replace("value: changeme", "value: '{secret}")},
    "tfvars json broken": {"a.tfvars.json": '{{"db_password": "{secret}",, }}'},
    "tfvars url": {"main.tf": TERRAFORM_APP, "a.tfvars": f'db_password = "{URL}"\n'},
    "default": {"main.tf": TERRAFORM_APP.replace("{default}", "{secret}")},
    "app secret": {"main.tf": TERRAFORM_APP.replace("{value}", '"{secret}"').replace("{name}", "Bad_Name")},
    "app secret on one line": {
        "main.tf": TERRAFORM_APP.replace(
            '  secret {{\n    name  = "{name}"\n    value = {value}\n',
            '  secret {{\n    name = "Bad_Name" /* password = "{secret}" */\n    value = "{secret}"\n',
        )
    },
    "app secret in YAML": {"app.yaml": APP.replace("changeme", "{secret}").replace("- name: db", "- name: Bad_Db")},
    "app secret in a flow": {
        "app.yaml": APP.replace("- name: db\n        value: changeme", "- {{name: Bad_Db, value: {secret}}}")
    },
    "secret of a manifest": {"s.yaml": MANIFEST.replace("{key}", "stringData").replace("{value}", "{secret}")},
    "data of a manifest": {"s.yaml": MANIFEST.replace("{key}", "data").replace("{value}", "{secret}")},
    "bicep broken": {"a.bicep": "param dbPassword string = '{secret}' oops\n"},
    "bicep parameter broken": {"a.bicepparam": "param dbPassword = '{secret}' +\n"},
    "bicep property broken": {"a.bicep": "var x = {{ dbPassword: '{secret}' b: 1 }}\n"},
    "secure bicep parameter": {"a.bicep": "@secure()\nparam x string = '{secret}' // kvlint: ignore[KV999]\n"},
    "terragrunt": {
        "main.tf": TERRAFORM_APP,
        "terragrunt.hcl": 'include {{\n  path = "./more.hcl"\n}}\ninputs = {{\n  db_password = "{secret}"\n}}\n',
        "more.hcl": 'inputs = {{\n  db_password = "{secret}"\n}}\n',
    },
    "terragrunt included": {
        "main.tf": TERRAFORM_APP.replace('"missing"', "var.ref") + 'variable "ref" {{}}\n',
        "terragrunt.hcl": 'include {{\n  path = "./more.hcl"\n}}\n',
        "more.hcl": 'inputs = {{\n  ref = "missing" # password = "{secret}"\n  db_password = "{secret}"\n}}\n',
    },
    "connection string": {
        "a.tfvars": 'db = "Server=tcp:x.database.windows.net;User ID=a;Password={secret};Encrypt=true" # kvlint: ignore[KV999]\n'
    },
}  # fmt: skip
DEFAULTS = {"default": "", "name": "db", "value": "var.db_password"}


@pytest.mark.parametrize("place", PLACES)
def test_no_report_prints_a_planted_secret(place: str, tmp_path: Path) -> None:
    draw = random.Random(place)  # noqa: S311  # repeatable
    secret = "".join(draw.choice(string.ascii_letters + string.digits) for _ in range(30)) + "9"
    for path, text in PLACES[place].items():
        (tmp_path / path).write_text(text.format(secret=secret, **DEFAULTS), encoding="utf-8")
    result = run(tmp_path)
    assert result.findings, place
    assert secret not in reports(result)


# The engine -------------------------------------------------------------------------------------


def test_focus_keeps_what_has_an_end_in_a_focused_file(tmp_path: Path) -> None:
    """A dangling reference is told of where the app's values stand, too."""
    (tmp_path / "main.tf").write_text(
        TERRAFORM_APP.format(**DEFAULTS).replace('"missing"', "var.ref") + 'variable "ref" {}\n'
    )
    (tmp_path / "prod.auto.tfvars").write_text('ref = "missing"\n')
    write_healthy(tmp_path)
    findings = {
        name: {finding.check.id for finding in analyse([tmp_path], tmp_path, focus={name}).findings}
        for name in ("main.tf", "prod.auto.tfvars", NAME, "other.tf")
    }
    assert "KV101" in findings["main.tf"]
    assert "KV101" in findings["prod.auto.tfvars"]
    assert "KV101" in findings[NAME]
    assert not findings["other.tf"]


def test_selection(tmp_path: Path) -> None:
    write_healthy(tmp_path)
    assert not analyse([tmp_path], tmp_path, select=lambda check: check != "KV101").findings
    assert analyse([tmp_path], tmp_path, select=lambda check: check == "KV101").findings


def test_a_finding_of_some_deployments_names_them(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        TERRAFORM_APP.format(**DEFAULTS).replace('"missing"', "var.ref") + 'variable "ref" {}\n'
    )
    (tmp_path / "dev.tfvars").write_text('ref = "db"\n')
    (tmp_path / "prod.tfvars").write_text('ref = "missing"\n')
    (finding,) = (one for one in run(tmp_path).findings if one.check.id == "KV101")
    assert any("this holds only in the deployment with " in note and "prod" in note for note in finding.notes)


HCL_LINE = '        secret_name = "missing"'
YAML_LINE = "            secretRef: missing"


@pytest.mark.parametrize(
    ("line", "suppressed"),
    [
        (f"{HCL_LINE} # kvlint: ignore[KV101] known", HCL_LINE),
        (f"{HCL_LINE} // kvlint: ignore[KV101]", HCL_LINE),
        (f"{HCL_LINE} /* kvlint: ignore[KV101] */", HCL_LINE),
        (f"# kvlint: ignore[KV101]\n{HCL_LINE}", HCL_LINE),
        (f"/* kvlint: ignore[KV101] */\n{HCL_LINE}", HCL_LINE),
        (f"{HCL_LINE}\n# kvlint: ignore-file[KV101]", HCL_LINE),
        (f"{YAML_LINE} # kvlint: ignore[KV101] known", YAML_LINE),
        (f"# kvlint: ignore[KV101]\n{YAML_LINE}", YAML_LINE),
        (f"{YAML_LINE}\n# kvlint: ignore-file[KV101]", YAML_LINE),
    ],
)
def test_suppression(tmp_path: Path, line: str, suppressed: str) -> None:
    name, text = ("main.tf", TERRAFORM_APP.format(**DEFAULTS)) if suppressed is HCL_LINE else ("a.yaml", APP)
    assert suppressed in text
    (tmp_path / name).write_text(text.replace(suppressed, line))
    result = run(tmp_path)
    assert not {"KV101", "KV003", "KV004"} & {finding.check.id for finding in result.findings}
    assert [finding.check.id for finding in result.suppressed] == ["KV101"]


def test_suppressions_that_are_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        APP + "# kvlint: ignore[KV101]\n# kvlint: ignore[KV999]\n# kvlint: disable=KV101\n"
    )
    found = sorted((finding.check.id, finding.span.first.line) for finding in run(tmp_path).findings)
    assert found == [("KV003", 17), ("KV004", 18), ("KV004", 19), ("KV101", 16)]
