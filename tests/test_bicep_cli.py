"""The Bicep CLI as second reader.

The contract tests take the real ``bicep`` where one is on PATH, else a stand-in that behaves as
documented. The tests of what goes wrong always take the stand-in, which goes wrong on request.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import fake_bicep
from kvlint import cli
from kvlint.bicepcli.child import CliError
from kvlint.bicepcli.compiler import Compiler, Verdict
from kvlint.bicepcli.diagnostics import Diagnostic, clean, from_entry, from_lines
from kvlint.bicepcli.options import BicepMode, BicepOptions, Limits
from kvlint.bicepcli.program import Program, find_program
from kvlint.bicepcli.protocol import Frames, frame
from kvlint.bicepcli.reach import self_contained
from kvlint.engine import analyse
from kvlint.result import RunResult
from kvlint.source import Source
from kvlint.syntax.bicep import read_bicep
from kvlint.syntax.bicep_tree import BicepFile

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a script with a shebang")

REAL = shutil.which("bicep")
TIME = Limits(60, 300) if REAL else Limits(10, 20)
SERVED, SINGLE = (0, 46, 1), (0, 28, 0)

GOOD = "param a string\n\noutput b string = a\n"
UNKNOWN_NAME = "param a string\n\noutput b string = c\n"
BCP057 = 'The name "{}" does not exist in the current context. [https://aka.ms/bicep/core-diagnostics#BCP057]'
MODULE = "module m 'br:registry.invalid/shop:1.0' = {\n  name: 'm'\n}\n"
BCP190 = 'The artifact with reference "br:registry.invalid/shop:1.0" has not been restored.'


class Case:
    """A tree of files outside of the folder that holds the program."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = folder / "tree"
        self.bin = folder / "bin"
        self.root.mkdir()
        self._monkeypatch = monkeypatch

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def stand_in(
        self, diagnostics: Mapping[str, Sequence[str]] | None = None, *, first: str = "", **options: Any
    ) -> None:
        """Put a stand-in on PATH, behind the entries of ``first``."""
        fake_bicep.install(self.bin, self.root, diagnostics, **options)
        self._monkeypatch.setenv("PATH", os.pathsep.join(filter(None, (first, str(self.bin)))))

    def contract(self, diagnostics: Mapping[str, Sequence[str]] | None = None, **options: Any) -> None:
        """The real program where there is one; a stand-in that says this of the files where not."""
        if not REAL:
            self.stand_in(diagnostics, **options)

    def enter(self) -> None:
        self._monkeypatch.chdir(self.root)

    def program(self, version: tuple[int, int, int] = SERVED) -> Program:
        """The program on PATH, used as a version has it."""
        found = find_program(self.root)
        assert found is not None
        return replace(found, version=version)

    def trees(self) -> dict[Path, BicepFile]:
        found: dict[Path, BicepFile] = {}
        for path in sorted(self.root.rglob("*.bicep*")):
            text = path.read_text("utf-8")
            found[path] = read_bicep(Source(path.relative_to(self.root).as_posix(), text))
        return found

    def judge(
        self, version: tuple[int, int, int] = SERVED, *, limits: Limits = TIME, restore: bool = False
    ) -> tuple[dict[str, Verdict], list[str]]:
        """The verdicts by name, and the notes."""
        compiler = Compiler(self.program(version), limits, restore=restore)
        verdicts = compiler.judge(self.trees())
        return {str(path.relative_to(self.root)): one for path, one in verdicts.items()}, compiler.notes

    def run(self, mode: BicepMode = BicepMode.AUTO, **options: Any) -> RunResult:
        return analyse([self.root], self.root, bicep=BicepOptions(mode, limits=TIME, **options))

    def calls(self) -> list[list[str]]:
        """The argument lists of the stand-in, without those that ask for its version."""
        found = [call["arguments"] for call in fake_bicep.calls(self.bin) if "arguments" in call]
        return [arguments for arguments in found if arguments[-1] not in ("--version", "version")]


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    return Case(Path(os.path.realpath(tmp_path)), monkeypatch)


