"""Hostile and broken input, end to end: one clear finding, and the rest of the set analysed."""

from __future__ import annotations

import codecs
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from healthy import APP, NAME, beside, reports, write_healthy
from kvlint.findings import Level
from kvlint.result import RunResult
from scenarios import REPOSITORY, run

DEPTH = 10_000
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          image: web
"""
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 12)
)
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n"


def put(root: Path, path: str, content: str | bytes) -> None:
    """Write a file of a tree exactly as given."""
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content.encode() if isinstance(content, str) else content)


def check(root: Path) -> tuple[list[str], RunResult]:
    """What a tree shows beside the known defect; every report must be writable."""
    write_healthy(root)
    result = run(root)
    reports(result)
    return beside(result), result


# Text that is broken ----------------------------------------------------------------------------

BROKEN = [
    ("a.tf", 'resource "x" "y" {\n  z = [1,\n}\n', '3:1 {}expected an expression, not "}}"'),
    ("a.tf", 'locals {\n  a = "b\n}\n', "2:7 {}unclosed string"),
    ("a.tfvars", "x = = 1\n", '1:5 {}expected an expression, not "="'),
    ("a.tfvars.json", '{"x": 1,,}', "1:9 {}expected a key in double quotes"),
    ("a.tf.json", '{"resource": [}', "1:15 {}expected a value"),
    ("a.tf.json", "", "1:1 The file cannot be read: there is no value"),
    ("a.yaml", DEPLOYMENT + "  bad: [\n", "12:1 {}expected a value"),
    ("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n", "4:1 {}found a tab where indentation is expected"),
    ("a.yaml", APP + "  - x\n", '17:3 {}expected a key at the indentation of the keys before it'),
    ("a.yaml", "template:\n  containers: [\n", "3:1 {}expected a value"),
    ("kustomization.yaml", "resources:\n  - a.yaml\n bad: [\n", "3:2 {}expected a key at the indentation of the keys before it"),
    ("a.tf", b"\x00\x01\x02" * 100, "1:1 The file cannot be read: binary file"),
    ("a.yaml", b"\x7fELF\x00\x00" * 50, "1:1 The file cannot be read: binary file"),
    ("a.tf", 'locals {\n  a = "b\0c"\n}\n', "1:1 The file cannot be read: binary file"),
    ("a.tf", 'locals {\n  a = "é"\n}\n'.encode("latin-1"), "2:8 {}not valid UTF-8: unexpected byte 0xe9"),
    ("a.yaml", (DEPLOYMENT + "# é\n").encode("latin-1"), "11:3 {}not valid UTF-8: unexpected byte 0xe9"),
    ("a.tf", codecs.BOM_UTF16_LE + b"a\0b", "1:2 {}not valid UTF-16: unexpected byte 0x62"),
    ("a.yaml", BOMB + CONFIG_MAP + "data: *a11\n", "6:15 {}aliases expand to too many nodes"),
    ("a.tf", "locals {\n  a = " + "[" * DEPTH + "]" * DEPTH + "\n}\n", "2:207 {}nested too deeply"),
    ("a.tf", "locals {\n  a = " + "(" * DEPTH + "1" + ")" * DEPTH + "\n}\n", "2:207 {}nested too deeply"),
    ("a.tf", "a {\n" * DEPTH + "}\n" * DEPTH, "201:4 {}nested too deeply"),
    ("a.tfvars.json", '{"a":' + "[" * DEPTH + "]" * DEPTH + "}", "1:205 {}collections are nested deeper than 200 levels"),
    ("a.yaml", CONFIG_MAP + "a: " + "[" * DEPTH + "]" * DEPTH, "5:203 {}collections are nested deeper than 200 levels"),
    ("a.yaml", CONFIG_MAP + "a: " + "{{" * DEPTH, "5:203 {}collections are nested deeper than 200 levels"),
    ("a.yaml", CONFIG_MAP + "a:\n" + "- " * DEPTH, "6:399 {}collections are nested deeper than 200 levels"),
    ("a.bicep", "param x string = = 'a'\n", '1:18 {}expected an expression, not "="'),
    ("a.bicep", "var x = 'a\n", "1:9 {}unclosed string"),
    ("a.bicep", b"\x00\x01\x02" * 100, "1:1 The file cannot be read: binary file"),
    ("a.bicep", "var x = 'é'\n".encode("latin-1"), "1:10 {}not valid UTF-8: unexpected byte 0xe9"),
    ("a.bicep", "var x = " + "[" * DEPTH + "]" * DEPTH + "\n", "1:210 {}nested too deeply"),
    ("a.bicep", "var x = " + "(" * DEPTH + "1" + ")" * DEPTH + "\n", "1:210 {}nested too deeply"),
    ("a.bicep", "var x = '" + "${'" * DEPTH + "'}" * DEPTH + "'\n", "1:609 {}nested too deeply"),
    ("a.bicepparam", "using 'a.bicep'\nparam x string = 'a'\n", '2:9 {}expected "=", not "string"'),
    ("a.tf", "@\n" * 100_000, '1:1 {}unexpected "@"'),
    ("a.tf", 'locals { a = "' + "x" * 2_000_000 + "\n", "1:14 {}unclosed string"),
    ("a.tf", "a = <<A\n" * 20_000, '1:5 {}unclosed heredoc "A"'),
]  # fmt: skip


@pytest.mark.parametrize(("path", "content", "place"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_file_is_one_finding(tmp_path: Path, path: str, content: str | bytes, place: str) -> None:
    """At the place of the fault, and the file beside it is analysed."""
    put(tmp_path, path, content)
    found, result = check(tmp_path)
    assert found == [f"KV001 error {path}:{place.format('The file cannot be parsed here: ')}."]
    assert [failure.path for failure in result.failures] == [path]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.tf", "= } ]\n" * 20_000),
        ("a.yaml", "---\napiVersion: v1\nkind: [\n" * 5_000),
        ("a.yaml", CONFIG_MAP + "\x01\n" * 50_000),
    ],
)
def test_garbage_is_one_finding_that_counts(tmp_path: Path, path: str, content: str) -> None:
    put(tmp_path, path, content)
    (found,), _ = check(tmp_path)
    assert found.startswith(f"KV001 error {path}:")
    assert found.endswith(" more in this file).")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("docker-compose.yml", "services:\n  a:\n    image: b\n   bad: [\n"),
        ("en.yml", 'en:\n  hello: "a\n  kind: regards\n'),
        ("azure-pipelines.yml", "resources:\n  containers:\n  - container: a\nsteps:\n- template: x.yml\n bad: [\n"),
        ("mkdocs.yml", b"site_name: \xe9\n"),
        ("empty.tf", ""),
        ("empty.yaml", ""),
        ("empty.tfvars", ""),
        ("empty.bicep", ""),
        ("empty.bicepparam", ""),
        ("a.bicep", "var x = '" + "x" * 2_000_000 + "'\n"),
        ("kustomization.yaml", ""),
        ("blank.yaml", "---\n---\n\n"),
        ("odd.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: [1]\nspec: {template: {spec: {containers: 5}}}\n"),
        ("kustomization.yaml", "resources: 5\npatches: {a: b}\nnamespace: [1]\nimages: x\n"),
        ("a.tf", 'locals { a = "' + "x" * 2_000_000 + '" }\n'),
        ("a.yaml", CONFIG_MAP + 'data: {a: "' + "x" * 2_000_000 + '"}\n'),
        ("a.tf", "locals {\n  a = local.b\n  b = local.a\n}\n"),
    ],
)  # fmt: skip
def test_what_is_no_defect_is_silent(tmp_path: Path, path: str, content: str | bytes) -> None:
    """YAML of other tools, empty files, odd shapes, long lines."""
    put(tmp_path, path, content)
    assert check(tmp_path)[0] == []


def test_a_named_file_always_speaks(tmp_path: Path) -> None:
    from kvlint.engine import analyse

    put(tmp_path, "en.yml", 'en:\n  hello: "a\n')
    write_healthy(tmp_path)
    (found,) = beside(analyse([tmp_path / "en.yml", tmp_path], tmp_path))
    assert found == "KV001 error en.yml:2:10 The file cannot be parsed here: unclosed quote, it begins here."


def test_a_template_that_is_no_yaml_is_a_note(tmp_path: Path) -> None:
    """Helm may render it well."""
    put(tmp_path, "chart/Chart.yaml", "apiVersion: v2\nname: a\nversion: 1.0.0\n")
    text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n{{ if .Values.x }}\n bad: 1\n{{ end }}\n"
    put(tmp_path, "chart/templates/pod.yaml", text)
    (found,), result = check(tmp_path)
    assert found.startswith("KV001 note chart/templates/pod.yaml:6:2 ")
    assert not result.failures


def test_documents_beside_a_broken_one_are_read(tmp_path: Path) -> None:
    second = APP.replace("missing", "absent")
    put(tmp_path, "a.yaml", f"{DEPLOYMENT}---\napiVersion: v1\nkind: Pod\nmetadata: [\n---\n{second}")
    broken, dangling = check(tmp_path)[0]
    assert broken == "KV001 error a.yaml:15:1 The file cannot be parsed here: expected a value."
    assert dangling.startswith("KV101 error a.yaml:31:24 ")


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda text: codecs.BOM_UTF8 + text.encode(), id="mark"),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="crlf"),
        pytest.param(lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"), id="utf-16-le"),
        pytest.param(lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"), id="utf-16-be"),
        pytest.param(lambda text: text.encode("utf-16-le"), id="utf-16 without mark"),
    ],
)
def test_encodings_and_line_ends_are_read(tmp_path: Path, encode: Callable[[str], bytes]) -> None:
    put(tmp_path, "a.yaml", encode(APP))
    (found,), _ = check(tmp_path)
    assert found.startswith("KV101 error a.yaml:16:24 ")


# Work without end -------------------------------------------------------------------------------

DANGLING = """\
resource "azurerm_container_app" "x" {
  %s
  name                         = "x"
  resource_group_name          = "r"
  container_app_environment_id = "e"
  revision_mode                = "Single"
  template {
    container {
      name  = "a"
      image = "b"
      env {
        name        = "A"
        secret_name = "missing"
      }
    }
  }
}
"""


@pytest.mark.parametrize(
    "repeat",
    [
        "for_each = toset([for i in range(1000000) : tostring(i)])",
        "count = 1000000",
        f"for_each = toset([{', '.join(str(number) for number in range(20_000))}])",
    ],
)
def test_a_million_instances_are_one(tmp_path: Path, repeat: str) -> None:
    put(tmp_path, "a.tf", DANGLING % repeat)
    (found,), _ = check(tmp_path)
    assert found.startswith("KV101 error a.tf:13:23 ")


@pytest.mark.parametrize(
    "text",
    [
        "".join(f'  a{n} = "${{local.a{n - 1}}}${{local.a{n - 1}}}"\n' for n in range(1, 60)),
        "".join(f"  a{n} = concat(local.a{n - 1}, local.a{n - 1})\n" for n in range(1, 60)),
        "  a59 = [for i in range(10000) : [for j in range(10000) : [for k in range(10000) : i]]]\n",
        "  a59 = setproduct(range(1000), range(1000), range(1000))\n",
        f'  a59 = replace("{"a" * 50}!", "/(a+)+$/", "x")\n',
    ],
)
def test_values_that_would_fill_the_memory_are_unknown(tmp_path: Path, text: str) -> None:
    identity = 'resource "azurerm_user_assigned_identity" "x" {\n  name = jsonencode(local.a59)\n}\n'
    put(tmp_path, "a.tf", f'locals {{\n  a0 = ["x"]\n{text}}}\n{identity}')
    assert check(tmp_path)[0] == []


def test_modules_in_a_circle(tmp_path: Path) -> None:
    put(tmp_path, "a/main.tf", 'module "b" {\n  source = "../b"\n}\n')
    put(tmp_path, "b/main.tf", 'module "a" {\n  source = "../a"\n}\n')
    (found,), _ = check(tmp_path)
    assert found.startswith("KV002 note b/main.tf:1:1 ")
    assert "it calls itself in a circle" in found


def test_modules_that_call_each_other_ever_more_often(tmp_path: Path) -> None:
    for level in range(30):
        calls = (f'module "{name}" {{\n  source = "../m{level + 1}"\n}}\n' for name in "ab")
        put(tmp_path, f"m{level}/main.tf", "".join(calls))
    put(tmp_path, "m30/main.tf", DANGLING % "")
    found, _ = check(tmp_path)
    assert found
    assert all(line.startswith("KV002 note ") for line in found)


def test_kustomizations_in_a_circle(tmp_path: Path) -> None:
    put(tmp_path, "a/kustomization.yaml", "resources: [../b]\n")
    put(tmp_path, "b/kustomization.yaml", "resources: [../a]\n")
    assert check(tmp_path)[0] == []


# The file system --------------------------------------------------------------------------------


def test_links_are_not_followed_out_or_around(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    put(outside, "app.yaml", APP)
    root.mkdir()
    (root / "out.yaml").symlink_to(outside / "app.yaml")
    (root / "folder").symlink_to(outside)
    (root / "loop.yaml").symlink_to("loop.yaml")
    (root / "around").symlink_to(".")
    (root / "nowhere.tf").symlink_to("missing.tf")
    assert check(root)[0] == []


def test_special_files(tmp_path: Path) -> None:
    """Folders and pipes under names of files are neither opened nor in the way."""
    (tmp_path / "folder.tf").mkdir()
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.tf")
    os.mkfifo(tmp_path / "pipe.sh")
    put(tmp_path, "a.tf", 'resource "azurerm_user_assigned_identity" "x" {\n  name = file("pipe.tf")\n}\n')
    assert check(tmp_path)[0] == []


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_bytes = Path.read_bytes

    def refusing(path: Path) -> bytes:
        if path.name == "closed.tf":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    put(tmp_path, "closed.tf", "locals {}\n")
    monkeypatch.setattr(Path, "read_bytes", refusing)
    (found,), _ = check(tmp_path)
    assert found.startswith("KV001 error closed.tf:1:1 ")
    assert "cannot read the file: permission denied" in found


NAMES = [
    b"new\nline",
    "\N{GRINNING FACE}".encode(),
    b"100%",
    b"a b",
    b"-x",
    b"--help",
    b"\xff\xfe",
    b"a\x1b[31mb",
    b"a'b\"c",
    b"[x](y)",
    b"a...",
    b"a\\b",
    "a\N{RIGHT-TO-LEFT OVERRIDE}b".encode(),
]


@pytest.mark.parametrize("name", NAMES)
def test_file_names(tmp_path: Path, name: bytes) -> None:
    """Any name is reported, and no report writes it so that a terminal obeys it."""
    folder = os.fsencode(tmp_path)
    for extension, text in ((b".tf", "locals {\n  a = [\n}\n"), (b".yaml", APP)):
        try:
            with open(os.path.join(folder, name + extension), "wb") as stream:
                stream.write(text.encode())
        except OSError:
            pytest.skip("the file system refuses this name")
    found, result = check(tmp_path)
    assert [line[:5] for line in found] == ["KV001", "KV101"]
    shown = reports(result)
    assert "\x1b[31m" not in shown
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in shown
    for options in ([], ["--format", "sarif"], ["--format", "json"]):
        done = cli(tmp_path, *options)
        assert (done.returncode, done.stderr) == (1, b"")
        done.stdout.decode("utf-8")


def test_deep_folders(tmp_path: Path) -> None:
    path = "d/" * 500 + "a.tf"
    put(tmp_path, path, "locals {\n  a = [\n}\n")
    (found,), _ = check(tmp_path)
    assert found.startswith(f"KV001 error {path}:3:1 ")


def test_many_empty_files(tmp_path: Path) -> None:
    for number in range(5_000):
        (tmp_path / f"{number}{('.tf', '.yaml')[number % 2]}").touch()
    assert check(tmp_path)[0] == []


# The command line -------------------------------------------------------------------------------


def cli(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a folder."""
    path = os.pathsep.join(str(REPOSITORY / part) for part in ("linter", "checks"))
    return subprocess.run(
        [sys.executable, "-m", "kvlint", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "LC_ALL": "C"},
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("path", "content"), [("a.tf", "locals {\n  a = ["), ("a.yaml", b"\x00\x01\xff" * 50)]
)
def test_bad_input_on_the_command_line(tmp_path: Path, path: str, content: str | bytes) -> None:
    put(tmp_path, path, content)
    write_healthy(tmp_path)
    done = cli(tmp_path)
    assert (done.returncode, done.stderr) == (1, b"")
    output = done.stdout.decode()
    assert "error[KV001]" in output
    assert "error[KV101]" in output
    assert f"{NAME}:16:24" in output


