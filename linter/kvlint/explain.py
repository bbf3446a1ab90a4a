"""The commands ``kvlint checks`` and ``kvlint explain``: what there is to find.

As in :mod:`kvlint.cli` the checks load only when they are asked for, not for ``--help``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kvlint.findings import CheckInfo


def list_checks(arguments: Sequence[str]) -> None:
    """Print every check on one line.

    :raises SystemExit: for ``--help`` and wrong usage (status 2).
    """
    parser = argparse.ArgumentParser(prog="kvlint checks", description="List the checks.")
    parser.parse_args(arguments)
    infos = check_infos()
    width = max((len(info.name) for info in infos), default=0)
    for info in infos:
        print(f"{info.id}  {info.name:{width}}  {info.level!s:7}  {info.summary}")


def explain(arguments: Sequence[str]) -> None:
    """Print what the checks named by their ids or names are about.

    :raises SystemExit: for ``--help`` and wrong usage (status 2).
    """
    parser = argparse.ArgumentParser(prog="kvlint explain", description="Print what a check is about.")
    parser.add_argument("checks", nargs="+", metavar="ID", help="the id or the name of a check")
    options = parser.parse_args(arguments)

    from kvlint.checks import documentation

    infos = check_infos()
    by_key = {key: info for info in infos for key in (info.id, info.name.upper())}
    explained = []
    for asked in options.checks:
        info = by_key.get(asked.upper())
        if info is None:
            names = [name for known in infos for name in (known.id, known.name)]
            parser.error(f"no check is called {asked}{suggestion(asked, names)}")
        explained.append(
            f"# {info.id} {info.name} ({info.level})\n\n{documentation(info.id) or info.summary}\n"
        )
    _print_markdown("\n".join(explained))


def _print_markdown(text: str) -> None:
    """Rendered where a person reads it, as it is where a program does."""
    if not sys.stdout.isatty():
        print(text, end="")
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))


def check_infos() -> list[CheckInfo]:
    """What all checks say of themselves, in the order of their ids."""
    from kvlint.checks import all_checks

    return [check.info for check in all_checks()]


def suggestion(text: str, known: Sequence[str]) -> str:
    """The end of a message about a name that no check has."""
    from difflib import get_close_matches

    close = get_close_matches(text, known, n=1) or get_close_matches(text.upper(), known, n=1)
    return f"; did you mean {close[0]}?" if close else "; `kvlint checks` lists them"
