"""The HTTP file server, with good clients and with hostile ones."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import socket
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.files.serving import CASE, LIMIT, Served, run, serving

LOGIN = b"Authorization: Basic " + base64.b64encode(b"ocpp:hush4711") + b"\r\n"
FORM = "multipart/form-data; boundary=XX"


def http(
    folder: Path, test: Callable[[Served], Awaitable[None]], *, idle: float = 10.0
) -> Callable[[], Awaitable[None]]:
    async def served() -> None:
        async with serving("HTTP", folder, idle=idle) as it:
            await test(it)

    return served


async def exchange(it: Served, request: bytes) -> bytes:
    """Send bytes as they are; return all that comes until the server hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", it.server.port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


def asked(
    method: str, path: str, body: bytes = b"", *, login: bytes = LOGIN, **headers: str
) -> bytes:
    told = {"Host": "x", "Connection": "close"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    if body or method in {"PUT", "POST"}:
        told.setdefault("Content-Length", str(len(body)))
    lines = "".join(f"{k}: {v}\r\n" for k, v in told.items() if v)
    return f"{method} {path} HTTP/1.1\r\n{lines}".encode() + login + b"\r\n" + body


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_a_file_is_fetched_whole_and_counted(tmp_path: Path) -> None:
    image = tmp_path / "image"
    image.write_bytes(bytes(range(256)) * 700)

    async def test(it: Served) -> None:
        for offered in (image, image.read_bytes()):
            path = it.shelf.offer("fw.bin", offered)
            head, _, body = (await exchange(it, asked("GET", path))).partition(b"\r\n\r\n")
            assert b"Content-Length: 179200" in head
            assert body == image.read_bytes()
        assert [(d.name, d.size, d.whole) for d in it.shelf.downloads] == [
            ("fw.bin", 179_200, True)
        ] * 2

    run(http(tmp_path, test))


def test_the_head_of_a_file_is_no_download(tmp_path: Path) -> None:
    async def test(it: Served) -> None:
        answer = await exchange(it, asked("HEAD", it.shelf.offer("fw.bin", b"12345")))
        assert b"Content-Length: 5\r\n" in answer
        assert answer.endswith(b"\r\n\r\n")
        assert it.shelf.downloads == []

    run(http(tmp_path, test))


@pytest.mark.parametrize(
    ("wanted", "code", "body", "whole"),
    [
        ("bytes=3-", 206, b"456789", True),
        ("bytes=1-2", 206, b"23", False),
        ("bytes=99-", 200, b"123456789", True),
        ("bytes=0-1,3-4", 200, b"123456789", True),
        ("pages=1-2", 200, b"123456789", True),
    ],
)
def test_a_part_of_a_file(
    tmp_path: Path, wanted: str, code: int, body: bytes, *, whole: bool
) -> None:
    async def test(it: Served) -> None:
        path = it.shelf.offer("fw.bin", b"123456789")
        answer = await exchange(it, asked("GET", path, Range=wanted))
        assert status(answer) == code
        assert answer.partition(b"\r\n\r\n")[2] == body
        assert [d.whole for d in it.shelf.downloads] == [whole]

    run(http(tmp_path, test))


def test_a_connection_carries_several_requests(tmp_path: Path) -> None:
    async def test(it: Served) -> None:
        path = it.shelf.offer("fw.bin", b"12345")
        more = asked("GET", path, Connection="")
        answer = await exchange(it, more + more + asked("GET", path))
        assert answer.count(b"12345") == 3

    run(http(tmp_path, test))


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_an_upload_is_kept_with_its_hash(tmp_path: Path, method: str) -> None:
    async def test(it: Served) -> None:
        path = it.shelf.take("logs")
        content = b"\0\r\n--" * 30_000
        answer = await exchange(it, asked(method, f"{path}/log%201.txt", content))
        assert status(answer) == 201
        (upload,) = it.shelf.uploads
        assert (upload.name, upload.size, upload.whole) == ("log 1.txt", len(content), True)
        assert upload.sha256 == hashlib.sha256(content).hexdigest()
        assert it.kept == [content]

    run(http(tmp_path, test))


def test_an_upload_in_chunks(tmp_path: Path) -> None:
    async def test(it: Served) -> None:
        path = it.shelf.take("logs")
        chunks = b"5;x=y\r\nhello\r\nA\r\n, the rest\r\n0\r\nTrailer: x\r\n\r\n"
        request = asked(
            "PUT", f"{path}/log", chunks, Transfer_Encoding="chunked", Content_Length=""
        )
        assert status(await exchange(it, request)) == 201
        assert it.kept == [b"hello, the rest"]

    run(http(tmp_path, test))


def test_who_asks_first_is_told_to_go_on(tmp_path: Path) -> None:
    async def test(it: Served) -> None:
        path = it.shelf.take("logs")
        reader, writer = await asyncio.open_connection("127.0.0.1", it.server.port)
        head = asked("PUT", f"{path}/log", Expect="100-continue", Content_Length="5")
        writer.write(head)
        assert await reader.readline() == b"HTTP/1.1 100 Continue\r\n"
        writer.write(b"hello")
        assert b"201" in await reader.read()
        writer.close()
        assert it.kept == [b"hello"]

    run(http(tmp_path, test))


def form(*parts: tuple[str, bytes], end: bytes = b"--XX--\r\n") -> bytes:
    return (
        b"".join(
            f'--XX\r\nContent-Disposition: form-data; name="f"{name}\r\n\r\n'.encode()
            + content
            + b"\r\n"
            for name, content in parts
        )
        + end
    )


@pytest.mark.parametrize("below", ["", "/announced.log"])
def test_a_form_with_a_file(tmp_path: Path, below: str) -> None:
    async def test(it: Served) -> None:
        path = it.shelf.take("logs") + below
        body = form(("", b"no file"), ('; filename="C:\\x\\log.txt"', b"a\r\nb"))
        assert status(await exchange(it, asked("POST", path, body, Content_Type=FORM))) == 201
        assert [(u.name, u.whole) for u in it.shelf.uploads] == [("log.txt", True)]
        assert it.kept == [b"a\r\nb"]

    run(http(tmp_path, test))


@pytest.mark.parametrize(
    "body",
    [
        form(("", b"no file")),
        form(('; filename="x"', b"1"), end=b""),
        b"--XX and nothing\r\n",
        b"",
    ],
)
def test_a_form_that_is_none_is_refused(tmp_path: Path, body: bytes) -> None:
    async def test(it: Served) -> None:
        request = asked("POST", it.shelf.take("logs"), body, Content_Type=FORM)
        assert status(await exchange(it, request)) == 400
        assert not [u for u in it.shelf.uploads if u.whole and body.endswith(b"--\r\n")]
        assert it.shelf.events

    run(http(tmp_path, test))


def test_an_upload_without_a_name(tmp_path: Path) -> None:
    async def test(it: Served) -> None:
        path = it.shelf.take("logs")
        await exchange(it, asked("PUT", path, b"1"))
        await exchange(
            it, asked("PUT", path, b"2", Content_Disposition='attachment; filename="../b.txt"')
        )
        assert [u.name for u in it.shelf.uploads] == ["unnamed", "b.txt"]

    run(http(tmp_path, test))


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (asked("GET", f"/{CASE}/fw.bin", login=b""), 401),
        (asked("GET", f"/{CASE}/fw.bin", login=b"Authorization: Basic eDp5\r\n"), 401),
        (asked("GET", f"/{CASE}/fw.bin", login=b"Authorization: Basic ???\r\n"), 401),
        (asked("GET", f"/{CASE}/fw.bin", login=b"Authorization: Bearer x\r\n"), 401),
        (asked("PUT", f"/{CASE}/logs/x", b"1", login=b""), 401),
        (asked("GET", "/nothing"), 404),
        (asked("GET", f"/{CASE}/logs"), 404),
        (asked("PUT", f"/{CASE}/other/x", b"1"), 404),
        (asked("PUT", f"/{CASE}/refused/x", b"1"), 403),
        (asked("PUT", f"/{CASE}/logs/x", b"", Content_Length="99999999999999"), 413),
        (asked("PUT", f"/{CASE}/logs/x", b"1" * (LIMIT + 1)), 413),
        (asked("PUT", f"/{CASE}/logs/x", Content_Length=""), 411),
        (asked("PUT", f"/{CASE}/logs/x", b"1", Content_Length="-1"), 411),
        (asked("PUT", f"/{CASE}/logs/x", b"zz\r\n", Transfer_Encoding="chunked"), 400),
        (asked("PUT", f"/{CASE}/logs/x", b"-5\r\n", Transfer_Encoding="chunked"), 400),
        (asked("PUT", f"/{CASE}/logs/x", b"1", Transfer_Encoding="gzip"), 501),
        (asked("DELETE", f"/{CASE}/fw.bin"), 405),
        (b"nonsense\r\n\r\n", 400),
        (b"\xff\xfe GET\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 150 + b"\r\n", 400),
    ],
)
def test_what_is_not_served_says_why(tmp_path: Path, request_: bytes, code: int) -> None:
    async def test(it: Served) -> None:
        it.shelf.offer("fw.bin", b"12345")
        it.shelf.take("logs")
        it.shelf.take("refused", refuses=True)
        answer = await exchange(it, request_)
        assert status(answer) == code
        assert (b"WWW-Authenticate: Basic" in answer) == (code == 401)
        assert not it.shelf.downloads
        assert not any(u.whole for u in it.shelf.uploads)

    # A length that is promised and never comes is given up after the idle time.
    run(http(tmp_path, test, idle=1.0))


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        f"/{CASE}/../../../../../../../etc/passwd",
        f"/{CASE}/logs/..%2f..%2f..%2fetc%2fpasswd",
        f"/{CASE}/logs/%00",
        f"//{CASE}//..//..//x",
        "/..\\..\\..\\windows\\win.ini",
    ],
)
def test_no_path_leads_out_of_the_shelf(tmp_path: Path, path: str) -> None:
    async def test(it: Served) -> None:
        it.shelf.take("logs")
        assert status(await exchange(it, asked("GET", path))) == 404
        await exchange(it, asked("PUT", path, b"evil"))
        assert all(file.parent == tmp_path / "files" / CASE for file in it.files)
        assert len(it.files) <= 1

    run(http(tmp_path, test))


