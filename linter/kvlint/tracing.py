"""The command ``kvlint trace``: the whole chain of one consumer, the proven links too."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from io import TextIOWrapper
from pathlib import Path

from kvlint.result import Link, State

#: So many names are listed of those that could be meant.
_MAX_NAMES = 12


def trace_parser() -> argparse.ArgumentParser:
    """The options of ``kvlint trace NAME [PATH …]``."""
    parser = argparse.ArgumentParser(
        prog="kvlint trace",
        usage="kvlint trace [options] NAME [PATH …]",
        description="Print every link between a consumer and its secrets, with the line of each.",
        epilog="exit status: 0 where no link is broken, 1 where one is, 2 for wrong usage",
        allow_abbrev=False,
    )
    parser.add_argument(
        "name",
        metavar="NAME",
        help="an app, workload, service account or secret store: its name (* and ? stand for anything), "
        "NAMESPACE/NAME, or its address",
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files and folders (default: .)")
    parser.add_argument("--root", type=Path, metavar="DIR", help="folder that shown paths are relative to")
    parser.add_argument(
        "--context",
        action="append",
        default=[],
        type=Path,
        metavar="DIR",
        help="know what this folder deploys too; may be given several times",
    )
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="default: auto")
    parser.set_defaults(pre_commit=False, bicep="native", bicep_restore=False)
    return parser


def trace(arguments: Sequence[str]) -> bool:
    """Print the chains of the consumers of a name; whether no link of them is broken.

    :raises SystemExit: for ``--help``, wrong usage and a name that nothing has (status 2).
    """
    parser = trace_parser()
    options = parser.parse_args(arguments)

    from kvlint.configuration import ConfigurationError, read_configuration
    from kvlint.inputs import analysed_scope, bicep_options, context_folders

    paths, root, _ = analysed_scope(options, parser)
    try:
        configuration = read_configuration(root)
        bicep = bicep_options(options, root, configuration, parser)
        context = context_folders(options, configuration, parser)
    except ConfigurationError as error:
        parser.error(str(error))

    from kvlint.engine import consumer_traces
    from kvlint.report.chains import write_traces
    from kvlint.report.display import wants_color

    found, names = consumer_traces(
        paths, root, options.name, bicep=bicep, context=context, external=configuration.external
    )
    if not found:
        parser.error(f"nothing is called {options.name}{_others(options.name, names)}")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    write_traces(found, sys.stdout, color=wants_color(options.color, sys.stdout))
    return not any(_is_broken(one.links) for one in found)


def _is_broken(links: Iterable[Link]) -> bool:
    return any(link.state is State.BROKEN or _is_broken(link.links) for link in links)


def _others(name: str, names: Sequence[str]) -> str:
    """The end of a message about a name that no consumer has."""
    from difflib import get_close_matches

    close = get_close_matches(name, names, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    if not names:
        return ": no consumer of secrets was found"
    more = f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
    return f"; there are {', '.join(names[:_MAX_NAMES])}{more}"
