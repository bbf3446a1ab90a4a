"""The command line: arguments, exit statuses, streams. The engine behind it is a stand-in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TextIO

import pytest

from kvlint import __version__, cli
from kvlint.bicepcli.options import BicepOptions
from kvlint.declarations import Declaration
from kvlint.findings import CheckInfo, Finding, Level
from kvlint.kinds import FileKind
from kvlint.result import RunResult
from kvlint.source import Source, Span

DANGLING = CheckInfo("KV101", "dangling-secret-ref", Level.ERROR, "a name that nothing declares")
UNUSED = CheckInfo("KV102", "unused-app-secret", Level.NOTE, "a secret that nothing names")
PARSE = CheckInfo("KV001", "parse-error", Level.ERROR, "a file that cannot be read")
EXCESS = CheckInfo("KV206", "excess-key-vault-grant", Level.WARNING, "more than it uses")
CHECKS = (PARSE, DANGLING, UNUSED, EXCESS)


def finding(check: CheckInfo) -> Finding:
    return Finding(check, Span(Source("a.tf", "x"), 0, 1), "wrong", "subject", check.level)


@dataclass
class Engine:
    """Stands in for the engine and records how it was called."""

    result: RunResult = field(default_factory=lambda: RunResult([], files=Counter({FileKind.TERRAFORM: 1})))
    failure: BaseException | None = None
    paths: list[Path] = field(default_factory=list)
    root: Path = Path()
    focus: set[str] | None = None
    select: Callable[[str], bool] = bool
    bicep: BicepOptions = field(default_factory=BicepOptions)
    context: list[Path] = field(default_factory=list)
    external: tuple[Declaration, ...] = ()
    text_options: dict[str, object] = field(default_factory=dict)

    def analyse(
        self,
        paths: list[Path],
        root: Path,
        *,
        focus: set[str] | None,
        select: Callable[[str], bool],
        bicep: BicepOptions,
        context: list[Path],
        external: tuple[Declaration, ...],
    ) -> RunResult:
        self.paths, self.root, self.focus, self.select, self.bicep = paths, root, focus, select, bicep
        self.context, self.external = context, external
        if self.failure is not None:
            raise self.failure
        self.result.findings = [each for each in self.result.findings if select(each.check.id)]
        return self.result

    def write_text(self, result: RunResult, stream: TextIO, **options: object) -> None:
        self.text_options = options
        stream.writelines(f"{each.check.id} → {each.message}\n" for each in result.findings)

    def write_json(self, result: RunResult, stream: TextIO) -> None:
        json.dump([each.check.id for each in result.findings], stream)

    def write_sarif(self, result: RunResult, stream: TextIO, *, documentation: object, root_uri: str) -> None:
        json.dump({"root": root_uri, "results": [each.check.id for each in result.findings]}, stream)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    stand_in = Engine()
    modules: dict[str, dict[str, object]] = {
        "kvlint.engine": {"analyse": stand_in.analyse},
        "kvlint.report.text": {"write_text": stand_in.write_text},
        "kvlint.report.json": {"write_json": stand_in.write_json},
        "kvlint.report.sarif": {"write_sarif": stand_in.write_sarif},
        "kvlint.checks": {
            "all_checks": lambda: tuple(SimpleNamespace(info=check) for check in CHECKS),
            "documentation": {check.id: f"All about {check.name}." for check in CHECKS}.get,
        },
    }
    for name, content in modules.items():
        module = ModuleType(name)
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, name, module)
    for variable in ("NO_COLOR", "FORCE_COLOR", "KVLINT_DEBUG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    return stand_in


def usage_error(*arguments: str) -> None:
    with pytest.raises(SystemExit) as raised:
        cli.main(arguments)
    assert raised.value.code == cli.FAILED


# Exit statuses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "options", "status"),
    [
        (None, [], 0),
        (DANGLING, [], 1),
        (EXCESS, [], 1),
        (UNUSED, [], 0),
        (UNUSED, ["--level", "note"], 0),
        (UNUSED, ["--fail-on", "note"], 1),
        (EXCESS, ["--fail-on", "error"], 0),
        (DANGLING, ["--fail-on", "never"], 0),
        (EXCESS, ["--level", "error"], 0),
    ],
)
def test_exit_status(engine: Engine, check: CheckInfo | None, options: list[str], status: int) -> None:
    engine.result.findings = [finding(check)] if check else []
    assert cli.main(options) == status


def test_nothing_to_analyse(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    engine.result.files = Counter({FileKind.OTHER: 3})
    assert cli.main([]) == cli.NOTHING
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "kvlint: nothing to analyse: no Terraform, Bicep, Kubernetes or Container App file in .\n"
    assert cli.main(["--pre-commit"]) == cli.CLEAN


def test_nothing_to_analyse_is_a_valid_report_all_the_same(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.result.files = Counter()
    assert cli.main(["--format", "json"]) == cli.NOTHING
    assert json.loads(capsys.readouterr().out) == []


def test_a_failure_of_kvlint_is_one_line_without_its_text(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.failure = KeyError("secret-value")
    assert cli.main([]) == cli.FAILED
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("kvlint: internal error: KeyError in tests/test_cli.py:")
    assert err.count("\n") == 1
    assert "secret-value" not in err


def test_a_traceback_on_request(
    engine: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KVLINT_DEBUG", "1")
    engine.failure = KeyError("why")
    assert cli.main([]) == cli.FAILED
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupt(engine: Engine) -> None:
    engine.failure = KeyboardInterrupt()
    assert cli.main([]) == cli.INTERRUPTED


# Scope ------------------------------------------------------------------------------------------


def test_the_current_folder_by_default(engine: Engine, tmp_path: Path) -> None:
    cli.main([])
    assert (engine.paths, engine.root, engine.focus) == ([Path()], tmp_path, None)


def test_the_root_is_the_current_folder_while_it_holds_all_paths(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "x").mkdir()
    cli.main(["x"])
    assert engine.root == tmp_path


def test_the_root_is_the_repository_where_paths_lie_elsewhere_in_it(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (".git", "x", "y"):
        (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / "x")
    cli.main([".", "../y"])
    assert engine.root == tmp_path


def test_the_root_is_the_common_folder_of_paths_outside_any_repository(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("x", "y/a", "y/b"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "x")
    cli.main(["../y/a", "../y/b"])
    assert engine.root == tmp_path / "y"
    (tmp_path / "y" / "a.tf").touch()
    cli.main(["../y/a.tf"])
    assert engine.root == tmp_path / "y"


def test_the_folder_above_is_a_root_of_its_own(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").mkdir()
    monkeypatch.chdir(tmp_path / "x")
    cli.main([".."])
    assert engine.root == tmp_path


def test_a_chosen_root_is_also_what_is_analysed(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    cli.main(["--root", "x"])
    assert (engine.paths, engine.root) == ([Path("x")], tmp_path / "x")


def test_pre_commit_analyses_the_repository_and_reports_on_the_paths(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (".git", "x"):
        (tmp_path / folder).mkdir()
    (tmp_path / "x" / "a.tf").touch()
    monkeypatch.chdir(tmp_path / "x")
    cli.main(["--pre-commit", "a.tf"])
    assert (engine.paths, engine.root, engine.focus) == ([tmp_path], tmp_path, {"x/a.tf"})


def test_a_missing_path_is_named(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    usage_error("no/such.tf")
    assert "no such file or directory: no/such.tf" in capsys.readouterr().err
    usage_error("--root", "no/such")


def test_a_folder_called_like_a_command_needs_a_dot(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "explain").mkdir()
    assert cli.main(["./explain"]) == cli.CLEAN
    assert engine.paths == [Path("explain")]


# Selection --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "selected"),
    [
        ([], {"KV001", "KV101", "KV102", "KV206"}),
        (["--select", "KV101"], {"KV001", "KV101"}),
        (["--select", "kv1, KV206"], {"KV001", "KV101", "KV102", "KV206"}),
        (["--select", "KV101", "--select", "KV2"], {"KV001", "KV101", "KV206"}),
        (["--ignore", "KV1"], {"KV001", "KV206"}),
        (["--select", "KV1", "--ignore", "KV102,KV001"], {"KV101"}),
    ],
)
def test_selection(engine: Engine, options: list[str], selected: set[str]) -> None:
    cli.main(options)
    assert {check.id for check in CHECKS if engine.select(check.id)} == selected


def test_an_unknown_id_is_a_usage_error_with_a_suggestion(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    usage_error("--select", "KV1O1")
    assert "--select: no check has the id KV1O1; did you mean KV101?" in capsys.readouterr().err
    usage_error("--ignore", "nonsense")
    assert "--ignore: no check has the id NONSENSE; `kvlint checks` lists them" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ([], ["KV101", "KV206"]),
        (["--level", "note"], ["KV101", "KV102", "KV206"]),
        (["--level", "error"], ["KV101"]),
        (["--select", "KV1"], ["KV101", "KV102"]),
        (["--select", "KV1", "--level", "warning"], ["KV101"]),
        (["--fail-on", "note"], ["KV101", "KV102", "KV206"]),
    ],
)
def test_what_is_shown(
    engine: Engine, capsys: pytest.CaptureFixture[str], options: list[str], shown: list[str]
) -> None:
    engine.result.findings = [finding(check) for check in CHECKS if check is not PARSE]
    cli.main([*options, "--format", "json"])
    assert json.loads(capsys.readouterr().out) == shown


# Reports ----------------------------------------------------------------------------------------


def test_quiet_prints_nothing(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    engine.result.findings = [finding(DANGLING)]
    assert cli.main(["--quiet"]) == cli.FINDINGS
    assert capsys.readouterr() == ("", "")


def test_output_goes_to_a_file(engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engine.result.findings = [finding(DANGLING)]
    assert cli.main(["--format", "sarif", "--output", "report.sarif"]) == cli.FINDINGS
    assert capsys.readouterr() == ("", "")
    report = json.loads((tmp_path / "report.sarif").read_text("utf-8"))
    assert report == {"root": tmp_path.as_uri() + "/", "results": ["KV101"]}


def test_an_output_that_cannot_be_written(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--output", "no/such/report.txt"]) == cli.FAILED
    assert capsys.readouterr().err == "kvlint: cannot write no/such/report.txt: No such file or directory\n"


@pytest.mark.parametrize(
    ("options", "environment", "color"),
    [
        ([], {}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_color(
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    environment: dict[str, str],
    color: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    cli.main([*options, "--show-unresolved"])
    assert engine.text_options["color"] is color
    assert engine.text_options["show_unresolved"] is True


# Commands ---------------------------------------------------------------------------------------


def test_checks_lists_all(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["checks"]) == cli.CLEAN
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines] == [[c.id, c.name, str(c.level)] for c in CHECKS]


@pytest.mark.parametrize("name", ["KV101", "kv101", "dangling-secret-ref"])
def test_explain(engine: Engine, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert cli.main(["explain", name]) == cli.CLEAN
    out = capsys.readouterr().out
    assert out.startswith("# KV101 dangling-secret-ref (error)\n\n")
    assert "All about dangling-secret-ref." in out


def test_explain_what_does_not_exist(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["explain", "dangling-secret"])
    assert "did you mean dangling-secret-ref?" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["explain"])


# The installed program --------------------------------------------------------------------------


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    paths = [str(Path(__file__).parent.parent / folder) for folder in ("linter", "checks")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-m", "kvlint", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_version(tmp_path: Path) -> None:
    for arguments in (["--version"], [".", "--version"]):
        process = run(*arguments, cwd=tmp_path)
        assert (process.returncode, process.stdout) == (0, f"kvlint {__version__}\n")


def test_help_names_the_exit_statuses(tmp_path: Path) -> None:
    process = run("--help", cwd=tmp_path)
    assert process.returncode == 0
    assert "exit status:" in process.stdout
    assert process.stderr == ""


def test_wrong_usage_goes_to_stderr(tmp_path: Path) -> None:
    process = run("--no-such-option", cwd=tmp_path)
    assert (process.returncode, process.stdout) == (2, "")
    assert "--no-such-option" in process.stderr


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    script = (
        "import sys; from kvlint import cli\n"
        "cli._lint = lambda arguments: print('x' * 1_000_000) or 0\n"
        "sys.exit(cli.main([]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parent.parent)},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(1)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == cli.BROKEN_PIPE
