from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvlint.evaluate.values import Step
from kvlint.findings import CheckInfo, Finding, Level, Related
from kvlint.report import sarif
from kvlint.report.fingerprint import LineHashes
from kvlint.report.sarif import write_sarif
from kvlint.result import ParseFailure, RunResult
from kvlint.source import Source
from reporting import DANGLING, LITERAL, UNUSED, at, dangling, full_result

SCHEMA = json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def documentation(info: CheckInfo) -> str:
    return f"# {info.name}\n\nWhat `{info.id}` finds,\nin words.\n\n## Why\n\nBecause.\n"


def run_of(result: RunResult) -> dict[str, Any]:
    stream = StringIO()
    write_sarif(result, stream, documentation=documentation, root_uri="file:///src/repo")
    log = json.loads(stream.getvalue())
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_everything_is_valid_and_in_its_place() -> None:
    run = run_of(full_result())
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["automationDetails"] == {"id": "kvlint/"}
    assert run["originalUriBaseIds"] == {"%SRCROOT%": {"uri": "file:///src/repo/"}}
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "a brace is missing"
    (result,) = run["results"]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("KV101", 0, "error")
    assert result["message"]["text"] == (
        'the app has no secret "db-pasword"; did you mean "db-password"? See [declared \\[here\\]](1).'
    )
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "app/main.tf", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 7, "startColumn": 19, "endLine": 7, "endColumn": 31},
            }
        }
    ]
    assert [place["id"] for place in result["relatedLocations"]] == [1]
    (flow,) = result["codeFlows"][0]["threadFlows"]
    assert [step["location"]["message"]["text"] for step in flow["locations"]] == [
        "no such secret",
        "var.secret",
        "secret_name of app",
    ]
    assert set(result["partialFingerprints"]) == {"primaryLocationLineHash", "kvlint/v1"}


def test_rules_are_always_all_listed_by_id() -> None:
    rules = run_of(RunResult(checks=[LITERAL, UNUSED, DANGLING]))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["KV101", "KV102", "KV303"]
    dangling_rule, unused, _ = rules
    assert dangling_rule["name"] == "DanglingSecretRef"
    assert dangling_rule["fullDescription"]["text"] == "What KV101 finds, in words."
    assert dangling_rule["help"]["markdown"].startswith("# dangling-secret-ref")
    assert dangling_rule["help"]["text"].startswith("dangling-secret-ref\n\nWhat KV101")
    assert dangling_rule["defaultConfiguration"]["level"] == "error"
    assert dangling_rule["properties"] == {
        "tags": ["security", "azure"],
        "precision": "very-high",
        "problem.severity": "error",
        "security-severity": "6.0",
    }
    assert unused["properties"] == {"tags": [], "precision": "medium", "problem.severity": "recommendation"}


def test_a_chain_of_places_becomes_a_code_flow() -> None:
    finding = dangling()
    source = finding.span.source
    finding.related = [Related(at(source, "env"), "this block"), Related(at(source, "secret {"), "")]
    finding.message = "see [docs](http://x)"
    finding.steps = (Step(at(source, "env"), "var.secret"),)
    (result,) = run_of(RunResult(checks=[DANGLING], findings=[finding]))["results"]
    assert result["message"]["text"] == ("see \\[docs](http://x). See [this block](1), [app/main.tf:2](2).")
    value, chain = (flow["threadFlows"][0]["locations"] for flow in result["codeFlows"])
    assert len(value) == 2
    assert [step["location"]["message"]["text"] for step in chain[:2]] == ["no such secret", "this block"]


@pytest.mark.parametrize(
    ("path", "uri", "based"),
    [
        ("a b/ü#%.tf", "a%20b/%C3%BC%23%25.tf", True),
        ("c:d.tf", "c%3Ad.tf", True),
        ("../x.tf", "../x.tf", True),
        ("/etc/x.tf", "file:///etc/x.tf", False),
        ("C:/x y.tf", "file:///C:/x%20y.tf", False),
    ],
)
def test_paths_become_uris(path: str, uri: str, based: bool) -> None:
    finding = dangling(source=Source(path, '"db-pasword"'))
    (result,) = run_of(RunResult(checks=[DANGLING], findings=[finding]))["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uri"] == uri
    assert ("uriBaseId" in artifact) is based


def test_a_failure_without_a_place_is_valid() -> None:
    run = run_of(RunResult(checks=[], failures=[ParseFailure("x.tf", "not text")]))
    assert run["results"] == []


def test_too_many_results_keep_the_worst(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "SHOWN_RESULTS", 2)
    monkeypatch.setattr(sarif, "MAX_RESULTS", 3)
    source = Source("a.tf", "x")
    levels = [Level.NOTE, Level.ERROR, Level.WARNING, Level.ERROR]
    findings = [Finding(DANGLING, at(source, "x"), "m", str(n), level) for n, level in enumerate(levels)]
    run = run_of(RunResult(checks=[DANGLING], findings=findings))
    assert [result["level"] for result in run["results"]] == ["error", "error", "warning"]
    (invocation,) = run["invocations"]
    assert "3 of the highest levels" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    run = run_of(RunResult(checks=[DANGLING], findings=findings[:3]))
    assert len(run["results"]) == 3
    assert "GitHub shows 2" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


# GitHub's line hash -----------------------------------------------------------------------------


def hashes(text: str) -> list[str]:
    found = LineHashes(text)
    return [found.line(number) for number in range(1, len(found) + 1)]


def test_published_line_hashes() -> None:
    assert hashes("") == ["c129715d7a2bc9a3:1"]
    expected = ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
    assert hashes(" a\nb\n  \t\tc\n d") == expected
    assert hashes(" a\r\nb\r\n  \t\tc\r\n d") == expected


def rolling(text: str) -> list[str]:
    """The hash as it is specified: a window of 100 code units that rolls over the text."""
    data = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-16-le", "surrogatepass")
    units = [int.from_bytes(data[i : i + 2], "little") for i in range(0, len(data), 2)]
    units = [unit for unit in units if unit not in (0x20, 0x09)]
    starts = {0} | {place + 1 for place, unit in enumerate(units) if unit == 0x0A}
    units = [*units, 0xFFFF, *[0] * 100]
    value, window, counts, out = 0, [0] * 100, dict[int, int](), []
    for place, unit in enumerate(units):
        if place - 100 in starts:
            counts[value] = counts.get(value, 0) + 1
            out.append(f"{value:x}:{counts[value]}")
        value = (value * 37 + unit - window[place % 100] * 37**100) % 2**64
        window[place % 100] = unit
    if len(units) - 100 in starts:
        counts[value] = counts.get(value, 0) + 1
        out.append(f"{value:x}:{counts[value]}")
    return out


@settings(max_examples=100)
@given(st.text(st.sampled_from("ab \t\r\n😀é"), max_size=400))
def test_line_hashes_agree_with_the_rolling_one(text: str) -> None:
    assert hashes(text) == rolling(text)
