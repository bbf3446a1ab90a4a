"""Variable files: what a deployment gives the variables of its root module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from posixpath import basename, dirname

from kvlint.evaluate.deployer import with_deployer
from kvlint.evaluate.interpret import evaluate
from kvlint.evaluate.placeholders import with_placeholders
from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.scope import Dialect, Files, Function
from kvlint.evaluate.values import Unknown, Value
from kvlint.source import Source, Span
from kvlint.syntax.body import Body
from kvlint.syntax.expr import Expr, Literal, Object, Reference


@dataclass(slots=True, eq=False)
class Assignment:
    """A variable file's entry: the variable's name, where it stands, and what it is given."""

    name: str
    name_span: Span
    expression: Expr

    def value(self) -> Value:
        """The value; variable files hold literals only, so nothing is looked up.

        Texts that a tool fills in before Terraform runs (``${NAME}``, ``#{NAME}#``) are unknown.
        """
        return with_placeholders(evaluate(self.expression, _NoNames()))


@dataclass(slots=True, eq=False)
class VariableFile:
    """A ``.tfvars`` or ``.tfvars.json`` file."""

    source: Source
    assignments: dict[str, Assignment]

    @property
    def folder(self) -> str:
        """The folder that it lies in."""
        return dirname(self.source.path)

    @property
    def automatic(self) -> bool:
        """Whether Terraform loads it without being told to, when it lies in the root folder."""
        name = basename(self.source.path)
        return name in ("terraform.tfvars", "terraform.tfvars.json") or name.endswith(
            (".auto.tfvars", ".auto.tfvars.json")
        )


def from_body(source: Source, body: Body) -> VariableFile:
    """A variable file in HCL."""
    return VariableFile(
        source,
        {
            name: Assignment(name, attribute.name_span, attribute.value)
            for name, attribute in body.attributes.items()
        },
    )


def from_object(source: Source, root: Expr | None) -> VariableFile:
    """A variable file in JSON, where strings are literal, or the inputs of Terragrunt."""
    found: dict[str, Assignment] = {}
    for item in root.items if isinstance(root, Object) else ():
        if isinstance(item.key, Literal) and isinstance(item.key.value, str):
            found[item.key.value] = Assignment(item.key.value, item.key.span, item.value)
    return VariableFile(source, found)


def in_precedence(files: Sequence[VariableFile]) -> list[VariableFile]:
    """Automatic files of one folder, those that Terraform reads last (and that win) at the end."""
    order = {"terraform.tfvars": 0, "terraform.tfvars.json": 1}
    return sorted(files, key=lambda file: (order.get(basename(file.source.path), 2), file.source.path))


def root_inputs(files: Sequence[VariableFile], deployment: Deployment) -> dict[str, Value]:
    """What the files, in this order, give the variables of a deployment: later files win."""
    given: dict[str, Assignment] = {}
    for file in files:
        given.update(file.assignments)
    return {name: with_deployer(assignment.value(), deployment) for name, assignment in given.items()}


class _NoNames:
    """The scope of a variable file: no names, no functions."""

    @property
    def dialect(self) -> Dialect:
        """Terraform's rules."""
        return Dialect.TERRAFORM

    @property
    def files(self) -> Files:
        """No files either."""
        return self

    def read(self, path: str) -> str | None:
        """Nothing to read."""
        return None

    def lookup(self, name: str, node: Reference) -> Value:
        """A variable file cannot refer to anything."""
        return Unknown("a variables file cannot refer to anything", span=node.span)

    def function(self, name: str) -> Function | None:
        """A variable file cannot call anything."""
        return None
