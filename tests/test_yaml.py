"""The YAML reader: values, spans, documents, limits, offences."""

from __future__ import annotations

from decimal import Decimal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kvlint.source import Source
from kvlint.syntax.expr import Array, Expr, Hole, Literal, Object, walk
from kvlint.syntax.second_yaml import accepts
from kvlint.syntax.yaml import YamlFile, read_yaml

SAMPLE = """\
# head
apiVersion: v1
metadata: {name: "a b", labels: [x, 'it''s', ~]}  # inline
items:
- name: one
  value: |
    text # no comment
      deeper

  other: >-
    folded
    text
- &two
  name: two \U0001f600
  list:
  - 1
  - 2.5
- *two

---
kind: Second
"""

# PyYAML writes some texts without quotes that are numbers to Kubernetes.
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff"), max_size=12
).filter(lambda text: text[:1] not in set("0123456789+-.") and "{{" not in text)
yaml_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def read(text: str) -> YamlFile:
    return read_yaml(Source("x.yaml", text))


def plain(node: Expr) -> object:
    match node:
        case Literal(value=value):
            return value
        case Array(items=items):
            return [plain(item) for item in items]
        case Object(items=entries):
            return {plain(entry.key): plain(entry.value) for entry in entries}
    return node


def only(text: str) -> Object:
    result = read(text)
    assert not result.problems
    (document,) = result.documents
    assert isinstance(document, Object)
    return document


@given(
    st.dictionaries(texts, yaml_values, min_size=1), st.sampled_from([True, False, None]), st.integers(2, 6)
)
@settings(max_examples=150, deadline=None)
def test_what_yaml_dumps_reads_back(value: object, flow: bool | None, indent: int) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, indent=indent, allow_unicode=True)
    result = read(text)
    assert not result.problems
    holes = any(not isinstance(node, Literal | Array | Object) for node in walk(result.documents[0]))
    assert holes or plain(result.documents[0]) == value


@given(st.dictionaries(texts, yaml_values, min_size=1), st.sampled_from([True, False, None]))
@settings(max_examples=100, deadline=None)
def test_the_text_of_a_scalar_reads_to_the_same_value(value: object, flow: bool | None) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    for document in read(text).documents:
        for node in walk(document):
            if isinstance(node, Literal) and node.start < node.end:
                assert [plain(again) for again in read(node.span.text).documents] == [node.value]