def test_wrong_credentials_are_told_and_never_repeated(tmp_path: Path) -> None:
    async def test(it: Served) -> None:
        secret = base64.b64encode(b"ocpp:letmein").decode()
        await exchange(it, asked("GET", "/", login=f"Authorization: Basic {secret}\r\n".encode()))
        assert [e.text for e in it.shelf.events] == ["HTTP: a request with wrong credentials"]

    run(http(tmp_path, test))


def test_without_an_account_anyone_may_come(tmp_path: Path) -> None:
    async def test() -> None:
        async with serving("HTTP", tmp_path, account=None) as it:
            path = it.shelf.offer("fw.bin", b"12345")
            assert status(await exchange(it, asked("GET", path, login=b""))) == 200

    run(test)


def test_an_upload_that_is_broken_off_is_not_whole(tmp_path: Path) -> None:
    async def test(it: Served) -> None:
        path = it.shelf.take("logs")
        reader, writer = await asyncio.open_connection("127.0.0.1", it.server.port)
        writer.write(asked("PUT", f"{path}/x", b"half", Content_Length="8"))
        writer.close()
        await reader.read()
        await it.until(lambda: bool(it.shelf.uploads))
        assert [(u.whole, u.size) for u in it.shelf.uploads] == [(False, 4)]

    run(http(tmp_path, test))


