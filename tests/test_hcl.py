"""The HCL reader: trees, spans, recovery, limits, and agreement with Terraform about syntax."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvlint.source import Source
from kvlint.syntax.body import Body
from kvlint.syntax.expr import (
    Binary,
    Call,
    Conditional,
    Expr,
    GetAttribute,
    Hole,
    Index,
    Literal,
    Loop,
    Object,
    Reference,
    Splat,
    SplatItem,
    Template,
    Unary,
    children,
    walk,
)
from kvlint.syntax.hcl import HclFile, read_expression, read_hcl, read_template

SAMPLE = """\
# An application, its vault and a little of everything
terraform {
  required_version = ">= 1.5" // why not
}

locals {
  prefix = "kv-${var.name}-${lower(var.env)}"
  flags  = { for k, v in var.flags : k => upper(v)... if v != null }
  list   = [for x in local.all[*].id : x]
  deep   = (1 + 2) * -3 > 4 && !var.off ? a.*.b[0] : c["d"].e.0
  object = {
    plain    = 1e3, "quoted" : 2.50
    (var.k)  = [true, false, null,]
    "${x}-y" = provider::az::parse(id, rest...)
  }
  text = <<-EOT
    one ${~ local.prefix ~}
      two
    %{ for v in local.list ~}
    - ${v}
    %{ endfor ~}
  EOT
  plain = <<EOT
no $${sequences}
EOT
  said = "%{ if a }yes ${b}%{ else }no%{ endif } \\u00e9 \\"q\\""
}

/* a
   block */
