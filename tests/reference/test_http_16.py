"""The small HTTP server of the reference systems, byte by byte."""

from __future__ import annotations

import asyncio
import re

import pytest

from conformance.reference.http import Request, serving


def exchange(*sent: bytes, then_close: bool = True) -> tuple[bytes, list[Request]]:
    """Send bytes to a server; return what came back, and the requests as they were handled."""
    seen: list[Request] = []

    async def handler(request: Request) -> int:
        seen.append(request)
        if request.path == "/wrong":
            raise KeyError("evse")
        if request.path == "/broken":
            raise RuntimeError("broken")
        request.json()
        return 200

    async def main() -> bytes:
        async with serving(handler) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for part in sent:
                writer.write(part)
                await writer.drain()
            if then_close:
                writer.write_eof()
            answer = await asyncio.wait_for(reader.read(), 10)
            writer.close()
            await writer.wait_closed()
            return answer

    return asyncio.run(main()), seen


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+) ", answer)]


def test_query_and_body_arrive() -> None:
    body = b'{"evse": 1}'
    head = b"POST /a%20b?x=1&x=2&y= HTTP/1.1\r\nContent-Length: 11\r\n\r\n"
    answer, seen = exchange(head, body)
    assert statuses(answer) == [200]
    assert seen[0].method == "POST"
    assert seen[0].path == "/a%20b"
    assert seen[0].query == {"x": "2", "y": ""}
    assert seen[0].json() == {"evse": 1}


def test_a_connection_is_kept_for_the_next_request() -> None:
    get = b"GET /health HTTP/1.1\r\n\r\n"
    answer, seen = exchange(get + get, get)
    assert statuses(answer) == [200, 200, 200]
    assert len(seen) == 3


@pytest.mark.parametrize(
    "head", [b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n"]
)
def test_a_connection_is_closed_if_asked(head: bytes) -> None:
    answer, _ = exchange(head, then_close=False)
    assert statuses(answer) == [200]
    assert b"Connection: close" in answer


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\n{", 400),
        (b"GET /wrong HTTP/1.1\r\n\r\n", 400),
        (b"GET /broken HTTP/1.1\r\n\r\n", 500),
    ],
)
def test_what_is_wrong_is_answered_so(request_: bytes, status: int) -> None:
    assert statuses(exchange(request_)[0]) == [status]


@pytest.mark.parametrize("part", [b"GET /", b"GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"])
def test_half_a_request_is_no_request(part: bytes) -> None:
    assert exchange(part) == (b"", [])
