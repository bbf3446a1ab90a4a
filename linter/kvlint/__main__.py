"""The ``kvlint`` command. Its version is told before anything else is imported."""

from __future__ import annotations

import sys

from kvlint import __version__


def main() -> int:
    """Run the command line of this process; the exit status."""
    if sys.argv[1:] == ["--version"]:
        print(f"kvlint {__version__}")
        return 0
    from kvlint.cli import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
