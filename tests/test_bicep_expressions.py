"""What the operators, accesses and literals of Bicep come to."""

from __future__ import annotations

import pytest

from arm_expressions import SCOPE, UNKNOWN, WRONG, FakeScope, shown, tree_of, value_of
from kvlint.evaluate.combine import key_of
from kvlint.evaluate.growing import MAX_ITEMS
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.scope import Namespace
from kvlint.evaluate.values import ListValue, MapValue, Scalar, Symbol, Unknown, Value
from kvlint.syntax.expr import Lambda

P = ("text", UNKNOWN)

CASES: list[tuple[str, object]] = [
    # Literals and texts
    ("1", 1),
    ("-5", -5),
    ("true", True),
    ("null", None),
    ("'a'", "a"),
    ("'a${1}b'", "a1b"),
    ("'${true}'", "True"),
    ("'${false}'", "False"),
    ("'>${null}<'", "><"),
    ("'${{a: 'b', '!c': 2}}'", "{'a':'b','!c':2}"),
    ("'${[true, 2893, 'abc', null]}'", "[true,2893,'abc',null]"),
    ("'${['a\\'b']}'", "['a\\'b']"),
    ("'${p}-x'", ("text", UNKNOWN, "-x")),
    ("'${p}'", UNKNOWN),
    ("'${kv.id}'", ("kv", "id")),
    ("'${kv.name}-x'", "kv1-x"),
    ("'${either}-x'", {"either": ["a-x", "b-x"]}),
    ("'${wrong}'", WRONG),
    ("'${list}'", UNKNOWN),
    ("''", ""),
    # Arithmetic: whole numbers
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("7 / 2", 3),
    ("-7 / 2", -3),
    ("7 / -2", -3),
    ("7 % 3", 1),
    ("-7 % 3", -1),
    ("7 % -3", 1),
    ("1 / 0", WRONG),
    ("1 % 0", WRONG),
    ("1 - 14", -13),
    ("9223372036854775807 + 1", WRONG),
    ("'a' + 'b'", WRONG),
    ("1 + null", WRONG),
    ("true + 1", WRONG),
    ("p + 1", UNKNOWN),
    ("wrong + 1", WRONG),
    ("-(3)", -3),
    # Comparison
    ("1 < 2", True),
    ("2 <= 2", True),
    ("1 > 2", False),
    ("2 >= 3", False),
    ("'a' < 'b'", True),
    ("'abc' > 'abd'", False),
    ("'a' <= 'a'", True),
    ("'A' < 'b'", UNKNOWN),
    ("'a-b' < 'ab'", UNKNOWN),
    ("'1' < 2", WRONG),
    ("p < 2", UNKNOWN),
    # Equality
    ("1 == 1", True),
    ("1 == '1'", False),
    ("true == 'true'", False),
    ("'a' == 'A'", False),
    ("'a' != 'A'", True),
    ("'a' =~ 'A'", True),
    ("'a' !~ 'A'", False),
    ("'a' =~ 'b'", False),
    ("'a' =~ null", False),
    ("'a' =~ 1", WRONG),
    ("null == null", True),
    ("null == ''", False),
    ("[1, 2] == [1, 2]", True),
    ("[1, 2] == [2, 1]", False),
    ("[1] == [1, 2]", False),
    ("{a: [1]} == {a: [1]}", True),
    ("{a: 1} == {a: 2}", False),
    ("{a: 1} == {b: 1}", False),
    ("[] == {}", False),
    ("p == p", True),
    ("p != p", False),
    ("p == q", UNKNOWN),
    ("p == 'x'", UNKNOWN),
    ("p.a == p.a", True),
    ("p.a.b == p.a.b", True),
    ("p.a == p.b", UNKNOWN),
    ("p['a'] == p.a", True),
    ("p[0] == p[0]", True),
    ("p[q] == p[q]", True),
    ("open == open", UNKNOWN),
    ("'${p}-x' == '${p}-x'", True),
    ("'${p}-x' == '${q}-x'", UNKNOWN),
    ("'${p}-x' == 'abc'", False),
    ("'${p}-x' == 'abc-x'", UNKNOWN),
    ("'A${p}' =~ 'abc'", UNKNOWN),
    ("'A${p}' =~ 'bc'", False),
    ("kv.id == kv.id", True),
    ("[p] == [p]", True),
    ("either == 'a'", {"either": [True, False]}),
    # Logic
    ("true && false", False),
    ("true && true", True),
    ("false || true", True),
    ("!true", False),
    ("!p", UNKNOWN),
    ("false && wrong", False),
    ("true || wrong", True),
    ("wrong || true", WRONG),
    ("p && false", False),
    ("p || true", True),
    ("p && true", UNKNOWN),
    ("true && 1", WRONG),
    ("null && true", WRONG),
    ("flag && false", False),
    ("false && (1 / 0 == 1)", False),
    # ??
    ("null ?? 123", 123),
    ("'a' ?? 123", "a"),
    ("null ?? null", None),
    ("null ?? null ?? 3", 3),
    ("p ?? 'd'", {"either": [UNKNOWN, "d"]}),
    ("p ?? null", {"either": [UNKNOWN, None]}),
    ("either ?? 'd'", {"either": ["a", "b"]}),
    ("(flag ? null : 'a') ?? 'd'", {"either": ["a", "d"]}),
    ("kv.id ?? 'd'", ("kv", "id")),
    ("kv ?? 'd'", ("kv",)),
    ("kv.properties.vaultUri ?? 'd'", {"either": [("kv", "properties", "vaultUri"), "d"]}),
    ("'a' ?? wrong", "a"),
    ("wrong ?? 'a'", WRONG),
    ("p ?? wrong", UNKNOWN),
    # Conditions: only what is chosen counts, nothing is converted
    ("true ? 1 : 'a'", 1),
    ("false ? 1 : 'a'", "a"),
    ("true ? 1 : wrong", 1),
    ("p ? 1 : 'a'", {"either": [1, "a"]}),
    ("p ? [1] : {}", {"either": [[1], {}]}),
    ("p ? 1 : 1", 1),
    ("p ? wrong : 1", 1),
    ("wrong ? 1 : 2", WRONG),
    ("null ? 1 : 2", WRONG),
    ("1 ? 1 : 2", WRONG),
    ("flag ? 'x' : 'y'", {"either": ["x", "y"]}),
    # Accesses
    ("{a: {b: 1}}.a.b", 1),
    ("{a: 1}.A", 1),
    ("{a: 1, A: 2}.A", 2),
    ("{a: 1}['A']", 1),
    ("{a: 1}.b", WRONG),
    ("{a: 1}['${'a'}']", 1),
    ("[1, 2][0]", 1),
    ("[1, 2][2]", WRONG),
    ("[1, 2][-1]", WRONG),
    ("[1, 2].a", WRONG),
    ("'a'.b", WRONG),
    ("null.a", WRONG),
    ("p.a", UNKNOWN),
    ("list[0]", {"either": ["x", UNKNOWN]}),
    ("list[1]", UNKNOWN),
    ("map.x", 1),
    ("map.y", UNKNOWN),
    ("[1, 2][p]", {"either": [1, 2]}),
    ("{a: 1, b: 2}[either]", {"either": [1, 2]}),
    # From the end
    ("[1, 2, 3][^1]", 3),
    ("[1, 2, 3][^3]", 1),
    ("[1, 2, 3][^4]", WRONG),
    ("[1, 2, 3][^0]", WRONG),
    ("[1, 2, 3][?^4]", None),
    ("[1, 2, 3][?^1]", 3),
    ("null[?^1]", None),
    ("{a: 1}[^1]", WRONG),
    ("list[^1]", UNKNOWN),
    ("p[^1]", UNKNOWN),
    ("p[^1] == p[^1]", True),
    ("[1, 2][^p]", {"either": [1, 2]}),
    # Safe accesses
    ("{a: 1}.?a", 1),
    ("{a: 1}.?A", 1),
    ("{a: 1}.?b", None),
    ("{a: 1}.?b.c", None),
    ("{a: 1}.?b.c.d[0]", None),
    ("{a: {b: 1}}.?a.b", 1),
    ("{a: {b: 1}}.?a.c", WRONG),
    ("{a: {b: 1}}.?a.?c", None),
    ("{a: null}.?a.c", None),
    ("{a: 1}[?'b']", None),
    ("[1][?0]", 1),
    ("[1][?1]", None),
    ("null.?a", None),
    ("null[?'a']", None),
    ("'x'.?a", WRONG),
    ("p.?a", UNKNOWN),
    ("p.?a.b", UNKNOWN),
    ("map.?y", UNKNOWN),
    ("map.?x", 1),
    ("list[?1]", UNKNOWN),
    ("wrong.?a", WRONG),
    ("kv.?name", "kv1"),
    ("kv.?properties.?vaultUri", ("kv", "properties", "vaultUri")),
    ("mod.?outputs.uri", "https://kv1/"),
    ("mod.outputs.?uri", "https://kv1/"),
    ("mod.outputs.?no ?? 'd'", "d"),
    ("mod.?no", UNKNOWN),
    ("mod.no", WRONG),
    ("mod.outputs!.uri!", "https://kv1/"),
    ("(flag ? {a: 1} : null).?a", {"either": [1, None]}),
    # Resources
    ("kv.id", ("kv", "id")),
    ("kv['id']", ("kv", "id")),
    ("kv.properties.vaultUri", ("kv", "properties", "vaultUri")),
    ("kv.properties.enableRbacAuthorization", True),
    ("kv.tags.env", "prod"),
    ("kv.getSecret('s')", ("kv", "getSecret", "s")),
    ("kv.getSecret('s', 'v1')", ("kv", "getSecret", "s")),
    ("kv.getSecret(either)", {"either": [("kv", "getSecret", "a"), ("kv", "getSecret", "b")]}),
    ("kv.getSecret(p)", UNKNOWN),
    ("kv.listKeys().keys[0].value", ("kv", "listKeys", "keys", 0, "value")),
    ("kv.listSecrets('2024-01-01')", ("kv", "listSecrets")),
    ("kv.other()", UNKNOWN),
    ("p.getSecret('s')", UNKNOWN),
    ("wrong.getSecret('s')", WRONG),
    ("kv::secret", ("kv::secret",)),
    ("kv::secret.id", ("kv::secret", "id")),
    ("kv::other", UNKNOWN),
    ("p::secret", UNKNOWN),
    ("'a'::secret", WRONG),
    # Namespaces
    ("sys.concat('a', 'b')", "ab"),
    ("sys.map([1], i => i + 1)", [2]),
    ("sys.nothing()", UNKNOWN),
    ("mod.nothing()", UNKNOWN),
    ("nothing()", UNKNOWN),
    # Lists and objects
    ("[1, ...[2, 3], 4]", [1, 2, 3, 4]),
    ("[...[], ...[1]]", [1]),
    ("[1, ...p, 2]", [1, 2, "…"]),
    ("[...list]", ["x", "…"]),
    ("[...(flag ? [1] : []), 2]", {"either": [[1, 2], [2]]}),
    ("[...{a: 1}]", WRONG),
    ("[...null]", WRONG),
    ("[...wrong]", WRONG),
    ("{a: 1, ...{a: 2, b: 3}}", {"a": 2, "b": 3}),
    ("{...{a: 2, b: 3}, a: 1}", {"a": 1, "b": 3}),
    ("{a: 1, ...p, c: 3}", {"a": UNKNOWN, "c": 3, "…": "…"}),
    ("{a: 1, ...map}", {"a": UNKNOWN, "x": 1, "…": "…"}),
    ("{a: 1, ...(flag ? {b: 2} : {})}", {"a": 1, "b": {"either": [2, None]}}),
    ("{a: 1, ...(flag ? {a: 2} : {})}", {"a": {"either": [2, 1]}}),
    ("{a: 1, ...(p ? {a: 2} : {a: 3})}", {"a": {"either": [2, 3]}}),
    ("{...[1]}", WRONG),
    ("{...null}", WRONG),
    ("{...(flag ? {a: 1} : null)}", {"a": 1}),
    ("{...wrong}", WRONG),
    ("{'${'a'}b': 1}", {"ab": 1}),
    ("{'${p}': 1}", {"…": "…"}),
    # Loops
    ("[for x in [1, 2]: x * 2]", [2, 4]),
    ("[for (x, i) in ['a', 'b']: '${x}${i}']", ["a0", "b1"]),
    ("[for i in range(0, 3): i]", [0, 1, 2]),
    ("[for x in list: '${x}!']", ["x!", "…"]),
    ("[for x in p: x]", UNKNOWN),
    ("[for x in {a: 1}: x]", WRONG),
    ("[for x in null: x]", WRONG),
    ("[for x in []: x]", []),
    ("[for x in (flag ? [1] : []): x]", {"either": [[1], []]}),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_value(text: str, expected: object) -> None:
    found = shown(value_of(text))
    assert (found, type(found)) == (expected, type(expected))


def test_a_lambda_alone_is_no_failure() -> None:
    tree = tree_of("map([1], x => x)")
    node = next(one for one in getattr(tree, "arguments", ()) if isinstance(one, Lambda))
    found = evaluate(node, SCOPE)
    assert isinstance(found, Unknown)
    assert not found.failed


def test_computed_keys_are_kept_and_complete() -> None:
    found = value_of("{'${kv.id}': {}, a: 1}")
    assert isinstance(found, MapValue)
    [(key, entry)] = found.computed
    assert isinstance(key, Symbol)
    assert key.path == ("id",)
    assert shown(entry) == {}
    assert found.rest is not None
    assert found.complete
    assert shown(found.entries["a"]) == 1


@pytest.mark.parametrize(
    ("text", "count", "complete"),
    [
        ("{'${kv.id}': {}, ...p}", 1, False),
        ("{...p, '${kv.id}': {}}", 1, False),
        ("{...{'${kv.id}': {}}, '${p}': {}}", 2, True),
        ("{...map, '${kv.id}': {}}", 1, False),
        ("union({'${kv.id}': {}}, {'${p}': {}})", 2, True),
        ("toObject([kv.id, p], x => x, x => {})", 2, True),
        ("createObject(kv.id, 1)", 1, True),
        ("mapValues({'${kv.id}': 1}, v => v + 1)", 1, True),
        ("{a: 1}", 0, False),
    ],
)
def test_completeness_of_keys(text: str, count: int, complete: bool) -> None:
    found = value_of(text)
    assert isinstance(found, MapValue)
    assert (len(found.computed), found.complete) == (count, complete)


def test_the_rest_of_a_spread_has_no_key() -> None:
    for text in ("[...p]", "{...p}"):
        found = value_of(text)
        assert isinstance(found, ListValue | MapValue)
        assert found.rest is not None
        assert found.rest.key is None


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("p", True),
        ("p.a", True),
        ("p.?a", True),
        ("p[0]", True),
        ("p[^1]", True),
        ("!p", True),
        ("p + 1", True),
        ("kv.id", True),
        ("kv.getSecret(p)", True),
        ("many.id", False),
        ("open", False),
        ("list[1]", False),
        ("p::secret", True),
    ],
)
def test_sameness(text: str, same: bool) -> None:
    first, second = value_of(text), value_of(text)
    assert (key_of(first) is not None and key_of(first) == key_of(second)) is same


