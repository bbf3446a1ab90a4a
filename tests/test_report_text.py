from __future__ import annotations

from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvlint.evaluate.values import Step
from kvlint.findings import Finding, Level, Related
from kvlint.report.display import cells, crop, visible
from kvlint.report.text import write_text
from kvlint.result import RunResult
from kvlint.source import Source, Span
from reporting import DANGLING, LITERAL, at, dangling, full_result


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def shown(*findings: Finding, color: bool = False, width: int = 80, terminal: bool = False) -> str:
    stream = Terminal() if terminal else StringIO()
    write_text(RunResult(checks=[], findings=list(findings)), stream, color=color, width=width)
    report, _, footer = stream.getvalue().rpartition("\n\n")
    assert footer
    return report + "\n"


def on(text: str, part: str, label: str = "here", level: Level = Level.ERROR) -> Finding:
    source = Source("a.tf", text)
    return Finding(DANGLING, at(source, part), "a message", "s", level, label)


def test_a_place_in_one_file() -> None:
    assert shown(dangling()) == (
        'error[KV101]: the app has no secret "db-pasword"; did you mean "db-password"?\n'
        " --> app/main.tf:7:19\n"
        "  |\n"
        '7 |     secret_name = "db-pasword"\n'
        "  |                   ^^^^^^^^^^^^ no such secret\n"
    )


def test_near_places_share_the_frame_and_others_get_their_own() -> None:
    finding = dangling()
    source = finding.span.source
    other = Source("vault/kv.tf", "\n" * 11 + 'name = "db-password"\n')
    finding.related = [
        Related(at(source, "secret {"), "the secrets of the app"),
        Related(at(source, "env"), "in this block"),
        Related(at(other, '"db-password"'), "this vault holds it"),
    ]
    finding.help = "name the declared secret"
    finding.verify = "az containerapp secret list"
    finding.steps = (Step(at(source, "secret_name"), "secret_name of app"),)
    finding.notes = ["only in prod", "two\nlines"]
    assert shown(finding) == (
        'error[KV101]: the app has no secret "db-pasword"; did you mean "db-password"?\n'
        "  --> app/main.tf:7:19\n"
        "   |\n"
        " 2 |   secret {\n"
        "   |   -------- the secrets of the app\n"
        "....\n"
        " 5 |   env {\n"
        "   |   --- in this block\n"
        ' 6 |     name        = "DB"\n'
        ' 7 |     secret_name = "db-pasword"\n'
        "   |                   ^^^^^^^^^^^^ no such secret\n"
        "  ::: vault/kv.tf:12:8\n"
        "   |\n"
        '12 | name = "db-password"\n'
        "   |        ------------- this vault holds it\n"
        "   |\n"
        "   = help: name the declared secret\n"
        "   = verify: az containerapp secret list\n"
        "   = note: value comes from app/main.tf:7 → secret_name of app (app/main.tf:7)\n"
        "   = note: only in prod\n"
        "   = note: two\n"
        "           lines\n"
    )


def test_a_long_span_shows_its_first_line() -> None:
    assert shown(on("a = [\n  1,\n]\n", "[\n  1,\n]")).splitlines()[3:] == ["1 | a = [", "  |     ^ here"]


def test_tabs_and_wide_characters_keep_the_carets_in_place() -> None:
    lines = shown(on('\tk\t= "日本é" # é"', '"日本é"')).splitlines()
    assert lines[3:] == ['1 |     k   = "日本é" # é"', "  |           ^^^^^^^ here"]
    combining = shown(on('a = "e\u0301" + xy', "xy")).splitlines()
    assert combining[4] == "  |           ^^ here"


def test_an_empty_range_past_the_end_still_has_a_caret() -> None:
    source = Source("a.tf", "x")
    finding = Finding(DANGLING, Span(source, 1, 1), "m", "s", Level.WARNING)
    assert shown(finding).splitlines() == ["warning[KV101]: m", " --> a.tf:1:2", "  |", "1 | x", "  |  ^"]


def test_nothing_that_a_terminal_obeys_gets_through() -> None:
    source = Source("a\x1b]0;x\x07.tf", 'k = "\x1b[2J\u202e" # \x9b\r\n')
    finding = dangling(source=Source("x", '"db-pasword"'))
    finding.span = at(source, '"\x1b[2J\u202e"')
    finding.message = "bad \x1b[31m\nmessage"
    finding.label = finding.help = finding.verify = "\x1b[0m"
    finding.notes = ["\x08"]
    text = shown(finding)
    assert text.splitlines()[3:5] == [
        '1 | k = "\\x1b[2J\\u202e" # \\x9b',
        "  |     " + "^" * 15 + " \\x1b[0m",
    ]
    assert not any(ord(character) < 32 and character != "\n" for character in text)
    assert visible("\ud800\U000e0001") == "\\ud800\\U000e0001"


