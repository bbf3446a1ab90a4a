"""A stand-in for the Bicep CLI: an executable with its arguments, streams, exit statuses and frames.

:func:`install` writes this very file as the program, with its answers as JSON beside it. As a
program it compiles nothing: it looks a file up in the answers. Like the original it writes
beside the source when it is not told where else to.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

USAGE = 'Unrecognized parameter "{}"'
_LINE = re.compile(
    r"(.+?)\((\d+),(\d+)\) : (Info|Warning|Error) ([^\s:]+): (.*?)(?: \[(https?://\S+)\])?", re.DOTALL
)

#: What every accepted file compiles to.
_TEMPLATE = json.dumps({"resources": []}, indent=2)


def install(
    folder: Path,
    root: Path,
    diagnostics: Mapping[str, Sequence[str]] | None = None,
    *,
    version: str = "0.46.1",
    fault: str = "",
    name: str = "bicep",
) -> Path:
    """Write the program into ``folder``; it keeps a record of its calls in ``calls.jsonl`` there.

    ``diagnostics`` are lines by the file that is compiled, paths relative to ``root``; a file
    without an entry is accepted. ``fault`` is how the program misbehaves, see :func:`misbehave`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    answers = {
        "root": str(root),
        "diagnostics": {name: list(lines) for name, lines in (diagnostics or {}).items()},
        "version": version,
        "fault": fault,
    }
    (folder / "answers.json").write_text(json.dumps(answers), "utf-8")
    program = folder / name
    source = Path(__file__).read_text("utf-8")
    program.write_text(f"#!{sys.executable} -IS\n{source}", "utf-8")
    program.chmod(0o755)
    return program


def calls(folder: Path) -> list[dict[str, Any]]:
    """The calls of an installed program so far: its arguments, folder and environment, and requests."""
    record = folder / "calls.jsonl"
    return [json.loads(line) for line in record.read_text("utf-8").splitlines()] if record.exists() else []


# The program ------------------------------------------------------------------------------------