def test_merging_a_list_with_itself_again_and_again_is_bounded() -> None:
    names: dict[str, Value | Namespace] = {"x0": ListValue(tuple(Scalar(number) for number in range(10)))}
    scope = FakeScope(names)
    for number in range(40):
        names[f"x{number + 1}"] = evaluate(tree_of(f"[...x{number}, ...x{number}]"), scope)
    last = names["x40"]
    assert isinstance(last, ListValue)
    assert last.rest is not None
    assert len(last.items) <= MAX_ITEMS


def test_a_member_that_is_computed_is_found_in_any_case_only_if_none_is_exact() -> None:
    assert shown(value_of("{Key: 1, key: 2}.key")) == 2
    assert shown(value_of("{Key: 1, key: 2}.KEY")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "reduce(range(0, 9000), [], (all, x) => [...all, x])",
        "reduce(range(0, 9000), {}, (all, x) => {...all, 'k${x}': x})",
        "reduce(range(0, 9000), {}, (all, x) => union(all, {'k${x}': x}))",
        "reduce(range(0, 9000), 'a', (all, x) => '${all}${all}')",
        "map(range(0, 9000), x => map(range(0, 9000), y => y))",
        "reduce(range(0, 200), p, (all, x) => concat(all, all)) == p",
        "reduce(range(0, 200), p, (all, x) => all == all ? all : toLower(all))",
    ],
)
def test_work_is_bounded(text: str) -> None:
    found = value_of(text)
    assert isinstance(found, Unknown)
