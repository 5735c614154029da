"""A small HTTP/1.1 server for the operator contract: loopback, one answer a request."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

_LOG = logging.getLogger("conformance.reference.http")
_MAX_BODY = 1_000_000


@dataclass(frozen=True)
class Request:
    """A request: the path as it came, of query parameters with one name the last one."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the body, a JSON object (nothing: an empty one); raise ValueError otherwise."""
        value = json.loads(self.body) if self.body.strip() else {}
        if not isinstance(value, dict):
            raise ValueError("the body is no JSON object")  # noqa: TRY004 - wrong input
        return value


Handler: TypeAlias = Callable[[Request], Awaitable[int]]  # -> HTTP status


@asynccontextmanager
async def serving(handler: Handler, port: int = 0) -> AsyncIterator[int]:
    """Serve on loopback; yield the port. Connections are cut when the context ends."""
    open_connections: set[asyncio.Task[Any]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            open_connections.add(task)
            task.add_done_callback(open_connections.discard)
        try:
            while await _exchange(reader, writer, handler):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            _LOG.debug("the operator went away in the middle of a request")
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in open_connections:
            task.cancel()
        await asyncio.gather(*open_connections, return_exceptions=True)


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handler: Handler
) -> bool:
    """Read one request and answer it; return whether the connection stays open."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return False
    first, *lines = head.rstrip().split("\r\n")
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines)
    }
    try:
        method, target, _ = first.split(" ")
        size = int(headers.get("content-length", "0"))
    except ValueError:
        _respond(writer, HTTPStatus.BAD_REQUEST, close=True)
        return False
    if "transfer-encoding" in headers or not 0 <= size <= _MAX_BODY:
        _respond(writer, HTTPStatus.NOT_IMPLEMENTED, close=True)
        return False
    body = await reader.readexactly(size)
    status = await _status(handler, method, target, body)
    close = headers.get("connection", "").lower() == "close" or first.endswith("HTTP/1.0")
    _respond(writer, status, close=close)
    await writer.drain()
    return not close


async def _status(handler: Handler, method: str, target: str, body: bytes) -> int:
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    try:
        return await handler(Request(method, parts.path, query, body))
    except (ValueError, KeyError) as error:
        _LOG.warning("%s %s: %s", method, parts.path, error)
        return HTTPStatus.BAD_REQUEST
    except Exception:  # noqa: BLE001 - a 500 says more than a connection that is cut
        _LOG.exception("%s %s", method, parts.path)
        return HTTPStatus.INTERNAL_SERVER_ERROR


def _respond(writer: asyncio.StreamWriter, status: int, *, close: bool) -> None:
    answer = HTTPStatus(status)
    body = json.dumps({"status": answer.phrase}).encode()
    writer.write(
        f"HTTP/1.1 {answer.value} {answer.phrase}\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"Connection: {'close' if close else 'keep-alive'}\r\n\r\n".encode("latin-1")
        + body
    )
