from __future__ import annotations

import re

import pytest

from kvlint.findings import CheckInfo, Finding, Level
from kvlint.source import Source, Span
from kvlint.suppress import Applied, apply
from kvlint.syntax.body import Comment

KNOWN = ("KV003", "KV004", "KV101", "KV203")
_COMMENT = re.compile(r"/\*.*?\*/|#[^\n]*|//[^\n]*", re.DOTALL)


def suppressed(text: str, *, require_reason: bool = False, ran: tuple[str, ...] | None = None) -> Applied:
    """Apply the comments of a text to its findings: ``@101`` marks one of KV101."""
    source = Source("a.tf", text)
    comments = [Comment(Span(source, *match.span()), "") for match in _COMMENT.finditer(text)]
    findings = [
        Finding(
            CheckInfo(f"KV{match[1]}", "x", Level.ERROR, "x"),
            Span(source, *match.span()),
            "m",
            "s",
            Level.ERROR,
        )
        for match in re.finditer(r"@(\d{3})", text)
    ]
    return apply(findings, {"a.tf": comments}, KNOWN, require_reason=require_reason, ran_ids=ran)


def outcome(applied: Applied) -> tuple[list[str], list[str], list[str]]:
    return (
        [finding.check.id for finding in applied.kept],
        [finding.check.id for finding in applied.suppressed],
        [f"{problem.kind.value} {problem.span.text}" for problem in applied.extra],
    )


@pytest.mark.parametrize(
    "text",
    [
        "@101 # kvlint: ignore[KV101] known",
        "@101 // kvlint: ignore[KV101]",
        "@101 /* kvlint: ignore[KV101] why */",
        "/* kvlint: ignore[KV101] */ @101",
        "@101 # kvlint:ignore[ kv101 ]",
        "# kvlint: ignore[KV101] reason\n@101",
        "  # kvlint: ignore[KV101]\n  # more words\n  @101",
        ["# kvlint: ignore[KV101]", "# kvlint: ignore-file[KV101]\n@101"][1],
        "/*\n * kvlint: ignore[KV101] long\n * story\n */\n@101",
        "@101 # tflint-ignore: x # kvlint: ignore[KV101]",
        "@101\n# kvlint: ignore-file[KV101] the whole file",
        "# kvlint: ignore[KV101]\r\n@101\r\n",
        "// kvlint: ignore[KV101] why\n#disable-next-line no-hardcoded-env-urls\n@101",
        "#disable-next-line no-hardcoded-env-urls\n// kvlint: ignore[KV101] why\n@101",
        "#disable-next-line no-hardcoded-env-urls // kvlint: ignore[KV101] why\n@101",
    ],
)
def test_comments_that_suppress(text: str) -> None:
    assert outcome(suppressed(text)) == ([], ["KV101"], [])


@pytest.mark.parametrize(
    "text",
    [
        "# kvlint: ignore[KV101]\n\n@101",
        "x # kvlint: ignore[KV101]\n@101",
        "@101\n# kvlint: ignore[KV101]",
        "@101 # kvlint: ignore[KV101]\n".replace("@101 ", "") + "x\n@101",
    ],
)
def test_comments_elsewhere_suppress_nothing_and_are_unused(text: str) -> None:
    applied = suppressed(text)
    assert outcome(applied) == (["KV101"], [], ["KV003 KV101"])
    assert applied.extra[0].message == "This suppression of KV101 silences nothing."


def test_several_ids_and_several_comments() -> None:
    text = "# kvlint: ignore[KV101]\n# kvlint: ignore[KV203]\n@101 @203 @101"
    assert outcome(suppressed(text)) == ([], ["KV101", "KV203", "KV101"], [])
    assert outcome(suppressed("@101 # kvlint: ignore[KV101,KV203]")) == ([], ["KV101"], ["KV003 KV203"])
    assert outcome(suppressed("@203 @101 # kvlint: ignore[KV101]")) == (["KV203"], ["KV101"], [])


