"""Evaluation against the real ``terraform console``.

``data/console_expressions.txt`` holds the expressions, ``data/console_results.json`` what
Terraform made of each: JSON text, or null for an error. Where terraform is on the path the
record is checked; to write it anew run this file as a program.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest

from kvlint.evaluate.functions.table import TERRAFORM_FUNCTIONS
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.scope import Dialect, Files, Function, Namespace
from kvlint.evaluate.values import ListValue, MapValue, Scalar, Unknown, Value
from kvlint.source import Source
from kvlint.syntax.expr import Reference
from kvlint.syntax.hcl import read_expression

DATA = Path(__file__).parent / "data"
EXPRESSIONS = [
    line.replace("⏎", "\n")
    for line in (DATA / "console_expressions.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
RESULTS = DATA / "console_results.json"
GAPS = DATA / "console_gaps.txt"


class NoFiles:
    def read(self, path: str) -> str | None:
        return None


class ConsoleScope:
    dialect = Dialect.TERRAFORM

    def lookup(self, name: str, node: Reference) -> Value | Namespace:
        return Unknown(f"nothing is called {name}", failed=True, span=node.span)

    def function(self, name: str) -> Function | None:
        return TERRAFORM_FUNCTIONS.get(name)

    @property
    def files(self) -> Files:
        return NoFiles()


class NotKnownError(Exception):
    pass


def data_of(value: Value) -> object:
    """A wholly known value as JSON data, with its numbers exact."""
    match value:
        case Scalar(data=bool() | str() | None):
            return value.data
        case Scalar(data=int() | Decimal() as number):
            return Decimal(number)
        case ListValue(items=items, rest=None):
            return [data_of(item) for item in items]
        case MapValue(entries=entries, rest=None):
            return {name: data_of(entry) for name, entry in entries.items()}
    raise NotKnownError


def ask_terraform(expressions: list[str]) -> dict[str, str | None]:
    """What Terraform makes of each expression, as JSON text; ``None`` for an error."""
    lines = ["locals {"]
    lines += [
        f"  e{number} = try(nonsensitive(jsonencode({text})), null)"
        for number, text in enumerate(expressions)
    ]
    lines.append("}")
    names = ",".join(f"local.e{number}" for number in range(len(expressions)))
    question = f"base64encode(jsonencode([{names}]))"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.tf").write_text("\n".join(lines), "utf-8")
        answer = subprocess.run(
            ["terraform", "console"],
            input=question,
            cwd=folder,
            env={
                "PATH": str(Path(shutil.which("terraform") or "").parent),
                "TF_CLI_CONFIG_FILE": "/dev/null",
                "CHECKPOINT_DISABLE": "1",
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    if not answer.stdout.startswith('"'):
        raise RuntimeError(answer.stdout + answer.stderr)
    results: list[str | None] = json.loads(base64.b64decode(answer.stdout.strip().strip('"')))
    return dict(zip(expressions, results, strict=True))


def verdicts() -> dict[str, list[str]]:
    """The expressions by how the evaluation compares to the record."""
    recorded: dict[str, str | None] = json.loads(RESULTS.read_text("utf-8"))
    found: dict[str, list[str]] = {"equal": [], "gap": [], "wrong": []}
    for expression in EXPRESSIONS:
        tree, problems = read_expression(Source("console", expression))
        value = evaluate(tree, ConsoleScope())
        expected = recorded[expression]
        try:
            data = data_of(value)
        except NotKnownError:
            found["equal" if expected is None else "gap"].append(expression)
            continue
        fits = expected is not None and data == json.loads(expected, parse_float=Decimal, parse_int=Decimal)
        found["equal" if fits and not problems else "wrong"].append(expression)
    return found


def test_no_known_value_differs_from_terraforms() -> None:
    found = verdicts()
    print({name: len(expressions) for name, expressions in found.items()})
    assert len(EXPRESSIONS) >= 400
    assert not found["wrong"]


def test_gaps_are_the_listed_ones() -> None:
    listed = [line for line in GAPS.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert [text.replace("\n", "⏎") for text in verdicts()["gap"]] == listed


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_failure_is_an_error_in_terraform(expression: str) -> None:
    """What is said to fail in every possible world does fail."""
    tree, _ = read_expression(Source("console", expression))
    value = evaluate(tree, ConsoleScope())
    if isinstance(value, Unknown) and value.failed:
        assert json.loads(RESULTS.read_text("utf-8"))[expression] is None


def test_every_function_is_in_the_table() -> None:
    text = "\n".join(EXPRESSIONS)
    depends_on_the_run = {
        "abspath", "base64gzip", "bcrypt", "filebase64sha256", "filebase64sha512", "fileset", "filesha1",
        "filesha256", "filesha512", "pathexpand", "plantimestamp", "rsadecrypt", "timestamp", "type", "urldecode", "uuid",
    }  # fmt: skip
    names = {name for name in TERRAFORM_FUNCTIONS if "::" not in name}
    assert {name for name in names if f"{name}(" not in text} <= depends_on_the_run


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on the path")
def test_the_record_is_up_to_date() -> None:
    assert ask_terraform(EXPRESSIONS) == json.loads(RESULTS.read_text("utf-8"))


if __name__ == "__main__":
    RESULTS.write_text(json.dumps(ask_terraform(EXPRESSIONS), indent=1, ensure_ascii=False) + "\n", "utf-8")
    if "--gaps" in sys.argv:
        listed = [text.replace("\n", "⏎") for text in verdicts()["gap"]]
        GAPS.write_text("# Known to Terraform, not computed here.\n" + "\n".join(listed) + "\n", "utf-8")
    for expression in verdicts()["wrong"]:
        sys.stdout.write(expression + "\n")