def test_long_lines_are_cropped_around_the_range() -> None:
    finding = on("x" * 300 + ' "db" ' + "y" * 300, '"db"')
    for width, terminal, expected in ((80, False, 100), (60, True, 60)):
        line, carets = shown(finding, width=width, terminal=terminal).splitlines()[3:5]
        assert len(line) == expected
        assert line[4] == line[-1] == "…"
        assert line[carets.index("^") : carets.rindex("^") + 1] == '"db"'
    assert "…" not in shown(on("x" * 90 + ' "db"', '"db"'))


@pytest.mark.parametrize("position", [0, 5, 100, 195])
@pytest.mark.parametrize("fill", ["x", "日", "\t"])
def test_crop_keeps_the_range_in_view(position: int, fill: str) -> None:
    line = fill * position + "|ab|" + fill * (196 - position)
    whole = cells(line)
    part = crop(whole, position, position + 4, 40)
    assert part.columns[-1] <= 40
    assert part.columns[position + 4] - part.columns[position] == 4
    assert "|ab|" in part.text


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_text_and_any_ranges_can_be_shown(data: st.DataObject) -> None:
    source = Source("x", data.draw(st.text(st.sampled_from('ab"= \t\n\r日\u0301\u202e\x1b:#'), max_size=120)))
    place = st.integers(0, len(source.text) + 2)
    spans = [Span(source, *sorted((data.draw(place), data.draw(place)))) for _ in range(4)]
    source.secrets.add((spans[0].start, min(spans[0].end, len(source.text))))
    related = [Related(span, "r") for span in spans[2:]]
    finding = Finding(
        DANGLING, spans[1], "m", "s", Level.ERROR, "l", related, secret=data.draw(st.booleans())
    )
    text = shown(finding, width=data.draw(st.sampled_from([1, 20, 80])), terminal=True)
    assert not any(character in text for character in "\t\r\u202e\x1b")


def test_prose_is_wrapped_on_a_terminal_and_commands_never() -> None:
    finding = on("a = 1", "1")
    finding.help = "word " * 20
    finding.verify = "az containerapp " + "--option value " * 6
    lines = shown(finding, width=60, terminal=True).splitlines()
    assert lines[6].startswith("  = help: word")
    assert lines[7].startswith("          word")
    assert all(len(line) <= 60 for line in lines[6:8])
    assert any(finding.verify.strip() in line for line in lines)


def test_colour() -> None:
    text = shown(on("a = 1", "1", level=Level.WARNING), color=True)
    assert "\x1b[1;33mwarning[KV101]\x1b[0m\x1b[1m: a message\x1b[0m" in text
    assert "\x1b[1;33m^ here\x1b[0m" in text


def test_a_secret_is_masked_and_what_follows_stays_underlined() -> None:
    source = Source("a.tf", 'password = "Tr0ub4dor" # see [wiki]')
    value = at(source, '"Tr0ub4dor"')
    source.secrets.add((value.start, value.end))
    finding = Finding(LITERAL, at(source, "[wiki]"), "m", "s", Level.ERROR, "there", [Related(value, "it")])
    assert shown(finding).splitlines()[3:] == [
        '1 | password = "***" # see [wiki]',
        "  |            ----- it",
        "  |                        ^^^^^^ there",
    ]


def footer(result: RunResult, *, show_unresolved: bool = False) -> list[str]:
    stream = StringIO()
    write_text(result, stream, color=False, width=80, show_unresolved=show_unresolved)
    return stream.getvalue().splitlines()


def test_footer() -> None:
    lines = footer(full_result(), show_unresolved=True)
    assert lines[lines.index("unresolved references:") :] == [
        "unresolved references:",
        '  prod.tfvars:1:10: secret of app: variable "x" has no value',
        "",
        "could not be read: bad.tf:1:3: a brace is missing",
        "1 error in 14 files (9 Terraform, 3 Kubernetes, 2 Container App)",
        "references: 31 proven, 2 broken, 1 unresolved",
        "suppressed: 1 finding",
    ]
    assert "unresolved references:" not in footer(full_result())


def test_no_findings() -> None:
    assert footer(RunResult(checks=[])) == [
        "No findings in 0 files",
        "references: 0 proven, 0 broken, 0 unresolved",
    ]
