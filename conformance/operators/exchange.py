"""One HTTP request and its answer, and how a report tells of them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from conformance.operators.base import CannotActError

CONNECT_TIMEOUT: Final = 10.0
TEXT_TIMEOUT: Final = 2.0
TEXT_LIMIT: Final = 1 << 20
EXCERPT: Final = 200
NOT_FOUND: Final = 404
CONFLICT: Final = 409
NOT_IMPLEMENTED: Final = 501


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """A request; `shown` is what a report may say of it, without anything secret."""

    method: str
    url: str
    shown: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def encoded(self) -> bytes:
        """Return the bytes that go over a connection, which then ends."""
        url = urlsplit(self.url)
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        headers = {
            "Host": url.netloc.rpartition("@")[2],
            "User-Agent": "ocpp-conformance",
            "Accept": "*/*",
            "Connection": "close",
            "Content-Length": str(len(self.body or b"")),
            **self.headers,
        }
        lines = [f"{self.method} {target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        # A password may be any bytes; a header is Latin-1 all the same.
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (self.body or b"")


@dataclass(frozen=True)
class HttpAnswer:
    """The status and the text of an answer, or the beginning of a long one."""

    status: int
    text: str

    @property
    def excerpt(self) -> str:
        """The start of the text, on one line."""
        return " ".join(self.text.split())[:EXCERPT]

    def __str__(self) -> str:
        return f"HTTP {self.status}" + (f" {self.excerpt}" if self.excerpt else "")


async def exchange(request: HttpRequest, limit: float) -> HttpAnswer:
    """Send one request on a connection of its own, within `limit` seconds.

    Raises CannotActError where there is no answer.
    """
    try:
        async with asyncio.timeout(limit):
            return await _exchange(request)
    except TimeoutError as error:
        raise CannotActError(f"{request.shown}: no answer within {limit:g} s") from error
    except (OSError, EOFError, ValueError) as error:
        raise CannotActError(f"{request.shown}: {_reason(error)}") from error


def refusal(request: HttpRequest, answer: HttpAnswer) -> CannotActError:
    """Return what is to be raised for an answer that is no success."""
    status, excerpt = answer.status, answer.excerpt
    if status in (NOT_FOUND, NOT_IMPLEMENTED):
        told = f"answered {status}, so it cannot do {urlsplit(request.url).path}"
    elif status == CONFLICT:
        told = "answered 409: the station is not connected to it"
    elif 300 <= status < 400:  # noqa: PLR2004 - HTTP's redirections
        told = f"answered {status}, a redirection; put the right address into operator.url"
    else:
        told = f"answered {status}"
    return CannotActError(f"{request.shown}: {told}" + (f" ({excerpt})" if excerpt else ""))


async def _exchange(request: HttpRequest) -> HttpAnswer:
    url = urlsplit(request.url)
    secure = url.scheme == "https"
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            reader, writer = await asyncio.open_connection(
                url.hostname, url.port or (443 if secure else 80), ssl=secure or None
            )
    except TimeoutError as error:
        raise OSError(f"no connection within {CONNECT_TIMEOUT:g} s") from error
    try:
        writer.write(request.encoded())
        await writer.drain()
        status, headers = await _head(reader)
        return HttpAnswer(status, await _text(reader, headers))
    finally:
        # Nothing more is wanted from the peer, and a cancellation must not wait for it.
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    while True:
        line = (await reader.readline()).decode("latin-1")
        if not line:
            raise EOFError("the connection was closed without an answer")
        version, _, rest = line.partition(" ")
        if not version.startswith("HTTP/1.") or not rest[:3].isdecimal():
            raise ValueError(f"the answer is not HTTP: {line[:60]!r}")
        headers: dict[str, str] = {}
        while (line := (await reader.readline()).decode("latin-1")).strip():
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        status = int(rest[:3])
        if status >= 200:  # noqa: PLR2004 - a 1xx is followed by the answer
            return status, headers


async def _text(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> str:
    """Return the text of an answer; what does not come soon is not waited for."""
    body = bytearray()
    with suppress(TimeoutError, ValueError, asyncio.IncompleteReadError):
        async with asyncio.timeout(TEXT_TIMEOUT):
            if "chunked" in headers.get("transfer-encoding", "").lower():
                await _read_chunks(reader, body)
            else:
                length = headers.get("content-length", "")
                wanted = min(int(length), TEXT_LIMIT) if length.isdecimal() else TEXT_LIMIT
                while len(body) < wanted and (more := await reader.read(wanted - len(body))):
                    body += more
    return body.decode("utf-8", "replace")


async def _read_chunks(reader: asyncio.StreamReader, body: bytearray) -> None:
    while len(body) < TEXT_LIMIT:
        size = int((await reader.readline()).split(b";")[0], 16)
        if size == 0:
            return
        body += await reader.readexactly(min(size, TEXT_LIMIT))
        await reader.readline()


def _reason(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused; is it running, and is operator.url right?"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {error.reason or error}"
    if isinstance(error, ConnectionError):
        return "the connection was cut before the answer"
    return str(error)
