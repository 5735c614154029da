"""Clients of the file servers that mean harm are no fault of the tool, and others are served."""

from __future__ import annotations

import asyncio
import ftplib
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from io import BytesIO
from pathlib import Path

import pytest

from conformance.files.http import MOST_CLIENTS
from conformance.files.shelf import MOST_DOWNLOADS
from tests.files.serving import LIMIT, run, serving
from tests.files.test_http import LOGIN, asked, exchange, status

DIGITS = "9" * 5000  # more than Python reads
UP = "../../../../tmp/pwned"
MANY = b"".join(b"X%d: y\r\n" % number for number in range(200))
CHUNK = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"


def put(body: bytes = b"", name: str = "x", **headers: str) -> Callable[[str], bytes]:
    """Return an upload, for the folder that it goes to."""
    return lambda folder: asked("PUT", f"{folder}/{name}", body, login=LOGIN, **headers)


def got(**headers: str) -> Callable[[str], bytes]:
    """Return a download."""
    path = "/TC_045_1_CS/fw.bin"
    return lambda _: asked("GET", path, b"", login=LOGIN, **headers)


def named(disposition: str) -> Callable[[str], bytes]:
    """Return an upload that is named by a header."""
    return put(b"x", "", Content_Disposition=f"attachment; {disposition}")


def form(part: bytes, **headers: str) -> Callable[[str], bytes]:
    """Return a form with one part."""
    headers = {"Content_Type": "multipart/form-data; boundary=b", **headers}
    body = b"--b\r\n" + part + b"\r\n--b--"
    return lambda folder: asked("POST", folder, body, login=LOGIN, **headers)


def chunked(*pieces: bytes) -> Callable[[str], bytes]:
    """Return an upload in pieces that may not be chunks."""
    how = {"Transfer_Encoding": "chunked", "Content_Length": ""}
    return lambda folder: asked("PUT", f"{folder}/x", b"", login=LOGIN, **how) + b"".join(pieces)


def exactly(request: bytes) -> Callable[[str], bytes]:
    """Return these bytes."""
    return lambda _: request