def place(verdict: Verdict) -> tuple[str, int, int]:
    assert verdict.rejection is not None
    return verdict.rejection.code, verdict.rejection.line, verdict.rejection.column


# The contract: the real program where there is one ----------------------------------------------


def test_the_program_tells_its_version(case: Case) -> None:
    case.contract(version="0.46.1")
    found = find_program(case.root)
    assert found is not None
    assert found.version >= (0, 20, 0)
    assert not found.through_azure


@pytest.mark.parametrize("version", [SERVED, SINGLE], ids=["jsonrpc", "build"])
def test_verdicts(case: Case, version: tuple[int, int, int]) -> None:
    case.write("good.bicep", GOOD)
    case.write("bad.bicep", UNKNOWN_NAME)
    case.write("warned.bicep", "param unused string\n")
    case.write("with space/a b.bicep", UNKNOWN_NAME)
    case.contract(
        {
            "bad.bicep": ["bad.bicep(3,19) : Error BCP057: " + BCP057.format("c")],
            "warned.bicep": ["warned.bicep(1,7) : Warning no-unused-params: Parameter is never used."],
            "with space/a b.bicep": ["with space/a b.bicep(3,19) : Error BCP057: " + BCP057.format("c")],
        }
    )
    verdicts, notes = case.judge(version)
    assert notes == []
    assert verdicts["good.bicep"].rejection is None
    assert verdicts["warned.bicep"].rejection is None
    for name in ("bad.bicep", "with space/a b.bicep"):
        assert place(verdicts[name]) == ("BCP057", 3, 19)
        found = verdicts[name].rejection
        assert found is not None
        assert 'The name "c" does not exist' in found.message
        assert found.link.startswith("https://aka.ms/bicep/core-diagnostics#")


@pytest.mark.parametrize("version", [SERVED, SINGLE], ids=["jsonrpc", "build"])
def test_columns_are_utf_16(case: Case, version: tuple[int, int, int]) -> None:
    path = case.write("main.bicep", "param a string\noutput b string = '😀é${missing}'\n")
    case.contract({"main.bicep": ["main.bicep(2,25) : Error BCP057: " + BCP057.format("missing")]})
    verdicts, _ = case.judge(version)
    found = verdicts["main.bicep"].rejection
    assert found is not None
    assert found.column == 25
    assert found.span(Source("main.bicep", path.read_text("utf-8"))).text[0] == "m"


@pytest.mark.parametrize("version", [SERVED, SINGLE], ids=["jsonrpc", "build"])
def test_parameter_files(case: Case, version: tuple[int, int, int]) -> None:
    case.write("main.bicep", GOOD)
    case.write("good.bicepparam", "using 'main.bicep'\n\nparam a = 'x'\n")
    case.write("bad.bicepparam", "using 'main.bicep'\n\nparam a = 'x'\nparam extra = 1\n")
    message = 'The parameter "extra" is assigned in the params file without being declared in the Bicep file.'
    case.contract({"bad.bicepparam": [f"bad.bicepparam(4,1) : Error BCP259: {message}"]})
    verdicts, notes = case.judge(version)
    assert notes == []
    assert verdicts["good.bicepparam"].rejection is None
    assert verdicts["bad.bicepparam"].rejection is not None
    assert verdicts["bad.bicepparam"].rejection.code == "BCP259"


@pytest.mark.parametrize("version", [SERVED, SINGLE], ids=["newest", "oldest"])
def test_a_module_that_is_not_restored_is_no_error_of_the_file(
    case: Case, version: tuple[int, int, int]
) -> None:
    """Such files never go to JSON-RPC, which would fetch the module."""
    case.write("one.bicep", MODULE)
    case.write("below/two.bicep", MODULE + "output x string = c\n")
    case.write("below/three.bicep", GOOD)
    case.write("user.bicep", "module b 'below/two.bicep' = {\n  name: 'b'\n}\n")
    missing = f"(1,10) : Error BCP190: {BCP190}"
    unknown = "below/two.bicep(4,19) : Error BCP057: " + BCP057.format("c")
    case.contract(
        {
            "one.bicep": ["one.bicep" + missing],
            "below/two.bicep": ["below/two.bicep" + missing, unknown],
            "user.bicep": [
                "below/two.bicep" + missing,
                unknown,
                "user.bicep(1,10) : Error BCP104: The referenced module has errors.",
            ],
        }
    )
    verdicts, notes = case.judge(version)
    assert notes == []
    assert verdicts["one.bicep"].rejection is None
    assert place(verdicts["below/two.bicep"]) == ("BCP057", 4, 19)
    assert verdicts["user.bicep"].rejection is None
    assert verdicts["below/three.bicep"].rejection is None


