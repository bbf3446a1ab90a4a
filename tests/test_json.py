"""The JSON reader: values, spans, tolerance, offences."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvlint.source import Source
from kvlint.syntax.expr import Array, Expr, Hole, Literal, Object, walk
from kvlint.syntax.json import JsonFile, read_json

SAMPLE = '{"a": [1, -2.5, true, null, {"b\\n\\"": "\\ud83d\\ude00 x"}], "c": {}, "d": []}'

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def read(text: str) -> JsonFile:
    return read_json(Source("x.json", text))


def plain(node: Expr | None) -> object:
    match node:
        case Literal(value=value):
            return value
        case Array(items=items):
            return [plain(item) for item in items]
        case Object(items=entries):
            return {plain(entry.key): plain(entry.value) for entry in entries}
    return node


@given(json_values, st.sampled_from([None, 1, "\t"]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_what_json_dumps_reads_back(value: object, indent: int | str | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only).replace("\x7f", "\\u007f")
    result = read(text)
    assert not result.problems
    assert plain(result.root) == json.loads(text)


@given(json_values)
@settings(max_examples=100, deadline=None)
def test_the_text_of_a_span_reads_to_the_same_value(value: object) -> None:
    root = read(json.dumps(value, indent=2, ensure_ascii=False)).root
    assert root is not None
    for node in walk(root):
        assert json.loads(node.span.text) == plain(node)


@given(
    st.integers(0, len(SAMPLE)), st.integers(0, len(SAMPLE)), st.text('[]{}",:\\/*u1-e. \n\x00', max_size=4)
)
@settings(max_examples=200, deadline=None)
def test_damage_is_one_problem_inside_the_file(start: int, length: int, inserted: str) -> None:
    text = SAMPLE[:start] + inserted + SAMPLE[start + length :]
    result = read(text)
    assert len(result.problems) <= 1
    for problem in result.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
    for node in walk(result.root) if result.root else ():
        assert 0 <= node.start < node.end <= len(text)


def test_comments_and_trailing_commas_are_tolerated() -> None:
    result = read('// head\n{ /* a */ "a" /* b */ : [1, 2,], // end\n}\n/* tail */')
    assert not result.problems
    assert plain(result.root) == {"a": [1, 2]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.0", 1),
        ("1e3", 1000),
        ("2.50", Decimal("2.50")),
        ("1e99999", Decimal("1e99999")),
        ('"\\ud800"', "\ufffd"),
        ('"\\\\u0041\\u0041"', "\\u0041A"),
        ('"\U0001f600"', "\U0001f600"),
    ],
)
def test_scalars(text: str, value: object) -> None:
    assert plain(read(text).root) == value
    assert isinstance(plain(read(text).root), type(value))


def test_a_number_beyond_everything_is_unknown() -> None:
    assert isinstance(read("1e" + "9" * 40).root, Hole)
    assert isinstance(plain(read("9" * 5000).root), int | Decimal)


def test_keys_repeat_and_the_last_one_counts() -> None:
    root = read('{"a": 1, "a": 2}').root
    assert isinstance(root, Object)
    assert len(root.items) == 2
    assert plain(root.get("a")) == 2


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", "x.json:1:1", "there is no value"),
        ('{"a": "b', "x.json:1:7", "unclosed quote, it begins here"),
        ('{"a" 1}', "x.json:1:2", 'this key has no value separator ":"'),
        ('{\n"a": 1\n"b": 2}', "x.json:3:1", 'expected "," or "}"'),
        ("[1, 2", "x.json:1:1", 'unclosed "[", it begins here'),
        ("{a: 1}", "x.json:1:2", "expected a key in double quotes"),
        ('["\\q"]', "x.json:1:3", "unknown escape in a string"),
        ('["a\tb"]', "x.json:1:4", "this character needs an escape in a string"),
        ("[] []", "x.json:1:4", "there is more text after the end of the value"),
        ("[01]", "x.json:1:2", "expected a value"),
        ("/* a", "x.json:1:1", "unclosed comment, it begins here"),
    ],
)
def test_the_first_offence_is_named(text: str, place: str, message: str) -> None:
    (problem,) = read(text).problems
    assert (str(problem.span), problem.message) == (place, message)


def test_what_stands_before_an_offence_is_kept() -> None:
    result = read('{"a": 1, "b": {"c": [1, 2, ?')
    assert plain(result.root) == {"a": 1, "b": {"c": [1, 2]}}


def test_depth_is_limited_without_recursion() -> None:
    (problem,) = read("[" * 100_000).problems
    assert problem.message == "collections are nested deeper than 200 levels"
    assert not read("[" * 200 + "]" * 200).problems
