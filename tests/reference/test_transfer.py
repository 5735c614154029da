"""How the reference charge point moves files, against servers of the tool and bad ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from conformance.reference.transfer import NetworkCarrier, TransferError
from tests.files.serving import LIMIT, Served, run, serving

CARRIER = NetworkCarrier(idle=5.0)
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
CONTENT = bytes(range(256)) * 600


def both(
    folder: Path, protocol: str, test: Callable[[Served], Awaitable[None]]
) -> Callable[[], Awaitable[None]]:
    async def served() -> None:
        async with serving(protocol, folder) as it:
            await test(it)

    return served


@pytest.mark.parametrize("protocol", ["FTP", "HTTP"])
def test_a_file_there_and_back(tmp_path: Path, protocol: str) -> None:
    async def test(it: Served) -> None:
        offer, logs = it.shelf.offer("fw.bin", CONTENT), it.shelf.take("logs")
        assert await CARRIER.download(it.url(offer)) == CONTENT
        await CARRIER.upload(it.url(logs), "log 1.txt", CONTENT)
        assert [d.whole for d in it.shelf.downloads] == [True]
        assert [(u.name, u.whole, u.size) for u in it.shelf.uploads] == [
            ("log 1.txt", True, len(CONTENT))
        ]
        assert it.kept == [CONTENT]

    run(both(tmp_path, protocol, test))


@pytest.mark.parametrize(
    ("protocol", "told"),
    [
        ("FTP", ["550", "550", "426|hung up|reset|Broken", "530"]),
        ("HTTP", ["404", "403", "413", "401"]),
    ],
)
def test_what_the_server_refuses(tmp_path: Path, protocol: str, told: Sequence[str]) -> None:
    async def test(it: Served) -> None:
        logs, refused = it.shelf.take("logs"), it.shelf.take("no", refuses=True)
        moves = [
            CARRIER.download(it.url("/nothing")),
            CARRIER.upload(it.url(refused), "x", b"1"),
            CARRIER.upload(it.url(logs), "x", bytes(LIMIT + 1)),
            CARRIER.download(it.url("/nothing", "ocpp:wrong@")),
        ]
        for move, why in zip(moves, told, strict=True):
            with pytest.raises(TransferError, match=why):
                await move

    run(both(tmp_path, protocol, test))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1:1/x", "refused|failed"),
        ("ftp://127.0.0.1:1/x", "refused|failed"),
        ("gopher://127.0.0.1/x", "no protocol"),
        ("http://127.0.0.1:99999/x", "range"),
    ],
)
def test_what_is_no_server(url: str, told: str) -> None:
    async def test() -> None:
        with pytest.raises(TransferError, match=told):
            await CARRIER.download(url)

    run(test)


@asynccontextmanager
async def speaking(lines: Sequence[bytes], *, silent: bool = False) -> AsyncIterator[int]:
    """Be a server that says these things, one after each line that it hears."""
    served: list[asyncio.Task[None]] = []

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for line in lines:
                writer.write(line)
                await reader.readline()
            if silent:
                await reader.read()
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(asyncio.create_task(speak(reader, writer)))

    async with await asyncio.start_server(accept, "127.0.0.1") as server:
        yield server.sockets[0].getsockname()[1]
    await asyncio.gather(*served, return_exceptions=True)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([b"hello\r\n"], "does not speak FTP"),
        ([b"421 busy\r\n"], "421 busy"),
        ([], "hung up"),
        ([b"220-one\r\n  two\r\n220 three\r\n", b"530 no\r\n"], "530 no"),
        ([b"220 x\r\n", b"331\r\n", b"230\r\n", b"200\r\n", b"229 nothing\r\n"], "no port in"),
        ([b"220 x\r\n", b"230\r\n", b"200\r\n", b"500\r\n", b"227 nothing\r\n"], "no port in"),
    ],
)
def test_ftp_servers_that_are_odd(lines: Sequence[bytes], told: str) -> None:
    async def test() -> None:
        async with speaking(lines) as port:
            with pytest.raises(TransferError, match=told):
                await CARRIER.download(f"ftp://u:p@127.0.0.1:{port}/x")

    run(test)


def test_an_old_ftp_server_without_epsv() -> None:
    async def data(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"old")
        writer.close()

    async def test() -> None:
        async with await asyncio.start_server(data, "127.0.0.1") as listening:
            port = listening.sockets[0].getsockname()[1]
            pasv = f"227 ok (10,0,0,1,{port // 256},{port % 256})\r\n".encode()
            said = [
                b"220\r\n",
                b"230\r\n",
                b"200\r\n",
                b"500\r\n",
                pasv,
                b"150\r\n226\r\n",
                b"221\r\n",
            ]
            async with speaking(said) as control:
                assert await CARRIER.download(f"ftp://127.0.0.1:{control}/x") == b"old"

    run(test)


@pytest.mark.parametrize(
    ("answer", "content"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew", b"new"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nnew", b"new"),
        (b"HTTP/1.0 200 OK\r\n\r\nnew", b"new"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nne\r\n1\r\nw\r\n0\r\n\r\n",
            b"new",
        ),
    ],
)
def test_http_answers(answer: bytes, content: bytes) -> None:
    async def test() -> None:
        async with speaking([b"", b"", b"", answer]) as port:
            assert await CARRIER.download(f"http://127.0.0.1:{port}/x?y=z") == content

    run(test)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"SSH-2.0\r\n", "no HTTP answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnew", "before the end"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "too large"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "invalid literal"),
        (b"HTTP/1.1 503 Busy\r\n\r\n", "503"),
        (b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", "too many redirections"),
    ],
)
def test_http_answers_that_are_none(answer: bytes, told: str) -> None:
    async def test() -> None:
        async with speaking([b"", b"", b"", answer]) as port:
            with pytest.raises(TransferError, match=told):
                await CARRIER.download(f"http://127.0.0.1:{port}/x")

    run(test)


def test_a_redirection_is_followed(tmp_path: Path) -> None:
    async def test(it: Served) -> None:
        there = it.url(it.shelf.offer("fw.bin", b"new"))
        answer = f"HTTP/1.1 302 Found\r\nLocation: {there}\r\n\r\n".encode()
        async with speaking([b"", b"", b"", answer]) as port:
            assert await CARRIER.download(f"http://127.0.0.1:{port}/x") == b"new"

    run(both(tmp_path, "HTTP", test))


@pytest.mark.parametrize("scheme", ["ftp", "http"])
def test_a_server_that_says_nothing(scheme: str) -> None:
    async def test() -> None:
        async with speaking([], silent=True) as port:
            with pytest.raises(TransferError, match="says nothing"):
                await NetworkCarrier(idle=0.2).download(f"{scheme}://127.0.0.1:{port}/x")

    run(test)


def test_no_name_breaks_a_command(tmp_path: Path) -> None:
    async def test(it: Served) -> None:
        with pytest.raises(TransferError, match="line break"):
            await CARRIER.upload(it.url(it.shelf.take("logs")), "x\r\nDELE y", b"1")

    run(both(tmp_path, "FTP", test))
