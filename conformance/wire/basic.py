"""HTTP Basic authentication (RFC 7617) as OCPP uses it: written, read, and wrong in many ways."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from secrets import token_bytes
from typing import Final, Literal

Kind = Literal["no Basic", "no form", "another password", "another user", "other letters"]
SCHEME: Final = "Basic"


def basic(user: bytes, password: bytes, scheme: str = SCHEME) -> str:
    """Return the header with these octets; whether they are a text is not looked at."""
    return f"{scheme} {base64.b64encode(user + b':' + password).decode()}"


def read(header: str) -> tuple[bytes, bytes] | None:
    """Return user name and password of a header; the password may be any octets.

    The name of the scheme is the same in any letters (RFC 7617, 2).
    """
    scheme, _, value = header.strip().partition(" ")
    if scheme.lower() != SCHEME.lower():
        return None
    try:
        user, colon, password = base64.b64decode(value.strip(), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return (user, password) if colon else None


# Headers that are not the usual one, each by what is particular about it.


def _of_no_basic(user: bytes, password: bytes) -> dict[str, str]:
    """Return no header, and the right credentials under another scheme."""
    return {
        "no Authorization header": "",
        "the scheme Bearer": basic(user, password, "Bearer"),
    }


def _of_no_form(user: bytes, password: bytes) -> dict[str, str]:
    """Return headers that say Basic, and then nothing that can be read."""
    right = base64.b64encode(user + b":" + password).decode()
    return {
        "nothing after the scheme": SCHEME,
        "what is no Base64": f"{SCHEME} *{right[1:]}",
        "credentials without a colon": f"{SCHEME} {base64.b64encode(user + password).decode()}",
        "credentials that are not encoded": f"{SCHEME} {user.decode('latin-1')}:{password.hex()}",
    }


def _of_another_password(user: bytes, password: bytes) -> dict[str, str]:
    """Return headers with passwords that are nearly the right one, and others."""
    another = bytes([password[-1] ^ 1]) if password else b"x"
    wrong = {
        "another password": token_bytes(len(password) or 20),
        "no password": b"",
        "a password with another last character": password[:-1] + another,
        "a password that goes on after the right one": password + b"0",
        "a part of the password": password[: len(password) // 2],
        "a colon before the password": b":" + password,
    }
    return {what: basic(user, wrong[what]) for what in wrong if wrong[what] != password}


def _of_another_user(user: bytes, password: bytes) -> dict[str, str]:
    """Return headers with the right password, and a user name that is not the identity."""
    wrong = {
        "another user name": b"not-" + user,
        "no user name": b"",
        "a part of the user name": user[:-1],
    }
    return {what: basic(wrong[what], password) for what in wrong}


def _of_other_letters(user: bytes, password: bytes) -> dict[str, str]:
    """Return the right credentials with the name of the scheme in other letters."""
    return {f"the scheme {name}": basic(user, password, name) for name in ("basic", "BASIC")}


KINDS: Final[Mapping[Kind, Callable[[bytes, bytes], dict[str, str]]]] = {
    "no Basic": _of_no_basic,
    "no form": _of_no_form,
    "another password": _of_another_password,
    "another user": _of_another_user,
    "other letters": _of_other_letters,
}
