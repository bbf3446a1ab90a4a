"""Parameters files in ARM JSON."""

from __future__ import annotations

from kvlint.evaluate.arm.copies import with_expressions
from kvlint.evaluate.arm.json_modules import given_value
from kvlint.evaluate.arm.template import GivenParameter, ParameterFile
from kvlint.source import Source
from kvlint.syntax.arm_json import member, plain_entries
from kvlint.syntax.expr import Expr


def parameter_file_of(source: Source, root: Expr) -> ParameterFile:
    """The values that a parameters file gives, by the name of the parameter in lower case.

    A ``value`` is taken as it is; only an ``expression`` is evaluated. A reference to a secret is
    the call ``keyVaultSecret(id of the vault, name)``, with the version where there is one.
    """
    values: dict[str, GivenParameter] = {}
    for name, item in plain_entries(member(root, "parameters")):
        given = _given(item.value)
        if given is not None:
            values[name.lower()] = GivenParameter(name, item.key.span, given)
    return ParameterFile(source, values, is_json=True)


def _given(entry: Expr) -> Expr | None:
    """What an entry of a parameters file gives; None when it gives nothing."""
    expression = member(entry, "expression")
    if expression is not None and member(entry, "value") is None:
        return with_expressions(expression, [])
    if member(entry, "value") is None and member(entry, "reference") is None:
        return None
    return given_value(entry)
