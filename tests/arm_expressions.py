"""A scope for expressions of Bicep, their values as plain data, and what tests of them share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kvlint.evaluate.functions.arm.table import ARM_FUNCTIONS
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.scope import Dialect, Files, Function, Namespace
from kvlint.evaluate.values import (
    Choice,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
)
from kvlint.source import Source
from kvlint.syntax.bicep import read_bicep
from kvlint.syntax.bicep_tree import Var
from kvlint.syntax.expr import Expr, GetAttribute, Index, Reference

#: What stands for something that is not known, and for something that is wrong.
UNKNOWN, WRONG = "?", "!"


@dataclass
class FakeFiles:
    texts: Mapping[str, str]

    def read(self, path: str) -> str | None:
        return self.texts.get(path)

    def source(self, path: str) -> Source | None:
        text = self.texts.get(path)
        return None if text is None else Source(f"folder/{path}", text)


@dataclass
class FakeResource:
    address: str
    values: Mapping[tuple[str | int, ...], Value] = field(default_factory=dict)
    inside: Mapping[str, Value] = field(default_factory=dict)
    parts: Value | None = None
    type: str = "Microsoft.KeyVault/vaults"
    managed: bool = True

    def configured(self, path: tuple[str | int, ...]) -> Value | None:
        return self.values.get(path)

    def nested(self, name: str) -> Value | None:
        return self.inside.get(name)

    def identifier(self, path: Sequence[str | int]) -> Value | None:
        return self.parts if tuple(path) == ("id",) else None


@dataclass
class FakeNamespace:
    """``sys``, or the outputs of a module."""

    members: Mapping[str, Value] = field(default_factory=dict)

    def member(self, name: str, node: GetAttribute | Index) -> Value | Namespace:
        return self.members.get(name) or Unknown(f"there is no {name}", failed=True, span=node.span)

    def whole(self) -> Value:
        return Unknown("it is a namespace")


class FakeSys(FakeNamespace):
    def function(self, name: str) -> Function | None:
        return ARM_FUNCTIONS.get(name.lower())


@dataclass
class FakeScope:
    names: Mapping[str, Value | Namespace]
    texts: Mapping[str, str] = field(default_factory=dict)
    dialect: Dialect = Dialect.ARM

    def lookup(self, name: str, node: Reference) -> Value | Namespace:
        return self.names.get(name) or Unknown(f"nothing is called {name}", span=node.span)

    def function(self, name: str) -> Function | None:
        return ARM_FUNCTIONS.get(name.lower())

    @property
    def files(self) -> Files:
        return FakeFiles(self.texts)


def unset(name: str) -> Unknown:
    """A parameter that nobody has given a value."""
    return Unknown(f"the parameter {name} has no value", key=("parameter", name))


CHILD = Symbol(FakeResource("main.bicep|kv::secret"))
VAULT = FakeResource(
    "main.bicep|kv",
    {
        ("name",): Scalar("kv1"),
        ("properties", "enableRbacAuthorization"): Scalar(True),
        ("tags",): MapValue({"env": Scalar("prod")}),
        ("tags", "env"): Scalar("prod"),
    },
    {"secret": CHILD},
    PartialText(
        (
            Scalar("/subscriptions/"),
            unset("subscription"),
            Scalar("/resourceGroups/rg1/providers/Microsoft.KeyVault/vaults/kv1"),
        )
    ),
)
SCOPE = FakeScope(
    {
        "sys": FakeSys(),
        "mod": FakeNamespace({"outputs": MapValue({"uri": Scalar("https://kv1/")})}),
        "kv": Symbol(VAULT),
        "many": Symbol(FakeResource("main.bicep|many[*]")),
        "p": unset("p"),
        "q": unset("q"),
        "open": Unknown("nobody knows"),
        "wrong": Unknown("it fails", failed=True),
        "either": Choice((Scalar("a"), Scalar("b"))),
        "flag": Choice((Scalar(True), Scalar(False))),
        "list": ListValue((Scalar("x"),), rest=Unknown("more may follow")),
        "map": MapValue({"x": Scalar(1)}, rest=Unknown("more may follow")),
    },
    {
        "a.txt": "text",
        "a.json": '{"vault": {"name": "kv1", "tags": ["a", "b"]}}',
        "a.yaml": "vault:\n  name: kv1\n",
        "bad.json": "{",
    },
)


def tree_of(text: str) -> Expr:
    """The tree of an expression in Bicep."""
    found = read_bicep(Source("main.bicep", f"var value = {text}\n"))
    assert not found.problems, found.problems
    return next(found.of(Var)).value


def value_of(text: str, scope: FakeScope = SCOPE) -> Value:
    """The value of an expression in Bicep."""
    return evaluate(tree_of(text), scope)


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
            return WRONG if failed else UNKNOWN
    raise AssertionError(value)
