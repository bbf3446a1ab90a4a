"""Evaluation of what is not wholly known, and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvlint.evaluate.functions.table import TERRAFORM_FUNCTIONS
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.scope import Dialect, Files, Function, Namespace
from kvlint.evaluate.types import convert, parse_type
from kvlint.evaluate.values import (
    Choice,
    ListKind,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Step,
    Symbol,
    Unknown,
    Value,
    leaves,
    moved,
)
from kvlint.source import Source, Span
from kvlint.syntax.expr import Expr, GetAttribute, Index, Reference
from kvlint.syntax.hcl import read_expression

PLACE = Span(Source("variables.tf", "secret value"), 0, 6)


@dataclass
class FakeResource:
    address: str
    config: Mapping[tuple[str | int, ...], Value] = field(default_factory=dict)
    type: str = "azurerm_key_vault"
    managed: bool = True

    def configured(self, path: tuple[str | int, ...]) -> Value | None:
        return self.config.get(path)


@dataclass
class FakeFiles:
    texts: Mapping[str, str]

    def read(self, path: str) -> str | None:
        return self.texts.get(path)


@dataclass
class Names:
    values: Mapping[str, Value]

    def member(self, name: str, node: GetAttribute | Index) -> Value | Namespace:
        return self.values.get(name) or Unknown(f"nothing is called {name}", failed=True, span=node.span)

    def whole(self) -> Value:
        return Unknown("it names a group of objects")


@dataclass
class FakeScope:
    names: Mapping[str, Value | Names]
    texts: Mapping[str, str] = field(default_factory=dict)
    dialect: Dialect = Dialect.TERRAFORM

    def lookup(self, name: str, node: Reference) -> Value | Namespace:
        return self.names.get(name) or Unknown(f"nothing is called {name}", span=node.span)

    def function(self, name: str) -> Function | None:
        return TERRAFORM_FUNCTIONS.get(name)

    @property
    def files(self) -> Files:
        return FakeFiles(self.texts)


IDENTITY = ListValue((MapValue({"type": Scalar("SystemAssigned")}),))
VAULT = FakeResource(
    "root|azurerm_key_vault.kv",
    {
        (): MapValue({"name": Scalar("kv1", span=PLACE), "identity": IDENTITY}),
        ("name",): Scalar("kv1", span=PLACE),
        ("identity",): IDENTITY,
        ("identity", 0): IDENTITY.items[0],
        ("identity", 0, "type"): Scalar("SystemAssigned"),
    },
)
MANY = FakeResource("root|azurerm_key_vault.many[*]")
VARIABLES: dict[str, Value] = {
    "secret": Scalar("hunter2", span=PLACE, steps=(Step(PLACE, "variable"),)),
    "open": Unknown('variable "open" has no value'),
    "either": Choice((Scalar("a"), Scalar("b"))),
    "flag": Unknown('variable "flag" has no value'),
    "list": ListValue((Scalar("x"),), rest=Unknown("more may follow")),
    "map": MapValue({"x": Scalar(1)}, rest=Unknown("more may follow")),
    "wrong": Unknown("it fails", failed=True),
}
SCOPE = FakeScope(
    {
        "var": Names(VARIABLES),
        "vault": Symbol(VAULT),
        "many": Symbol(MANY),
    },
    {"a.tpl": "x=${x}", "loop.tpl": '${templatefile("loop.tpl", {})}', "b.txt": "text"},
)


def value_of(text: str) -> Value:
    tree, problems = read_expression(Source("main.tf", text))
    assert not problems
    return evaluate(tree, SCOPE)


def shown(value: Value) -> object:
    """A value as plain data that can be compared."""
    match value:
        case Scalar(data=data):
            return data
        case ListValue(items=items, rest=rest):
            return [shown(item) for item in items] + (["…"] if rest else [])
        case MapValue(entries=entries, rest=rest):
            return {name: shown(entry) for name, entry in entries.items()} | ({"…": "…"} if rest else {})
        case Symbol(key=(address, path)):
            return (address.rpartition("|")[2], *path)
        case PartialText(parts=parts):
            return ("text", *map(shown, parts))
        case Choice(options=options):
            return {"either": [shown(option) for option in options]}
        case Unknown(failed=failed):
            return "wrong" if failed else "unknown"
    raise AssertionError(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Templates
        ('"a${var.open}b"', ("text", "a", "unknown", "b")),
        ('"a${"b"}${var.open}"', ("text", "ab", "unknown")),
        ('"a${"x${var.open}"}b"', ("text", "ax", "unknown", "b")),
        ('"${var.either}-x"', {"either": ["a-x", "b-x"]}),
        ('"${var.wrong}-x"', "wrong"),
        ('"https://${vault.vault_uri}/"', ("text", "https://", ("azurerm_key_vault.kv", "vault_uri"), "/")),
        # Symbols
        ("vault.name", "kv1"),
        ("vault.id", ("azurerm_key_vault.kv", "id")),
        ("vault.identity[0].type", "SystemAssigned"),
        ("vault.identity[0].principal_id", ("azurerm_key_vault.kv", "identity", 0, "principal_id")),
        ("vault.identity.0.principal_id", ("azurerm_key_vault.kv", "identity", 0, "principal_id")),
        ("vault.identity[1].principal_id", "wrong"),
        ("vault.identity[*].principal_id", [("azurerm_key_vault.kv", "identity", 0, "principal_id")]),
        ("length(vault.identity)", 1),
        ("vault[*].id", [("azurerm_key_vault.kv", "id")]),
        ("many[0].id", ("azurerm_key_vault.many[*]", "id")),
        ("many[var.open].id", ("azurerm_key_vault.many[*]", "id")),
        ("many[*].id", [("azurerm_key_vault.many[*]", "id"), "…"]),
        ("[for v in many : v.id]", [("azurerm_key_vault.many[*]", "id"), "…"]),
        ("vault.id == vault.id", True),
        ("vault.id == var.open", "unknown"),
        ("vault == null", False),
        ("vault.id == null", "unknown"),
        ('"x${var.open}" == "y"', False),
        ('"x${var.open}" == "xy"', "unknown"),
        # Conditions
        ("var.flag ? 1 : 2", {"either": [1, 2]}),
        ("var.flag ? 1 : 1", 1),
        ("var.flag ? var.wrong : 1", 1),
        ('var.either == "a" ? 1 : 2', {"either": [1, 2]}),
        ("var.wrong ? 1 : 2", "wrong"),
        ("false && var.open", False),
        ("var.open && false", False),
        ("true || var.open", True),
        ("true && var.open", "unknown"),
        ("false && var.wrong", "unknown"),
        # Rest
        ("var.list[0]", "x"),
        ("var.list[1]", "unknown"),
        ("var.list[-1]", "wrong"),
        ("var.map.x", 1),
        ("var.map.y", "unknown"),
        ("length(var.list)", "unknown"),
        ('contains(var.list, "x")', True),
        ('contains(var.list, "y")', "unknown"),
        ('concat(var.list, ["z"])', ["x", "z", "…"]),
        ('concat(["z"], var.open)', ["z", "…"]),
        ("merge(var.map, {y = 2})", {"x": 1, "y": 2, "…": "…"}),
        ("merge({x = 1}, var.open)", {"x": {"either": [1, "unknown"]}, "…": "…"}),
        ("merge([{x = 1}, var.map]...)", {"x": 1, "…": "…"}),
        ("keys(var.map)", ["x", "…"]),
        ("values(var.map)", [1, "…"]),
        ("flatten([var.list, [1]])", ["x", 1, "…"]),
        ("toset(var.list)", ["x", "…"]),
        ('lookup(var.map, "x", 0)', 1),
        ('lookup(var.map, "y", 0)', "unknown"),
        ("[for x in var.list : upper(x)]", ["X", "…"]),
        ("{for x in var.list : x => 1}", {"x": 1, "…": "…"}),
        ("[for x in [1, 2] : x if var.flag]", [1, 2, "…"]),
        ("[for x in var.open : x]", "unknown"),
        ('[for x in [1, 2] : x if var.either == "a"]', [1, 2, "…"]),
        ("{(var.open) = 1, b = 2}", {"b": 2, "…": "…"}),
        ("max(var.list...)", "unknown"),
        # Functions of what is not known
        ('join(",", ["a", var.open])', ("text", "a,", "unknown")),
        ('join(",", var.list)', "unknown"),
        ('format("%s-%s", "a", var.open)', ("text", "a-", "unknown")),
        ('format("%d", var.open)', "unknown"),
        ("upper(var.either)", {"either": ["A", "B"]}),
        ("upper(var.open)", "unknown"),
        ("upper(var.wrong)", "wrong"),
        ('coalesce(null, var.open, "z")', {"either": ["unknown", "z"]}),
        ('coalesce("a", var.open)', "a"),
        ('coalesce(vault.id, "z")', {"either": [("azurerm_key_vault.kv", "id"), "z"]}),
        ("try(var.wrong, 1)", 1),
        ("try(var.open, 1)", {"either": ["unknown", 1]}),
        ("try(vault.id, 1)", ("azurerm_key_vault.kv", "id")),
        ("can(var.open)", "unknown"),
        ("can(var.wrong)", False),
        ("jsonencode({a = var.open})", "unknown"),
        ("one(var.list)", {"either": ["x", "unknown"]}),
        ("zipmap(var.list, [1, 2])", {"x": 1, "…": "…"}),
        ("nonsensitive(var.secret)", "hunter2"),
        ("tostring(vault.id)", ("azurerm_key_vault.kv", "id")),
        ("nosuch(1)", "unknown"),
        ("provider::x::y(1)", "unknown"),
        # Files
        ('file("b.txt")', "text"),
        ('templatefile("a.tpl", {x = 1})', "x=1"),
        ('templatefile("a.tpl", {x = var.open})', ("text", "x=", "unknown")),
        ('templatefile("a.tpl", {})', "wrong"),
        ('templatefile("none.tpl", {})', "unknown"),
        ('templatefile("loop.tpl", {})', "unknown"),
        ("var", "unknown"),
        ("nothing", "unknown"),
    ],
)
def test_partial_values(text: str, expected: object) -> None:
    assert shown(value_of(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        '"Server=x;Password=${var.secret}"',
        'jsonencode({conn = "Server=x;Password=${var.secret}"})',
        "base64encode(jsonencode([var.secret]))",
        'join(";", ["a", var.secret])',
        'format("p=%s", var.secret)',
        'replace(var.secret, "h", "H")',
        "jsonencode({a = var.secret, b = var.open})",
        '"${var.open}${upper(var.secret)}"',
        "max([var.open, var.secret]...)",
        'templatefile("a.tpl", {x = var.secret})',
        "tostring(var.secret)",
        "[for x in [var.secret] : upper(x)][0]",
        "upper(var.flag ? var.secret : null)",
    ],
)
def test_the_literal_is_found_inside_what_was_made_of_it(text: str) -> None:
    found = [leaf for leaf in leaves(value_of(text)) if isinstance(leaf, Scalar) and leaf.data == "hunter2"]
    assert found
    assert found[0].span == PLACE
    assert found[0].steps[0].label == "variable"


def test_a_computed_value_has_the_place_of_its_expression() -> None:
    value = value_of('"a${1 + 1}"')
    assert value.span is not None
    assert value.span.text == '"a${1 + 1}"'


def test_a_selected_value_keeps_its_place_and_gets_the_way_of_its_container() -> None:
    step = Step(PLACE, "local")
    container = moved(MapValue({"x": Scalar(1, span=PLACE)}), step)
    tree, _ = read_expression(Source("main.tf", "c.x"))
    value = evaluate(tree, FakeScope({"c": container}))
    assert (value.span, value.steps) == (PLACE, (step,))


@pytest.mark.parametrize(
    "text",
    [
        "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]",
        'format("%9999999s", "a")',
        "pow(10, 1000000000)",
        "1e1000000000 * 1e1000000000",
        "setproduct(range(1000), range(1000), range(1000))",
        'indent(999999999, "\\n")',
        'replace(join("", [for i in range(1000) : "aaaaaaaaaa"]), "a", join("", [for i in range(1000) : "bbbb"]))',
        "[for a in range(1000) : [for b in range(1000) : jsonencode(range(1000))]]",
        'regex("(a|aa)+$", join("", [for i in range(1000) : "a"]))',
        'regex("(a|aa)+c", join("", [for i in range(1000) : "a"]))',
        'regex("(a|ab|b)+c", join("", [for i in range(1000) : "ab"]))',
        'regex("(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")',
        'regex(".*.*.*.*x", join("", [for i in range(1000) : "a"]))',
        'cidrsubnet("10.0.0.0/8", 999999999, 1)',
    ],
)
def test_work_is_bounded(text: str) -> None:
    assert isinstance(value_of(text), Unknown)


def test_doubling_structures_are_not_walked() -> None:
    value: Value = Scalar("x")
    for _ in range(60):
        value = ListValue((value, value))
    scope = FakeScope({"big": value})
    for text in (
        "jsonencode(big)",
        "flatten(big)",
        "big == big",
        "toset(big)",
        "distinct(big)",
        "try(big, 1)",
    ):
        tree, _ = read_expression(Source("main.tf", text))
        assert isinstance(evaluate(tree, scope), Value)
    assert isinstance(evaluate(read_expression(Source("main.tf", "jsonencode(big)"))[0], scope), Unknown)


def test_deep_nesting_is_unknown() -> None:
    tree: Expr = Reference(Source("main.tf", "x"), 0, 1, "x")
    for _ in range(5000):
        tree = GetAttribute(tree.source, 0, 1, tree, "a", 0)
    assert isinstance(evaluate(tree, SCOPE), Unknown)


@pytest.mark.parametrize(
    ("type_", "text", "expected"),
    [
        ("string", "1", "1"),
        ("string", "[1]", "wrong"),
        ("string", "var.open", "unknown"),
        ("string", '"a${var.open}"', ("text", "a", "unknown")),
        ("number", '"1.50"', Decimal("1.5")),
        ("number", '"x"', "wrong"),
        ("bool", '"true"', True),
        ("bool", "1", "wrong"),
        ("any", "[1]", [1]),
        ("list(string)", "[1, true]", ["1", "true"]),
        ("list(any)", '[1, "a"]', ["1", "a"]),
        ("list(string)", "var.list", ["x", "…"]),
        ("set(string)", '["b", "a", "b"]', ["a", "b"]),
        ("map(number)", '{a = "1"}', {"a": 1}),
        ("map(string)", "[1]", "wrong"),
        ("tuple([string, number])", '[1, "2"]', ["1", 2]),
        ("tuple([string])", "[]", "wrong"),
        ("object({a = string})", "{a = 1, b = 2}", {"a": "1"}),
        ("object({a = string})", "{b = 2}", "wrong"),
        ("object({a = optional(string)})", "{}", {"a": None}),
        ('object({a = optional(string, "x")})', "{}", {"a": "x"}),
        ('object({a = optional(string, "x")})', "{a = null}", {"a": "x"}),
        ("object({a = optional(number, 5)})", "var.map", {"a": "unknown"}),
        ("map(object({a = optional(list(string), [])}))", "{k = {}}", {"k": {"a": []}}),
        ("list(object({a = string}))", "null", None),
        ("string", "var.either", {"either": ["a", "b"]}),
        ("number", "var.either", "wrong"),
    ],
)
def test_conversion(type_: str, text: str, expected: object) -> None:
    parsed = parse_type(read_expression(Source("variables.tf", type_))[0])
    assert parsed is not None
    assert shown(convert(value_of(text), parsed)) == expected


@pytest.mark.parametrize("text", ["strin", "list()", "object([])", "tuple(string)", "optional(string)", "1"])
def test_what_is_not_a_type(text: str) -> None:
    assert parse_type(read_expression(Source("variables.tf", text))[0]) is None


def test_conversion_keeps_the_place() -> None:
    parsed = parse_type(read_expression(Source("variables.tf", "list(string)"))[0])
    assert parsed is not None
    value = convert(ListValue((Scalar(5, span=PLACE),)), parsed)
    assert isinstance(value, ListValue)
    assert value.kind is ListKind.LIST
    assert value.items[0].span == PLACE


ATOMS = st.sampled_from(
    ["1", "-2.5", '"a"', '"${var.open}x"', "null", "true", "var.open", "var.either", "var.list", "var.map", "vault",
     "vault.identity", "many", "var.wrong", "[]", "{}", "var.secret"]
)  # fmt: skip


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    names = st.sampled_from(sorted(name for name in TERRAFORM_FUNCTIONS if "::" not in name))
    return st.one_of(
        st.builds(
            lambda name, arguments: f"{name}({', '.join(arguments)})", names, st.lists(inner, max_size=3)
        ),
        st.builds(lambda a, b: f"[{a}, {b}]", inner, inner),
        st.builds(lambda a, b: f"{{x = {a}, (({b})) = 1}}", inner, inner),
        st.builds(lambda a, b, c: f"({a} ? {b} : {c})", inner, inner, inner),
        st.builds(lambda a, b: f"[for k, v in {a} : {b} if v != k]", inner, inner),
        st.builds(lambda a, b: f"{{for k, v in {a} : k => {b}...}}", inner, inner),
        st.builds(lambda a, b: f"({a})[{b}]", inner, inner),
        st.builds(lambda a: f"({a})[*].x", inner),
        st.builds(
            lambda op, a, b: f"({a} {op} {b})",
            st.sampled_from(["+", "/", "%", "==", "<", "&&"]),
            inner,
            inner,
        ),
    )


@settings(max_examples=200, deadline=None)
@given(st.recursive(ATOMS, _larger, max_leaves=8))
def test_evaluation_never_raises(text: str) -> None:
    tree, _ = read_expression(Source("main.tf", text))
    value = evaluate(tree, SCOPE)
    assert isinstance(value, Value)
    for leaf in leaves(value):
        assert not isinstance(leaf, Unknown) or leaf.reason
