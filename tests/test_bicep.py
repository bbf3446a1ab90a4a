"""The Bicep reader: trees, spans, recovery and limits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvlint.source import Source
from kvlint.syntax.bicep import read_bicep
from kvlint.syntax.bicep_tree import (
    Assert,
    BicepFile,
    BicepTest,
    Declaration,
    Extends,
    Extension,
    ExtensionConfig,
    Function,
    Import,
    Metadata,
    Module,
    Name,
    Output,
    Param,
    ParamAssignment,
    Resource,
    TargetScope,
    TypeAlias,
    TypeExpr,
    Using,
    Var,
)
from kvlint.syntax.expr import (
    Array,
    Binary,
    Call,
    Conditional,
    Expr,
    GetAttribute,
    Hole,
    Index,
    Lambda,
    Literal,
    Loop,
    MethodCall,
    NestedResource,
    Object,
    Reference,
    Safe,
    Spread,
    Template,
    Unary,
    children,
    walk,
)

SAMPLE = """\
// An application, its vault and a little of everything
targetScope = 'resourceGroup'
metadata owner = { team: 'billing', since: 2021 }

import { tier as size, region } from 'shared.bicep'
import * as naming from './naming.bicep'
extension kubernetes with {
  kubeConfig: 'x'
} as k8s

@description('''
The 'name' of it
''')
@minLength(3)
param name string
@secure()
param password string = newGuid()
param sku 'standard' | 'premium' = 'standard'
param apps ({ name: string, port: int? })[] = []

type Settings = {
  @description('One of them')
  mode:
    | 'a'
    | 'b'
  @secure()
  token: string?
  *: (int | string)[]
}
type Pair = [
  string
  resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>.sku.name
]

var prefix = toLower('kv-${name}-${uniqueString(resourceGroup().id)}') /* why
  not */
var limits int[] = [1, 2, -3]
var script = '''
echo ${not} \\n
'''
var filled = $$'''a ${b} $${prefix}'''
var ports = [for (app, i) in apps: app.?port ?? 8000 + i]
var chosen = empty(apps)
  ? { name: 'none' }
  : { ...apps[0], 'quoted': true, '${prefix}x': null }
var names = map(filter(apps, app => app.name != ''), app => {
  text: '\\u{e9}\\'\\${'
})

func twice(text string, count int) string => join([text, text], string(count))

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: prefix
  properties: {
    tenantId: tenant().tenantId
  }

  resource secret 'secrets' = {
    name: 'password'
    properties: { value: password }
  }
}

#disable-next-line no-unused-existing-resources
resource other 'Microsoft.KeyVault/vaults@2023-07-01' existing = if (sku == 'premium' && !empty(apps)) {
  name: 'other'
}

@batchSize(2)
module app 'app.bicep' = [for (item, index) in apps: if (item.name != '') {
  name: 'app-${index}'
  params: {
    secret: other.getSecret('password')
    id: vault::secret.id
    last: apps[^1]!.name
  }
}]

