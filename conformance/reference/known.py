"""What a reference CSMS is told of tokens before a run: a change of its options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

LISTS: Final = {"Accepted": "valid", "Blocked": "blocked", "Expired": "expired"}
KINDS: Final = ("Station", "Group", "Token")
DONE, UNKNOWN = 201, 404


Options = TypeVar("Options")


def with_token(options: Options, body: Mapping[str, Any]) -> Options:
    """Return options with a token in the one list that its status says.

    Raises KeyError or ValueError for a wrong body.
    """
    token, status = str(body["token"]), body["status"]
    if status not in LISTS:
        raise ValueError(f"a token is one of {', '.join(LISTS)}, not {status}")
    lists = {
        name: (
            *(known for known in getattr(options, name) if known.lower() != token.lower()),
            *((token,) if name == LISTS[status] else ()),
        )
        for name in LISTS.values()
    }
    return replace(options, **lists)  # type: ignore[type-var] # both are dataclasses
