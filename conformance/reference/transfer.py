"""How a charge point fetches a file and uploads one: FTP and HTTP, without a thread."""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

_LARGEST: Final = 1 << 30
_CHUNK: Final = 65_536
_MOST_REDIRECTS: Final = 5
_PORTS: Final = {"ftp": 21, "http": 80, "https": 443}
_EXTENDED: Final = re.compile(r"\(\|\|\|(\d+)\|\)")
_PASSIVE: Final = re.compile(r"\d+,\d+,\d+,\d+,(\d+),(\d+)")
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MULTI: Final = re.compile(r"\d{3}-")


class TransferError(Exception):
    """A file could not be fetched or uploaded; the text says why."""


def nothing() -> None:
    """Do nothing."""


class Carrier(Protocol):
    """What a charge point needs of the network to move a file."""

    async def download(self, url: str, began: Callable[[], None] = nothing) -> bytes:
        """Return what lies at `url`, call `began` when it begins to come; raise TransferError."""

    async def upload(self, url: str, name: str, content: bytes) -> None:
        """Put a file called `name` into the folder `url`; raise TransferError."""

    async def ask(self, url: str, question: bytes, kind: str) -> bytes:
        """Post a question of a media type to `url`, return the answer; raise TransferError."""


class NetworkCarrier:
    """Moves files over sockets; `idle` is for how long, in seconds, a server may say nothing."""

    def __init__(self, idle: float = 30.0) -> None:
        self._idle = idle

    async def download(self, url: str, began: Callable[[], None] = nothing) -> bytes:
        """Return what lies at `url`, an ftp, http or https one; raise TransferError."""
        with _explained():
            if urlsplit(url).scheme == "ftp":
                return await self._ftp_get(urlsplit(url), began)
            return await self._http_get(url, began)

    async def upload(self, url: str, name: str, content: bytes) -> None:
        """Store a file in the folder `url` (FTP), or put it there (HTTP); raise TransferError."""
        with _explained():
            if urlsplit(url).scheme == "ftp":
                await self._ftp_put(urlsplit(url), name, content)
                return
            parts = urlsplit(f"{url.rstrip('/')}/{quote(name)}")
            async with self._http("PUT", parts, content) as answer:
                _require(answer.status in range(200, 300), f"the server said {answer.status}")

    async def ask(self, url: str, question: bytes, kind: str) -> bytes:
        """Post a question of a media type to `url`, return the answer; raise TransferError."""
        with _explained():
            async with self._http("POST", urlsplit(url), question, kind) as answer:
                _require(answer.status == 200, f"the server said {answer.status}")  # noqa: PLR2004
                return await answer.body()

    # -- HTTP

    async def _http_get(self, url: str, began: Callable[[], None]) -> bytes:
        for _ in range(_MOST_REDIRECTS):
            async with self._http("GET", urlsplit(url)) as answer:
                if answer.status in _REDIRECTS and "location" in answer.headers:
                    url = urljoin(url, answer.headers["location"])
                    continue
                _require(answer.status == 200, f"the server said {answer.status}")  # noqa: PLR2004
                began()
                return await answer.body()
        raise TransferError("too many redirections")

    @asynccontextmanager
    async def _http(
        self, method: str, url: SplitResult, content: bytes = b"", kind: str = ""
    ) -> AsyncIterator[_Answer]:
        _require(url.scheme in {"http", "https"}, f"{url.scheme} is no protocol that is known")
        secure = ssl.create_default_context() if url.scheme == "https" else None
        async with self._connected(url, secure) as line:
            await line.write(_head(method, url, len(content), kind) + content)
            yield await _Answer.read(line)

    # -- FTP

    async def _ftp_get(self, url: SplitResult, began: Callable[[], None]) -> bytes:
        async with self._ftp(url) as control:
            async with self._data(url, control) as data:
                await control.ask(f"RETR {_path(url)}", 125, 150)
                began()
                content = await data.rest()
            await control.expect(226, 250)
            return content

    async def _ftp_put(self, url: SplitResult, name: str, content: bytes) -> None:
        async with self._ftp(url) as control:
            if _path(url):
                await control.ask(f"CWD {_path(url)}", 250)
            async with self._data(url, control) as data:
                await control.ask(f"STOR {name}", 125, 150)
                await data.write(content)
            await control.expect(226, 250)

    @asynccontextmanager
    async def _ftp(self, url: SplitResult) -> AsyncIterator[_Line]:
        """Log in, and say good-bye at the end."""
        async with self._connected(url) as control:
            await control.expect(220)
            user = unquote(url.username or "anonymous")
            if await control.ask(f"USER {user}", 230, 331) == 331:  # noqa: PLR2004 - a password
                await control.ask(f"PASS {unquote(url.password or 'anonymous@')}", 230)
            await control.ask("TYPE I", 200)
            yield control
            with suppress(TransferError):  # all is said and done
                await control.ask("QUIT", 221)

    @asynccontextmanager
    async def _data(self, url: SplitResult, control: _Line) -> AsyncIterator[_Line]:
        """Open a passive data connection, to the host that was called."""
        port = await _passive(control)
        async with self._connected(url._replace(netloc=f"{_bracketed(url)}:{port}")) as data:
            yield data

    @asynccontextmanager
    async def _connected(
        self, url: SplitResult, secure: ssl.SSLContext | None = None
    ) -> AsyncIterator[_Line]:
        port = url.port or _PORTS[url.scheme]
        async with asyncio.timeout(self._idle):
            reader, writer = await asyncio.open_connection(url.hostname, port, ssl=secure)
        line = _Line(reader, writer, self._idle)
        try:
            yield line
            writer.close()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._idle):
                    await writer.wait_closed()
        finally:
            writer.transport.abort()


