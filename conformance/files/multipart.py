"""A multipart body (RFC 2046, 5.1), cut into its parts while it arrives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

MOST_HEADERS: Final = 8192


@dataclass(frozen=True)
class Begin:
    """A part begins; `headers` are its lines."""

    headers: bytes


@dataclass(frozen=True)
class Data:
    """More of the part."""

    data: bytes


@dataclass(frozen=True)
class End:
    """The part is complete."""


Event: TypeAlias = Begin | Data | End


class MultipartError(ValueError):
    """The body is not what its headers say."""


class Multipart:
    """Takes the body piece by piece; `done` when the closing delimiter has come."""

    def __init__(self, boundary: bytes) -> None:
        if not 0 < len(boundary) <= 70:  # noqa: PLR2004 - RFC 2046
            raise MultipartError("the boundary is missing, or is too long")
        self.done = False
        self._delimiter = b"\r\n--" + boundary
        self._buffer = b"\r\n"  # so that the first delimiter is like the others
        self._step = self._preamble

    def feed(self, data: bytes) -> Iterator[Event]:
        """Take more of the body; yield what it is."""
        self._buffer += data
        while True:
            step = self._step
            yield from step()
            if self._step == step:
                return

    def _preamble(self) -> Iterator[Event]:
        yield from self._up_to_delimiter(part=False)

    def _content(self) -> Iterator[Event]:
        yield from self._up_to_delimiter(part=True)

    def _up_to_delimiter(self, *, part: bool) -> Iterator[Event]:
        found = self._buffer.find(self._delimiter)
        # What may be the beginning of a delimiter has to wait for its rest.
        end = found if found >= 0 else max(0, len(self._buffer) - len(self._delimiter) + 1)
        ours, self._buffer = self._buffer[:end], self._buffer[end:]
        if part and ours:
            yield Data(ours)
        if found >= 0:
            self._buffer = self._buffer[len(self._delimiter) :]
            self._step = self._after_delimiter
            if part:
                yield End()

    def _after_delimiter(self) -> Iterator[Event]:
        yield from ()
        if self._buffer.startswith(b"--"):
            self.done = True
            self._step = self._epilogue
        elif (end := self._buffer.find(b"\r\n")) >= 0:
            if self._buffer[:end].strip(b" \t"):
                raise MultipartError("something follows a delimiter")
            self._buffer = self._buffer[end:]
            self._step = self._headers
        elif len(self._buffer) > MOST_HEADERS:
            raise MultipartError("something follows a delimiter")

    def _headers(self) -> Iterator[Event]:
        # The buffer begins with the end of the delimiter's line: without headers, an empty line
        # follows at once.
        end = self._buffer.find(b"\r\n\r\n")
        if end >= 0:
            headers, self._buffer = self._buffer[2:end], self._buffer[end + 4 :]
            self._step = self._content
            yield Begin(headers)
        elif len(self._buffer) > MOST_HEADERS:
            raise MultipartError("the headers of a part are too long")

    def _epilogue(self) -> Iterator[Event]:
        yield from ()
        self._buffer = b""
