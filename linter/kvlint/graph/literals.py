"""Questions about literals that are secrets, and about declarations that do not keep a secret."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import TypeVar

from kvlint.graph.entities import ExposedOutput, LiteralOrigin, LiteralSecret, UnmarkedParameter
from kvlint.graph.entities.base import Entity
from kvlint.graph.facts import Facts

E = TypeVar("E", bound=Entity)


class Literals:
    """What each place shows, in the order in which the places were found.

    A group is never empty. It holds all that is known of one place: of a literal where it goes
    first, then what it looks like.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def in_variable_files(self) -> list[list[LiteralSecret]]:
        """Literals that Terraform's variables are given, in a file or through the environment."""
        return self._of((LiteralOrigin.VARIABLES_FILE, LiteralOrigin.ENVIRONMENT))

    def in_parameter_files(self) -> list[list[LiteralSecret]]:
        """Literals that the parameters of templates are given in files of their own."""
        return self._of((LiteralOrigin.PARAMETERS_FILE,))

    def in_configuration(self) -> list[list[LiteralSecret]]:
        """Literals in what is deployed itself: templates, documents."""
        return self._of((LiteralOrigin.CONFIGURATION,))

    def unmarked_parameters(self) -> list[list[UnmarkedParameter]]:
        """Parameters that reach secret arguments without being declared secure."""
        return _by_place(self._facts.unmarked_parameters)

    def exposed_outputs(self) -> list[list[ExposedOutput]]:
        """Outputs that show a secret."""
        return _by_place(self._facts.exposed_outputs)

    def _of(self, origins: Container[LiteralOrigin]) -> list[list[LiteralSecret]]:
        groups = _by_place(one for one in self._facts.literals if one.origin in origins)
        return [sorted(group, key=lambda one: (not one.sink, not one.shape)) for group in groups]


def _by_place(found: Iterable[E]) -> list[list[E]]:
    places: dict[tuple[str, int], list[E]] = {}
    for one in found:
        places.setdefault((one.span.path, one.span.start), []).append(one)
    return list(places.values())