class _Line:
    """One connection; nothing on it takes longer than `idle` seconds."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, idle: float
    ) -> None:
        self.said = ""
        self._reader, self._writer, self._idle = reader, writer, idle

    async def write(self, data: bytes) -> None:
        for begin in range(0, len(data), _CHUNK):
            self._writer.write(data[begin : begin + _CHUNK])
            async with asyncio.timeout(self._idle):
                await self._writer.drain()

    async def read(self, size: int) -> bytes:
        """Return up to `size` bytes; none at the end."""
        async with asyncio.timeout(self._idle):
            return await self._reader.read(size)

    async def line(self) -> str:
        async with asyncio.timeout(self._idle):
            line = await self._reader.readline()
        _require(line.endswith(b"\n"), "the server has hung up")
        return line.decode("latin-1").rstrip("\r\n")

    async def exactly(self, size: int) -> bytes:
        content = bytearray()
        while len(content) < size:
            data = await self.read(min(_CHUNK, size - len(content)))
            _require(bool(data), "the server has hung up before the end of the file")
            content += data
        return bytes(content)

    async def rest(self) -> bytes:
        content = bytearray()
        while data := await self.read(_CHUNK):
            content += data
            _require(len(content) <= _LARGEST, "the file is too large")
        return bytes(content)

    # As FTP's control connection

    async def ask(self, command: str, *codes: int) -> int:
        """Send a command; return the code of the answer, which has to be one of `codes`."""
        _require(not set(command) & {"\r", "\n"}, "a name with a line break")
        await self.write(f"{command}\r\n".encode())
        return await self.expect(*codes)

    async def expect(self, *codes: int) -> int:
        self.said = await self.line()
        if _MULTI.match(self.said):
            last = f"{self.said[:3]} "
            while not self.said.startswith(last):
                self.said = await self.line()
        _require(self.said[:3].isdigit(), "the server does not speak FTP")
        code = int(self.said[:3])
        _require(code in codes, f"the server said {self.said}")
        return code


@dataclass(frozen=True)
class _Answer:
    """The answer to an HTTP request."""

    status: int
    headers: dict[str, str]
    line: _Line

    @classmethod
    async def read(cls, line: _Line) -> _Answer:
        """Read status and headers; a 1xx is none."""
        while True:
            version, _, rest = (await line.line()).partition(" ")
            _require(version.startswith("HTTP/1.") and rest[:3].isdigit(), "no HTTP answer")
            headers = {}
            while field := await line.line():
                name, _, value = field.partition(":")
                headers[name.strip().lower()] = value.strip()
            if int(rest[:3]) >= 200:  # noqa: PLR2004
                return cls(int(rest[:3]), headers, line)

    async def body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            content = bytearray()
            while size := int((await self.line.line()).partition(";")[0], 16):
                _require(len(content) + size <= _LARGEST, "the file is too large")
                content += await self.line.exactly(size)
                await self.line.line()
            return bytes(content)
        length = self.headers.get("content-length")
        if length is None:
            return await self.line.rest()
        _require(int(length) <= _LARGEST, "the file is too large")
        return await self.line.exactly(int(length))


def _head(method: str, url: SplitResult, size: int, kind: str = "") -> bytes:
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    host = _bracketed(url) + (f":{url.port}" if url.port else "")
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close"]
    if method != "GET":
        lines.append(f"Content-Length: {size}")
    if kind:
        lines.append(f"Content-Type: {kind}")
    if url.username is not None:
        login = f"{unquote(url.username)}:{unquote(url.password or '')}"
        lines.append(f"Authorization: Basic {base64.b64encode(login.encode()).decode()}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _bracketed(url: SplitResult) -> str:
    host = url.hostname or ""
    return f"[{host}]" if ":" in host else host


def _path(url: SplitResult) -> str:
    """Return the path from the folder in which a login begins (RFC 1738, 3.2.2)."""
    return unquote(url.path.removeprefix("/"))


async def _passive(control: _Line) -> int:
    """Return the port that the server opens for data; the older command is for old servers."""
    if await control.ask("EPSV", 229, 500, 501, 502, 503, 522) == 229:  # noqa: PLR2004
        found = _EXTENDED.search(control.said)
        _require(found is not None, "no port in the answer to EPSV")
        return int(found[1]) if found else 0
    await control.ask("PASV", 227)
    found = _PASSIVE.search(control.said)
    _require(found is not None, "no port in the answer to PASV")
    return 256 * int(found[1]) + int(found[2]) if found else 0


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise TransferError(otherwise)


class _explained:  # noqa: N801 - used like suppress
    """Turns what can go wrong on a network into a TransferError."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, TimeoutError):
            raise TransferError("the server says nothing") from error
        if isinstance(error, OSError | ValueError | KeyError):
            raise TransferError(str(error) or type(error).__name__) from error