def test_exit_statuses(tmp_path: Path) -> None:
    assert cli(tmp_path).returncode == 3
    put(tmp_path, "a.tf", "locals {}\n")
    assert cli(tmp_path).returncode == 0
    write_healthy(tmp_path)
    assert cli(tmp_path).returncode == 1
    assert cli(tmp_path, "--ignore", "KV101").returncode == 0
    assert cli(tmp_path, "--select", "KV2").returncode == 0
    assert cli(tmp_path, "--fail-on", "never").returncode == 0
    assert cli(tmp_path, "--select", "KV999").returncode == 2
    assert cli(tmp_path, "missing.tf").returncode == 2


def test_bicep_alone_is_something_to_analyse(tmp_path: Path) -> None:
    put(tmp_path, "main.bicep", "var x = 'a'\n")
    put(tmp_path, "main.bicepparam", "using 'main.bicep'\n")
    process = cli(tmp_path)
    assert process.returncode == 0
    assert b"in 2 files (2 Bicep (syntax only))" in process.stdout
    put(tmp_path, "main.bicep", "var x = \n")
    assert cli(tmp_path).returncode == 1


def test_only_a_level_decides(tmp_path: Path) -> None:
    """The note about a module that is not there needs to be asked for."""
    put(tmp_path, "a.tf", 'module "x" {\n  source = "./x"\n}\n')
    (finding,) = run(tmp_path).findings
    assert finding.level is Level.NOTE
    assert cli(tmp_path).returncode == 0
    assert cli(tmp_path, "--fail-on", "note").returncode == 1
