"""The functions of Bicep and ARM templates, as Microsoft documents them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arm_expressions import SCOPE, UNKNOWN, VAULT, WRONG, FakeScope, shown, value_of
from kvlint.evaluate.combine import key_of
from kvlint.evaluate.functions.arm.table import ARM_FUNCTIONS
from kvlint.evaluate.scope import Evaluation, FunctionCall, Scope
from kvlint.evaluate.values import (
    Choice,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    leaves,
)
from kvlint.source import Source
from kvlint.syntax.expr import Call, Expr, Lambda, Literal, Reference

CASES: list[tuple[str, object]] = [
    # any, nameof, fail
    ("any('a')", "a"),
    ("any(p)", UNKNOWN),
    ("any()", WRONG),
    ("nameof(p)", "p"),
    ("nameof(p.a.b)", "b"),
    ("nameof(p['a-b'])", "a-b"),
    ("nameof(p.?a)", "a"),
    ("nameof(kv::secret)", "secret"),
    ("nameof(1 + 2)", WRONG),
    ("fail('no')", WRONG),
    ("true ? 'a' : fail('no')", "a"),
    # array
    ("array(1)", [1]),
    ("array('efgh')", ["efgh"]),
    ("array({a: 'b', c: 'd'})", [{"a": "b", "c": "d"}]),
    ("array([1])", [1]),
    ("array(p)", UNKNOWN),
    ("array('${p}-x')", [("text", UNKNOWN, "-x")]),
    ("array(1, 2)", WRONG),
    # createArray, createObject
    ("createArray(1, 'a', [2])", [1, "a", [2]]),
    ("createArray()", []),
    ("createArray(p, either)", [UNKNOWN, {"either": ["a", "b"]}]),
    ("createObject()", {}),
    ("createObject('a', 1, 'b', p)", {"a": 1, "b": UNKNOWN}),
    ("createObject('a')", WRONG),
    ("createObject(p, 1)", {"…": "…"}),
    ("createObject(null, 1)", WRONG),
    # concat
    ("concat('prefix', '-', 'x')", "prefix-x"),
    ("concat('a', 5, true)", "a5True"),
    ("concat(['1-1', '1-2'], ['2-1'])", ["1-1", "1-2", "2-1"]),
    ("concat([1], p)", [1, "…"]),
    ("concat(p, [1])", [1, "…"]),
    ("concat('a', p)", ("text", "a", UNKNOWN)),
    ("concat(p, 'a', q, 'b')", ("text", UNKNOWN, "a", UNKNOWN, "b")),
    ("concat(p, q)", UNKNOWN),
    ("concat(p)", UNKNOWN),
    ("concat('a', either)", {"either": ["aa", "ab"]}),
    ("concat('a', wrong)", WRONG),
    ("concat([1], wrong)", WRONG),
    ("concat([1], 'a')", WRONG),
    ("concat()", WRONG),
    # contains
    ("contains('OneTwoThree', 'e')", True),
    ("contains('OneTwoThree', 'z')", False),
    ("contains('OneTwoThree', 'one')", False),
    ("contains({one: 'a', two: 'b'}, 'two')", True),
    ("contains({one: 'a', two: 'b'}, 'TWO')", True),
    ("contains({one: 'a'}, 'three')", False),
    ("contains(['one', 'two'], 'two')", True),
    ("contains(['one', 'two'], 'TWO')", False),
    ("contains([1, 2], 2)", True),
    ("contains([1, 2], '2')", False),
    ("contains([[1]], [1])", True),
    ("contains(map, 'x')", True),
    ("contains(map, 'y')", UNKNOWN),
    ("contains(list, 'x')", True),
    ("contains(list, 'y')", UNKNOWN),
    ("contains(['a', p], 'a')", True),
    ("contains(['b', p], 'a')", UNKNOWN),
    ("contains([p], p)", True),
    ("contains('${p}-abc', 'b')", True),
    ("contains('${p}-abc', 'z')", UNKNOWN),
    ("contains({...(flag ? {b: 1} : {})}, 'b')", UNKNOWN),
    ("contains([either], 'a')", UNKNOWN),
    ("contains([either], 'c')", False),
    ("contains(p, 'a')", UNKNOWN),
    ("contains(5, 'a')", WRONG),
    ("contains('a')", WRONG),
    # empty
    ("empty([])", True),
    ("empty({})", True),
    ("empty('')", True),
    ("empty(null)", True),
    ("empty('a')", False),
    ("empty([1])", False),
    ("empty({a: 1})", False),
    ("empty(list)", False),
    ("empty(p)", UNKNOWN),
    ("empty('${p}-x')", False),
    ("empty('${p}${q}')", UNKNOWN),
    ("empty(kv.id)", False),
    ("empty({...(flag ? {b: 1} : {})})", UNKNOWN),
    ("empty({a: 1, ...(flag ? {b: 1} : {})})", False),
    ("empty([...p])", UNKNOWN),
    ("empty(1)", WRONG),
    # length
    ("length(['one', 'two', 'three'])", 3),
    ("length('One Two Three')", 13),
    ("length({a: 1, b: {c: 2}})", 2),
    ("length('\\u{1F600}')", 2),
    ("length(list)", UNKNOWN),
    ("length(map)", UNKNOWN),
    ("length(p)", UNKNOWN),
    ("length('${p}-x')", UNKNOWN),
    ("length({...(flag ? {b: 1} : {})})", UNKNOWN),
    ("length(5)", WRONG),
    # first, last
    ("first(['one', 'two', 'three'])", "one"),
    ("first('One Two Three')", "O"),
    ("first([])", None),
    ("first('')", ""),
    ("first('ab${p}')", "a"),
    ("first('${p}ab')", UNKNOWN),
    ("first(p)", UNKNOWN),
    ("first(list)", {"either": ["x", UNKNOWN]}),
    ("first({a: 1})", WRONG),
    ("last(['one', 'two', 'three'])", "three"),
    ("last('One Two Three')", "e"),
    ("last([])", None),
    ("last('${p}ab')", "b"),
    ("last('ab${p}')", UNKNOWN),
    # skip, take
    ("skip(['one', 'two', 'three'], 2)", ["three"]),
    ("skip('one two three', 4)", "two three"),
    ("skip([1, 2], -1)", [1, 2]),
    ("skip([1, 2], 5)", []),
    ("skip(p, 1)", UNKNOWN),
    ("skip(list, 1)", UNKNOWN),
    ("take(['one', 'two', 'three'], 2)", ["one", "two"]),
    ("take('one two three', 2)", "on"),
    ("take('ab', 5)", "ab"),
    ("take([1, 2], 0)", []),
    ("take('abc${p}', 2)", "ab"),
    ("take('abc${p}', 4)", UNKNOWN),
    ("take(p, 4)", UNKNOWN),
    ("take({a: 1}, 4)", WRONG),
    ("take('a', 'b')", WRONG),
    # indexOf, lastIndexOf
    ("indexOf('FOOBAR', 'foo')", 0),
    ("indexOf('FOOBAR', 'BAR')", 3),
    ("indexOf('abcdef', 'z')", -1),
    ("indexOf(['FOO', 'BAR'], 'foo')", -1),
    ("indexOf(['FOO', 'BAR'], 'BAR')", 1),
    ("indexOf(['FOO', 'BAR'], false)", -1),
    ("indexOf(['FOO', 'BAR'], 123)", -1),
    ("indexOf(['FOO', p], 'FOO')", 0),
    ("indexOf([p, 'FOO'], 'FOO')", UNKNOWN),
    ("indexOf(list, 'x')", UNKNOWN),
    ("indexOf('${p}', 'x')", UNKNOWN),
    ("indexOf({a: 1}, 'x')", WRONG),
    ("lastIndexOf('test', 'T')", 3),
    ("lastIndexOf('abcdef', 'AB')", 0),
    ("lastIndexOf('abcdef', 'z')", -1),
    ("lastIndexOf([1, 2, 1], 1)", 2),
    # flatten
    ("flatten([['one', 'two'], ['three'], ['four', 'five']])", ["one", "two", "three", "four", "five"]),
    ("flatten([[1, [2]], []])", [1, [2]]),
    ("flatten([])", []),
    ("flatten([[1], p])", [1, "…"]),
    ("flatten([1])", WRONG),
    ("flatten(p)", UNKNOWN),
    # union
    (
        "union({one: 'a', two: 'b', three: 'c1'}, {three: 'c2', four: 'd', five: 'e'})",
        {"one": "a", "two": "b", "three": "c2", "four": "d", "five": "e"},
    ),
    ("union(['one', 'two', 'three'], ['three', 'four', 'five'])", ["one", "two", "three", "four", "five"]),
    (
        "union({p: {one: 'a', two: 'b'}, q: 1}, {p: {two: 'c', four: 'd'}, q: 2})",
        {"p": {"one": "a", "two": "c", "four": "d"}, "q": 2},
    ),
    ("union({a: [1]}, {a: [2]})", {"a": [2]}),
    ("union({a: {b: {c: 1}}}, {a: {b: {d: 2}}}, {a: {b: {c: 3}}})", {"a": {"b": {"c": 3, "d": 2}}}),
    ("union([1, '1'], [1, true])", [1, "1", True]),
    ("union([{a: 1}], [{a: 1}, {a: 2}])", [{"a": 1}, {"a": 2}]),
    ("union([p], [p])", [UNKNOWN]),
    ("union([1], p)", [1, "…"]),
    ("union({a: 1}, p)", {"a": UNKNOWN, "…": "…"}),
    ("union(p, {a: 1})", {"a": 1, "…": "…"}),
    ("union({a: 1}, flag ? {b: 2} : {})", {"a": 1, "b": {"either": [2, None]}}),
    ("union(p, q)", UNKNOWN),
    ("union({a: 1}, [1])", WRONG),
    ("union({a: 1}, wrong)", WRONG),
    ("union([1], wrong)", WRONG),
    ("union()", WRONG),
    # intersection
    (
        "intersection({one: 'a', two: 'b', three: 'c'}, {one: 'a', two: 'z', three: 'c'})",
        {"one": "a", "three": "c"},
    ),
    ("intersection(['one', 'two', 'three'], ['two', 'three'])", ["two", "three"]),
    ("intersection([1, 2], [2, 3], [2])", [2]),
    ("intersection([p], [1])", UNKNOWN),
    ("intersection([p], [p])", [UNKNOWN]),
    ("intersection([1])", WRONG),
    ("intersection([1], {a: 1})", WRONG),
    # distinct
    ("distinct(['a', 'b', 'a', 'c', 'b'])", ["a", "b", "c"]),
    ("distinct([{a: 1}, {a: 1}, {b: 2}])", [{"a": 1}, {"b": 2}]),
    ("distinct([1, p])", [1, UNKNOWN, "…"]),
    # shallowMerge, items, objectKeys
    ("shallowMerge([{a: 123}, {b: 456}])", {"a": 123, "b": 456}),
    ("shallowMerge([{a: {b: 1}}, {a: {c: 1}}])", {"a": {"c": 1}}),
    ("shallowMerge([{a: 1}, p])", {"a": UNKNOWN, "…": "…"}),
    ("shallowMerge([1])", WRONG),
    ("items({b: 2, a: 1})", [{"key": "a", "value": 1}, {"key": "b", "value": 2}]),
    ("items({ABC: 2, abc: 1, '1': 0})[1]", {"key": "abc", "value": 1}),
    ("items(map)", [{"key": "x", "value": 1}, "…"]),
    ("items({'${p}': 1})", [{"key": UNKNOWN, "value": 1}, "…"]),
    ("items(p)", UNKNOWN),
    ("items([1])", WRONG),
    ("objectKeys({b: 456, a: 123})", ["a", "b"]),
    ("objectKeys({'${p}': 1})", [UNKNOWN, "…"]),
    # min, max, range
    ("min(1, 2, 0)", 0),
    ("min([3, 5])", 3),
    ("max([0, 3, 2, 5, 4])", 5),
    ("max(0, 3)", 3),
    ("max()", WRONG),
    ("max([])", WRONG),
    ("max('a')", WRONG),
    ("max(1, p)", UNKNOWN),
    ("range(5, 3)", [5, 6, 7]),
    ("range(0, 0)", []),
    ("range(0, -1)", WRONG),
    ("range(0, 10001)", WRONG),
    ("range(0, p)", UNKNOWN),
    # tryGet and its like, which Bicep compiles to
    ("tryGet({a: 1}, 'a')", 1),
    ("tryGet({a: 1}, 'b')", None),
    ("tryGet({a: 1}, 'b', 'c')", None),
    ("tryGet({a: {c: 1}}, 'a', 'c')", 1),
    ("tryGet({a: {c: 1}}, 'a', 'd')", WRONG),
    ("tryGet(null, 'b')", None),
    ("tryGet([1], 0)", 1),
    ("tryGet([1], 1)", None),
    ("tryGet(p, 'a')", UNKNOWN),
    ("tryGet(kv, 'id')", ("kv", "id")),
    ("tryGet({a: 1})", WRONG),
    ("tryIndexFromEnd([1, 2], 1)", 2),
    ("tryIndexFromEnd([1, 2], 3)", None),
    ("tryIndexFromEnd([{a: 1}], 1, 'a')", 1),
    ("tryIndexFromEnd(null, 1)", None),
    ("indexFromEnd([1, 2], 1)", 2),
    ("indexFromEnd([1, 2], 3)", WRONG),
    # Functions of functions
    ("map(['Evie', 'Casper'], dog => 'Hello ${dog}!')", ["Hello Evie!", "Hello Casper!"]),
    ("map(range(0, 2), i => { i: i })", [{"i": 0}, {"i": 1}]),
    ("map(['a', 'b'], (x, i) => '${x}${i}')", ["a0", "b1"]),
    ("map(list, x => '${x}!')", ["x!", "…"]),
    ("map([], x => x)", []),
    ("map(p, x => x)", UNKNOWN),
    ("map([1], 'x')", WRONG),
    ("map([1], (a, b, c) => a)", WRONG),
    ("map([1, 2], x => map([3], y => x * y))", [[3], [6]]),
    ("filter(['abc', 'def', 'ghi'], foo => 'def' == foo)", ["def"]),
    ("filter([1, 2, 3], (x, i) => i > 0)", [2, 3]),
    ("filter([1, 2], x => p)", [1, 2, "…"]),
    ("filter([1, 2], x => x == p)", [1, 2, "…"]),
    ("filter(list, x => true)", ["x", "…"]),
    ("filter([1], x => 'a')", WRONG),
    ("filter([1], x => wrong)", WRONG),
    ("sort([8, 3, 10, -13, 5], (x, y) => x < y)", [-13, 3, 5, 8, 10]),
    ("sort(['ghi', 'abc', 'def'], (x, y) => x > y)", ["ghi", "def", "abc"]),
    ("sort([], (x, y) => int(x) < int(y))", []),
    ("sort([{n: 2, k: 'a'}, {n: 1, k: 'b'}, {n: 2, k: 'c'}], (x, y) => x.n < y.n)[1].k", "a"),
    ("sort([1, p], (x, y) => x < y)", [1, UNKNOWN, "…"]),
    ("sort([1, 2], (x, y) => 'a')", WRONG),
    ("sort([1, 2], x => true)", WRONG),
    ("reduce(['abc', 'def', 'ghi'], '', (cur, next) => concat(cur, next))", "abcdefghi"),
    ("reduce(range(1, 5), 1, (cur, next) => cur * next)", 120),
    ("reduce([{foo: 123}, {bar: 456}], {}, (cur, next) => union(cur, next))", {"foo": 123, "bar": 456}),
    ("reduce([], 0, (cur, next) => cur)", 0),
    ("reduce(['abc', 'def', 'ghi'], '', (cur, next, i) => i % 2 == 0 ? concat(cur, next) : cur)", "abcghi"),
    ("reduce(list, '', (cur, next) => cur)", UNKNOWN),
    ("toObject([123, 456], i => '${i / 100}')", {"1": 123, "4": 456}),
    ("toObject(['a'], x => x, x => '${x}!')", {"a": "a!"}),
    ("toObject([p], x => x)", {"…": "…"}),
    ("toObject(list, x => x)", {"x": "x", "…": "…"}),
    ("toObject([1], x => [x])", WRONG),
    (
        "groupBy([{t: 'a', v: 123}, {t: 'b', v: 456}, {t: 'a', v: 789}], arg => arg.t, arg => arg.v)",
        {"a": [123, 789], "b": [456]},
    ),
    ("groupBy(['foo', 'bar', 'baz'], x => substring(x, 0, 1))", {"f": ["foo"], "b": ["bar", "baz"]}),
    ("groupBy(['a', p], x => x)", {"a": ["a", "…"], "…": "…"}),
    ("mapValues({a: 123, b: 456}, val => val * 2)", {"a": 246, "b": 912}),
    ("mapValues(map, v => v)", {"x": 1, "…": "…"}),
    # Logic as functions
    ("if(true, 'a', wrong)", "a"),
    ("if(false, 'a', 'b')", "b"),
    ("if(p, 'a', 'b')", {"either": ["a", "b"]}),
    ("if(true, 1)", WRONG),
    ("and(true, true, false)", False),
    ("and(true, true)", True),
    ("and(false, wrong)", False),
    ("and()", WRONG),
    ("or(false, true)", True),
    ("or(p, true)", True),
    ("or(p, false)", UNKNOWN),
    ("not(true)", False),
    ("not('a')", WRONG),
    ("equals(1, 1)", True),
    ("equals('a', 'A')", False),
    ("equals([1], [1])", True),
    ("less(1, 2)", True),
    ("lessOrEquals(2, 2)", True),
    ("greater('b', 'a')", True),
    ("greaterOrEquals(1, 2)", False),
    ("coalesce(null, null, 'one', 'two')", "one"),
    ("coalesce(null)", None),
    ("coalesce(p, 'x')", {"either": [UNKNOWN, "x"]}),
    ("coalesce('a', wrong)", "a"),
    ("coalesce()", WRONG),
    # Numbers as functions, conversions
    ("add(5, 3)", 8),
    ("sub(7, 3)", 4),
    ("mul(5, 3)", 15),
    ("div(8, 3)", 2),
    ("mod(7, 3)", 1),
    ("div(1, 0)", WRONG),
    ("add(1)", WRONG),
    ("int('4')", 4),
    ("int(4)", 4),
    ("int('a')", WRONG),
    ("int(p)", UNKNOWN),
    ("float('3.0')", 3),
    ("float('3.5')", Decimal("3.5")),
    ("float('x')", WRONG),
    ("bool('true')", True),
    ("bool('False')", False),
    ("bool(1)", True),
    ("bool(0)", False),
    ("bool(true)", True),
    ("bool('x')", WRONG),
    ("bool([])", WRONG),
    ("string({valueA: 10, valueB: 'Example Text'})", '{"valueA":10,"valueB":"Example Text"}'),
    ("string(['a', 'b'])", '["a","b"]'),
    ("string(5)", "5"),
    ("string(true)", "True"),
    ("string('x')", "x"),
    ("string(kv.id)", ("kv", "id")),
    ("string([p])", UNKNOWN),
    ("string({a: 'x\"y\\\\z\\n<é>'})", '{"a":"x\\"y\\\\z\\n<é>"}'),
    # Texts
    ("toLower('ONE Two')", "one two"),
    ("toUpper('One Two')", "ONE TWO"),
    ("toLower('AB${p}CD')", ("text", "ab", UNKNOWN, "cd")),
    ("toLower(p)", UNKNOWN),
    ("toLower(5)", "5"),
    ("toLower(null)", WRONG),
    ("toLower([])", WRONG),
    ("toLower(true)", WRONG),
    ("trim('    one two   ')", "one two"),
    ("trim('  a${p}b ')", ("text", "a", UNKNOWN, "b")),
    ("trim('${p} ')", UNKNOWN),
    ("replace('123-123-1234', '-', '')", "1231231234"),
    ("replace('123-123-1234', '1234', 'xxxx')", "123-123-xxxx"),
    ("replace('a-${p}-b', '-', '')", ("text", "a", UNKNOWN, "b")),
    ("replace('a-${p}-b', '--', '')", UNKNOWN),
    ("replace('abc', '', 'x')", WRONG),
    ("replace('abc', 'B', 'x')", "abc"),
    ("split('one,two,three', ',')", ["one", "two", "three"]),
    ("split('one;two,three', [',', ';'])", ["one", "two", "three"]),
    ("split('a--b', '--')", ["a", "b"]),
    ("split('', ',')", [""]),
    ("split('a/b-${p}', '/')", ["a", "…"]),
    ("split('a/b/${p}/c', '/')", ["a", "b", "…"]),
    ("split(p, '/')", UNKNOWN),
    ("split(kv.id, '/')[4]", "rg1"),
    ("split(kv.id, '/')[2]", UNKNOWN),
    ("last(split(kv.id, '/'))", "kv1"),
    ("last(split('/subscriptions/${p}/resourceGroups/${q}/providers/a/b/c', '/'))", "c"),
    ("last(split('${p}/c', '/'))", UNKNOWN),
    ("split(null, ',')", WRONG),
    ("join(['one', 'two', 'three'], ',')", "one,two,three"),
    ("join([], ',')", ""),
    ("join([1, true], '-')", "1-True"),
    ("join(['a', p], '-')", ("text", "a-", UNKNOWN)),
    ("join(list, '-')", UNKNOWN),
    ("join(['a', either], '-')", {"either": ["a-a", "a-b"]}),
    ("startsWith('abcdef', 'ab')", True),
    ("startsWith('abcdef', 'A')", True),
    ("startsWith('abcdef', 'e')", False),
    ("startsWith('abc${p}', 'ab')", True),
    ("startsWith('abc${p}', 'abcd')", UNKNOWN),
    ("startsWith('abc${p}', 'x')", False),
    ("startsWith(p, 'x')", UNKNOWN),
    ("endsWith('abcdef', 'ef')", True),
    ("endsWith('abcdef', 'F')", True),
    ("endsWith('abcdef', 'e')", False),
    ("endsWith('${p}abc', 'bc')", True),
    ("endsWith('${p}abc', 'x')", False),
    ("endsWith('${p}abc', 'xabc')", UNKNOWN),
    ("substring('one two three', 4, 3)", "two"),
    ("substring('abc', 1)", "bc"),
    ("substring('abc', 3)", ""),
    ("substring('abc', 1, 5)", WRONG),
    ("substring('abc', -1)", WRONG),
    ("substring('abc${p}', 0, 2)", "ab"),
    ("substring(p, 0, 2)", UNKNOWN),
    ("padLeft('123', 10, '0')", "0000000123"),
    ("padLeft(5, 3)", "  5"),
    ("padLeft('abc', 2)", "abc"),
    ("padLeft('abc', 5, 'xy')", WRONG),
    ("padLeft('a', 1000000000)", UNKNOWN),
    ("like('abc', 'abc')", True),
    ("like('ABC', 'abc')", True),
    ("like('abcdef', 'a*c*')", True),
    ("like('abcabc', '*abc')", True),
    ("like('aXaYa', 'a*a')", True),
    ("like('', '***')", True),
    ("like('a', 'b')", False),
    ("like('abc**def', '*def')", True),
    ("like('aXbYa', 'a*b*a')", True),
    ("like('a', 'a*a')", False),
    ("guid('a', 'b')", UNKNOWN),
    ("guid()", WRONG),
    ("guid(wrong)", WRONG),
    ("uniqueString(p)", UNKNOWN),
    ("newGuid()", UNKNOWN),
    ("utcNow('yyyy')", UNKNOWN),
    # format
    ("format('{0}, {1}. Formatted number: {2}', 'Hello', 'User', 5)", "Hello, User. Formatted number: 5"),
    ("format('{0:D3}', 7)", "007"),
    ("format('{0:000}', -7)", "-007"),
    ("format('{0:X2}', 10)", "0A"),
    ("format('{0:x}', 255)", "ff"),
    ("format('{0:N0}', 8175133)", UNKNOWN),
    ("format('{0:D3}', 'a')", "a"),
    ("format('{0,5}|{0,-5}|', 'ab')", "   ab|ab   |"),
    ("format('{{{0}}}', 'a')", "{a}"),
    ("format('{{0}}')", "{0}"),
    ("format('{1}-{0}-{1}', 'a', 'b')", "b-a-b"),
    ("format('{0}', true)", "True"),
    ("format('>{0}<', null)", "><"),
    ("format('{0}', [1])", "[1]"),
    ("format('{0}-x', p)", ("text", UNKNOWN, "-x")),
    ("format('{0}', kv.id)", ("kv", "id")),
    ("format('{0,5}-x', p)", ("text", UNKNOWN, "-x")),
    ("format('{0}-{1}', either, flag)", {"either": ["a-True", "a-False", "b-True", "b-False"]}),
    ("format('{1}', 'a')", WRONG),
    ("format('{', 'a')", WRONG),
    ("format('{a}', 'a')", WRONG),
    ("format(p, 'a')", UNKNOWN),
    ("format('{0}', wrong)", WRONG),
    ("format()", WRONG),
    # Encodings
    ("base64('one, two, three')", "b25lLCB0d28sIHRocmVl"),
    ("base64ToString('b25lLCB0d28sIHRocmVl')", "one, two, three"),
    ("base64ToString('?')", WRONG),
    ('base64ToJson(base64(\'{"one": "a", "two": 2}\'))', {"one": "a", "two": 2}),
    ("base64(p)", UNKNOWN),
    ("dataUri('Hello')", "data:text/plain;charset=utf8;base64,SGVsbG8="),
    ("dataUriToString('data:;base64,SGVsbG8sIFdvcmxkIQ==')", "Hello, World!"),
    ("dataUriToString('x')", WRONG),
    ('json(\'{"a": "b"}\')', {"a": "b"}),
    ("json('null')", None),
    ("json('[1, true]')", [1, True]),
    ("json('0.5')", Decimal("0.5")),
    ("json('{')", UNKNOWN),
    ('json(\'{"a": "${p}"}\')', UNKNOWN),
    (
        "uriComponent('http://contoso.com/resources/nested/azuredeploy.json')",
        "http%3A%2F%2Fcontoso.com%2Fresources%2Fnested%2Fazuredeploy.json",
    ),
    (
        "uriComponentToString('http%3A%2F%2Fcontoso.com%2Fresources%2Fnested%2Fazuredeploy.json')",
        "http://contoso.com/resources/nested/azuredeploy.json",
    ),
    ("uri('http://contoso.org/firstpath', 'myscript.sh')", "http://contoso.org/myscript.sh"),
    ("uri('http://contoso.org/firstpath/', 'myscript.sh')", "http://contoso.org/firstpath/myscript.sh"),
    (
        "uri('http://contoso.org/firstpath/azuredeploy.json', 'myscript.sh')",
        "http://contoso.org/firstpath/myscript.sh",
    ),
    ("uri('https://kv1.vault.azure.net', 'secrets/x')", "https://kv1.vault.azure.net/secrets/x"),
    ("uri('https://a/', 'secrets/${p}')", ("text", "https://a/secrets/", UNKNOWN)),
    (
        "uri(kv.properties.vaultUri, 'secrets/x')",
        ("text", ("kv", "properties", "vaultUri"), "secrets/x"),
    ),
    ("uri(p, 'secrets/x')", UNKNOWN),
    ("parseUri('https://a.com:443/b?c=d').host", "a.com"),
    ("parseUri('https://a.com/b').path", UNKNOWN),
    ("parseUri('b')", WRONG),
    ("buildUri({scheme: 'https', host: 'a.com'})", UNKNOWN),
    # Networks
    (
        "parseCidr('10.144.0.0/20')",
        {
            "network": "10.144.0.0",
            "netmask": "255.255.240.0",
            "broadcast": "10.144.15.255",
            "firstUsable": "10.144.0.1",
            "lastUsable": "10.144.15.254",
            "cidr": 20,
        },
    ),
    (
        "parseCidr('fdad:3236:5555:3000::/64')",
        {
            "network": "fdad:3236:5555:3000::",
            "netmask": "ffff:ffff:ffff:ffff::",
            "firstUsable": "fdad:3236:5555:3000::",
            "lastUsable": "fdad:3236:5555:3000:ffff:ffff:ffff:ffff",
            "cidr": 64,
        },
    ),
    ("parseCidr('10.144.0.0')", WRONG),
    (
        "[for i in range(0, 5): cidrSubnet('10.144.0.0/20', 24, i)]",
        ["10.144.0.0/24", "10.144.1.0/24", "10.144.2.0/24", "10.144.3.0/24", "10.144.4.0/24"],
    ),
    ("cidrSubnet('fdad:3236:5555::/48', 52, 1)", "fdad:3236:5555:1000::/52"),
    ("cidrSubnet('10.144.0.0/20', 19, 0)", WRONG),
    ("cidrSubnet('10.144.0.0/20', 24, 16)", WRONG),
    (
        "[for i in range(0, 5): cidrHost('10.144.3.0/24', i)]",
        ["10.144.3.1", "10.144.3.2", "10.144.3.3", "10.144.3.4", "10.144.3.5"],
    ),
    ("cidrHost('10.144.3.0/24', 255)", WRONG),
    ("cidrHost(p, 0)", UNKNOWN),
    # Dates
    ("dateTimeAdd('2020-04-07 14:53:14Z', 'P3Y')", "2023-04-07T14:53:14Z"),
    ("dateTimeAdd('2020-04-07 14:53:14Z', '-P9D')", "2020-03-29T14:53:14Z"),
    ("dateTimeAdd('2020-04-07 14:53:14Z', 'PT1H')", "2020-04-07T15:53:14Z"),
    ("dateTimeAdd('2020-04-07 14:53:14Z', 'P')", WRONG),
    ("dateTimeAdd('2020-04-07 14:53:14Z', 'P1D', 'yyyy')", UNKNOWN),
    ("dateTimeAdd(utcNow(), 'P1Y')", UNKNOWN),
    ("dateTimeToEpoch('2023-05-02T15:16:13Z')", 1683040573),
    ("dateTimeFromEpoch(1683040573)", "2023-05-02T15:16:13Z"),
    ("dateTimeFromEpoch(99999999999999)", WRONG),
    # Files
    ("loadTextContent('a.txt')", "text"),
    ("loadTextContent('no.txt')", UNKNOWN),
    ("loadTextContent(p)", UNKNOWN),
    ("loadFileAsBase64('a.txt')", "dGV4dA=="),
    ("loadJsonContent('a.json').vault.name", "kv1"),
    ("loadJsonContent('a.json', 'vault.tags[1]')", "b"),
    ("loadJsonContent('a.json', '$.vault.name')", "kv1"),
    ("loadJsonContent('a.json', '$..x')", UNKNOWN),
    ("loadJsonContent('bad.json')", UNKNOWN),
    ("loadYamlContent('a.yaml').vault.name", "kv1"),
    ("loadDirectoryFileInfo('.')", UNKNOWN),
    # What the surroundings tell
    ("environment().suffixes.keyvaultDns", ".vault.azure.net"),
    ("environment().suffixes.keyVaultDns", ".vault.azure.net"),
    ("environment().resourceManager", "https://management.azure.com/"),
    ("environment().name", UNKNOWN),
    (
        "'https://${p}${environment().suffixes.keyvaultDns}'",
        ("text", "https://", UNKNOWN, ".vault.azure.net"),
    ),
    ("readEnvironmentVariable('A')", UNKNOWN),
    ("readEnvironmentVariable('A', 'd')", UNKNOWN),
    ("toLogicalZone(p, 'westus', '1')", UNKNOWN),
    ("sys.any(true)", True),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_value(text: str, expected: object) -> None:
    found = shown(value_of(text))
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("guid(p, 'x')", True),
        ("guid('a', 'b')", True),
        ("guid(kv.id, p, 'role')", True),
        ("guid(open)", False),
        ("uniqueString(p.id)", True),
        ("toLower(p)", True),
        ("toLower('${p}-X')", True),
        ("take(p, 5)", True),
        ("take('${p}abc', 5)", True),
        ("substring(uniqueString(p), 0, 5)", True),
        ("format('{0,5}', p)", True),
        ("replace(p, '-', '')", True),
        ("split(p, '/')[2]", True),
        ("last(split(p, '/'))", True),
        ("concat(p, q)", True),
        ("length(p)", True),
        ("empty(p)", True),
        ("json(p).a", True),
        ("p == 'x'", True),
        ("base64(p)", True),
        ("readEnvironmentVariable('A', 'd')", True),
        ("newGuid()", False),
        ("utcNow()", False),
        ("guid(newGuid())", False),
        ("map(p, x => x)", False),
        ("loadJsonContent('bad.json')", False),
        ("toLower(list[1])", False),
        ("guid([...p])", False),
    ],
)
def test_sameness(text: str, same: bool) -> None:
    first, second = value_of(text), value_of(text)
    assert (key_of(first) is not None and key_of(first) == key_of(second)) is same


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("guid(p)", "guid(q)"),
        ("guid(p)", "uniqueString(p)"),
        ("guid(p, q)", "guid(q, p)"),
        ("guid('1')", "guid(1)"),
        ("take(p, 1)", "take(p, 2)"),
        ("toLower(p)", "toUpper(p)"),
        ("p.a", "p.b"),
    ],
)
def test_difference(left: str, right: str) -> None:
    assert key_of(value_of(left)) != key_of(value_of(right))


def test_names_fold_to_small_letters() -> None:
    assert all(name == name.lower() for name in ARM_FUNCTIONS)


def test_parts_of_loaded_files_point_into_them() -> None:
    found = value_of("loadJsonContent('a.json').vault.name")
    assert found.span is not None
    assert (found.span.path, found.span.text) == ("folder/a.json", '"kv1"')
    found = value_of("loadYamlContent('a.yaml').vault.name")
    assert found.span is not None
    assert (found.span.path, found.span.text) == ("folder/a.yaml", "kv1")
    found = value_of("loadTextContent('a.txt')")
    assert [leaf.span.path for leaf in leaves(found) if leaf.span is not None] == [
        "main.bicep",
        "folder/a.txt",
    ]


def test_a_literal_is_found_inside_what_was_made_of_it() -> None:
    for text in (
        "base64('hunter2')",
        "concat('a', 'hunter2')",
        "format('{0}!', 'hunter2')",
        "[toUpper('hunter2')]",
    ):
        literals = {leaf.data for leaf in leaves(value_of(text)) if isinstance(leaf, Scalar)}
        assert "hunter2" in literals


def test_reading_the_environment_keeps_the_default() -> None:
    found = value_of("readEnvironmentVariable('A', 'hunter2')")
    assert [leaf.data for leaf in leaves(found) if isinstance(leaf, Scalar)] == ["hunter2"]


def test_many_conditional_parts_are_still_one_object() -> None:
    parts = ", ".join(f"(p{number} ? {{k{number}: {number}}} : {{}})" for number in range(12))
    found = value_of(f"union({{a: 1}}, {parts})")
    assert isinstance(found, MapValue)
    assert len(found.entries) == 13


def test_many_conditional_elements_are_still_one_list() -> None:
    parts = ", ".join(f"(p{number} ? [{number}] : [])" for number in range(12))
    found = value_of(f"concat(['a'], {parts})")
    assert isinstance(found, ListValue)
    assert found.rest is not None
    assert len(found.items) == 13


# Nothing raises

SOURCE = Source("main.bicep", "x")


class NoEvaluation:
    """An evaluation that knows nothing but how to go on."""

    def value(self, node: Expr, scope: Scope) -> Value:
        return scope.lookup("value", Reference(SOURCE, 0, 1, "value"))  # type: ignore[return-value]  # no namespace

    def resolve(self, node: Expr, scope: Scope) -> Value:
        return self.value(node, scope)

    def charge(self, cost: int) -> bool:
        return True


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.text(max_size=6), st.decimals(allow_nan=False, allow_infinity=False),
    st.sampled_from(["{0}", "{0,3:D2}", "a*b", "2020-01-01", "P1D", "10.0.0.0/8", "{\"a\": [1]}", "/subscriptions/", "YQ==", "a.json", "data:,x", "http://a/"]),
).map(Scalar)  # fmt: skip
LEAVES = st.one_of(
    SCALARS,
    st.sampled_from(
        [
            Unknown("nobody knows"),
            Unknown("it has no value", key="k"),
            Unknown("it fails", failed=True),
            Symbol(VAULT, ("id",)),
            Symbol(VAULT),
            PartialText((Scalar("/subscriptions/"), Unknown("x", key="k"), Scalar("/b"))),
            PartialText((Unknown("x"), Scalar("a"))),
        ]
    ),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            ListValue,
            st.lists(inner, max_size=3).map(tuple),
            rest=st.sampled_from([None, Unknown("more may follow")]),
        ),
        st.builds(
            MapValue,
            st.dictionaries(st.text(max_size=3), inner, max_size=3),
            rest=st.sampled_from([None, Unknown("more may follow")]),
        ),
        st.lists(LEAVES, min_size=2, max_size=3).map(lambda options: Choice(tuple(options))),
    ),
    max_leaves=6,
)


def flat(value: Value) -> Value:
    """No choice on top, as functions get their arguments."""
    return value.options[0] if isinstance(value, Choice) else value


@settings(max_examples=60, deadline=None)
@given(
    arguments=st.lists(VALUES, max_size=4),
    result=VALUES.map(flat),
    lambdas=st.lists(st.sampled_from([0, 1, 2, 3]), min_size=4, max_size=4),
)
def test_no_call_raises(arguments: list[Value], result: Value, lambdas: list[int]) -> None:
    scope = FakeScope({"value": result}, SCOPE.texts)
    nodes = [
        Lambda(SOURCE, 0, 1, [f"p{index}" for index in range(count)], Reference(SOURCE, 0, 1, "value"))
        if count
        else Literal(SOURCE, 0, 1, 1)
        for count in lambdas[: len(arguments)]
    ]
    evaluation: Evaluation = NoEvaluation()
    for name, function in ARM_FUNCTIONS.items():
        given_ = arguments if function.choices else [flat(argument) for argument in arguments]
        call = FunctionCall(Call(SOURCE, 0, 1, name, nodes), scope, evaluation)
        found = function.compute(() if function.lazy else tuple(given_), call)
        assert isinstance(found, Value)


def test_symbols_stay_symbols_where_they_are_only_passed_on() -> None:
    for text in (
        "any(kv.id)",
        "coalesce(null, kv.id)",
        "if(true, kv.id, 'a')",
        "first([kv.id])",
        "concat(kv.id)",
    ):
        found = value_of(text)
        assert isinstance(found, Symbol), text
        assert found.path == ("id",)
