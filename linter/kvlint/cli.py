"""The command line: arguments in, a report on stdout, an exit status out.

Only argument parsing is imported at once; the engine and the reports load when they run,
so that ``--help`` and usage errors come without delay.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from kvlint import __version__

if TYPE_CHECKING:
    from kvlint.result import RunResult

#: Exit statuses. Whoever wraps kvlint may rely on them.
CLEAN = 0
FINDINGS = 1
FAILED = 2
NOTHING = 3
INTERRUPTED = 130
BROKEN_PIPE = 141

#: A file that could not be read hides defects of every kind: reported whatever is selected.
_PARSE_ERROR = "KV001"
_LEVELS = ("note", "warning", "error")
_EPILOG = """\
other commands:
  kvlint checks          list the checks
  kvlint explain ID …    what a check finds, why it matters and how to verify it
  kvlint trace NAME      every link between an app or workload and its secrets

exit status:
  0  no finding at or above the --fail-on level
  1  findings at or above it
  2  wrong usage, or kvlint itself failed
  3  nothing to analyse
"""


def main(arguments: Sequence[str]) -> int:
    """Run kvlint with these arguments; the exit status.

    :raises SystemExit: for ``--help``, ``--version`` and wrong usage (status 2).
    """
    try:
        status = _dispatch(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has enough; the interpreter must not flush into the pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        _report_failure(error)
        return FAILED
    return status


def _dispatch(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] not in ("checks", "explain", "trace"):
        return _lint(arguments)
    command, *others = arguments
    if command == "trace":
        from kvlint.tracing import trace

        return CLEAN if trace(others) else FINDINGS
    from kvlint.explain import explain, list_checks

    if command == "explain":
        explain(others)
    else:
        list_checks(others)
    return CLEAN


# kvlint [PATH …] --------------------------------------------------------------------------------


def lint_parser() -> argparse.ArgumentParser:
    """The options of ``kvlint [PATH …]``."""
    parser = argparse.ArgumentParser(
        prog="kvlint",
        usage="kvlint [options] [PATH …]",
        description="Prove the wiring between Azure workloads and their secrets before deployment.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files and folders (default: .)")
    parser.add_argument("--version", action="version", version=f"kvlint {__version__}")
    report = parser.add_argument_group("report")
    report.add_argument("--format", choices=("text", "sarif", "json"), default="text", help="default: text")
    report.add_argument("--output", type=Path, metavar="FILE", help="write the report to FILE, not to stdout")
    report.add_argument(
        "--level",
        choices=_LEVELS,
        help="lowest level to report (default: warning; note with --select or --fail-on note)",
    )
    report.add_argument(
        "--show-unresolved", action="store_true", help="list the references not proven, and why"
    )
    report.add_argument("--quiet", action="store_true", help="print no report; the exit status tells")
    report.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="default: auto")
    selection = parser.add_argument_group("selection")
    for option, effect in (("--select", "run only these checks"), ("--ignore", "leave these checks out")):
        selection.add_argument(
            option,
            action="append",
            default=[],
            metavar="ID[,ID…]",
            help=f"{effect}: ids, or prefixes such as KV2",
        )
    selection.add_argument(
        "--fail-on",
        choices=(*_LEVELS, "never"),
        default="warning",
        help="lowest level that makes the exit status 1 (default: warning)",
    )
    selection.add_argument(
        "--root",
        type=Path,
        metavar="DIR",
        help="folder that paths in findings are relative to "
        "(default: the current one, or the repository if a PATH lies outside)",
    )
    selection.add_argument(
        "--pre-commit",
        action="store_true",
        help="analyse the whole repository, report only what touches the PATHs",
    )
    selection.add_argument(
        "--context",
        action="append",
        default=[],
        type=Path,
        metavar="DIR",
        help="know what this folder deploys too, and report nothing in it; may be given several times",
    )
    bicep = parser.add_argument_group("Bicep")
    bicep.add_argument(
        "--bicep",
        choices=("auto", "cli", "native"),
        help="second reader of Bicep files: the Bicep CLI where it is on PATH, always, or never (default: auto)",
    )
    bicep.add_argument(
        "--bicep-restore",
        action="store_true",
        help="let the Bicep CLI fetch modules from the registries that files name",
    )
    return parser


def _lint(arguments: Sequence[str]) -> int:
    parser = lint_parser()
    options = parser.parse_args(arguments)

    from kvlint.configuration import ConfigurationError, read_configuration
    from kvlint.inputs import analysed_scope, bicep_options, context_folders

    paths, root, focus = analysed_scope(options, parser)
    selected = _selector(options, parser)

    try:
        configuration = read_configuration(root)
        bicep = bicep_options(options, root, configuration, parser)
        context = context_folders(options, configuration, parser)
    except ConfigurationError as error:
        return _complain(str(error))

    from kvlint.engine import analyse
    from kvlint.findings import Level

    result = analyse(
        paths,
        root,
        focus=focus,
        select=selected,
        bicep=bicep,
        context=context,
        external=configuration.external,
    )
    lowest = Level[_lowest_level(options).upper()]
    result.findings = [finding for finding in result.findings if finding.level >= lowest]
    result.suppressed = [finding for finding in result.suppressed if finding.level >= lowest]

    empty = _is_empty(result)
    silent = options.quiet or (empty and options.format == "text")
    if options.output is not None or not silent:
        try:
            _write_report(result, root, options)
        except OSError as error:
            if options.output is None:
                raise
            return _complain(f"cannot write {options.output}: {error.strerror}")
    if empty:
        if options.pre_commit:
            return CLEAN
        names = ", ".join(str(path) for path in options.paths) or str(options.root or ".")
        _complain(f"nothing to analyse: no Terraform, Bicep, Kubernetes or Container App file in {names}")
        return NOTHING
    return FINDINGS if _fails(result, options.fail_on) else CLEAN


def _selector(options: argparse.Namespace, parser: argparse.ArgumentParser) -> Callable[[str], bool]:
    """Which checks run, by id."""
    chosen = tuple(_ids(options.select, "--select", parser))
    ignored = tuple(_ids(options.ignore, "--ignore", parser))

    def selected(check_id: str) -> bool:
        wanted = not chosen or check_id == _PARSE_ERROR or check_id.startswith(chosen)
        return wanted and not check_id.startswith(ignored)

    return selected


def _ids(values: Iterable[str], option: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    from kvlint.explain import check_infos, suggestion

    for token in ",".join(values).upper().split(","):
        token = token.strip()
        if not token:
            continue
        known = [info.id for info in check_infos()]
        if not any(check_id.startswith(token) for check_id in known):
            parser.error(f"{option}: no check has the id {token}{suggestion(token, known)}")
        yield token


def _lowest_level(options: argparse.Namespace) -> str:
    if options.level:
        return str(options.level)
    return "note" if options.select or options.fail_on == "note" else "warning"


def _fails(result: RunResult, fail_on: str) -> bool:
    if fail_on == "never":
        return False
    from kvlint.findings import Level

    threshold = Level[fail_on.upper()]
    return any(finding.level >= threshold for finding in result.findings)


def _is_empty(result: RunResult) -> bool:
    from kvlint.kinds import FileKind

    beside = (FileKind.OTHER, FileKind.SCRIPT, FileKind.WORKFLOW)
    known = any(count for kind, count in result.files.items() if kind not in beside)
    return not (known or result.failures or result.findings)


def _write_report(result: RunResult, root: Path, options: argparse.Namespace) -> None:
    """Write in the format asked for, to the file or stdout asked for."""
    with _stream(options) as stream:
        if options.format == "sarif":
            from kvlint.checks import documentation
            from kvlint.report.sarif import write_sarif

            write_sarif(
                result,
                stream,
                documentation=lambda info: documentation(info.id) or info.summary,
                root_uri=root.as_uri() + "/",
            )
        elif options.format == "json":
            from kvlint.report.json import write_json

            write_json(result, stream)
        else:
            import shutil

            from kvlint.report.display import wants_color
            from kvlint.report.text import write_text

            write_text(
                result,
                stream,
                color=wants_color(options.color, stream),
                width=shutil.get_terminal_size((100, 24)).columns,
                show_unresolved=options.show_unresolved,
            )
        stream.flush()


@contextmanager
def _stream(options: argparse.Namespace) -> Iterator[TextIO]:
    if options.output is not None:
        with options.output.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        return
    if isinstance(sys.stdout, TextIOWrapper):
        if options.format == "text":
            sys.stdout.reconfigure(errors="backslashreplace")
        else:
            sys.stdout.reconfigure(encoding="utf-8")
    yield sys.stdout


# Failures ---------------------------------------------------------------------------------------


def _complain(message: str) -> int:
    print(f"kvlint: {message}", file=sys.stderr)
    return FAILED


def _report_failure(error: Exception) -> None:
    """One line on stderr. It leaves the error's own text out, which may quote analysed files."""
    if os.environ.get("KVLINT_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
        return
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = ""
    if place is not None:
        file = Path(place.tb_frame.f_code.co_filename)
        where = f" in {'/'.join(file.parts[-2:])}:{place.tb_lineno}"
    _complain(
        f"internal error: {type(error).__name__}{where}; "
        "please report it with the traceback that KVLINT_DEBUG=1 shows"
    )
