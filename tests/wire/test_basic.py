from __future__ import annotations

import pytest

from conformance.wire.basic import KINDS, Kind, basic, read
from conformance.wire.upgrade import USUAL, Upgrade

USER, PASSWORD = b"CP01", b"\x00\xff:secret"
WRONG: list[Kind] = ["no Basic", "no form", "another password", "another user"]


def test_what_is_written_is_read() -> None:
    header = basic(USER, PASSWORD)
    assert read(header) == (USER, PASSWORD)
    assert read(header.replace("Basic ", "bAsIc  ")) == (USER, PASSWORD)


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("password", [PASSWORD, b"p", b""])
def test_what_is_wrong_is_not_the_right_one(kind: Kind, password: bytes) -> None:
    headers = KINDS[kind](USER, password)
    assert len(headers) > 1
    assert all(read(header) != (USER, password) for header in headers.values())


def test_other_letters_are_the_same_credentials() -> None:
    headers = KINDS["other letters"](USER, PASSWORD).values()
    assert {read(header) for header in headers} == {(USER, PASSWORD)}
    assert len({*headers, basic(USER, PASSWORD)}) == 3


def test_the_header_of_an_upgrade() -> None:
    assert USUAL.header("CP01", None) == ""
    assert USUAL.header("CP01", PASSWORD) == basic(USER, PASSWORD)
    assert Upgrade(authorization="").header("CP01", PASSWORD) == ""
    own = Upgrade(authorization=basic(USER, b"another"))
    assert read(own.header("CP01", PASSWORD)) == (USER, b"another")
    assert "Basic" not in repr(own)
