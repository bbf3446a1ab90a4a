"""Literals that are secrets, whatever the language that they are written in."""

from __future__ import annotations

from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.values import Scalar
from kvlint.graph.entities import LiteralOrigin, LiteralSecret
from kvlint.graph.facts import Facts
from kvlint.source import Span


def add_literal(
    facts: Facts,
    leaf: Scalar,
    deployment: Deployment,
    origin: LiteralOrigin,
    *,
    variable: str = "",
    sink: str = "",
    at: Span | None = None,
    shape: str = "",
    declared: bool = False,
) -> None:
    """Record a literal that is a secret, and keep it out of what is shown."""
    span = leaf.span
    if span is None:
        return
    span.source.secrets.add((span.start, span.end))
    facts.literals.append(
        LiteralSecret(
            address=f"{span}",
            display=variable,
            span=span,
            deployment=deployment,
            language=deployment.language,
            value=leaf,
            origin=origin,
            variable=variable,
            sink=sink,
            sink_span=at,
            shape=shape,
            declared=declared,
        )
    )
