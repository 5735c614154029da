"""Firmware images: the user's, a marked dummy for the tool's own systems, and spoiled ones."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

MARK: Final = b"OCPP-CONFORMANCE DUMMY FIRMWARE"
DUMMY_SIZE: Final = 32_768


def dummy(version: str) -> bytes:
    """Return an image that only the tool's own charge points install.

    It is four lines - the mark, the version, the SHA-256 of the rest, an empty one - and bytes
    that mean nothing.
    """
    body = b"".join(hashlib.sha256(f"{version}{n}".encode()).digest() for n in range(1024))
    digest = hashlib.sha256(body[:DUMMY_SIZE]).hexdigest()
    return b"\n".join([MARK, version.encode(), digest.encode(), b"", body[:DUMMY_SIZE]])


def spoiled(image: bytes | Path) -> bytes:
    """Return an image whose second half is wrong: its head is right, its sum is not.

    A station finds that out when it verifies the image, not while it fetches it.
    """
    right = image if isinstance(image, bytes) else image.read_bytes()
    middle = len(right) // 2
    return right[:middle] + bytes(255 - b for b in right[middle:])
