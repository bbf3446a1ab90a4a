"""Where the Bicep CLI is, and how it is run: never from the analysed tree, never with its settings."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kvlint.bicepcli.child import Child, CliError, Completed
from kvlint.bicepcli.diagnostics import clean
from kvlint.ignorefiles import repository_top

#: Seconds for the program to tell its version; the Azure CLI may need several.
VERSION_TIME = 15.0
_VERSION = re.compile(r"Bicep CLI version (\d+)\.(\d+)\.(\d+)")
#: What runs the program as the user's own, and nothing that changes what it compiles to.
_PASSED = (
    *("HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "TMP", "TEMP", "XDG_CACHE_HOME"),
    *("DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_BUNDLE_EXTRACT_BASE_DIR", "AZURE_CONFIG_DIR"),
    *("SYSTEMROOT", "SYSTEMDRIVE", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA"),
)
#: Only where it may use the network.
_PASSED_TO_RESTORE = (
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR"),
)
_SET = {
    # Works without the system's ICU libraries, which slim images lack.
    "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1",
    "AZURE_BICEP_CHECK_VERSION": "false",
    "AZURE_CORE_COLLECT_TELEMETRY": "false",
    "AZURE_CORE_NO_COLOR": "true",
}


@dataclass(slots=True, frozen=True)
class Program:
    """A Bicep CLI. ``command`` begins every argument list; ``version`` is its three numbers."""

    command: tuple[str, ...]
    version: tuple[int, int, int]
    path: str = field(repr=False)

    @property
    def through_azure(self) -> bool:
        """Whether it is called through the Azure CLI, whose arguments differ."""
        return len(self.command) > 1

    @property
    def serves(self) -> bool:
        """Whether it has ``jsonrpc``, as a stable command."""
        return not self.through_azure and self.version >= (0, 29, 0)

    @property
    def takes_patterns(self) -> bool:
        """Whether one call compiles many files."""
        return not self.through_azure and self.version >= (0, 34, 1)

    def environment(self, *, restore: bool) -> dict[str, str]:
        """The variables that it runs with."""
        names = (*_PASSED, *(_PASSED_TO_RESTORE if restore else ()))
        kept = {name: os.environ[name] for name in names if name in os.environ}
        return {**kept, "PATH": self.path, **_SET}

    def run(self, arguments: Sequence[str], folder: Path, deadline: float, *, restore: bool) -> Completed:
        """Run it once to its end; ``folder`` is its working folder.

        :raises CliError: when it cannot be started or is not done in time.
        """
        with Child((*self.command, *arguments), folder, self.environment(restore=restore)) as child:
            return child.finish(deadline)


def find_program(root: Path) -> Program | None:
    """The ``bicep`` on PATH, else the ``az`` there if it has one; none from within the tree.

    Entries of PATH that are relative, or lie in ``root`` or its repository, are passed over.

    :raises CliError: when there is one but it does not tell its version.
    """
    tree = repository_top(root) or root
    folders = [folder for folder in _search_path() if not _within(folder, root, tree)]
    path = os.pathsep.join(folders)
    for name, arguments in (("bicep", ("--version",)), ("az", ("bicep", "version"))):
        file = next((file for folder in folders if (file := _executable(name, folder, root, tree))), None)
        if file is None:
            continue
        command = (file,) if name == "bicep" else (file, "bicep")
        done = _ask_version(Program(command, (0, 0, 0), path), arguments[-1])
        found = _VERSION.search(clean(done.output))
        if found and done.status == 0:
            return Program(command, (int(found[1]), int(found[2]), int(found[3])), path)
        if name == "bicep":
            raise CliError(f"{file} does not tell its version{said(done.errors)}")
    return None


def has_program(root: Path) -> bool:
    """Whether there is one for :func:`find_program`, be it in order or not."""
    try:
        return find_program(root) is not None
    except CliError:
        return True


def said(errors: bytes) -> str:
    """The first line of what a failed program wrote to standard error, to end a sentence with."""
    first = next((line.strip() for line in clean(errors).split("\n") if line.strip()), "")
    return f": {first[:300]}" if first else ""


def _ask_version(program: Program, argument: str) -> Completed:
    with tempfile.TemporaryDirectory(prefix="kvlint-", ignore_cleanup_errors=True) as folder:
        deadline = time.monotonic() + VERSION_TIME
        try:
            return program.run((argument,), Path(folder), deadline, restore=False)
        except CliError as error:
            raise CliError(f"{program.command[0]}: {error}") from error


def _search_path() -> Iterator[str]:
    for entry in os.environ.get("PATH", "").split(os.pathsep):
        if os.path.isabs(entry):
            yield entry


def _within(path: str, *folders: Path) -> bool:
    """Whether a path, or what it links to, lies in one of these folders."""
    real = Path(os.path.realpath(path))
    return any(
        place.is_relative_to(folder)
        for folder in {*folders, *(Path(os.path.realpath(folder)) for folder in folders)}
        for place in (Path(path), real)
    )


def _executable(name: str, folder: str, root: Path, tree: Path) -> str | None:
    file = shutil.which(name, path=folder)
    if file is None or _within(file, root, tree):
        return None
    # Windows runs a batch file through a shell, whatever the arguments are.
    return None if file.lower().endswith((".cmd", ".bat")) else file