assert sane = length(apps) < 5
test smoke 'test.bicep' = { params: {} }
output uri string = vault.properties.vaultUri
output store resource = vault
"""

PARAMETERS = """\
using './main.bicep' with { mode: 'stack' }
extends 'base.bicepparam'
import { region } from 'shared.bicep'
extensionConfig k8s with { namespace: 'default' }
var environment string = readEnvironmentVariable('ENV', 'dev')
param name = 'app-${environment}'
param password = az.getSecret('id', 'group', 'vault', 'password')
param apps = [
  { name: 'web' }
]
"""


def read(text: str, path: str = "main.bicep") -> BicepFile:
    return read_bicep(Source(path, text))


def only(text: str, path: str = "main.bicep") -> Declaration:
    file = read(text, path)
    assert file.problems == []
    (declaration,) = file.declarations
    return declaration


def expression(text: str) -> Expr:
    declaration = only(f"var x = {text}")
    assert isinstance(declaration, Var)
    return declaration.value


def type_of(text: str) -> TypeExpr:
    declaration = only(f"type x = {text}")
    assert isinstance(declaration, TypeAlias)
    return declaration.type


def resource_of(text: str) -> Resource:
    declaration = only(text)
    assert isinstance(declaration, Resource)
    return declaration


def messages(text: str, path: str = "main.bicep") -> list[tuple[str, int, int]]:
    return [(p.message, *p.span.first) for p in read(text, path).problems]


def names(file: BicepFile) -> list[str]:
    return [d.name.text for d in file.declarations if isinstance(d, Param | Var | Resource | Output | Module)]


def shape(node: Expr) -> object:
    """The tree without its places."""
    own: tuple[object, ...] = ()
    match node:
        case Literal():
            own = (type(node.value).__name__, node.value)
        case Reference() | GetAttribute() | Call() | MethodCall() | NestedResource():
            own = (node.name,)
        case Lambda():
            own = tuple(node.parameters)
        case Loop():
            own = (node.key_name, node.value_name, node.condition is None)
        case Unary() | Binary():
            own = (node.operator,)
    return (type(node).__name__, *own, *(shape(child) for child in children(node)))


def expressions(declaration: Declaration) -> Iterator[Expr]:
    """The expressions that stand directly in a declaration or in its nested resources."""
    yield from declaration.decorators
    for slot in type(declaration).__dataclass_fields__:
        part = getattr(declaration, slot)
        if isinstance(part, Expr):
            yield part
    if isinstance(declaration, Resource):
        for inner in declaration.resources:
            yield from expressions(inner)


# Whole files


def test_sample_is_read_without_problems() -> None:
    file = read(SAMPLE)
    assert file.problems == []
    assert [type(d) for d in file.declarations] == [
        TargetScope,
        Metadata,
        Import,
        Import,
        Extension,
        Param,
        Param,
        Param,
        Param,
        TypeAlias,
        TypeAlias,
        *[Var] * 7,
        Function,
        Resource,
        Resource,
        Module,
        Assert,
        BicepTest,
        Output,
        Output,
    ]
    assert [comment.text for comment in file.comments] == [
        "An application, its vault and a little of everything",
        "why\n  not",
    ]
    assert [p.name.text for p in file.of(Param)] == ["name", "password", "sku", "apps"]


def test_parameter_file() -> None:
    file = read(PARAMETERS, "prod.bicepparam")
    assert file.problems == []
    using, extends, symbols, config, variable, *assignments = file.declarations
    assert isinstance(using, Using)
    assert isinstance(using.path, Literal)
    assert using.path.value == "./main.bicep"
    assert isinstance(using.config, Object)
    assert isinstance(extends, Extends)
    assert isinstance(symbols, Import)
    assert isinstance(config, ExtensionConfig)
    assert config.config.get("namespace") is not None
    assert isinstance(variable, Var)
    assert [a.name.text for a in assignments if isinstance(a, ParamAssignment)] == [
        "name",
        "password",
        "apps",
    ]


def test_parameter_file_without_template() -> None:
    declaration = only("using none", "x.bicepparam")
    assert isinstance(declaration, Using)
    assert declaration.path is None


@pytest.mark.parametrize(
    ("text", "path", "word"),
    [
        ("using './a.bicep'", "main.bicep", "using"),
        ("resource a 'b@c' = {}", "main.bicepparam", "resource"),
    ],
)
def test_statements_of_the_other_kind_of_file(text: str, path: str, word: str) -> None:
    ((message, _, _),) = messages(text, path)
    assert message.startswith(f'"{word}" is no statement of a ')


@pytest.mark.parametrize("sample", [SAMPLE, PARAMETERS])
@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_line_ends(sample: str, line_end: str) -> None:
    path = "x.bicep" if sample is SAMPLE else "x.bicepparam"
    plain, other = read(sample, path), read(sample.replace("\n", line_end), path)
    assert other.problems == []
    for one, two in zip(plain.declarations, other.declarations, strict=True):
        assert type(one) is type(two)
        assert one.span.text.replace("\n", line_end) == two.span.text
        assert one.span.first == two.span.first


def test_empty_files() -> None:
    for text in ("", "\n", "// only this", "  \r\n\t/* and this */  "):
        file = read(text)
        assert (file.declarations, file.problems) == ([], [])


# Declarations


def test_spans_of_a_declaration() -> None:
    (param,) = read("@secure()\n@sys.description('x')\nparam key string? = 'a' // why\n").of(Param)
    assert param.span.text == "param key string? = 'a'"
    assert param.name.span.text == "key"
    assert param.type.span.text == "string?"
    assert param.default is not None
    assert param.default.span.text == "'a'"
    assert [(call.name, call.span.text) for call in param.decorators] == [
        ("secure", "secure()"),
        ("description", "sys.description('x')"),
    ]
    assert param.decorator("secure") is param.decorators[0]
    assert param.decorator("allowed") is None


def test_decorator_of_another_namespace() -> None:
    declaration = only("@other.mark(1)\nvar a = 1")
    assert [call.name for call in declaration.decorators] == ["other.mark"]


def test_param_without_default() -> None:
    declaration = only("param a object")
    assert isinstance(declaration, Param)
    assert declaration.default is None


def test_resource() -> None:
    resource = resource_of("resource a 'X/y@1' existing = {\n  name: 'n'\n}")
    assert resource.name.text == "a"
    assert isinstance(resource.type, Literal)
    assert resource.type.value == "X/y@1"
    assert resource.existing
    assert resource.condition is None
    assert resource.body is resource.value


def test_conditional_resource() -> None:
    resource = resource_of("resource a 'X/y@1' =\n  if (\n on ) {\n}")
    assert isinstance(resource.condition, Reference)
    assert isinstance(resource.value, Object)
    assert not resource.existing


def test_looped_resource() -> None:
    resource = resource_of("resource a 'X/y@1' = [\n  for (x, i) in xs: if (x.on) {\n  name: 'n'\n }\n]")
    loop = resource.value
    assert isinstance(loop, Loop)
    assert (loop.key_name, loop.value_name) == ("i", "x")
    assert isinstance(loop.condition, GetAttribute)
    assert resource.condition is None
    assert resource.body is loop.value


def test_nested_resources() -> None:
    outer = resource_of(
        "resource a 'X/y@1' = {\n"
        "  resource: 'a key'\n"
        "  @batchSize(1)\n"
        "  resource b 'z' = [for q in qs: {\n"
        "    name: q\n"
        "    resource c 'w' existing = { name: 'c' }\n"
        "  }]\n"
        "  name: 'a'\n"
        "}"
    )
    (middle,) = outer.resources
    (inner,) = middle.resources
    assert [r.name.text for r in (middle, inner)] == ["b", "c"]
    assert [call.name for call in middle.decorators] == ["batchSize"]
    assert inner.existing
    assert inner.span.text == "resource c 'w' existing = { name: 'c' }"
    assert isinstance(outer.value, Object)
    assert [item.key.span.text for item in outer.value.items] == ["resource", "name"]


def test_resources_only_stand_in_bodies() -> None:
    text = "resource a 'X/y@1' = {\n  properties: {\n    resource b 'z' = {}\n  }\n}"
    assert messages(text) == [('expected ":" behind the key, not "b"', 3, 14)]


def test_module() -> None:
    declaration = only("module m 'br/public:a/b:1.0' = if (x) {\n  params: {}\n}")
    assert isinstance(declaration, Module)
    assert isinstance(declaration.path, Literal)
    assert isinstance(declaration.condition, Reference)
    assert declaration.body is declaration.value


def test_imports() -> None:
    declaration = only("import {\n  a\n  b as c\n  'd-e' as f\n} from 'x.bicep'")
    assert isinstance(declaration, Import)
    assert [(s.name, s.span.text, s.alias and s.alias.text) for s in declaration.symbols] == [
        ("a", "a", None),
        ("b", "b", "c"),
        ("d-e", "'d-e'", "f"),
    ]
    assert declaration.namespace is None
    wildcard = only("import * as all from 'x.bicep'")
    assert isinstance(wildcard, Import)
    assert isinstance(wildcard.namespace, Name)
    assert wildcard.namespace.text == "all"
    assert wildcard.path.span.text == "'x.bicep'"


@pytest.mark.parametrize(
    ("text", "specification", "alias", "configured"),
    [
        ("extension kubernetes with { a: 1 } as k8s", "kubernetes", "k8s", True),
        ("extension 'br:example/x:1'", "'br:example/x:1'", None, False),
        ("import 'kubernetes@1.0.0' as k8s", "'kubernetes@1.0.0'", "k8s", False),
        ("provider 'kubernetes@1.0.0' with {\n a: 1\n}", "'kubernetes@1.0.0'", None, True),
    ],
)
def test_extensions(text: str, specification: str, alias: str | None, configured: bool) -> None:
    declaration = only(text)
    assert isinstance(declaration, Extension)
    assert declaration.specification.span.text == specification
    assert (declaration.alias and declaration.alias.text) == alias
    assert (declaration.config is not None) == configured


def test_function() -> None:
    declaration = only("func f(\n  a string,\n  b { c: int }?\n) string[] =>\n  [a, b.?c]")
    assert isinstance(declaration, Function)
    assert [(p.name.text, p.type.span.text) for p in declaration.parameters] == [
        ("a", "string"),
        ("b", "{ c: int }?"),
    ]
    assert declaration.returns.span.text == "string[]"
    assert isinstance(declaration.body, Array)


def test_typed_variable_and_output() -> None:
    variable = only("var a string[] = []")
    assert isinstance(variable, Var)
    assert variable.type is not None
    assert variable.type.span.text == "string[]"
    output = only("output o resource 'X/y@1' = r")
    assert isinstance(output, Output)
    assert [literal.value for literal in output.type.literals] == ["X/y@1"]


# Types


@pytest.mark.parametrize(
    ("text", "name", "nullable", "literals", "secure"),
    [
        ("string", "string", False, [], False),
        ("string?", "string", True, [], False),
        ("secureString", "secureString", False, [], True),
        ("string[]", None, False, [], False),
        ("'a' | 'b' | 1 | true | null", None, False, ["a", "b"], False),
        ("\n  | 'a'\n  // the other\n  | 'b'", None, False, ["a", "b"], False),
        ("('a' | 'b')[]", None, False, ["a", "b"], False),
        ("(string | -1)?", None, True, [], False),
        ("{ a: string, 'b': int\n}", None, False, [], False),
        ("{\n  @secure()\n  a: string\n  *: object\n}", None, False, [], True),
        ("[\n  @description('first')\n  string\n  'x'\n]", None, False, ["x"], False),
        ("resourceInput<'X/y@1'>.properties.a", None, False, ["X/y@1"], False),
        ("resourceOutput<'X/y@1'>.tags.*", None, False, ["X/y@1"], False),
        ("types.inner[*]", None, False, [], False),
        ("pair[0]!", None, False, [], False),
        ("sys.array", "sys.array", False, [], False),
        ("types.inner?", "types.inner", True, [], False),
    ],
)
def test_types(text: str, name: str | None, nullable: bool, literals: list[str], secure: bool) -> None:
    node = type_of(text)
    assert (node.name, node.nullable, node.secure) == (name, nullable, secure)
    assert [literal.value for literal in node.literals] == literals
    assert node.span.text == text.lstrip("\n ") or text.startswith("\n")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("key?", ["key"]),
        ("key[]", ["key"]),
        ("keys.inner[*]?", ["keys.inner"]),
        ("{ a: key, b: { c: keys.other[] } }", ["key", "keys.other"]),
        ("[\n  key\n  lock | null\n]", ["key", "lock", "null"]),
        ("resourceInput<'X/y@1'>.properties.a", ["resourceInput"]),
        ("pair[0].key", ["pair"]),
        ("'x'.a.b", []),
        ("a.b.c", ["a.b"]),
    ],
)
def test_names_in_types(text: str, names: list[str]) -> None:
    assert type_of(text).names == names


# Expressions


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18446744073709551615", 2**64 - 1),
        ("true", True),
        ("false", False),
        ("null", None),
        ("''", ""),
        (r"'\n\r\t\\\'\$\u{1F600}\u{e9}'", "\n\r\t\\'$😀é"),
        (r"'\${a} $ $$ {b}'", "${a} $ $$ {b}"),
        (r"'\u{d83d}\u{de00} \u{d800}'", "😀 \ufffd"),
        ("'''\n a\\n ${b} ''c\n'''", " a\\n ${b} ''c\n"),
        ("''''a'''''", "'a''"),
        ("''''''", ""),
        ("$$'''a ${b} $'''", "a ${b} $"),
    ],
)
def test_literals(text: str, value: object) -> None:
    node = expression(text)
    assert isinstance(node, Literal)
    assert node.value == value
    assert type(node.value) is type(value)
    assert node.span.text == text


def test_interpolation() -> None:
    node = expression("'a${b.c}${f({ d: '}' })}\\n${'${e}'}'")
    assert isinstance(node, Template)
    assert [part.span.text for part in node.parts] == ["a", "b.c", "f({ d: '}' })", "\\n", "'${e}'"]
    assert node.span.text == "'a${b.c}${f({ d: '}' })}\\n${'${e}'}'"


def test_interpolated_multiline_string() -> None:
    node = expression("$$'''\nit''s ${a}\n$$${b}c$${d}'''")
    assert isinstance(node, Template)
    assert [p.value if isinstance(p, Literal) else p.span.text for p in node.parts] == [
        "it''s ${a}\n$",
        "b",
        "c",
        "d",
    ]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("1 - 2 - 3", "(1 - 2) - 3"),
        ("a ?? b || c && d == e < f + g * h", "a ?? (b || (c && (d == (e < (f + (g * h))))))"),
        ("a =~ b != c !~ d", "((a =~ b) != c) !~ d"),
        ("a % b / c <= d", "((a % b) / c) <= d"),
        ("-a.b * !c", "(-(a.b)) * (!c)"),
        ("a ? b : c ? d : e", "a ? b : (c ? d : e)"),
        ("a\n  ? b\n  : c", "a ? b : c"),
        ("(\n  a\n)", "a"),
        ("a!.b![0]", "a.b[0]"),
        ("[\n  1\n\n  // two\n  2\n]", "[1, 2]"),
        ("[1, 2,]", "[1, 2]"),
        ("{\n  a: 1\n  b: 2\n}", "{ a: 1, 'b': 2 }"),
        ("f(\n  a,\n\n  b\n)", "f(a, b)"),
        ("[\n  for x in y: x\n]", "[for x in y: x]"),
        ("x =>\n  x", "x => x"),
        ("(x, // first\n y\n) => x", "(x, y) => x"),
        ("(x) => x", "x => x"),
    ],
)
def test_same_tree(text: str, same: str) -> None:
    assert shape(expression(text)) == shape(expression(same))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a.b", [GetAttribute, Reference]),
        ("a[b]", [Index, Reference, Reference]),
        ("a.?b.c", [GetAttribute, Safe, GetAttribute, Reference]),
        ("a[?0]", [Safe, Index, Reference, Literal]),
        ("a[^1]", [Index, Reference, Unary, Literal]),
        ("a[?^1]", [Safe, Index, Reference, Unary, Literal]),
        ("a::b.c", [GetAttribute, NestedResource, Reference]),
        ("az.resourceId('x')", [MethodCall, Reference, Literal]),
        ("a[0].listKeys().key", [GetAttribute, MethodCall, Index, Reference, Literal]),
        ("kv.getSecret('x', 'v')", [MethodCall, Reference, Literal, Literal]),
        ("[...a, b]", [Array, Spread, Reference, Reference]),
        ("{ ...a }", [Object, Hole, Spread, Reference]),
        ("() => 1", [Lambda, Literal]),
        ("(a, b) => a", [Lambda, Reference]),
        ("a ? b : c", [Conditional, Reference, Reference, Reference]),
        ("[for (x, i) in f(): x]", [Loop, Call, Reference]),
    ],
)
def test_nodes(text: str, kinds: list[type[Expr]]) -> None:
    node = expression(text)
    assert [type(inner) for inner in walk(node)] == kinds
    assert node.span.text == text


def test_places_of_names() -> None:
    for text in ("a.bc", "a::bc", "a.bc(1)"):
        node = expression(text)
        assert isinstance(node, GetAttribute | NestedResource | MethodCall)
        assert node.name == "bc"
        assert node.source.text[node.name_start :].startswith("bc")


def test_object_keys() -> None:
    node = expression("{ a: 1, 'b c': 2, '${d}': 3, for: 4, resource: 5 }")
    assert isinstance(node, Object)
    assert [type(item.key) for item in node.items] == [Literal, Literal, Template, Literal, Literal]
    assert node.get("b c") is not None
    assert node.get("for") is not None


def test_loop_of_objects() -> None:
    node = expression("[for (item, i) in items: {\n  name: '${i}-${item}'\n}]")
    assert isinstance(node, Loop)
    assert (node.key_name, node.value_name, node.key) == ("i", "item", None)
    assert isinstance(node.value, Object)


def test_comments_and_directives_stand_anywhere() -> None:
    file = read(
        "#disable-diagnostics BCP081 // all\n"
        "var a = [ // one\n"
        "  1 /* two */\n"
        "  #disable-next-line no-hardcoded-env-urls\n"
        "  2\n"
        "  /* three\n */\n"
        "]\n"
        "#restore-diagnostics BCP081\n"
    )
    assert file.problems == []
    assert [comment.text for comment in file.comments] == ["all", "one", "two", "three"]
    (variable,) = file.of(Var)
    assert isinstance(variable.value, Array)
    assert len(variable.value.items) == 2


# Mistakes


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("var", "expected the name of the variable, not the end", (1, 4)),
        ("var a =\n", "expected an expression, not the end of the line", (1, 8)),
        ("var a 1", 'expected "=", not the end', (1, 8)),
        ("var a = 1 2", 'expected the end of the line, not "2"', (1, 11)),
        ("var a = 'b", "unclosed string", (1, 9)),
        ("var a = 'b${c\n}'", "unclosed string", (1, 9)),
        ("var a = 'b${c d}'", 'expected "}" at the end of the "${", not "d"', (1, 15)),
        ("var a = '''b", "unclosed multi-line string", (1, 9)),
        ("var a = $'''b${c}", "unclosed multi-line string", (1, 9)),
        (r"var a = 'b\q'", "unknown escape after the backslash in a string", (1, 11)),
        (r"var a = '\u{110000}'", "there is no such character", (1, 10)),
        ('var a = "b"', "a string has single quotes", (1, 9)),
        ("var a = b /* c", "unclosed comment", (1, 11)),
        ("var a = 18446744073709551616", "this number is out of range", (1, 9)),
        ("var a = [1 2]", 'expected ",", a new line or "]" in the list, not "2"', (1, 12)),
        ("var a = {b 1}", 'expected ":" behind the key, not "1"', (1, 12)),
        ("var a = {1: 2}", 'expected the name of a property, not "1"', (1, 10)),
        ("var a = f(1,)", 'expected an expression, not ")"', (1, 13)),
        ("var a = f(1\n2)", 'expected "," or ")" in the call, not the end of the line', (1, 12)),
        ("var a = true()", '"true" is no function', (1, 13)),
        ("var a = b.?c()", 'no function can be called behind ".?"', (1, 12)),
        ("var a = b ? c", 'expected the ":" of the condition, not the end', (1, 14)),
        ("var a = [for x of y: x]", 'expected "in", not "of"', (1, 16)),
        ("var a = [for (x) in y: x]", 'expected "," and the name of the index, not ")"', (1, 16)),
        ("param a", "expected the type of the parameter, not the end", (1, 8)),
        ("param a = 1", 'expected the type of the parameter, not "="', (1, 9)),
        ("param a string | = 'b'", 'expected a type, not "="', (1, 18)),
        ("output a string", 'expected "=", not the end', (1, 16)),
        ("resource a = {}", 'expected the type of the resource, not "="', (1, 12)),
        ("resource a 'b' = c", 'expected "{", "[for" or "if", not "c"', (1, 18)),
        ("resource a 'b' = [1]", 'expected "for", not "1"', (1, 19)),
        ("resource a 'b' = if (c) [d]", 'expected "{" of the body, not "["', (1, 25)),
        ("module a 'b' = if c {}", 'expected "(" behind "if", not "c"', (1, 19)),
        ("import a from 'b'", 'expected "{" or "*" behind "import", not "a"', (1, 8)),
        ("import {'a'} from 'b'", 'expected "as" and a name for this symbol, not "}"', (1, 12)),
        ("@secure\nparam a string", 'expected "(" behind the name of the decorator, not the end of the line', (1, 8)),
        ("@secure()", "expected the end of the line behind the decorator, not the end", (1, 10)),
        ("hello", 'expected a statement such as param, var, resource, module or output, not "hello"', (1, 1)),
        ("a /**/ #disable-next-line b", 'expected a statement such as param, var, resource, module or output, not "a"', (1, 1)),
    ],
)  # fmt: skip
def test_first_mistake(text: str, message: str, place: tuple[int, int]) -> None:
    assert messages(text) == [(message, *place)]


def test_directives_begin_their_line() -> None:
    assert messages("var a = 1 #disable-next-line b") == [('unexpected "#"', 1, 11)]
    assert messages("/**/ #disable-next-line b") == [('unexpected "#"', 1, 6)]


def test_comma_and_new_line_cost_nothing() -> None:
    file = read("var a = [\n  1,\n  2\n]")
    assert [(p.span.first, p.lost) for p in file.problems] == [((2, 4), None)]
    assert names(file) == ["a"]


def test_mistakes_cost_one_declaration() -> None:
    file = read(
        "param a string\n"
        "param b strin g\n"
        "@secure()\n"
        "param c string\n"
        "var d = [\n"
        "  1\n"
        "resource e 'X/y@1' = {\n"
        "  name: ]\n"
        "  resource inner 'z' = {}\n"
        "  tags: {}\n"
        "}\n"
        "}\n"
        "output f string = 'f\n"
        "  var g = 1\n"
        "var h = {\n"
        "@description('i')\n"
        "@allowed([\n"
        "  'a'\n"
        "])\n"
        "param i string\n"
    )
    assert names(file) == ["a", "c", "g", "i"]
    assert [(p.span.first.line, p.lost and p.lost.first.line) for p in file.problems] == [
        (2, 2),
        (7, 5),
        (8, 7),
        (13, 13),
        (16, 15),
    ]
    *_, last = file.of(Param)
    assert [call.name for call in last.decorators] == ["description", "allowed"]


def test_wrong_decorator_costs_its_declaration() -> None:
    file = read("@secure()\n@minLength(]\n@maxLength(5)\nparam a string\nparam b string\n")
    assert names(file) == ["b"]
    assert [p.span.first for p in file.problems] == [(2, 12)]


def test_wrong_inner_decorator_costs_the_whole_resource() -> None:
    file = read(
        "resource a 'X/y@1' = {\n"
        "  @batchSize\n"
        "  resource b 'z' = {}\n"
        "  resource c 'z' = {}\n"
        "}\n"
        "type t = {\n"
        "  @minLength(\n"
        "  x: string\n"
        "}\n"
        "param d string\n"
    )
    assert names(file) == ["d"]
    assert [p.span.first.line for p in file.problems] == [2, 8]


def test_words_that_only_look_like_statements() -> None:
    assert messages("var a = {\n  var: 1\ntype: 2\nparam: 3\n}\nvar b = [\nresource\n]\n") == []


@pytest.mark.parametrize(
    "value",
    [
        "(" * 300 + "1" + ")" * 300,
        "[" * 300 + "]" * 300,
        "{a: " * 300 + "1" + "}" * 300,
        "'${" * 300 + "a" + "}'" * 300,
        "a" + ".b" * 300,
        "a" + "[0]" * 300,
        "1" + " + 1" * 300,
        "a ? b : " * 300 + "c",
        "x => " * 300 + "x",
        "f(" * 300 + ")" * 300,
        "[for a in " * 300,
    ],
)
def test_depth_is_limited(value: str) -> None:
    file = read(f"var before = 1\nvar x = {value}\nvar behind = 1\n")
    assert [(p.message, p.refused) for p in file.problems] == [("nested too deeply", True)]
    assert names(file) == ["before", "behind"]


@pytest.mark.parametrize(
    "text",
    [
        "type x = " + "{a: " * 300 + "int" + "}" * 300,
        "param x " + "(" * 300 + "int" + ")" * 300,
        " resource r 'x' = {\n" * 300 + "}\n" * 300,
        "@allowed(" + "[" * 300 + "]" * 300 + ")\nparam x string",
        "resource r 'a${b" + ".c" * 300 + "}' = {}",
    ],
)
def test_depth_is_limited_around_expressions(text: str) -> None:
    assert [message for message, _, _ in messages(text)] == ["nested too deeply"]


@pytest.mark.parametrize(
    "piece", ["1+a[", "f(1+", "a.b(", "[...1+", "{...1+", "1+[for x in ", "[for x in y: 1+", "-(1+"]
)
def test_no_mixture_exhausts_the_stack(piece: str) -> None:
    assert len(messages("var x = " + piece * 198)) == 1


def test_reasonable_depth_is_read() -> None:
    assert messages("var x = " + "[" * 150 + "]" * 150) == []
    assert messages("var x = a" + " + a" * 150) == []
    assert messages(" resource r 'x' = {\n" * 40 + "}\n" * 40) == []


# Properties

# fmt: off
PIECES = [
    "var a", "param b", "resource c", "type d", "@e(", ")", "=", "'x", "'", "${", "}", "{", "[", "]",
    "'''", "$'''", ":", ",", "?", "=>", "...", ".", "!", "^", "for", "in", "if (", "a", "1", "//", "/*",
    "*/", "#", "|", " ", "\n",
]
# fmt: on


def check_spans(file: BicepFile) -> None:
    """Every place lies in the file and children lie in their parents."""
    length = len(file.source.text)
    for problem in file.problems:
        assert 0 <= problem.span.start <= problem.span.end <= length
        if problem.lost is not None:
            assert 0 <= problem.lost.start <= problem.lost.end <= length
    end = 0
    for declaration in file.declarations:
        assert end <= declaration.start < declaration.end <= length
        end = declaration.end
        for root in expressions(declaration):
            for node in walk(root):
                assert 0 <= node.start < node.end <= length
                for child in children(node):
                    assert node.start <= child.start
                    assert child.end <= node.end


def test_spans_of_the_samples() -> None:
    check_spans(read(SAMPLE))
    check_spans(read(PARAMETERS, "x.bicepparam"))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SAMPLE)))
def test_any_truncation_is_read(length: int) -> None:
    check_spans(read(SAMPLE[:length]))


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, len(SAMPLE) - 1),
    st.sampled_from(list("'\\${}[]()=,.:?*!~%<>#@|^/\r\n\t a0é-\x00")),
    st.integers(0, 1),
)
def test_any_mutation_is_read(place: int, character: str, removed: int) -> None:
    check_spans(read(SAMPLE[:place] + character + SAMPLE[place + removed :]))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(PIECES),
        max_size=40,
    )
)
def test_any_text_is_read(pieces: list[str]) -> None:
    text = "".join(pieces)
    check_spans(read(text))
    check_spans(read(text, "x.bicepparam"))