HTTP: dict[str, tuple[Callable[[str], bytes], int]] = {
    "a length with more digits than Python reads": (put(Content_Length=DIGITS), 413),
    "a length in another script": (put(Content_Length="\u00b2"), 411),
    "a length of exabytes": (put(Content_Length="9" * 18), 413),
    "a negative length": (put(Content_Length="-1"), 411),
    "a range with more digits than Python reads": (got(Range=f"bytes={DIGITS}-"), 200),
    "a range that ends as far away": (got(Range=f"bytes=0-{DIGITS}"), 200),
    "a range in another script": (got(Range="bytes=\u00b2-"), 200),
    "an address that is none": (exactly(asked("GET", "http://[/x")), 400),
    "a request of the wrong words": (exactly(b"GET / HTTP/1.1 x\r\n\r\n"), 400),
    "many headers": (exactly(b"GET / HTTP/1.1\r\n" + MANY + b"\r\n"), 400),
    "many headers of a part": (form(MANY + b"\r\nx"), 400),
    "an encoded boundary": (
        form(b"x", Content_Type="multipart/form-data; boundary*=nonsense''%ff"),
        400,
    ),
    "a name that is encoded in nonsense": (named("filename*=nonsense''%ff%00"), 201),
    "a name in pieces without number": (
        named(f"filename*0*=utf-8''%ff; filename*{'9' * 30}=c"),
        201,
    ),
    "a path that leads out": (put(b"x", UP), 404),
    "a path that leads out, percent-encoded": (put(b"x", "%2e%2e%2f%2e%2e%2fpwned"), 404),
    "a name that leads out": (named(f'filename="{UP}"'), 201),
    "a name in a form that leads out": (
        form(b'Content-Disposition: form-data; name="f"; filename="%s"\r\n\r\nx' % UP.encode()),
        201,
    ),
    "a name with a zero byte": (put(b"x", "a%00b"), 201),
    "a name of 8,000 characters": (put(b"x", "n" * 8000), 201),
    "chunks without an end": (chunked(*[CHUNK] * (LIMIT // 0x1000 + 1)), 413),
}


@pytest.mark.parametrize("name", HTTP)
def test_a_hostile_request_is_no_fault_of_the_server(tmp_path: Path, name: str) -> None:
    request, code = HTTP[name]

    async def test() -> None:
        async with serving("HTTP", tmp_path) as it:
            folder = it.shelf.take("logs")
            it.shelf.offer("fw.bin", b"12345")
            assert status(await exchange(it, request(folder))) == code
            assert status(await exchange(it, asked("PUT", f"{folder}/good", b"1"))) == 201
            assert it.shelf.uploads[-1].whole

    run(test)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(path.parent.name == "TC_045_1_CS" and len(path.name) < 100 for path in written)


# Too many


def idle(port: int, begin: bytes = b"") -> list[socket.socket]:
    """Open as many connections as are served, and leave them so."""
    opened = [socket.create_connection(("127.0.0.1", port), 5) for _ in range(MOST_CLIENTS)]
    for each in opened:
        each.sendall(begin)
    return opened


@pytest.mark.parametrize("begin", [b"", b"PUT /x HTTP/1.1\r\n", b"\x16\x03\x01\x02\x00"])
def test_who_only_waits_keeps_nobody_away_from_http(tmp_path: Path, begin: bytes) -> None:
    async def test() -> None:
        async with serving("HTTP", tmp_path) as it:
            path = it.shelf.offer("fw.bin", b"12345")
            for _ in range(3):
                opened = await asyncio.to_thread(idle, it.server.port, begin)
                assert status(await exchange(it, asked("GET", path))) == 200
                for each in opened:
                    each.close()
            assert len(it.server._clients) <= MOST_CLIENTS  # type: ignore[attr-defined]

    run(test)


def test_who_is_let_in_is_not_put_out_for_others(tmp_path: Path) -> None:
    async def test() -> None:
        async with serving("HTTP", tmp_path) as it:
            folder = it.shelf.take("logs")
            reader, writer = await asyncio.open_connection("127.0.0.1", it.server.port)
            whole = asked("PUT", f"{folder}/slow", b"12345")
            writer.write(whole[:-1])
            await it.until(lambda: it.shelf._begun == 1)
            opened = [e for _ in range(2) for e in await asyncio.to_thread(idle, it.server.port)]
            assert status(await exchange(it, asked("PUT", f"{folder}/other", b"1"))) == 201
            writer.write(whole[-1:])
            assert status(await reader.read()) == 201
            writer.close()
            for each in opened:
                each.close()
            assert [u.whole for u in it.shelf.uploads] == [True, True]

    run(test)


def test_who_only_waits_keeps_nobody_away_from_ftp(tmp_path: Path) -> None:
    def upload(port: int, folder: str) -> None:
        with ExitStack() as closing:
            for _ in range(2):
                for each in idle(port):
                    closing.enter_context(each)
            client = closing.enter_context(ftplib.FTP(timeout=10))  # noqa: S321 - what is tested
            client.connect("127.0.0.1", port)
            client.login("ocpp", "hush4711")
            client.storbinary(f"STOR {folder}/log.txt", BytesIO(b"12345"))

    async def test() -> None:
        async with serving("FTP", tmp_path) as it:
            await asyncio.to_thread(upload, it.server.port, it.shelf.take("logs"))
            assert [u.whole for u in it.shelf.uploads] == [True]

    run(test)


def test_downloads_without_number_are_not_all_kept(tmp_path: Path) -> None:
    async def test() -> None:
        async with serving("HTTP", tmp_path) as it:
            path = it.shelf.offer("fw.bin", b"12345")
            request = b"GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n" % (path.encode(), LOGIN)
            reader, writer = await asyncio.open_connection("127.0.0.1", it.server.port)
            for _ in range(MOST_DOWNLOADS * 2):
                writer.write(request)
                with suppress(asyncio.IncompleteReadError):
                    await reader.readuntil(b"12345")
            writer.close()
            assert len(it.shelf.downloads) == MOST_DOWNLOADS

    run(test)


def test_the_end_of_the_server_is_silent(tmp_path: Path) -> None:
    """A client that is cut off in the middle leaves no traceback behind."""
    told: list[object] = []

    async def test() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, what: told.append(what))
        async with serving("HTTP", tmp_path) as it:
            opened = await asyncio.to_thread(idle, it.server.port, asked("PUT", "/x", b"")[:-9])
            await it.until(lambda: len(it.server._clients) == MOST_CLIENTS)  # type: ignore[attr-defined]
        for each in opened:
            each.close()

    run(test)
    assert told == []
