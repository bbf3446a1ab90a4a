"""The reader of ARM expressions: trees, spans through escapes, problems, limits."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvlint.source import Source
from kvlint.syntax.arm_expression import is_expression, read_expression
from kvlint.syntax.body import SyntaxProblem
from kvlint.syntax.expr import (
    Call,
    Conditional,
    Expr,
    GetAttribute,
    Hole,
    Index,
    Lambda,
    Literal,
    MethodCall,
    Reference,
    walk,
)
from kvlint.syntax.json import read_json
from kvlint.syntax.limits import MAX_DEPTH

SAMPLE = (
    "[concat('it''s', if(equals(parameters('x').a['b'][0], -1), ns.f(true()), "
    "lambda('i', lambdaVariables('i'))), \"\\\"\")]"
)


def literal(text: str, escaped: str | None = None) -> Literal:
    """The string with this value, as the second element of a JSON list."""
    source = Source("t.json", f"[1,\n  {escaped or json.dumps(text)}]")
    root = read_json(source).root
    found = list(walk(root))[-1] if root is not None else None
    assert isinstance(found, Literal)
    assert found.value == text
    return found


def read(text: str, escaped: str | None = None) -> tuple[Expr, list[SyntaxProblem]]:
    problems: list[SyntaxProblem] = []
    return read_expression(literal(text, escaped), problems), problems


def sound(text: str) -> Expr:
    tree, problems = read(text)
    assert not problems
    return tree


def shape(node: Expr) -> object:
    """A tree as plain data."""
    match node:
        case Literal(value=value):
            return value
        case Reference(name=name):
            return f"&{name}"
        case Call(name=name, arguments=arguments):
            return (name, *map(shape, arguments))
        case MethodCall(target=target, name=name, arguments=arguments):
            return (shape(target), f".{name}", *map(shape, arguments))
        case GetAttribute(target=target, name=name):
            return (shape(target), name)
        case Index(target=target, key=key):
            return (shape(target), [shape(key)])
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            return ("?", shape(condition), shape(then), shape(otherwise))
        case Lambda(parameters=parameters, body=body):
            return ("=>", *parameters, shape(body))
    return type(node).__name__


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[f()]", ("f",)),
        ("[ f ( 'a' ,\t1 ) ]", ("f", "a", 1)),
        ("[\r\n  f(\r\n    -12\r\n  )\r\n]", ("f", -12)),
        ("['']", ""),
        ("['it''s']", "it's"),
        ("['''']", "'"),
        ("[f('[x]')]", ("f", "[x]")),
        ("[12]", 12),
        ("[f(1.5)]", ("f", Decimal("1.5"))),
        ("[true()]", ("true",)),
        ("[TRUE]", True),
        ("[f(null)]", ("f", None)),
        ("[f().a.b-c]", ((("f",), "a"), "b-c")),
        ("[f() . a [ 0 ] ['x']]", (((("f",), "a"), [0]), ["x"])),
        ("[f()[g(1)]]", (("f",), [("g", 1)])),
        ("[ns.f(1, 'a').b]", (("&ns", ".f", 1, "a"), "b")),
        ("[__bicep . f()]", ("&__bicep", ".f")),
        ("[if(a(), 'x', 'y')]", ("?", ("a",), "x", "y")),
        ("[IF(a(), 'x', 'y')]", ("?", ("a",), "x", "y")),
        ("[if(a(), 'x')]", ("if", ("a",), "x")),
        (
            "[map(f(), lambda('It', add(lambdaVariables('IT'), 1)))]",
            ("map", ("f",), ("=>", "it", ("add", "&it", 1))),
        ),
        ("[reduce(f(), 0, lambda('a', 'b', 1))]", ("reduce", ("f",), 0, ("=>", "a", "b", 1))),
        ("[lambda(f(), 1)]", ("lambda", ("f",), 1)),
        ("[lambda()]", ("lambda",)),
        ("[lambdaVariables(1)]", ("lambdaVariables", 1)),
        ("[and(true(), not(or(f(), g())))]", ("and", ("true",), ("not", ("or", ("f",), ("g",))))),
    ],
)
def test_trees(text: str, expected: object) -> None:
    assert shape(sound(text)) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ""),
        ("plain", "plain"),
        ("[", "["),
        ("[]", "[]"),
        ("[ ]", "[ ]"),
        ("[Preview] Do it", "[Preview] Do it"),
        ("f()]", "f()]"),
        ("[[f()]", "[f()]"),
        ("[[]", "[]"),
        ("[[x", "[[x"),
        (" [f()]", " [f()]"),
        ("[f()] ", "[f()] "),
    ],
)
def test_texts_that_are_no_expressions(text: str, value: str) -> None:
    tree = sound(text)
    assert isinstance(tree, Literal)
    assert tree.value == value
    assert not is_expression(text)


def test_other_literals_stay_what_they_are() -> None:
    source = Source("t.json", "[12]")
    number = Literal(source, 1, 3, 12)
    assert read_expression(number, []) is number


@pytest.mark.parametrize("escaped", [True, False])
def test_spans_are_those_of_the_json_text(escaped: bool) -> None:
    text = "[concat('ab', ns.f(parameters('x').name), g()[ 'k' ])]"
    written = '"' + (text.replace("a", "\\u0061").replace("n", "\\u006e") if escaped else text) + '"'
    tree, problems = read(text, written)
    assert not problems
    found = {type(node).__name__: json.loads(f'"{node.span.text}"') for node in walk(tree)}
    assert found["Index"] == "g()[ 'k' ]"
    assert found["MethodCall"] == "ns.f(parameters('x').name)"
    assert found["GetAttribute"] == "parameters('x').name"
    assert found["Reference"] == "ns"
    assert tree.span.text == written[2:-2]
    for node in walk(tree):
        if isinstance(node, MethodCall | GetAttribute):
            rest = tree.source.text[node.name_start : node.end]
            assert json.loads(f'"{rest}"').startswith(node.name)


def test_an_escaped_pair_of_surrogates_is_one_character() -> None:
    tree, _ = read("[f('\U0001f600', g())]", "\"[f('\\ud83d\\ude00', g())]\"")
    assert isinstance(tree, Call)
    assert [one.span.text for one in tree.arguments] == ["'\\ud83d\\ude00'", "g()"]


def test_calls_can_be_rewritten() -> None:
    problems: list[SyntaxProblem] = []
    rewrites = {"here": lambda call: Reference(call.source, call.start, call.end, "there")}
    tree = read_expression(literal("[f(HERE(1), if(a(), 1, 2))]"), problems, rewrites)
    assert shape(tree) == ("f", "&there", ("?", ("a",), 1, 2))


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("[f^(]", 'unclosed "("'),
        ("[f^(1]", 'unclosed "("'),
        ("[f^(1, ]", 'unclosed "("'),
        ("[f(1,^)]", "expected a value"),
        ("[f(^,1)]", "expected a value"),
        ("[f(1 ^2)]", 'expected "," or ")"'),
        ("[f(^'a)]", "unclosed quote"),
        ("[f()^[0]", 'unclosed "["'),
        ("[f()[0^)]", 'expected "]"'),
        ("[f()[0^,1]]", 'expected "]"'),
        ("[f()[^]]", "expected a value"),
        ("[f(0^]]", 'expected "," or ")"'),
        ("[f()^)]", "more text after the end"),
        ("[f() ^g()]", "more text after the end"),
        ("[f()^.]", "no name behind"),
        ("[f()^.1]", "no name behind"),
        ('[f(^"a")]', "single quotes"),
        ("[f(^a)]", "no function call"),
        ("[^Preview]", "no function call"),
        ("[^a-z]", "no function call"),
        ("[^,]", "expected a value"),
        ("[^1a()]", "expected a value"),
        ("[^a.b.c()]", "no function call"),
        ("[^-]", "expected a value"),
        ("[^{}]", "expected a value"),
    ],
)
def test_problems_stand_where_the_fault_is(marked: str, message: str) -> None:
    before, _, after = marked.partition("^")
    tree, problems = read(before + after)
    assert isinstance(tree, Hole)
    (problem,) = problems
    assert message in problem.message
    assert problem.span.start == tree.start + 1 + len(before)
    assert problem.lost == tree.span
    assert not problem.refused


@pytest.mark.parametrize(
    "text",
    [
        "[" + "f(" * 1_000_000 + ")" * 1_000_000 + "]",
        "[" + "f()[" * 500 + "0" + "]" * 500 + "]",
        "[f()" + ".a" * 1_000_000 + "]",
        "[f()" + "[0]" * 500 + "]",
        "[" + "f(a.b(" * 150 + "1" + "))" * 150 + "]",
    ],
)
def test_deep_expressions_are_refused(text: str) -> None:
    tree, problems = read(text)
    assert isinstance(tree, Hole)
    assert problems[0].refused
    assert len(problems[0].span.text) == 1


def test_the_limit_is_the_height_of_the_tree() -> None:
    for depth, accepted in ((MAX_DEPTH - 1, True), (MAX_DEPTH, False)):
        tree, problems = read("[" + "f(" * depth + "1" + ")" * depth + "]")
        assert (not problems) is accepted
        tree, problems = read("[f()" + ".a" * depth + "]")
        assert (not problems) is accepted
    assert isinstance(tree, Hole)
    _, problems = read("[f(g(1))]")
    assert not problems
    read_expression(literal("[f(g(1))]"), problems, limit=2)
    assert problems[0].refused


def test_long_texts_cost_time_in_proportion() -> None:
    read("['" + "'" * 1_000_000 + "]")
    read("[" + " " * 1_000_000 + "]")
    read("[" + "a" * 1_000_000 + "]")
    read("[f(" + "1," * 300_000 + "1)]")
    read("[f(" + "9" * 300_000 + ")]")


@given(
    st.integers(0, len(SAMPLE)),
    st.integers(0, len(SAMPLE)),
    st.text("[]()',.'\"\\ \n-1ab_{}\U0001f600", max_size=5),
    st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_nothing_crashes_and_spans_lie_in_the_string(
    start: int, end: int, new: str, ascii_only: bool
) -> None:
    text = "[" + (SAMPLE[: min(start, end)] + new + SAMPLE[max(start, end) :])[1:-1] + "]"
    given_literal = literal(text, json.dumps(text, ensure_ascii=ascii_only))
    problems: list[SyntaxProblem] = []
    tree = read_expression(given_literal, problems)
    for node in walk(tree):
        assert given_literal.start <= node.start <= node.end <= given_literal.end
    for problem in problems:
        assert given_literal.start < problem.span.start <= problem.span.end < given_literal.end
    assert len(problems) == isinstance(tree, Hole)