def test_checks_that_did_not_run_leave_no_unused_suppressions() -> None:
    assert outcome(suppressed("x # kvlint: ignore[KV101]", ran=("KV203",))) == ([], [], [])
    assert outcome(suppressed("x # kvlint: ignore[KV101]", ran=("KV101",)))[2] == ["KV003 KV101"]


@pytest.mark.parametrize(
    ("comment", "span", "message"),
    [
        ("# kvlint: ignore KV101", "kvlint: ignore KV101", 'did you mean "kvlint: ignore[KV101]"?'),
        ("# kvlint ignore[KV101] x", "kvlint ignore[KV101] x", 'did you mean "kvlint: ignore[KV101]"?'),
        (
            "/* kvlint-ignore: KV101, KV203 */",
            "kvlint-ignore: KV101, KV203",
            '"kvlint: ignore[KV101,KV203]"?',
        ),
        ("# kvlint: ignroe[KV101]", "kvlint: ignroe[KV101]", '"kvlint: ignore[KV101]"?'),
        ("# kvlint: disable=KV101", "kvlint: disable=KV101", '"kvlint: ignore[KV101]"?'),
        ("# kvlint: disable-file KV101", "kvlint: disable-file KV101", '"kvlint: ignore-file[KV101]"?'),
        ("# kvlint: ignore", "kvlint: ignore", "Malformed suppression"),
        ("# kvlint: ignore[KV101", "kvlint: ignore[KV101", "Malformed suppression"),
        ("# kvlint: ignore[]", "kvlint: ignore[]", "This suppression names no check."),
        ("# kvlint: ignore[KV102]", "KV102", 'There is no check "KV102"; did you mean "KV101"?'),
        (
            "# kvlint: ignore[secrets-everywhere]",
            "secrets-everywhere",
            'There is no check "secrets-everywhere".',
        ),
    ],
)
def test_invalid_comments(comment: str, span: str, message: str) -> None:
    (problem,) = suppressed(f"@101 {comment}").extra
    assert problem.kind.value == "KV004"
    assert problem.span.text == span
    assert message in problem.message


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("KV202", "KV203"),
        ("KV2O3", "KV203"),
        ("K203", "KV203"),
        ("kv230", "KV203"),
        ("KV303", None),
        ("KV212", None),
        ("KV005", None),
        ("KV", None),
    ],
)
def test_an_id_is_guessed_only_from_a_single_slip(name: str, guess: str | None) -> None:
    (problem,) = suppressed(f"x # kvlint: ignore[{name}]").extra
    said = f'There is no check "{name}"'
    assert problem.message == (f'{said}; did you mean "{guess}"?' if guess else f"{said}.")


@pytest.mark.parametrize(
    "comment",
    [
        "# see kvlint: it is good",
        "# https://kvlint.dev",
        "# kvlint ignores comments",
        "# kvlint: see the docs",
        "# expect: KV101",
    ],
)
def test_prose_is_no_suppression(comment: str) -> None:
    assert outcome(suppressed(f"@101 {comment}")) == (["KV101"], [], [])


def test_reasons() -> None:
    assert suppressed("@101 # kvlint: ignore[KV101] - known", require_reason=True).extra == []
    for bare in ("# kvlint: ignore[KV101] --", "/* kvlint: ignore[KV101] */"):
        applied = suppressed(f"@101 {bare}", require_reason=True)
        assert [problem.message for problem in applied.extra] == ["This suppression gives no reason."]
        assert applied.kept == []


@pytest.mark.parametrize(
    "text",
    [
        "x # kvlint: ignore[KV101,KV003]",
        "x # kvlint: ignore[KV101]\n# kvlint: ignore-file[KV003]",
        "# kvlint: ignore[KV003]\nx # kvlint: ignore[KV101]",
        "x # kvlint: ignore[KV999,KV004]",
        "# kvlint: ignore[KV003]\nx",
    ],
)
def test_suppressions_of_suppression_problems(text: str) -> None:
    assert outcome(suppressed(text))[2] == []


def test_an_unused_suppression_of_invalid_ones_is_unused() -> None:
    assert outcome(suppressed("x # kvlint: ignore[KV004]"))[2] == ["KV003 KV004"]
