"""Keep what is secret out of everything that a run leaves behind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

HIDDEN = "***"
SHORTEST = 4  # a shorter value would be found everywhere
FIELDS = {"password", "apnpassword", "basicauthpassword"}
NAMES = {"authorizationkey", "basicauthpassword"}
VALUES = ("value", "attributeValue", "actualValue", "data")
IN_URL = re.compile(r"(?<=://)[^/\s@\"']+:[^/\s@\"']+(?=@)")


def secrets_in(text: str) -> set[str]:
    """Return the secret values that a frame carries: passwords, keys, credentials in URLs."""
    try:
        found = set(_secrets(json.loads(text)))
    except (ValueError, RecursionError):
        found = set()
    return {s for s in found if len(s) >= SHORTEST}


def hide(value: Any, secrets: set[str]) -> Any:  # noqa: ANN401 - any JSON value
    """Return a copy of `value` in which no text holds a secret."""
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, HIDDEN)
        return IN_URL.sub(HIDDEN, value)
    if isinstance(value, Mapping):
        return {key: hide(item, secrets) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [hide(item, secrets) for item in value]
    return value


def _secrets(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _secrets(item)
    if not isinstance(value, dict):
        return
    variable = value.get("variable")
    named = {str(value.get("key", "")).lower()}
    if isinstance(variable, dict):
        named.add(str(variable.get("name", "")).lower())
    for key, item in value.items():
        secret = key.lower() in FIELDS or (key in VALUES and bool(named & NAMES))
        if secret and isinstance(item, str):
            yield item
        yield from _secrets(item)