def test_a_download_that_is_cut_is_not_whole(tmp_path: Path) -> None:
    async def test(it: Served) -> None:
        path = it.shelf.offer("fw.bin", bytes(20_000_000))
        client = socket.create_connection(("127.0.0.1", it.server.port))
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.sendall(asked("GET", path))
        await asyncio.to_thread(client.recv, 1000)
        client.close()
        await it.until(lambda: bool(it.shelf.downloads))
        assert [d.whole for d in it.shelf.downloads] == [False]

    run(http(tmp_path, test))


@pytest.mark.parametrize("begin", [b"", b"GET / HTT", asked("PUT", f"/{CASE}/logs/x", b"1")[:-1]])
def test_a_client_that_says_nothing_is_cut_off(tmp_path: Path, begin: bytes) -> None:
    async def test(it: Served) -> None:
        it.shelf.take("logs")
        began = asyncio.get_running_loop().time()
        assert b"201" not in await exchange(it, begin)
        assert 0.15 < asyncio.get_running_loop().time() - began < 5

    run(http(tmp_path, test, idle=0.2))


def test_a_client_that_takes_nothing_is_cut_off(tmp_path: Path) -> None:
    async def test(it: Served) -> None:
        path = it.shelf.offer("fw.bin", bytes(20_000_000))
        client = socket.create_connection(("127.0.0.1", it.server.port))
        client.sendall(asked("GET", path))
        await it.until(lambda: bool(it.shelf.downloads))
        assert [d.whole for d in it.shelf.downloads] == [False]
        client.close()

    run(http(tmp_path, test, idle=0.2))


def test_a_head_without_an_end_is_not_read_for_ever(tmp_path: Path) -> None:
    async def test(it: Served) -> None:
        answer = await exchange(it, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5000)
        assert b"200" not in answer

    run(http(tmp_path, test))


def test_the_end_of_the_server_ends_its_clients(tmp_path: Path) -> None:
    async def test() -> None:
        async with serving("HTTP", tmp_path) as it:
            it.shelf.take("logs")
            reader, writer = await asyncio.open_connection("127.0.0.1", it.server.port)
            writer.write(asked("PUT", f"/{CASE}/logs/x", b"half", Content_Length="8"))
            await it.until(lambda: bool(it.kept))
        with pytest.raises(ConnectionError):
            await asyncio.open_connection("127.0.0.1", it.server.port)
        assert [u.whole for u in it.shelf.uploads] == [False]
        writer.close()
        del reader

    run(test)


def test_not_any_number_of_clients_is_served(tmp_path: Path) -> None:
    async def test(it: Served) -> None:
        path, folder = it.shelf.offer("fw.bin", b"12345"), it.shelf.take("logs")
        busy = [await asyncio.open_connection("127.0.0.1", it.server.port) for _ in range(30)]
        for number, (_, writer) in enumerate(busy):
            writer.write(asked("PUT", f"{folder}/{number}", b"12345")[:-1])
        await it.until(lambda: it.shelf._begun == len(busy))
        with pytest.raises(ConnectionError):
            status(await _or_reset(it, asked("GET", path)))
        for _, writer in busy:
            writer.close()
        await it.until(lambda: not it.server._clients)  # type: ignore[attr-defined]
        assert status(await exchange(it, asked("GET", path))) == 200

    run(http(tmp_path, test))


async def _or_reset(it: Served, request: bytes) -> bytes:
    answer = await exchange(it, request)
    if not answer:
        raise ConnectionError
    return answer
