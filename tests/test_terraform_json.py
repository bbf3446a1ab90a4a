"""Terraform's JSON syntax read into the blocks and attributes of HCL."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from kvlint.source import Source
from kvlint.syntax.body import Block
from kvlint.syntax.expr import Array, Expr, GetAttribute, Hole, Literal, Object, Template, walk
from kvlint.syntax.hcl import HclFile
from kvlint.syntax.terraform_json import read_terraform_json

SAMPLE = r"""{
  "//": "a comment",
  "terraform": {"required_providers": {"azurerm": {"source": "hashicorp/azurerm"}}},
  "provider": {"azurerm": [{"features": {}}, {"alias": "b", "features": {}}]},
  "variable": {"names": {"type": "list(string)", "default": ["a"]}},
  "locals": [{"plain": "x"}, {"escaped": "$${x}", "lone": "${var.names}"}],
  "resource": {
    "azurerm_key_vault": {
      "kv": {
        "//": "another",
        "name": "kv-${var.p}-\"é\"\n${f(\"\u00e9\", var.q)}",
        "network_acls": {"bypass": "None", "rules": ["${local.plain}", 1, true]},
        "depends_on": ["azurerm_resource_group.main"],
        "lifecycle": {"ignore_changes": ["tags"]}
      },
      "other": {"name": "o"}
    }
  },
  "moved": [{"from": "a.b", "to": "a.c"}]
}
"""


def read(text: str) -> HclFile:
    return read_terraform_json(Source("main.tf.json", text))


def block(file: HclFile, kind: str, *labels: str) -> Block:
    found = [b for b in file.body.blocks_of(kind) if [label.text for label in b.labels] == [*labels]]
    return found[0]


def value(block: Block, name: str) -> Expr:
    found = block.body.expression(name)
    assert found is not None
    return found


def test_blocks_and_labels() -> None:
    file = read(SAMPLE)
    assert file.problems == []
    assert [(b.kind, [label.text for label in b.labels]) for b in file.body.blocks] == [
        ("terraform", []),
        ("provider", ["azurerm"]),
        ("provider", ["azurerm"]),
        ("variable", ["names"]),
        ("locals", []),
        ("locals", []),
        ("resource", ["azurerm_key_vault", "kv"]),
        ("resource", ["azurerm_key_vault", "other"]),
        ("moved", []),
    ]
    vault = block(file, "resource", "azurerm_key_vault", "kv")
    assert vault.header.text == '"kv"'
    assert vault.labels[0].span.text == '"azurerm_key_vault"'
    assert list(vault.body.attributes) == ["name", "network_acls", "depends_on", "lifecycle"]
    assert vault.body.attributes["name"].name_span.text == "name"
    assert [b.kind for b in block(file, "terraform").body.blocks] == ["required_providers"]


def test_strings_are_templates_with_exact_spans() -> None:
    name = value(block(read(SAMPLE), "resource", "azurerm_key_vault", "kv"), "name")
    assert isinstance(name, Template)
    assert name.span.text.startswith('"kv-')
    assert name.span.text.endswith('"')
    assert [part.span.text for part in name.parts] == ["kv-", "var.p", r"-\"é\"\n", r"f(\"\u00e9\", var.q)"]
    attribute = name.parts[1]
    assert isinstance(attribute, GetAttribute)
    assert attribute.source.text[attribute.name_start : attribute.end] == "p"
    argument = next(n for n in walk(name.parts[3]) if isinstance(n, Literal))
    assert (argument.value, argument.span.text) == ("é", r"\"\u00e9\"")


def test_lone_interpolations_and_escapes() -> None:
    file = read(SAMPLE)
    plain, both = file.body.blocks_of("locals")
    assert isinstance(value(plain, "plain"), Literal)
    assert isinstance(value(both, "lone"), GetAttribute)
    escaped = value(both, "escaped")
    assert isinstance(escaped, Literal)
    assert (escaped.value, escaped.span.text) == ("${x}", '"$${x}"')


def test_meta_arguments_are_expressions() -> None:
    file = read(SAMPLE)
    vault = block(file, "resource", "azurerm_key_vault", "kv")
    depends_on = value(vault, "depends_on")
    assert isinstance(depends_on, Array)
    assert isinstance(depends_on.items[0], GetAttribute)
    lifecycle = value(vault, "lifecycle")
    assert isinstance(lifecycle, Object)
    assert not any(isinstance(node, Literal) and node.value == "tags" for node in walk(lifecycle))
    assert isinstance(value(block(file, "moved"), "from"), GetAttribute)
    assert not isinstance(value(block(file, "variable", "names"), "type"), Literal)


def test_problems() -> None:
    file = read('{"output": {"o": {"value": "${a +}", "x": 1, "x": 2}, "p": 3}}')
    assert [(p.message, p.span.text) for p in file.problems] == [
        ('expected an expression, not "}"', "}"),
        ('attribute "x" is set twice', '"x"'),
        ("expected an object here", "3"),
    ]
    assert isinstance(value(block(file, "output", "o"), "value"), Hole)


def test_what_is_no_object_is_a_problem() -> None:
    assert len(read("[1]").problems) == 1
    assert len(read("").problems) == 1


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='a"\\${}%~\n\té😀.[', max_size=20))
def test_any_string_keeps_its_spans_inside(text: str) -> None:
    for written in (json.dumps(text), json.dumps(text, ensure_ascii=False)):
        file = read('{"locals": {"x": ' + written + "}}")
        for b in file.body.blocks:
            whole = value(b, "x")
            for node in walk(whole):
                assert node.source is file.source
                assert 17 <= node.start <= node.end <= 17 + len(written)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SAMPLE)), st.sampled_from(list('"\\${}[],:x')))
def test_any_mutation_is_read(place: int, character: str) -> None:
    read(SAMPLE[:place])
    read(SAMPLE[:place] + character + SAMPLE[place + 1 :])
