"""What a station has to ask for when it connects: OCPP-J 1.6 and Part 4, 3.1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from conformance.matching import Matcher

# What may stand in a part of a path (RFC 3986, 3.3), anything else being percent-encoded.
_PART: Final = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*"
_PATH: Final = re.compile(rf"(?:/{_PART})+(?:\?(?:{_PART}|[/?])*)?")
# A request may name host and port, too (RFC 6455, 4.1; RFC 9112, 3.2.2).
_HOST: Final = re.compile(r"\Ahttps?://[^/?#]+", re.IGNORECASE)
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
REGISTERED: Final = {f"ocpp{v}" for v in ("1.2", "1.5", "1.6", "2.0", "2.0.1", "2.1")}
"""The names of OCPP's versions that are registered with IANA."""

encoded_path: Any = Matcher(
    "a path with all percent-encoded that has to be (RFC 3986, 3.3)",
    lambda v: isinstance(v, str) and _PATH.fullmatch(_HOST.sub("", v, count=1)) is not None,
    wrong="/ocpp/CP 01",
    also_wrong=("/ocpp/CP|01", "/ocpp/CP%1"),
)


def _unique(names: object) -> bool:
    if not isinstance(names, list | tuple):
        return False
    return len(set(names)) == len(names) and all(_TOKEN.fullmatch(str(n)) for n in names)


named_once: Any = Matcher(
    "names of subprotocols, each of them once (RFC 6455, 4.1)",
    _unique,
    wrong=["ocpp1.6", "ocpp1.6"],
    also_wrong=(["ocpp1.6", ""], ["ocpp 1.6"]),
)


def another_base(found: Any, base: str) -> Iterator[str]:  # noqa: ANN401 - what a connection tells
    """Yield a remark on a path that does not begin as the endpoint's does (3.1.1: "should")."""
    path, asks, query = _HOST.sub("", str(found["path"]), count=1).partition("?")
    before = path.rpartition("/")[0]
    if before != base.rstrip("/"):
        yield f"the path before the identity is {before or '/'}, where {base or '/'} was given"
    if asks:
        yield f"the query {query} was not given"


def unregistered(found: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield remarks on names that are no version's (3.1.2: "should")."""
    for name in found["offered"]:
        if name not in REGISTERED:
            yield f"it offers {name}, which is no registered name of a version of OCPP"