@given(
    st.integers(0, len(SAMPLE)),
    st.integers(0, 30),
    st.text("[]{}\"':,#&*!|>-\t\r\n %@`\x00\ud800\ufeff", max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_damage_never_raises_and_points_into_the_file(start: int, length: int, inserted: str) -> None:
    text = SAMPLE[:start] + inserted + SAMPLE[start + length :]
    result = read(text)
    for problem in result.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
        assert problem.lost is None or 0 <= problem.lost.start <= problem.lost.end <= len(text)
    for document in result.documents:
        for node in walk(document):
            assert 0 <= node.start <= node.end <= len(text)


def test_spans_of_every_style() -> None:
    (document, second) = read(SAMPLE).documents
    assert isinstance(document, Object)
    items = document.get("items")
    assert isinstance(items, Array)
    one, two, alias = items.items
    assert isinstance(one, Object)
    assert isinstance(two, Object)
    assert alias is two
    spans = {name: one.get(name).span.text for name in ("name", "value", "other")}  # type: ignore[union-attr]  # they exist
    assert spans == {
        "name": "one",
        "value": "|\n    text # no comment\n      deeper",
        "other": ">-\n    folded\n    text",
    }
    assert two.span.text == "name: two \U0001f600\n  list:\n  - 1\n  - 2.5"
    assert items.span.text.startswith("- name: one")
    assert items.span.text.endswith("- *two")
    assert document.get("metadata").span.text == """{name: "a b", labels: [x, 'it''s', ~]}"""  # type: ignore[union-attr]  # it exists
    assert second.span.text == "kind: Second"


def test_comments_are_those_outside_of_scalars() -> None:
    result = read("# a\nx: 'q # no'  # b\ny: |  # c\n  # no\n\n# d\nz: a#b\n")
    assert [comment.text for comment in result.comments] == ["a", "b", "c", "d"]
    assert [comment.span.text for comment in result.comments] == ["# a", "# b", "# c", "# d"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("FALSE", False),
        ("yes", "yes"),
        ("on", "on"),
        ('"true"', "true"),
        ("~", None),
        ("null", None),
        ("'~'", "~"),
        ("010", 8),
        ("0o10", 8),
        ("089", 89),
        ("0x1F", 31),
        ("-0b11", -3),
        ("1_000", 1000),
        ("1.50", Decimal("1.50")),
        ("1e3", 1000),
        (".5", Decimal("0.5")),
        ("1.2.3", "1.2.3"),
        ("12:30", "12:30"),
        ("2001-01-01", "2001-01-01"),
        ("!!str 5", "5"),
        ("! 5", "5"),
        ("!!int '5'", 5),
        ("!!str", ""),
    ],
)
def test_scalars_are_typed_as_kubernetes_does(text: str, value: object) -> None:
    found = plain(only(f"a: {text}\n").items[0].value)
    assert (found, type(found)) == (value, type(value))


def test_application_tags_are_unknown() -> None:
    document = only("a: !Ref thing\nb: !Sub {x: 1}\nc: 2\n")
    assert [type(item.value) for item in document.items] == [Hole, Hole, Literal]
    assert document.items[0].value.span.text == "thing"


def test_merged_entries_do_not_override_explicit_ones() -> None:
    document = only("base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\nuse:\n  y: 9\n  <<: [*b, *m]\n'<<': 5\n")
    assert plain(document.items[2].value) == {"x": 1, "y": 9, "z": 4}
    assert plain(document.items[3].key) == "<<"


def test_an_anchor_and_a_tag_are_not_part_of_the_span() -> None:
    document = only("a: &x !!str  5\nb: &y\n  c: 1\nd: &z # note\n  - 1\n")
    assert [item.value.span.text for item in document.items] == ["5", "c: 1", "- 1"]


@pytest.mark.parametrize("text", ["", "\n", "# only\n", "---\n", "---\n---\n", "--- # x\n...\n", "\ufeff"])
def test_a_text_without_content_has_no_documents(text: str) -> None:
    result = read(text)
    assert not result.documents
    assert not result.problems


def test_documents_around_a_broken_one_are_read() -> None:
    text = "a: 1\n---\nb: [1\n---\nc: 'x\n---\n- d\n...\n%YAML 1.1\n---\ne: \U0001f600\n"
    result = read(text)
    assert [plain(document) for document in result.documents] == [{"a": 1}, ["d"], {"e": "\U0001f600"}]
    assert [document.span.text for document in result.documents] == ["a: 1", "- d", "e: \U0001f600"]
    assert [problem.span.first.line for problem in result.problems] == [3, 5]
    lost = [problem.lost.text for problem in result.problems if problem.lost]
    assert lost == ["---\nb: [1\n", "---\nc: 'x\n"]


def test_carriage_returns_keep_offsets() -> None:
    document = only("a:\r\n  - x\r\n  - |\r\n    y\r\n\r\nb: z\r\n")
    assert document.items[0].value.span.text == "- x\r\n  - |\r\n    y"
    assert document.items[1].value.span.text == "z"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: 1\n\tb: 2\n", "2:1", "found a tab where indentation is expected"),
        ("a: 1\nb\nc: 2\n", "2:1", 'this key has no value separator ":"'),
        ('a: "x\nb: 1\n', "1:4", "unclosed quote, it begins here"),
        ("a: [1, 2\n", "1:4", 'unclosed "[", it begins here'),
        ("a: b: c\n", "1:5", 'a value separator ":" is not expected here'),
        ("a: @x\n", "1:4", 'a value without quotes cannot begin with "@"'),
        ("a: 1\n  b: 2\n", "2:4", 'a value separator ":" is not expected here'),
        ("a:\n  b: 1\n c: 2\n", "3:2", "expected a key at the indentation of the keys before it"),
        ("a: x\x01y\n", "1:5", "this character is not allowed in YAML"),
        ("a: *x\n", "1:4", "this alias has no anchor before it"),
        ("a: &x [*x]\n", "1:8", "this alias is inside its own anchor"),
    ],
)
def test_the_first_offence_is_named(text: str, place: str, message: str) -> None:
    (problem,) = read(text).problems
    assert (str(problem.span), problem.message) == (f"x.yaml:{place}", message)


def test_an_unreadable_character_costs_nothing_else() -> None:
    result = read("a: x\x00y\nb: \ud800\nc: 1\n")
    assert len(result.problems) == 1
    (document,) = result.documents
    assert plain(document) == {"a": "x\ufffdy", "b": "\ufffd", "c": 1}


def test_an_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    (problem,) = read("\n".join(lines)).problems
    assert problem.message == "aliases expand to too many nodes"


def test_aliases_do_not_go_around_the_depth_limit() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [[[[*a{n - 1}]]]]" for n in range(1, 100)]
    (problem,) = read("\n".join(lines)).problems
    assert problem.message == "collections are nested deeper than 200 levels"


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 10_000, "{a: " * 10_000, "? " * 10_000])
def test_depth_is_limited(text: str) -> None:
    (problem,) = read(text).problems
    assert problem.message == "collections are nested deeper than 200 levels"


def test_repeated_keys_are_all_kept() -> None:
    assert [plain(item.value) for item in only("a: 1\na: 2\n").items] == [1, 2]


def test_empty_values_stand_behind_their_separator() -> None:
    document = only("a:   # none\nb:\n- \n- x\n")
    assert document.items[0].value.start == 2
    assert document.items[1].value.span.text == "- \n- x"


def test_the_second_reader_agrees_on_what_is_yaml() -> None:
    assert accepts(SAMPLE)
    assert not accepts("a: [1\n")
    assert not accepts("[" * 1_000)
