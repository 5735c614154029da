"""What stands in the heads of HTTP messages: read with care, since it is a stranger's."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import re
from collections.abc import Iterator
from email.message import Message
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Final

from conformance.files.service import Account
from conformance.files.shelf import UNNAMED

CHUNK: Final = 65_536
_MOST_DIGITS: Final = 18
_DIGITS: Final = re.compile(r"[0-9]+")
_RANGE: Final = re.compile(r"\s*bytes\s*=\s*([0-9]{1,18})\s*-\s*([0-9]{1,18})?\s*")


class WrongError(Exception):
    """A request that gets an error; its body has not been read."""

    def __init__(self, status: HTTPStatus, why: str = "") -> None:
        super().__init__(why or status.phrase)
        self.status = status


def is_account(account: Account, headers: Message) -> bool:
    """Tell whether a request shows the user and the password of the account (RFC 7617)."""
    scheme, _, value = headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    wanted = f"{account.user}:{account.password}".encode()
    return scheme.lower() == "basic" and hmac.compare_digest(given, wanted)


def named(headers: Message) -> str:
    """Return the name that the headers give to a body; nothing may tell one."""
    name = headers.get_filename() or ""
    return name.replace("\\", "/").rpartition("/")[2] or UNNAMED


def length_of(headers: Message) -> int:
    """Return how much is to follow; raise WrongError where that is no number."""
    given = headers.get("Content-Length", "")
    if not _DIGITS.fullmatch(given):
        raise WrongError(HTTPStatus.LENGTH_REQUIRED)
    return int(given[:_MOST_DIGITS])  # of more, Python reads no number, and it is too large anyhow


def range_of(header: str, size: int) -> tuple[int, int]:
    """Return the bytes that are asked for, from and up to; a range that makes no sense is none."""
    asked = _RANGE.fullmatch(header)
    if asked is None:
        return 0, size
    begin = int(asked[1])
    end = min(int(asked[2]) + 1, size) if asked[2] else size
    return (begin, end) if begin < end else (0, size)


def pieces(content: bytes | Path, begin: int, end: int) -> Iterator[bytes]:
    """Yield the bytes of a file from and up to, a piece at a time."""
    with BytesIO(content) if isinstance(content, bytes) else content.open("rb") as file:
        file.seek(begin)
        while begin < end and (data := file.read(min(CHUNK, end - begin))):
            begin += len(data)
            yield data


def head(status: HTTPStatus, size: int, *, close: bool, **fields: str) -> bytes:
    """Return the head of an answer with a body of this size."""
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Server: ocpp-conformance",
        f"Content-Length: {size}",
        f"Connection: {'close' if close else 'keep-alive'}",
        *(f"{name}: {value}" for name, value in fields.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def respond(
    writer: asyncio.StreamWriter, status: HTTPStatus, *, close: bool, **fields: str
) -> None:
    """Answer without a body."""
    writer.write(head(status, 0, close=close, **fields))
