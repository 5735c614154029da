"""Keep what is secret out of everything that a run leaves behind."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

HIDDEN = "***"
SHORTEST = 4  # a shorter value would be found everywhere
SHORTEST_FORM = 8  # so would a short piece of an encoded one
FIELDS = {"password", "apnpassword", "basicauthpassword"}
NAMES = {"authorizationkey", "basicauthpassword"}
VALUES = ("value", "attributeValue", "actualValue", "data")
_KEY = "(?:[A-Z]+ )*PRIVATE KEY-----"
PRIVATE_KEY = re.compile(rf"-----BEGIN {_KEY}.*?(?:-----END {_KEY}|\Z)", re.DOTALL)
IN_URL = re.compile(r"(?<=://)[^/\s@\"']+:[^/\s@\"']+(?=@)")


def secrets_in(text: str) -> set[str]:
    """Return the secret values that a frame carries: passwords, keys, credentials in URLs."""
    try:
        found = set(_secrets(json.loads(text)))
    except (ValueError, RecursionError):
        found = set()
    return {s for s in found if len(s) >= SHORTEST}


def hide(value: Any, secrets: Iterable[str]) -> Any:  # noqa: ANN401 - any JSON value
    """Return a copy of `value` in which no text holds a secret, in any of its forms."""
    written = {form for secret in secrets for form in (secret, *forms(secret.encode()))}
    return _hide(value, sorted(written - {""}, key=len, reverse=True))


@cache
def forms(secret: bytes) -> frozenset[str]:
    """Return how a secret can be written besides itself, also as a part of something longer.

    In JSON, in a URL, as hexadecimal digits, in Base64 as in a Basic header, and that once more.
    """
    text = secret.decode("utf-8", "replace")
    plain = {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], quote(text, "")}
    once = set(_base64(secret))
    twice = {piece for inner in once for piece in _base64(inner.encode())}
    encoded = {secret.hex(), secret.hex().upper(), *once, *twice}
    safe = {piece.translate(_URL_SAFE) for piece in encoded}
    long_enough = {piece for piece in encoded | safe if len(piece) >= SHORTEST_FORM}
    return frozenset(long_enough | (plain if len(text) >= SHORTEST else set()))


_URL_SAFE = str.maketrans("+/", "-_")


def _base64(data: bytes) -> Iterator[str]:
    """Yield what stands in the Base64 of any text with `data` in it: there are three ways."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data).decode()
        # A character has 6 bits; those that it shares with a neighbour are the neighbour's, too.
        yield encoded[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]


def _hide(value: Any, written: list[str]) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        for form in written:
            value = value.replace(form, HIDDEN)
        return PRIVATE_KEY.sub(HIDDEN, IN_URL.sub(HIDDEN, value))
    if isinstance(value, Mapping):
        return {key: _hide(item, written) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_hide(item, written) for item in value]
    return value


def _secrets(value: object, above: frozenset[str] = frozenset()) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _secrets(item, above)
    if not isinstance(value, dict):
        return
    variable = value.get("variable")
    named = {str(value.get("key", "")).lower(), *above}
    if isinstance(variable, dict):
        named.add(str(variable.get("name", "")).lower())
    for key, item in value.items():
        secret = key.lower() in FIELDS or (key in VALUES and bool(named & NAMES))
        if secret and isinstance(item, str):
            yield item
        # NotifyReport of 2.0.1 has the values of a variable in a list of their own.
        yield from _secrets(item, frozenset(named) if key == "variableAttribute" else frozenset())
