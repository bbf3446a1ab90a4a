"""A program that runs for us: no shell, a time limit, bounded output, and a certain end.

Two threads read what it writes, so that it never waits for us; standard error beyond its
bound is read and dropped. The whole process group ends with it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from types import TracebackType
from typing import IO, Self

MAX_OUTPUT = 64_000_000
MAX_ERRORS = 8_000_000
_CHUNK = 65_536
#: How many chunks may wait; then the reader, and so the program, waits for us.
_WAITING = 64
#: Seconds for the pipes to close once the program has ended or was killed.
_GRACE = 2.0
#: Seconds to wait for what a program says of its own failure.
_LAST_WORDS = 0.5


class CliError(Exception):
    """The program did not do its part; the text tells what went wrong, without a full stop."""


@dataclass(slots=True, frozen=True)
class Completed:
    """What a finished program left: its exit status and what it wrote."""

    status: int
    output: bytes
    errors: bytes


class TookTooLongError(CliError):
    """The program was not done in time."""

    def __init__(self) -> None:
        super().__init__("it took too long")


class Child:
    """One running program. As a context manager it is gone, with its group, at the end.

    :raises CliError: when it cannot be started.
    """

    def __init__(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str], *, talks: bool = False
    ) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603  # an argument list; the path was chosen by `program`
                list(command),
                stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=dict(environment),
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise CliError(f"it cannot be started: {reason}") from error
        self._chunks: Queue[bytes] = Queue(_WAITING)
        self._errors = bytearray()
        self._readers = [Thread(target=read, daemon=True) for read in (self._read_output, self._read_errors)]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def errors(self) -> bytes:
        """What it has written to standard error so far, up to the bound."""
        return bytes(self._errors)

    def last_words(self) -> bytes:
        """The same of a program that has gone wrong, and may have ended just now."""
        self._readers[1].join(_LAST_WORDS)
        return self.errors

    def write(self, data: bytes) -> None:
        """Send data to its standard input.

        :raises CliError: when it no longer listens.
        """
        assert self._process.stdin is not None  # noqa: S101  # `talks` was asked for
        try:
            self._process.stdin.write(data)
            self._process.stdin.flush()
        except OSError as error:
            raise CliError("it stopped listening") from error

    def read(self, deadline: float) -> bytes:
        """The next piece of standard output, empty at its end. ``deadline`` is monotonic time.

        :raises CliError: when nothing came in time.
        """
        try:
            return self._chunks.get(timeout=max(deadline - time.monotonic(), 0.001))
        except Empty:
            raise TookTooLongError from None

    def finish(self, deadline: float) -> Completed:
        """Wait for its end and take all that it wrote.

        :raises CliError: when it is not done in time, or writes more than a compiler would.
        """
        output = bytearray()
        while chunk := self.read(deadline):
            output += chunk
            if len(output) > MAX_OUTPUT:
                raise CliError(f"it wrote more than {MAX_OUTPUT // 1_000_000} MB")
        try:
            status = self._process.wait(max(deadline - time.monotonic(), 0.001))
        except subprocess.TimeoutExpired:
            raise TookTooLongError from None
        self._readers[1].join(_GRACE)
        return Completed(status, bytes(output), self.errors)

    def kill(self) -> None:
        """End it and everything that it started, and close its pipes."""
        if os.name == "posix":
            # Also once it has ended: what it started may live on in its group.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE)
        while self._readers[0].is_alive():
            try:
                if not self._chunks.get(timeout=_GRACE):
                    break
            except Empty:
                break
        for reader in self._readers:
            reader.join(_GRACE)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            # A reader that is still at a pipe would be waited for.
            if pipe is not None and not any(reader.is_alive() for reader in self._readers):
                with suppress(OSError):
                    pipe.close()

    def _read_output(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101  # asked for above
        while chunk := _next(pipe):
            self._chunks.put(chunk)
        self._chunks.put(b"")

    def _read_errors(self) -> None:
        pipe = self._process.stderr
        assert pipe is not None  # noqa: S101  # asked for above
        while chunk := _next(pipe):
            self._errors += chunk[: MAX_ERRORS - len(self._errors)]


def _next(pipe: IO[bytes]) -> bytes:
    try:
        return os.read(pipe.fileno(), _CHUNK)
    except (OSError, ValueError):
        return b""
