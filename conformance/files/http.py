"""The shelf over HTTP/1.1: GET, PUT and POST, on the loop of the session."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from http.client import HTTPException, parse_headers
from io import BytesIO
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from conformance.files.addresses import Addresses
from conformance.files.http_heads import (
    CHUNK,
    WrongError,
    head,
    is_account,
    length_of,
    named,
    pieces,
    range_of,
    respond,
)
from conformance.files.multipart import Begin, Data, Multipart, MultipartError
from conformance.files.service import Account
from conformance.files.shelf import Incoming, RefusedError, Shelf, TooLargeError

IDLE: Final = 60.0
"""Seconds for which a client may send nothing, or take nothing."""

MOST_CLIENTS: Final = 30
_HEAD: Final = 16_384
_LEFT_OVER: Final = 1 << 20  # what is read of a body that is not wanted, so that we are heard
_LINGER: Final = 2.0
_HEX: Final = re.compile(rb"[0-9A-Fa-f]{1,15}")


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    headers: Message
    reader: asyncio.StreamReader
    keep: bool


class HttpServer:
    """Serves a shelf; a client that does nothing for `idle` seconds is cut off."""

    def __init__(
        self,
        shelf: Shelf,
        account: Account | None,
        *,
        idle: float = IDLE,
        public: Addresses | None = None,
    ) -> None:
        """Serve `public` besides, at any time and to anybody."""
        self.port = 0
        self._shelf, self._account, self._idle = shelf, account, idle
        self._public = public
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[Any]] = set()
        # Who has not shown yet that he may come in, the longest ago first.
        self._strangers: dict[asyncio.Task[Any], asyncio.StreamWriter] = {}

    async def open(self, host: str, port: int = 0) -> None:
        """Listen; `port` 0 takes any free one. Raises OSError where that cannot be."""
        self._server = await asyncio.start_server(self._connected, host, port, limit=_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening, and cut the connections there are."""
        if self._server is not None:
            self._server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or not self._make_room():
            writer.transport.abort()
            return
        self._clients.add(task)
        self._strangers[task] = writer
        try:
            while await self._exchange(reader, writer):
                pass
            await self._bid_farewell(writer)
        except asyncio.CancelledError:
            self._clients.discard(task)  # by `close`: whoever has begun the task does not expect it
        except (ConnectionError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            pass  # the client has gone, or says nothing: what it has begun is on the shelf
        except Exception as bug:  # noqa: BLE001 - a fault of the tool, not of its client
            self._shelf.broke(bug)
        finally:
            self._clients.discard(task)
            self._strangers.pop(task, None)
            writer.transport.abort()

    def _make_room(self) -> bool:
        """Tell whether one more client is served: rather than who only waits, in any case."""
        if len(self._clients) < MOST_CLIENTS:
            return True
        longest = next(iter(self._strangers), None)
        if longest is None:
            return False
        self._clients.discard(longest)
        self._strangers.pop(longest).transport.abort()
        return True

    async def _bid_farewell(self, writer: asyncio.StreamWriter) -> None:
        """Close the connection when all is sent; not for ever, if nobody reads it."""
        async with asyncio.timeout(min(_LINGER, self._idle)):
            writer.close()
            await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Read one request and answer it; return whether the connection stays open."""
        try:
            request = await self._request(reader)
            if request is None:
                return False
            if self._public is not None and self._public.has(request.path):
                await self._tell(self._public, request, writer)
                return request.keep
            self._admit(request, writer)
            status = await self._answer(request, writer)
        except WrongError as wrong:
            await self._refuse(reader, writer, wrong)
            return False
        if status is not None:
            respond(writer, status, close=not request.keep)
        await self._drain(writer)
        return request.keep

    async def _request(self, reader: asyncio.StreamReader) -> _Request | None:
        async with asyncio.timeout(self._idle):
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError as gone:
                if gone.partial:
                    raise
                return None
        first, _, rest = head.partition(b"\r\n")
        try:
            method, target, version = first.decode("ascii").split(" ")
            headers = parse_headers(BytesIO(rest))
            path = unquote(urlsplit(target).path)
        except (ValueError, HTTPException) as error:
            raise WrongError(HTTPStatus.BAD_REQUEST) from error
        keep = version == "HTTP/1.1" and headers.get("Connection", "").lower() != "close"
        return _Request(method, path, headers, reader, keep)

    def _admit(self, request: _Request, writer: asyncio.StreamWriter) -> None:
        if self._account is not None and not is_account(self._account, request.headers):
            given = request.headers.get("Authorization")
            if given:
                self._shelf.happened("HTTP: a request with wrong credentials")
            raise WrongError(HTTPStatus.UNAUTHORIZED)
        task = asyncio.current_task()
        if task is not None:
            self._strangers.pop(task, None)
        _encourage(request, writer)

    async def _answer(self, request: _Request, writer: asyncio.StreamWriter) -> HTTPStatus | None:
        """Do what is asked; return the status to answer with, None where that is done."""
        try:
            if request.method in {"GET", "HEAD"}:
                await self._send(request, writer)
                return None
            if request.method in {"PUT", "POST"}:
                await self._take(request)
                return HTTPStatus.CREATED
        except FileNotFoundError as error:
            raise self._wrong(request, HTTPStatus.NOT_FOUND, error) from error
        except RefusedError as error:
            raise self._wrong(request, HTTPStatus.FORBIDDEN, error) from error
        except TooLargeError as error:
            raise WrongError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE) from error
        except MultipartError as error:
            self._shelf.happened(f"HTTP: {request.method} {request.path}: {error}")
            raise WrongError(HTTPStatus.BAD_REQUEST) from error
        raise WrongError(HTTPStatus.METHOD_NOT_ALLOWED)

    def _wrong(self, request: _Request, status: HTTPStatus, error: OSError) -> WrongError:
        self._shelf.happened(f"HTTP: {request.method} {request.path}: {error.strerror}")
        return WrongError(status)

    # Out

    async def _tell(
        self, public: Addresses, request: _Request, writer: asyncio.StreamWriter
    ) -> None:
        """Answer what anybody may ask, in a case or not; a question is short."""
        body = b""
        if request.method not in {"GET", "HEAD"}:
            length = length_of(request.headers)
            if length > _HEAD:
                raise WrongError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            _encourage(request, writer)
            body = b"".join([data async for data in self._exactly(request.reader, length)])
        page = public.page(request.method, request.path, body)
        if page is None:
            raise WrongError(HTTPStatus.METHOD_NOT_ALLOWED)
        self._shelf.looked_up(request.path)
        fields = {"Content-Type": page.kind}
        writer.write(head(HTTPStatus.OK, len(page.data), close=not request.keep, **fields))
        if request.method != "HEAD":
            writer.write(page.data)
        await self._drain(writer)

    async def _send(self, request: _Request, writer: asyncio.StreamWriter) -> None:
        content = self._shelf.find(request.path)
        size = len(content) if isinstance(content, bytes) else content.stat().st_size
        begin, end = range_of(request.headers.get("Range", ""), size)
        whole = (begin, end) == (0, size)
        status = HTTPStatus.OK if whole else HTTPStatus.PARTIAL_CONTENT
        fields = {} if whole else {"Content-Range": f"bytes {begin}-{end - 1}/{size}"}
        fields |= {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"}
        writer.write(head(status, end - begin, close=not request.keep, **fields))
        if request.method == "HEAD":
            return
        sent, complete = 0, False
        try:
            for data in pieces(content, begin, end):
                writer.write(data)
                await self._drain(writer)
                sent += len(data)
            complete = end == size
        finally:
            self._shelf.fetched(request.path, "HTTP", sent, whole=complete)

    async def _drain(self, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(self._idle):
            await writer.drain()

    # In

    async def _take(self, request: _Request) -> None:
        if request.headers.get_content_type() == "multipart/form-data":
            await self._take_form(request)
            return
        path = request.path
        if self._shelf.is_folder(path):
            path = f"{path}/{named(request.headers)}"
        incoming = self._shelf.receive(path, "HTTP")
        try:
            async for data in self._body(request):
                incoming.write(data)
            incoming.finish(whole=True)
        finally:
            incoming.close()

    async def _take_form(self, request: _Request) -> None:
        boundary = str(request.headers.get_param("boundary", ""))
        form = Multipart(boundary.encode("latin-1", "replace"))
        incoming: Incoming | None = None
        taken = 0
        try:
            async for data in self._body(request):
                for event in form.feed(data):
                    if isinstance(event, Begin):
                        incoming = self._part(request.path, event.headers)
                    elif incoming is not None and isinstance(event, Data):
                        incoming.write(event.data)
                    elif incoming is not None:
                        incoming.finish(whole=True)
                        taken += 1
            if not form.done:
                raise MultipartError("the form has no end")
            if not taken:
                raise MultipartError("the form has no file in it")
        finally:
            if incoming is not None:
                incoming.close()

    def _part(self, path: str, lines: bytes) -> Incoming | None:
        """Begin to take a part of a form, if it is a file; other fields are nothing to keep."""
        try:
            headers = parse_headers(BytesIO(lines + b"\r\n\r\n"))
        except HTTPException as error:
            raise MultipartError(str(error)) from error
        name = headers.get_filename()
        if name is None:
            return None
        folder = path if self._shelf.is_folder(path) else path.rpartition("/")[0]
        plain = name.replace("\\", "/").rpartition("/")[2]
        return self._shelf.receive(f"{folder}/{plain or 'file'}", "HTTP")

    async def _body(self, request: _Request) -> AsyncIterator[bytes]:
        coding = request.headers.get("Transfer-Encoding", "").lower()
        if coding not in {"", "chunked"}:
            raise WrongError(HTTPStatus.NOT_IMPLEMENTED)
        if coding:
            while size := await self._chunk_size(request.reader):
                async for data in self._exactly(request.reader, size):
                    yield data
                await self._line(request.reader)
            while await self._line(request.reader):
                pass
            return
        length = length_of(request.headers)
        self._shelf.announced(length)
        async for data in self._exactly(request.reader, length):
            yield data

    async def _chunk_size(self, reader: asyncio.StreamReader) -> int:
        digits = (await self._line(reader)).partition(b";")[0].strip()
        if not _HEX.fullmatch(digits):
            raise WrongError(HTTPStatus.BAD_REQUEST)
        return int(digits, 16)

    async def _line(self, reader: asyncio.StreamReader) -> bytes:
        async with asyncio.timeout(self._idle):
            return (await reader.readuntil(b"\n")).rstrip(b"\r\n")

    async def _exactly(self, reader: asyncio.StreamReader, size: int) -> AsyncIterator[bytes]:
        while size > 0:
            async with asyncio.timeout(self._idle):
                data = await reader.read(min(size, CHUNK))
            if not data:
                raise EOFError
            size -= len(data)
            yield data

    # What is wrong

    async def _refuse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wrong: WrongError
    ) -> None:
        """Answer, and read on for a while: a connection that is reset is no answer."""
        fields = {}
        if wrong.status is HTTPStatus.UNAUTHORIZED:
            fields["WWW-Authenticate"] = 'Basic realm="ocpp-conformance"'
        if wrong.status is HTTPStatus.METHOD_NOT_ALLOWED:
            fields["Allow"] = "GET, HEAD, PUT, POST"
        respond(writer, wrong.status, close=True, **fields)
        await self._drain(writer)
        left = _LEFT_OVER
        with suppress(TimeoutError):
            async with asyncio.timeout(min(_LINGER, self._idle)):
                writer.write_eof()
                while left > 0 and (data := await reader.read(CHUNK)):
                    left -= len(data)


def _encourage(request: _Request, writer: asyncio.StreamWriter) -> None:
    if request.headers.get("Expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
