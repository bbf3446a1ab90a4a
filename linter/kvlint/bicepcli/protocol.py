"""JSON-RPC 2.0 in frames with a ``Content-Length`` header, as ``bicep jsonrpc`` speaks it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from kvlint.bicepcli.child import MAX_OUTPUT, Child, CliError

_LENGTH = re.compile(rb"content-length: *([0-9]{1,12})", re.IGNORECASE)
_MAX_HEADERS = 4_096


def frame(message: Mapping[str, Any]) -> bytes:
    """A message as it goes over the wire."""
    body = json.dumps(message, separators=(",", ":")).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class Frames:
    """Takes bytes as they come and gives whole messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        #: The length of the body that is under way.
        self._length: int | None = None

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """The messages that these bytes complete.

        :raises CliError: for bytes that are no frames, or a frame that is no JSON object.
        """
        self._buffer += data
        messages = []
        while (body := self._body()) is not None:
            try:
                message = json.loads(body)
            except (ValueError, RecursionError):
                raise CliError("it sent a frame that is not JSON") from None
            if not isinstance(message, dict):
                raise CliError("it sent a frame that is no message")
            messages.append(message)
        return messages

    def _body(self) -> bytes | None:
        """The next whole body, taken out of the buffer."""
        if self._length is None:
            end = self._buffer.find(b"\r\n\r\n", 0, _MAX_HEADERS)
            if end < 0:
                if len(self._buffer) >= _MAX_HEADERS:
                    raise CliError("it sent something that is not JSON-RPC")
                return None
            headers = bytes(self._buffer[:end]).split(b"\r\n")
            lengths = [found for header in headers if (found := _LENGTH.fullmatch(header.strip()))]
            if len(lengths) != 1:
                raise CliError("it sent a frame without a length")
            self._length = int(lengths[0][1])
            if self._length > MAX_OUTPUT:
                raise CliError(f"it sent a frame of more than {MAX_OUTPUT // 1_000_000} MB")
            del self._buffer[: end + 4]
        if len(self._buffer) < self._length:
            return None
        body = bytes(self._buffer[: self._length])
        del self._buffer[: self._length]
        self._length = None
        return body


class Session:
    """Requests to a server behind a child's standard streams, one at a time."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self._frames = Frames()
        self._last = 0

    def request(self, method: str, parameters: Mapping[str, Any], deadline: float) -> Any:
        """The result of a call; ``None`` where the server answers with an error.

        :raises CliError: when the server breaks off, breaks the protocol or is late.
        """
        self._last += 1
        self._child.write(
            frame({"jsonrpc": "2.0", "id": self._last, "method": method, "params": dict(parameters)})
        )
        while True:
            data = self._child.read(deadline)
            if not data:
                raise CliError("it ended in the middle of a conversation")
            for message in self._frames.feed(data):
                # Anything else is a notification, which asks for nothing.
                if message.get("id") == self._last and ("result" in message or "error" in message):
                    return message.get("result")
