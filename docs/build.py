"""Write the check pages and the README's table of checks from the checks themselves.

``python docs/build.py`` writes, ``python docs/build.py --check`` only tells what is out of
date (exit status 1).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from kvlint.checks import Check, all_checks

REPOSITORY = Path(__file__).resolve().parent.parent
_BEGIN, _END = "<!-- checks: begin -->", "<!-- checks: end -->"


def page(check: Check) -> str:
    """The page of a check: its metadata as a table, then its documentation."""
    info = check.info
    return (
        f"<!-- Written by docs/build.py from the check itself; edit that. -->\n\n"
        f"# {info.id} {info.name}\n\n"
        f"| level | security severity | tags |\n|---|---|---|\n"
        f"| {info.level} | {info.severity:.1f} | {', '.join(info.tags)} |\n\n"
        f"{check.documentation}\n"
    )


def table() -> str:
    """All checks as the README shows them."""
    rows = [
        f"| [{check.info.id}](docs/checks/{check.info.id}.md) | {check.info.name} | {check.info.level} | {check.info.summary} |"
        for check in all_checks()
    ]
    return "\n".join(["| id | name | level | what it finds |", "|---|---|---|---|", *rows])


def wanted() -> Iterator[tuple[Path, str]]:
    """Every generated file with the text that it should have."""
    for check in all_checks():
        yield REPOSITORY / "docs" / "checks" / f"{check.info.id}.md", page(check)
    readme = REPOSITORY / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    yield readme, f"{before}{_BEGIN}\n{table()}\n{_END}{after}"


def stale() -> list[tuple[Path, str]]:
    """The generated files that are not as they should be."""
    return [
        (path, text)
        for path, text in wanted()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def main(arguments: list[str]) -> int:
    """Write what is out of date, or with ``--check`` only say so."""
    found = stale()
    for path, text in found:
        print(f"out of date: {path.relative_to(REPOSITORY)}")
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if found and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
