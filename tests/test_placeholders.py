"""Templated YAML: actions and placeholder tokens in place, open collections."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvlint.source import Source
from kvlint.syntax.expr import Array, Expr, Hole, Literal, Object, Template, walk
from kvlint.syntax.placeholders import mask, placeholder_ranges
from kvlint.syntax.yaml import YamlFile, read_yaml

CHART = """\
{{- if .Values.enabled }}
apiVersion: apps/v1
metadata:
  name: {{ include "web.fullname" . }}
  labels:
    {{- include "web.labels" . | nindent 4 }}
    tier: back
spec:
  replicas: {{ .Values.replicas | default 2 }}
  image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  env:
    - name: A
      value: {{ .Values.a | quote }}
    {{- range $key, $value := .Values.env }}
    - name: {{ $key }}
      value: {{ $value | quote }}
    {{- end }}
    {{- toYaml .Values.extraEnv | nindent 4 }}
  {{- /* a comment
     over two lines: "}}" */}}
  last: 1
{{- end }}
"""


def read(text: str) -> YamlFile:
    return read_yaml(Source("x.yaml", text))


def only(text: str) -> Object:
    result = read(text)
    assert not result.problems
    (document,) = result.documents
    assert isinstance(document, Object)
    return document


def shape(node: Expr) -> object:
    """The node as plain data: a hole as the set of its text, a template as a tuple of parts."""
    match node:
        case Literal(value=value):
            return value
        case Hole():
            return {node.span.text}
        case Template(parts=parts):
            return tuple(shape(part) for part in parts)
        case Array(items=items):
            return [shape(item) for item in items]
        case Object(items=entries):
            return [(shape(entry.key), shape(entry.value)) for entry in entries]
    raise AssertionError(node)


def test_a_chart_keeps_every_entry_in_place() -> None:
    labels = '{{- include "web.labels" . | nindent 4 }}'
    extra = "{{- toYaml .Values.extraEnv | nindent 4 }}"
    assert shape(only(CHART)) == [
        ("apiVersion", "apps/v1"),
        (
            "metadata",
            [
                ("name", {'{{ include "web.fullname" . }}'}),
                ("labels", [({labels}, {labels}), ("tier", "back")]),
            ],
        ),
        (
            "spec",
            [
                ("replicas", {"{{ .Values.replicas | default 2 }}"}),
                ("image", ({"{{ .Values.image.repository }}"}, ":", {"{{ .Values.image.tag }}"})),
                ("nodeSelector", {"{{- toYaml . | nindent 4 }}"}),
                (
                    "env",
                    [
                        [("name", "A"), ("value", {"{{ .Values.a | quote }}"})],
                        [("name", {"{{ $key }}"}), ("value", {"{{ $value | quote }}"})],
                        {extra},
                    ],
                ),
                ("last", 1),
            ],
        ),
    ]


def test_a_file_of_one_include_is_one_unknown_document() -> None:
    result = read('{{ include "a" . }}\n---\nb: 1\n---\n{{ include "c" . }}\n')
    assert [shape(document) for document in result.documents] == [
        {'{{ include "a" . }}'},
        [("b", 1)],
        {'{{ include "c" . }}'},
    ]


def test_a_line_of_output_opens_the_collection_at_its_column() -> None:
    text = "a:\n  b:\n    - c: 1\n      {{ inner }}\n    {{ item }}\n  {{ outer }}\n{{ root }}\n"
    inner = [("c", 1), ({"{{ inner }}"}, {"{{ inner }}"})]
    assert shape(only(text)) == [
        ("a", [("b", [inner, {"{{ item }}"}]), ({"{{ outer }}"}, {"{{ outer }}"})]),
        ({"{{ root }}"}, {"{{ root }}"}),
    ]


def test_items_and_keys_at_one_column_open_both() -> None:
    assert shape(only("env:\n- a\n{{ more }}\n")) == [
        ("env", ["a", {"{{ more }}"}]),
        ({"{{ more }}"}, {"{{ more }}"}),
    ]


def test_both_branches_stay() -> None:
    document = only("{{ if .x }}\na: 1\n{{ else }}\na: 2\n{{ end }}\n")
    assert shape(document) == [("a", 1), ("a", 2)]


def test_conditions_around_an_entry_on_its_line() -> None:
    assert shape(only("x:\n  {{- if .a }} foo: {{ .b }} {{- end }}\n  bar: 1\n")) == [
        ("x", [("foo", {"{{ .b }}"}), ("bar", 1)])
    ]


def test_keys_can_be_placeholders() -> None:
    assert shape(only('{{ .n }}: 1\npre-{{ .n }}: 2\n"{{ .q }}": 3\n')) == [
        ({"{{ .n }}"}, 1),
        (("pre-", {"{{ .n }}"}), 2),
        ({'"{{ .q }}"'}, 3),
    ]


def test_block_scalars_keep_their_actions() -> None:
    text = "d:\n  a: |\n    x: {{ .x }}\n{{- if .b }}\n    y: 2\n{{- end }}\n    # z\n  b: |-\n    {{ .f | nindent 4 }}\n  c: 1\n"
    a, b, c = only(text).items[0].value.items  # type: ignore[attr-defined]  # an Object
    assert [shape(part) for part in a.value.parts] == [
        "x: ", {"{{ .x }}"}, {"{{- if .b }}"}, "\ny: 2\n", {"{{- end }}"}, "\n# z",
    ]  # fmt: skip
    assert shape(b.value) == {"|-\n    {{ .f | nindent 4 }}"}
    assert shape(c.value) == 1
    assert not read(text).comments


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("${X}", {"${X}"}, "placeholder ${X}"),
        ("${X:-a b}", {"${X:-a b}"}, "placeholder ${X:-a b}"),
        ("$(VAULT_NAME)", {"$(VAULT_NAME)"}, "placeholder $(VAULT_NAME)"),
        ("#{Vault}#", {"#{Vault}#"}, "placeholder #{Vault}#"),
        ('"#{Vault}#"', {'"#{Vault}#"'}, "placeholder #{Vault}#"),
        ("__VAULT_NAME__", {"__VAULT_NAME__"}, "placeholder __VAULT_NAME__"),
        ("<your-vault>", {"<your-vault>"}, "placeholder <your-vault>"),
        ("${{ secrets.X }}", {"${{ secrets.X }}"}, "template action"),
        ("https://${V}.net", ("https://", {"${V}"}, ".net"), "placeholder ${V}"),
        ('"\\u00e9${V}\\n"', ("\u00e9", {"${V}"}, "\n"), "placeholder ${V}"),
        ("'it''s ${V}'", ("it's ", {"${V}"}), "placeholder ${V}"),
    ],
)
def test_tokens(text: str, expected: object, reason: str) -> None:
    value = only(f"a: {text}\n").items[0].value
    assert shape(value) == expected
    assert {node.reason for node in walk(value) if isinstance(node, Hole)} == {reason}


@pytest.mark.parametrize("text", ["$$(X)", "$${X}", "__init__", "a <b> c", "$5", "$(ls -l)", "my__X__y"])
def test_these_are_no_placeholders(text: str) -> None:
    assert shape(only(f"a: {text}\n").items[0].value) == text


def test_a_flow_mapping_as_a_key_is_no_action() -> None:
    document = only("{{a: b}: {c: d}}\n")
    assert shape(document) == [([("a", "b")], [("c", "d")])]
    assert not read("{{a: b}: {c: d}}\n").templated


def test_placeholders_of_a_text() -> None:
    text = "a ${X} {{ b }} $(C) __D__ ${{ e }}"
    assert [text[start:end] for start, end in placeholder_ranges(text)] == [
        "${X}", "{{ b }}", "$(C)", "__D__", "${{ e }}",
    ]  # fmt: skip


@given(
    st.lists(
        st.sampled_from(["{{", "}}", '"', "`", "/*", "*/", "-", " ", "\n", "a: ", "if ", "|", "$", "#{x}#"])
    )
)
@settings(max_examples=200, deadline=None)
def test_a_masked_text_has_the_same_length(pieces: list[str]) -> None:
    text = "".join(pieces)
    masked = mask(text)
    assert len(masked.text) == len(text)
    for document in read(text).documents:
        for node in walk(document):
            assert 0 <= node.start <= node.end <= len(text)


@given(st.integers(0, len(CHART)), st.integers(0, 40), st.text('{}"`/*-\n :#$', max_size=3))
@settings(max_examples=150, deadline=None)
def test_damaged_charts_never_raise(start: int, length: int, inserted: str) -> None:
    text = CHART[:start] + inserted + CHART[start + length :]
    result = read(text)
    for problem in result.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)


@pytest.mark.parametrize(
    "piece", ["{{", "{{/*", "{{ ` ", '{{ "', "${", "#{a", "__A", "{{ }}", "a: {{ x }}\n", "- {{ x }}\n"]
)
def test_long_repetitions_are_read_in_time(piece: str) -> None:
    assert read(piece * 20_000) is not None