class Program:
    """One call of the stand-in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        answers = json.loads((folder / "answers.json").read_text("utf-8"))
        self.root: str = answers["root"]
        self.diagnostics: dict[str, list[str]] = answers["diagnostics"]
        self.version: str = answers["version"]
        self.fault: str = answers["fault"]

    def note(self, **call: object) -> None:
        with (self.folder / "calls.jsonl").open("a", encoding="utf-8") as record:
            record.write(json.dumps(call) + "\n")

    def lines(self, path: str) -> Iterator[tuple[str, str, str]]:
        """The diagnostics of compiling a file: path, the rest of the line, level."""
        for line in self.diagnostics.get(os.path.relpath(path, self.root), ()):
            where, level = line.partition("(")[0], line.partition(") : ")[2].partition(" ")[0]
            yield os.path.join(self.root, where), line[len(where) :], level

    def run(self, arguments: list[str]) -> int:
        self.note(arguments=arguments, folder=os.getcwd(), environment=dict(os.environ))
        verb, *rest = arguments or [""]
        if verb in ("--version", "version"):
            if self.fault == "no version":
                sys.stderr.write("Segmentation fault\n")
                return 139
            print(f"Bicep CLI version {self.version} (0123456789)")
            return 0
        if self.fault:
            status = misbehave(self.fault)
            if status is not None:
                return status
        if verb == "jsonrpc" and rest == ["--stdio"]:
            return self.serve()
        if verb in ("build", "build-params"):
            return self.build(verb, rest)
        return fail(USAGE.format(verb))

    def build(self, verb: str, arguments: list[str]) -> int:
        path = pattern = output = ""
        to_output = False
        while arguments:
            argument = arguments.pop(0)
            if argument == "--stdout":
                to_output = True
            elif argument in ("--pattern", "--outdir", "--file") and arguments:
                value = arguments.pop(0)
                pattern = value if argument == "--pattern" else pattern
                output = value if argument == "--outdir" else output
                path = value if argument == "--file" else path
            elif not argument.startswith("-"):
                path = argument
            elif argument != "--no-restore":
                return fail(USAGE.format(argument))
        if pattern:
            top = pattern.partition("*")[0].rstrip("/")
            found = sorted(str(one) for one in Path(top).rglob("*.bicep"))
            return max([self.compile(one, os.path.join(output, os.path.relpath(one, top))) for one in found])
        if "\\" in path or not os.path.isfile(path):
            return fail(f"The file {path} cannot be read.")
        if to_output:
            return self.compile(path, "", as_parameters=verb == "build-params")
        return self.compile(path, os.path.join(output, os.path.basename(path)) if output else path)

    def compile(self, path: str, output: str, as_parameters: bool = False) -> int:
        """Compile one file to standard output, or to a file of this name with another extension."""
        found = list(self.lines(path))
        # The Azure CLI logs what the compiler wrote, under a word of its own.
        word = "ERROR: " if os.path.basename(sys.argv[0]) == "az" and found else ""
        sys.stderr.write(word + "".join(f"{where}{rest}\n" for where, rest, _ in found))
        if any(level == "Error" for _, _, level in found):
            return 1
        text = _TEMPLATE
        if as_parameters:
            text = json.dumps({"parametersJson": text, "templateJson": None, "templateSpecId": None})
        if output:
            file = Path(output).with_suffix(".json")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        else:
            sys.stdout.write(text)
        return 0

    def serve(self) -> int:
        while (header := sys.stdin.buffer.readline()) != b"":
            length = int(header.partition(b":")[2])
            sys.stdin.buffer.readline()
            request = json.loads(sys.stdin.buffer.read(length))
            self.note(method=request["method"], params=request["params"])
            if self.fault == "closes early":
                sys.stderr.write("Unhandled exception. System.Exception: out of luck\n")
                return 1
            answer = {"jsonrpc": "2.0", "id": request["id"], **self.answer(request)}
            body = json.dumps(answer).encode()
            said = len(body) + (
                7 if self.fault == "long length" else -3 if self.fault == "short length" else 0
            )
            notification = b'{"jsonrpc":"2.0","method":"$/log","params":{}}'
            data = b"Content-Length: %d\r\n\r\n%b" % (len(notification), notification)
            data += b"Content-Length: %d\r\nContent-Type: application/vscode-jsonrpc\r\n\r\n%b" % (said, body)
            step = 11 if self.fault == "split frames" else len(data)
            for start in range(0, len(data), step):
                sys.stdout.buffer.write(data[start : start + step])
                sys.stdout.buffer.flush()
        return 0

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["method"] != "bicep/compile" or self.fault == "server error":
            return {"error": {"code": -32601, "message": "no such method"}}
        path = request["params"]["path"]
        entries = []
        for where, rest, _ in self.lines(path):
            found = _LINE.fullmatch(where + rest)
            assert found is not None
            start = {"line": int(found[2]) - 1, "char": int(found[3]) - 1}
            entries.append(
                {
                    "source": where,
                    "range": {"start": start, "end": {**start, "char": start["char"] + 1}},
                    "level": found[4],
                    "code": found[5],
                    "message": found[6],
                }
            )
        success = not any(entry["level"] == "Error" for entry in entries)
        contents = _TEMPLATE if success else None
        return {"result": {"success": success, "diagnostics": entries, "contents": contents}}


def misbehave(fault: str) -> int | None:
    """Fail in a way that has a name; ``None`` for the ways that :meth:`Program.serve` knows."""
    if fault == "hangs":
        time.sleep(600)
    elif fault == "leaves a child":
        if os.fork() == 0:
            time.sleep(600)
        time.sleep(600)
    elif fault == "crashes":
        sys.stderr.buffer.write(b"\x1b[31mUnhandled exception\x1b[0m\x07\xff\x00\n   at Bicep.Main()\n")
        return 134
    elif fault == "floods":
        while True:
            sys.stdout.write("x" * 1_000_000)
            sys.stderr.write("y" * 1_000_000)
    elif fault == "usage":
        return fail(USAGE.format("--stdio"))
    return None


def fail(message: str) -> int:
    sys.stderr.write(message + "\n")
    return 1


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a text stream, here
    sys.stderr.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a text stream, here
    here = Path(os.path.abspath(sys.argv[0])).parent
    words = sys.argv[2:] if os.path.basename(sys.argv[0]) == "az" else sys.argv[1:]
    sys.exit(Program(here).run(words))