resource "azurerm_key_vault" "kv" {
  name = local.prefix
  network_acls { bypass = "None" }

  dynamic "contact" {
    for_each = var.contacts
    content {
      email = contact.value
    }
  }
}
"""


def read(text: str) -> HclFile:
    return read_hcl(Source("main.tf", text))


def expression(text: str) -> Expr:
    node, problems = read_expression(Source("main.tf", text))
    assert problems == []
    return node


def shape(node: Expr) -> object:
    """The tree without its places."""
    own: tuple[object, ...] = ()
    match node:
        case Literal():
            own = (type(node.value).__name__, node.value)
        case Reference() | GetAttribute():
            own = (node.name,)
        case Splat():
            own = (node.full,)
        case Call():
            own = (node.name, node.spread)
        case Loop():
            own = (node.key_name, node.value_name, node.key is None, node.condition is None, node.grouped)
        case Unary() | Binary():
            own = (node.operator,)
    return (type(node).__name__, *own, *(shape(child) for child in children(node)))


def outline(body: Body) -> object:
    """Attributes and blocks of a body without their places."""
    attributes = [(name, shape(attribute.value)) for name, attribute in body.attributes.items()]
    blocks = [(b.kind, [label.text for label in b.labels], outline(b.body)) for b in body.blocks]
    return attributes, blocks


def values(body: Body) -> Iterator[Expr]:
    """Every attribute value at any depth."""
    for attribute in body.attributes.values():
        yield attribute.value
    for block in body.blocks:
        yield from values(block.body)


def messages(text: str) -> list[tuple[str, int, int]]:
    return [(p.message, *p.span.first) for p in read(text).problems]


def test_sample_is_read_without_problems() -> None:
    file = read(SAMPLE)
    assert file.problems == []
    assert [block.kind for block in file.body.blocks] == ["terraform", "locals", "resource"]
    assert [comment.text for comment in file.comments] == [
        "An application, its vault and a little of everything",
        "why not",
        "a\n   block",
    ]
    vault = file.body.blocks[2]
    assert vault.header.text == 'resource "azurerm_key_vault" "kv"'
    assert vault.span.text.endswith("}")
    assert [label.text for label in vault.labels] == ["azurerm_key_vault", "kv"]
    assert [block.kind for block in vault.body.blocks] == ["network_acls", "dynamic"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e3", 1000),
        ("2.50", Decimal("2.50")),
        ("1" + "0" * 60, 10**60),
        ("true", True),
        ("null", None),
        (r'"\u00e9\U0001F600\n\t\r\\\""', 'é😀\n\t\r\\"'),
        (r'"\ud800"', "\ufffd"),
        ('"$${a} %%{b} $ % $$$${c}"', "${a} %{b} $ % $$${c}"),
        ("<<-E\n    a\n\n      b\n    E\n", "a\n\n  b\n"),
        ("<<-E\n  a\n   \n b\nE\n", " a\n   \nb\n"),
        ("<<E\n  a $${x} \\n\nE\n", "  a ${x} \\n\n"),
        ("<<E\nE\n", ""),
        ("<<E\nx\nE", "x\n"),
    ],
)
def test_literals(text: str, value: object) -> None:
    node = expression(text)
    assert isinstance(node, Literal)
    assert node.value == value
    assert type(node.value) is type(value)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("1 - 2 - 3", "(1 - 2) - 3"),
        ("a || b && c == d + e * f", "a || (b && (c == (d + (e * f))))"),
        ("a * b + c", "(a * b) + c"),
        ("-a.b * c", "(-(a.b)) * c"),
        ("a ? b : c ? d : e", "a ? b : (c ? d : e)"),
        ("a == b ? c : d", "(a == b) ? c : d"),
        ('"${a}"', "a"),
        ("{a = 1, b : 2}", "{\na : 1\nb = 2,\n}"),
        ("{1.50 = a}", '{"1.5" = a}'),
        ("{true = a}", '{"true" = a}'),
        ("a.0", "a[0]"),
        ("[for\n x in y\n: x]", "[for x in y : x]"),
    ],
)
def test_same_tree(text: str, same: str) -> None:
    assert shape(expression(text)) == shape(expression(same))


def test_splats() -> None:
    full = expression("a[*].b[0]")
    assert isinstance(full, Splat)
    assert isinstance(full.each, Index)
    short = expression("a.*.b[0]")
    assert isinstance(short, Index)
    assert isinstance(short.target, Splat)
    alone = expression("a[*]")
    assert isinstance(alone, Splat)
    assert isinstance(alone.each, SplatItem)
    assert alone.each.span.text == "[*]"


def test_template_directives() -> None:
    node = expression('"a%{ if b ~}  ${c} %{~ endif }%{ for k, v in d }${v}, %{ endfor }"')
    assert isinstance(node, Template)
    _, choice, loop = node.parts
    assert isinstance(choice, Conditional)
    assert isinstance(choice.then, Template)
    assert isinstance(choice.otherwise, Literal)
    assert choice.otherwise.value == ""
    assert isinstance(loop, Loop)
    assert (loop.key_name, loop.value_name, loop.joined, loop.key) == ("k", "v", True, None)


def test_strip_markers_and_indentation() -> None:
    """A strip marker removes the line end next to it, not the indentation of the next line."""
    node = expression("<<-E\n    %{ for v in l ~}\n    item ${v}\n    %{ endfor ~}\n    end\n  E\n")
    assert isinstance(node, Template)
    loop = node.parts[0] if isinstance(node.parts[0], Loop) else node.parts[1]
    assert isinstance(loop, Loop)
    assert isinstance(loop.value, Template)
    texts = [part.value for part in loop.value.parts if isinstance(part, Literal)]
    assert "".join(str(text) for text in texts).count("\n") == 1


def test_raw_template() -> None:
    source = Source("init.sh", '<x>export A=${a}\n"quoted" \\n $${b}\n</x>')
    node, problems = read_template(source, 3, len(source.text) - 4)
    assert problems == []
    assert isinstance(node, Template)
    assert [part.value for part in node.parts if isinstance(part, Literal)] == [
        "export A=",
        '\n"quoted" \\n ${b}\n',
    ]
    assert node.span.text == source.text[3:-4]


def test_expression_with_a_problem_is_a_hole() -> None:
    node, problems = read_expression(Source("x", "[a +]"), 1, 4)
    assert isinstance(node, Hole)
    assert [problem.message for problem in problems] == ["expected an expression, not the end"]


# Spans


def check_spans(file: HclFile) -> None:
    size = len(file.source.text)
    for value in values(file.body):
        for node in walk(value):
            assert 0 <= node.start <= node.end <= size
            for child in children(node):
                assert node.start <= child.start
                assert child.end <= node.end
    for problem in file.problems:
        assert 0 <= problem.span.start <= problem.span.end <= size
        assert problem.lost is None or 0 <= problem.lost.start <= problem.lost.end <= size
    for comment in file.comments:
        assert 0 <= comment.span.start < comment.span.end <= size


def template_parts(node: Expr) -> Iterator[Expr]:
    """What is no expression by itself: text, directives and their branches, splat items, keys."""
    match node:
        case Template(parts=parts):
            yield from (p for p in parts if isinstance(p, Literal) and p.span.text[:1] != '"')
            yield from (p for p in parts if p.span.text.startswith("%{"))
        case Conditional(then=then, otherwise=otherwise) if node.span.text.startswith("%{"):
            yield from (then, otherwise)
        case Loop(value=value) if node.joined:
            yield value
        case Object(items=items):
            yield from (item.key for item in items)


def test_spans_read_again_to_the_same_tree() -> None:
    file = read(SAMPLE)
    check_spans(file)
    seen = 0
    for value in values(file.body):
        excluded = {id(part) for node in walk(value) for part in template_parts(node)}
        inside_splat = {id(n) for s in walk(value) if isinstance(s, Splat) for n in walk(s.each)}
        for node in walk(value):
            if id(node) in excluded or id(node) in inside_splat:
                continue
            text = node.span.text
            again = expression(text + "\n" if text.startswith("<<") else text)
            assert shape(again) == shape(node), text
            seen += 1
    assert seen > 60


def test_attribute_and_label_spans() -> None:
    file = read('a "b" c {\n  name = 1\n}\n')
    block = file.body.blocks[0]
    assert [label.span.text for label in block.labels] == ['"b"', "c"]
    assert block.body.attributes["name"].name_span.text == "name"


def test_parentheses_belong_to_the_operator_around() -> None:
    node = expression("(a + b) * (c)")
    assert node.span.text == "(a + b) * (c)"


def test_line_endings_do_not_change_the_tree() -> None:
    crlf = read(SAMPLE.replace("\n", "\r\n"))
    assert crlf.problems == []
    assert str(outline(crlf.body)).replace("\\r\\n", "\\n") == str(outline(read(SAMPLE).body))


# Recovery


@pytest.mark.parametrize(
    ("damage", "message", "line", "column"),
    [
        ("x = = 1", 'expected an expression, not "="', 3, 5),
        ("x = (1", 'expected ")", not the end of the line', 3, 7),
        ("x = [1, 2", 'expected "," or "]" in the list, not the end of the line', 3, 10),
        ('x = "abc', "unclosed string", 3, 5),
        ('x = "a${b', 'expected "}" at the end of the "${", not the end of the line', 3, 10),
        ('x = "\\q"', "unknown escape after the backslash in a string", 3, 6),
        ('resource "abc', "unclosed string", 3, 10),
        ("x = 1 2", 'expected the end of the line, not "2"', 3, 7),
        ("name", 'expected "=" or "{" after "name"', 3, 5),
        ('resource "a" = {\n z = 1\n}', 'expected "{" or a label in the header of the block', 3, 14),
        ('resource "a" "b"\n{\n z = 1\n}', 'expected "{" or a label in the header of the block', 3, 17),
        ('"x" = 1', "the name of an attribute or block has no quotes", 3, 1),
        ("}", '"}" without a block to close', 3, 1),
        ("x = a.*.*.b", "a splat inside a splat", 3, 9),
        ('x = "%{ if a }b"', '"%{ if }" has no "%{ endif }"', 3, 6),
        ('x = "%{ endfor }"', '"%{ endfor }" has no "%{ for }" before it', 3, 6),
    ],
)
def test_one_defect_is_one_problem(damage: str, message: str, line: int, column: int) -> None:
    file = read(f"before = 1\n\n{damage}\ny = 2\nlast {{\n}}\n")
    assert [(p.message, *p.span.first) for p in file.problems] == [(message, line, column)]
    assert set(file.body.attributes) == {"before", "y"}
    assert [block.kind for block in file.body.blocks] == ["last"]


def test_an_error_in_a_block_costs_one_attribute() -> None:
    file = read("a {\n  x = f(1,\n  y = 2\n}\nb {\n}\n")
    assert len(file.problems) == 1
    assert [block.kind for block in file.body.blocks] == ["a", "b"]
    assert set(file.body.blocks[0].body.attributes) == {"y"}


def test_unclosed_block_keeps_what_is_around() -> None:
    file = read("a {\n  x = 1\n}\nb {\n  y = 1\n\nc {\n  z = 1\n}\n")
    assert [(p.message, p.span.text) for p in file.problems] == [("unclosed block, it begins here", "b")]
    assert [block.kind for block in file.body.blocks] == ["a", "b", "c"]


@pytest.mark.parametrize("text", ["x = <<EOT\na\nb\n", "x = <<EOT\na ${b}\n", "b {\n x = <<EOT\n a\n}\n"])
def test_unclosed_heredoc(text: str) -> None:
    assert [message for message, _, _ in messages(text)] == ['unclosed heredoc "EOT"']


def test_duplicate_attribute() -> None:
    file = read("x = 1\nx = 2\n")
    assert [(p.message, p.span.first.line) for p in file.problems] == [('attribute "x" is set twice', 2)]
    value = file.body.expression("x")
    assert isinstance(value, Literal)
    assert value.value == 2


@pytest.mark.parametrize(
    "value",
    [
        "[" * 5000,
        "[" * 300 + "]" * 300,
        "(" * 300 + "1" + ")" * 300,
        '"${' * 5000,
        '"${' * 150 + "a" + '}"' * 150,
        "a" + "+a" * 10_000,
        "!" * 10_000 + "a",
        "a" + ".b" * 10_000,
        "a" + "[*]" * 10_000,
        "a ? b : " * 10_000 + "c",
        "f(" * 300 + ")" * 300,
        "{a=" * 300 + "1" + "}" * 300,
    ],
)
def test_depth_is_limited(value: str) -> None:
    file = read(f"before = 1\nx = {value}\n")
    assert [p.message for p in file.problems] == ["nested too deeply"]
    assert set(file.body.attributes) == {"before"}


def test_block_depth_is_limited() -> None:
    text = "b {\n" * 300 + "}\n" * 300
    assert [message for message, _, _ in messages(text)] == ["nested too deeply"]


def test_reasonable_depth_is_read() -> None:
    assert messages("x = " + "[" * 150 + "]" * 150) == []
    assert messages("b {\n" * 150 + "}\n" * 150) == []
    assert messages("x = a" + "+a" * 150) == []


# Properties


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SAMPLE)))
def test_any_truncation_is_read(length: int) -> None:
    check_spans(read(SAMPLE[:length]))


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, len(SAMPLE) - 1),
    st.sampled_from(list('"\\${}[]()=,.:?*~%<>#/\r\n\t a0é-\x00')),
    st.integers(0, 1),
)
def test_any_mutation_is_read(place: int, character: str, removed: int) -> None:
    check_spans(read(SAMPLE[:place] + character + SAMPLE[place + removed :]))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet='ab1"\\${}[]()=,.:?*~%<>#/\r\n \t-!&|', max_size=60))
def test_any_text_is_read(text: str) -> None:
    check_spans(read(text))
    read_expression(Source("x", text))
    read_template(Source("x", text), 0, len(text))


# Terraform's own opinion

SNIPPETS = [
    "a = 1\n",
    "a {}\n",
    'a "b" c {}\n',
    "a { b = 1 }\n",
    "a { b = 1, c = 2 }\n",
    "a { b {} }\n",
    "a { b = 1\n}\n",
    "a {\n  b = 1 }\n",
    'a "b"\n{\n}\n',
    "a = \n",
    "a = 1 b = 2\n",
    "a = [1, 2,]\n",
    "a = [,]\n",
    "a = [\n  1,\n  2\n]\n",
    "a = [1 2]\n",
    "a = {b = 1, c = 2}\n",
    "a = {b = 1 c = 2}\n",
    'a = {b: 1, "c" = 2, (d) = 3, "${e}" = 4, 5 = 6}\n',
    "a = {\n  b = 1,\n  c = 2\n\n  d = 3\n}\n",
    "a = {,}\n",
    "a = {b = 1,, c = 2}\n",
    "a = {b = \n1}\n",
    "a = {b\n= 1}\n",
    "a = f()\n",
    "a = f(1,)\n",
    "a = f(,)\n",
    "a = f(b...)\n",
    "a = f(b...,)\n",
    "a = f(b..., c)\n",
    "a = f(\n 1,\n 2\n)\n",
    "a = provider::x::y(1)\n",
    'a = core::upper("x")\n',
    "a = b ? c : d\n",
    "a = b ? c\n : d\n",
    "a = (b ? c\n : d)\n",
    "a = b ? c : d ? e : f\n",
    "a = [for k, v in m : v if k]\n",
    "a = [for v in m : v...]\n",
    "a = {for k, v in m : k => v... if k}\n",
    "a = {\n for k, v in m :\n k => v\n}\n",
    "a = {for v in m : v}\n",
    "a = [for v in m : k => v]\n",
    "a = b[*].c[0].d\n",
    "a = b.*.c[0]\n",
    "a = b.*.c.0.d\n",
    "a = b.*.*.c\n",
    "a = b.0.1.c\n",
    "a = b[0][*][*]\n",
    'a = b["x"].y\n',
    "a = b.\n",
    'a = b["x"\n',
    "a = -b + !c\n",
    "a = --1\n",
    "a = !!b\n",
    "a = 1e3\n",
    "a = .5\n",
    "a = 1.\n",
    "a = 0x10\n",
    'a = "x\n',
    'a = "x${"y"}z"\n',
    'a = "${b"\n',
    'a = "\\q"\n',
    'a = "\\u00e9\\U0001F600\\n\\t\\r\\\\\\""\n',
    'a = "\\u00"\n',
    'a = "$${b} %%{c} $ % $$ %%"\n',
    'a = "%{ if b }c%{ else }d%{ endif }"\n',
    'a = "%{ if b }c"\n',
    'a = "%{ else }"\n',
    'a = "%{ for x in y ~} ${x} %{~ endfor }"\n',
    'a = "%{ foo }"\n',
    "a = <<EOT\nx ${y}\nEOT\n",
    "a = <<-EOT\n  x\n  EOT\n",
    "a = <<EOT\nx\nEOT\nb = 2\n",
    "a = <<EOT\nx\n",
    'a = <<"EOT"\nx\nEOT\n',
    "a = <<EOT\nx\nEOT b\nEOT\n",
    "a = <<EOT\nEOT\n",
    "a = f(<<EOT\nx\nEOT\n, 1)\n",
    "a = [<<EOT\nx\nEOT\n]\n",
    "a = <<EOT \nx\nEOT\n",
    "a = 1 # c\n// d\n/* e\n*/ b = 2\n",
    "/* x\n",
    "a = 1\na = 2\n",
    '"a" = 1\n',
    "a b = 1\n",
    "1 = 2\n",
    "}\n",
    "a {\n",
    "é-x = 1\n",
    "_a = 1\n",
    "-a = 1\n",
    "a = b == c == d\n",
    "a = b = c\n",
    "a = b && c || d\n",
    "a = b & c\n",
    "a = 'x'\n",
    "a = `x`\n",
    "a = (b\n+ c)\n",
    "a = b\n+ c\n",
    "a = b.c\n.d\n",
    "a = (b.c\n.d)\n",
    "a = {for = 1}\n",
    "a {\n for = 1\n in = 2\n if = 3\n}\n",
    'a = "a\nb"\n',
    'a = "${\nb\n}"\n',
    'a "${b}" {}\n',
    'a "$${b}" {}\n',
    'a "b\\n" {}\n',
    "a <<EOT {\nEOT\n",
    "a = b.c.*\n",
    "a = b[*]\n",
    "a = b[]\n",
    "a = b [0]\n",
    "a = b . c\n",
    "a = f (1)\n",
    "a = null.x\n",
    'a = "x".y\n',
    "a = {}.x\n",
    "a = [].0\n",
    "a = [1][0]\n",
    "a = 5.x\n",
    "a = ()\n",
    "a = {a.b = 1}\n",
    "a = {a ? b : c = 1}\n",
    'a = {"a" : 1}\n',
    "a = {null = 1, true = 2}\n",
    'a = "${~ b ~}"\n',
    'a = "${}"\n',
    "a = b ... c\n",
    "a { # c\n}\n",
    "a { /* c */ }\n",
    "a {} b {}\n",
    "a {}}\n",
    "a = 1; b = 2\n",
    "a = b ? c : d\n  \n",
    "a = <<-EOT\n  ${x}\n    %{ if y }\n  z\n  %{ endif }\n  EOT\n",
    "a.b = 1\n",
    'a = "${b}" "c"\n',
    "a = b[c,d]\n",
    "a = b.c()\n",
    "a = f(x)(y)\n",
    "a = f(x).y[0]\n",
    "a = for\n",
    "a = if\n",
    "a = [for]\n",
    "a = {x = 1\n,y = 2}\n",
    "a = [1\n, 2]\n",
    'a = "%{if a}%{endfor}"\n',
    'a = "%{if a}%{else}%{else}%{endif}"\n',
    'a = "%{for x, y, z in a}%{endfor}"\n',
    'a = "${a}}"\n',
    'a = "{$}"\n',
    "a = ! b\n",
    "a = b.*\n",
    "a = b.*[0].c\n",
    'a = b[*]["x"]\n',
    "a = b.true\n",
    "a = 1.5.2\n",
    'a = b["a"...]\n',
    "a = <<A\n%{ if x ~}\nA\n",
    "a = f(1...)\n",
    "a = f(...)\n",
    'a = "\\\n"\n',
    'a = <<EOT\n$${x} \\q "\nEOT\n',
    'a = {\n  "a" = 1 # x\n  b = 2 // y\n  /* z */ c = 3\n}\n',
    "a = [ # x\n 1, # y\n 2 // z\n]\n",
    "a = b[0 ]\n",
    "a = ((((1))))\n",
    'terraform {\n  required_version = ">= 1"\n  backend "x" {}\n}\n',
    "a = 1",
    "a = 1\r\nb = 2\r\n",
    "a = <<E\r\nx\r\nE\r\n",
    "a = 1\rb = 2\n",
    'a = "x" #\n',
    "a = 1\f\n",
    "a = \u00a01\n",
    "a = <<E\nx\n  E  \n",
    "a = 1 /* x */ b = 2\n",
    "a = 1 /* x\n*/\n",
    "a = x-y\n",
    "a=1#",
    "",
    "a {",
]


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on PATH")
def test_agrees_with_terraform_about_syntax(tmp_path: Path) -> None:
    """One `terraform fmt` over a folder of snippets reports the files it cannot read."""
    for index, snippet in enumerate(SNIPPETS):
        (tmp_path / f"s{index:03}.tf").write_bytes(snippet.encode())
    result = subprocess.run(
        ["terraform", "fmt", "-check", "-list=false", "-no-color", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull},
    )
    rejected = {int(index) for index in re.findall(r"on \S*s(\d{3})\.tf line", result.stderr)}
    assert rejected
    assert len(rejected) < len(SNIPPETS)
    ours = {index for index, snippet in enumerate(SNIPPETS) if read(snippet).problems}
    differences = {SNIPPETS[index] for index in rejected ^ ours}
    assert differences == set()


def test_a_closing_sign_without_an_opening_one_is_passed() -> None:
    """A stray ``~}`` once kept the reader in one place for ever."""
    file = read_hcl(Source("x.tf", "~}\na = 1\n"))
    assert [problem.span.first.line for problem in file.problems] == [1]
    assert list(file.body.attributes) == ["a"]