@pytest.mark.parametrize("version", [SERVED, SINGLE], ids=["newest", "oldest"])
def test_nothing_is_written_beside_a_source(case: Case, version: tuple[int, int, int]) -> None:
    case.write("main.bicep", GOOD)
    case.write("bad.bicep", UNKNOWN_NAME)
    case.write("one.bicep", MODULE)
    case.write("two.bicep", MODULE)
    case.write("prod.bicepparam", "using 'main.bicep'\n\nparam a = 'x'\n")
    case.contract({"bad.bicep": ["bad.bicep(3,19) : Error BCP057: " + BCP057.format("c")]})

    def state() -> dict[str, str]:
        files = sorted(path for path in case.root.rglob("*") if path.is_file())
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    before = state()
    case.judge(version)
    assert state() == before


def test_a_rejected_file_is_reported_and_analysed_all_the_same(case: Case) -> None:
    case.write("main.bicep", UNKNOWN_NAME)
    case.contract({"main.bicep": ["main.bicep(3,19) : Error BCP057: " + BCP057.format("c")]})
    result = case.run()
    (found,) = result.findings
    assert (found.check.id, str(found.span), found.span.text) == ("KV005", "main.bicep:3:19", "c")
    assert 'BCP057: The name "c" does not exist' in found.message
    assert "https://aka.ms/bicep/core-diagnostics#BCP057" in found.message
    assert result.failures == []
    assert result.notes == []


# What is asked, and how ------------------------------------------------------------------------


def test_files_within_reach_are_served_and_others_built_together(case: Case) -> None:
    for name in ("a.bicep", "b.bicep"):
        case.write(name, GOOD)
    for name in ("x.bicep", "y.bicep"):
        case.write(name, MODULE)
    case.stand_in()
    verdicts, _ = case.judge()
    assert set(verdicts) == {"a.bicep", "b.bicep", "x.bicep", "y.bicep"}
    served, built = case.calls()
    assert served == ["jsonrpc", "--stdio"]
    assert built[:3] == ["build", "--pattern", f"{case.root}/**/*.bicep"]
    assert built[3] == "--outdir"
    assert not Path(built[4]).is_relative_to(case.root)
    assert not Path(built[4]).exists()
    assert built[5:] == ["--no-restore"]
    requests = [call["params"]["path"] for call in fake_bicep.calls(case.bin) if "method" in call]
    assert requests == [str(case.root / "a.bicep"), str(case.root / "b.bicep")]


def test_with_leave_everything_may_be_restored(case: Case) -> None:
    path = case.write("main.bicep", MODULE)
    case.stand_in()
    case.judge(restore=True)
    case.judge(SINGLE, restore=True)
    assert case.calls() == [["jsonrpc", "--stdio"], ["build", str(path), "--stdout"]]


def test_without_leave_nothing_is_restored(case: Case) -> None:
    path = case.write("main.bicep", MODULE)
    case.stand_in()
    case.judge()
    assert case.calls() == [["build", str(path), "--stdout", "--no-restore"]]


def test_an_old_version_is_given_one_file_at_a_time(case: Case) -> None:
    case.write("a.bicep", GOOD)
    case.write("b.bicepparam", "using 'a.bicep'\nparam a = 'x'\n")
    case.stand_in(version="0.28.1")
    assert set(case.judge(SINGLE)[0]) == {"a.bicep", "b.bicepparam"}
    assert [arguments[0] for arguments in case.calls()] == ["build", "build-params"]
    assert all(arguments[2:] == ["--stdout", "--no-restore"] for arguments in case.calls())


def test_the_azure_cli(case: Case) -> None:
    path = case.write("main.bicep", UNKNOWN_NAME)
    lines = ["main.bicep(3,19) : Error BCP057: " + BCP057.format("c")]
    case.stand_in({"main.bicep": lines}, name="az")
    result = case.run()
    assert [found.check.id for found in result.findings] == ["KV005"]
    assert case.calls() == [["build", "--file", str(path), "--stdout", "--no-restore"]]


def test_an_azure_cli_without_bicep_is_none(case: Case) -> None:
    case.write("main.bicep", GOOD)
    case.stand_in(name="az", fault="no version")
    assert find_program(case.root) is None
    assert case.run().notes == []


def test_the_environment_is_clean(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = ("BICEP_PARAMETERS_OVERRIDES", "BICEP_TRUSTED_REGISTRIES", "DATABASE_PASSWORD", "PYTHONPATH")
    for name in secrets:
        monkeypatch.setenv(name, "value")
    case.write("main.bicep", GOOD)
    case.stand_in(first=f"{case.root}:.:relative")
    case.run()
    calls = [call for call in fake_bicep.calls(case.bin) if "environment" in call]
    assert len(calls) == 2
    for call in calls:
        assert call["environment"].keys().isdisjoint(secrets)
        assert call["environment"]["PATH"] == str(case.bin)
        assert not Path(call["folder"]).is_relative_to(case.root)


def test_a_program_of_the_tree_is_never_run(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.write("main.bicep", GOOD)
    (case.root / ".git").mkdir()
    below = case.root / "app"
    below.mkdir()
    inside = fake_bicep.install(case.root / "tools", case.root)
    link = case.root.parent / "links"
    link.mkdir()
    (link / "bicep").symlink_to(inside)
    monkeypatch.chdir(case.root / "tools")
    monkeypatch.setenv("PATH", os.pathsep.join([str(inside.parent), ".", "", "tools", str(link)]))
    assert find_program(case.root) is None
    assert find_program(below) is None
    assert case.run().notes == []
    assert fake_bicep.calls(inside.parent) == []


# Confirming and correcting ----------------------------------------------------------------------

#: Kvlint's reader finds a mistake here; what the compiler says is up to the stand-in.
BROKEN = "param a string\nparam = 'x'\n"


def test_an_accepted_file_keeps_a_note(case: Case) -> None:
    case.write("main.bicep", BROKEN)
    case.stand_in()
    result = case.run()
    (found,) = result.findings
    assert (found.check.id, str(found.level)) == ("KV001", "note")
    assert result.failures == []


def test_a_confirmed_mistake_is_reported_once(case: Case) -> None:
    case.write("main.bicep", BROKEN)
    case.stand_in({"main.bicep": ["main.bicep(2,7) : Error BCP013: Expected a parameter identifier."]})
    result = case.run()
    assert [(found.check.id, str(found.level)) for found in result.findings] == [("KV001", "error")]
    assert [failure.path for failure in result.failures] == ["main.bicep"]


def test_native_asks_nobody(case: Case) -> None:
    case.write("main.bicep", BROKEN)
    case.stand_in()
    assert str(case.run(BicepMode.NATIVE).findings[0].level) == "error"
    assert fake_bicep.calls(case.bin) == []


def test_a_set_without_bicep_asks_nobody(case: Case) -> None:
    case.write("main.tf", "locals {}\n")
    case.stand_in()
    case.run()
    assert fake_bicep.calls(case.bin) == []


def test_what_the_compiler_quotes_is_redacted(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    value = "hunter2-hunter2"
    case.write("main.bicep", f"@secure()\nparam password int = '{value}'\n")
    line = f'main.bicep(2,22) : Error BCP033: Expected "int" but the provided value is of type "\'{value}\'".'
    case.stand_in({"main.bicep": [line]})
    status, out, _ = kvlint(case, capsys, "--format", "json", "--select", "KV005", ".")
    assert status == 1
    assert "BCP033" in out
    assert value not in out


@pytest.mark.parametrize(
    ("fault", "unused"), [(None, False), ("crashes", False), ("", True)], ids=["none", "broken", "asked"]
)
def test_a_suppression_is_unused_only_where_the_compiler_was_asked(
    case: Case, fault: str | None, unused: bool
) -> None:
    case.write("main.bicep", "// kvlint: ignore-file[KV005] the preview has it\n" + GOOD)
    if fault is not None:
        case.stand_in(fault=fault)
    result = case.run(BicepMode.NATIVE if fault is None else BicepMode.CLI)
    assert [found.check.id for found in result.findings] == (["KV003"] if unused else [])


def test_a_finding_can_be_suppressed(case: Case) -> None:
    case.write("main.bicep", "// kvlint: ignore-file[KV005] the preview has it\n" + UNKNOWN_NAME)
    case.stand_in({"main.bicep": ["main.bicep(4,19) : Error BCP057: " + BCP057.format("c")]})
    result = case.run()
    assert result.findings == []
    assert [found.check.id for found in result.suppressed] == ["KV005"]


# What goes wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("hangs", "it took too long; 2 of 2"),
        ("leaves a child", "it took too long; 2 of 2"),
        ("crashes", "Unhandled exception"),
        ("floods", "it sent something that is not JSON-RPC"),
        ("usage", 'Unrecognized parameter "--stdio"'),
        ("closes early", "it ended in the middle of a conversation: Unhandled exception"),
        ("long length", "it took too long; 2 of 2"),
        ("short length", "it sent a frame that is not JSON"),
    ],
)
def test_a_broken_program_costs_one_note(case: Case, fault: str, reason: str) -> None:
    case.write("a.bicep", GOOD)
    case.write("b.bicep", BROKEN)
    case.stand_in(fault=fault)
    limits = Limits(0.4, 0.4) if "too long" in reason else Limits(10, 10)
    before = time.monotonic()
    result = analyse([case.root], case.root, bicep=BicepOptions(BicepMode.CLI, limits=limits))
    assert time.monotonic() - before < 9
    (note,) = result.notes
    assert note.startswith(f"the Bicep CLI ({case.bin}/bicep) failed: ")
    assert reason in note
    assert note.isprintable()
    assert [(found.check.id, str(found.level)) for found in result.findings] == [("KV001", "error")]


def test_a_flood_ends_a_build(case: Case) -> None:
    case.write("a.bicep", GOOD)
    case.stand_in(fault="floods", version="0.28.0")
    verdicts, notes = case.judge(SINGLE)
    assert verdicts == {}
    assert "it wrote more than 64 MB" in notes[0]


def test_frames_may_come_in_pieces(case: Case) -> None:
    case.write("a.bicep", UNKNOWN_NAME)
    case.stand_in({"a.bicep": ["a.bicep(3,19) : Error BCP057: " + BCP057.format("c")]}, fault="split frames")
    verdicts, notes = case.judge()
    assert place(verdicts["a.bicep"]) == ("BCP057", 3, 19)
    assert notes == []


def test_what_the_server_does_not_answer_is_built(case: Case) -> None:
    case.write("a.bicep", GOOD)
    case.stand_in(fault="server error")
    verdicts, notes = case.judge()
    assert verdicts == {"a.bicep": Verdict()}
    assert notes == []
    assert [arguments[0] for arguments in case.calls()] == ["jsonrpc", "build"]


def test_a_program_that_tells_no_version(case: Case) -> None:
    case.write("a.bicep", GOOD)
    case.stand_in(fault="no version")
    with pytest.raises(CliError, match="does not tell its version: Segmentation fault"):
        find_program(case.root)
    (note,) = case.run().notes
    assert note.endswith("bicep does not tell its version: Segmentation fault")


def test_a_program_that_cannot_be_started(case: Case) -> None:
    case.write("a.bicep", GOOD)
    case.stand_in()
    (case.bin / "bicep").write_text("#!/nowhere/at/all\n")
    (note,) = case.run().notes
    assert "it cannot be started: No such file or directory" in note


def test_a_used_up_budget_says_how_much_is_left(case: Case) -> None:
    for name in ("a.bicep", "b.bicep"):
        case.write(name, GOOD)
    case.stand_in()
    verdicts, notes = case.judge(limits=Limits(1, 0))
    assert verdicts == {}
    assert notes[0].endswith("it took too long; 2 of 2 Bicep files were read by kvlint alone")


# The command line -------------------------------------------------------------------------------


def kvlint(case: Case, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run kvlint in the tree: the exit status, and what it wrote."""
    case.enter()
    try:
        status = cli.main(arguments)
    except SystemExit as error:
        status = int(str(error.code))
    return status, *capsys.readouterr()


def test_a_missing_program_is_wrong_usage_only_where_it_is_asked_for(
    case: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case.write("main.bicep", GOOD)
    monkeypatch.setenv("PATH", str(case.bin))
    assert kvlint(case, capsys)[0] == 0
    status, _, err = kvlint(case, capsys, "--bicep", "cli")
    assert status == 2
    assert "there is no bicep, and no az with it, on PATH" in err
    assert "https://aka.ms/bicep-install" in err


def test_a_broken_program_shows_in_the_footer(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    case.write("main.bicep", GOOD)
    case.stand_in(fault="crashes")
    status, out, _ = kvlint(case, capsys, "--bicep", "cli")
    assert status == 0
    assert f"note: the Bicep CLI ({case.bin}/bicep) failed: " in out
    sarif = json.loads(kvlint(case, capsys, "--format", "sarif")[1])
    (invocation,) = sarif["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is True
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["level"] == "note"
    assert "failed: " in notification["message"]["text"]


def test_restoring_needs_a_program(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    case.write("main.bicep", GOOD)
    case.stand_in()
    assert kvlint(case, capsys, "--bicep", "native", "--bicep-restore")[0] == 2


# Framing ----------------------------------------------------------------------------------------


def test_frames_come_out_whole_wherever_they_are_cut() -> None:
    messages: list[dict[str, Any]] = [{"id": 1, "text": "é😀"}, {"id": 2}, {"id": 3, "list": [1, 2]}]
    data = b"".join(frame(message) for message in messages)
    for size in (1, 2, 7, len(data)):
        frames = Frames()
        found = [
            message
            for start in range(0, len(data), size)
            for message in frames.feed(data[start : start + size])
        ]
        assert found == messages


@pytest.mark.parametrize(
    "data",
    [
        b"Content-Length: 3\r\n\r\nabc",
        b"Content-Length: 2\r\n\r\n[]",
        b"Content-Length: x\r\n\r\n{}",
        b"Content-Length: -1\r\n\r\n{}",
        b"Content-Type: text/plain\r\n\r\n{}",
        b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        b"Content-Length: 999999999999\r\n\r\n",
        b"Content-Length: 200000\r\n\r\n" + b"[" * 200_000,
        b"z" * 10_000,
    ],
    ids=["no JSON", "no object", "no number", "negative", "no length", "two", "huge", "deep", "noise"],
)
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    with pytest.raises(CliError):
        Frames().feed(data)


# Diagnostics ------------------------------------------------------------------------------------


def test_lines_with_and_without_a_link() -> None:
    text = (
        "WARNING: The following experimental features are enabled: assertions.\n"
        '/a (1)/x.bicep(3,14) : Error BCP018: Expected the "=" character. [https://aka.ms/x]\n'
        '/a/x.bicep(1,7) : Warning no-unused-params: Parameter "p" [sic] is never used.\n'
        "ERROR: /a/y.bicep(2,1) : Info use-recent: So: what?\n"
        "   at Bicep.Core.Something()\n"
    )
    assert list(from_lines(text)) == [
        Diagnostic(
            "/a (1)/x.bicep", 3, 14, "Error", "BCP018", 'Expected the "=" character.', "https://aka.ms/x"
        ),
        Diagnostic("/a/x.bicep", 1, 7, "Warning", "no-unused-params", 'Parameter "p" [sic] is never used.'),
        Diagnostic("/a/y.bicep", 2, 1, "Info", "use-recent", "So: what?"),
    ]


@pytest.mark.parametrize(
    ("level", "code", "rejects"),
    [
        ("Error", "BCP018", True),
        ("Warning", "BCP036", False),
        ("Error", "no-unused-params", False),
        ("Error", "BCP190", False),
        ("Error", "BCP192", False),
        ("Error", "BCP104", False),
        ("Error", "BCP091", False),
    ],
)
def test_what_rejects_a_file(level: str, code: str, rejects: bool) -> None:
    assert Diagnostic("a", 1, 1, level, code, "m").rejects is rejects


def test_entries() -> None:
    place = {"start": {"line": 1, "char": 2}, "end": {"line": 1, "char": 4}}
    entry = {"range": place, "level": "Error", "code": "BCP018", "message": "a\x1b[31mb\nc"}
    found = from_entry(entry, "/a.bicep")
    assert found == Diagnostic(
        *("/a.bicep", 2, 3, "Error", "BCP018", "ab c"),
        "https://aka.ms/bicep/core-diagnostics#BCP018",
        (2, 5),
    )
    moved = from_entry({**entry, "source": "file:///a%20b/%C3%A9.bicep"}, "/a.bicep")
    assert moved is not None
    assert moved.path == "/a b/é.bicep"
    wrongs: list[Any] = [None, [], {}, {**entry, "range": {}}, {**entry, "range": {"start": 1, "end": 2}}]
    for wrong in wrongs:
        assert from_entry(wrong, "/a.bicep") is None


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [(1, 1, "ab"), (2, 3, "😀"), (2, 5, "c"), (2, 99, ""), (9, 1, ""), (0, 1, "ab"), (3, 1, "")],
)
def test_spans(line: int, column: int, text: str) -> None:
    source = Source("a.bicep", "ab cd\r\nx 😀c\n")
    assert Diagnostic("", line, column, "Error", "BCP018", "").span(source).text == text


def test_nothing_of_its_words_is_obeyed() -> None:
    assert clean(b"\x1b[31mred\x1b[0m\x07\r\n\xe2\x80\xaeevil\xff") == "red\nevil\ufffd"


# Reach ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        (GOOD, True),
        ("module m 'lib/m.bicep' = {\n  name: 'm'\n}\n", True),
        ("module m './lib/../lib/m.bicep' = {\n  name: 'm'\n}\n", True),
        ("module m 'lib/m.json' = {\n  name: 'm'\n}\n", True),
        ("import { x } from 'lib/m.bicep'\n", True),
        (MODULE, False),
        ("module m 'br/public:a:1' = {\n  name: 'm'\n}\n", False),
        ("module m 'b\\u{72}:a/b:1' = {\n  name: 'm'\n}\n", False),
        ("module m 'ts:x' = {\n  name: 'm'\n}\n", False),
        ("module m 'lib/uses.bicep' = {\n  name: 'm'\n}\n", False),
        ("module m 'lib/absent.bicep' = {\n  name: 'm'\n}\n", False),
        ("import * as x from 'br:a/b:1'\n", False),
        ("extension graph\n", False),
        ("param = 1\nmodule m 'br:a/b:1' = {}\n", False),
        ("param = 1\n", True),
    ],
)
def test_reach(case: Case, text: str, reached: bool) -> None:
    path = case.write("main.bicep", text)
    case.write("lib/m.bicep", GOOD)
    case.write("lib/uses.bicep", "module m 'far.bicep' = {\n  name: 'm'\n}\n")
    case.write("lib/far.bicep", MODULE)
    assert (path in self_contained(case.trees())) is reached


def test_a_configuration_may_name_extensions(case: Case) -> None:
    below, beside = case.write("a/b/main.bicep", GOOD), case.write("c.bicep", GOOD)
    case.write("a/bicepconfig.json", '{"extensions": {"az": "br:registry.invalid/az:1"}}')
    assert self_contained(case.trees()) == {beside}
    assert below in case.trees()
