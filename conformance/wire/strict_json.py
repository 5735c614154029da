"""JSON by RFC 8259, strictly: what a lenient parser would pass over is told."""

from __future__ import annotations

import json
import math
import re
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any

_PREFIX = re.compile(r'[\ufeff\s]*\[\s*(\d{1,3})\s*,\s*("(?:[^"\\\x00-\x1f]|\\.)*")')
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
_LONGEST_ID = 36
MOST = 20
"""Flaws of one kind that are told of one message."""
DEEPEST = 200
"""Levels of lists and objects: every later stage can walk so many by recursion."""


@dataclass(frozen=True)
class Flaw:
    """Something in a document that is wrong, or unwise, though it can be read."""

    rule: str
    where: str
    text: str
    fatal: bool = True


class Unreadable(Exception):  # noqa: N818 - what a peer sent, no error of ours
    """The text is no JSON; `kind` and `uid` are what its beginning shows, 0 and "" if nothing."""

    def __init__(
        self, rule: str, where: str, text: str, beginning: str = "", *, fatal: bool = True
    ) -> None:
        super().__init__(text)
        self.rule, self.where, self.text, self.fatal = rule, where, text, fatal
        self.kind, self.uid = _beginning(beginning)


def read(text: str | bytes) -> tuple[Any, list[Flaw]]:
    """Return the document in `text` with its flaws; raise Unreadable.

    Numbers come as int and float. A lone surrogate is replaced by U+FFFD, a number that no
    double holds by the largest one, so that every later stage can handle the document.
    """
    flaws: list[Flaw] = []
    if isinstance(text, bytes):
        text = _decoded(text)
        how = "the message came as a binary WebSocket message; JSON is text"
        flaws.append(Flaw("binary", "message", how, fatal=False))
    elif not text.isascii() and _SURROGATE.search(text):
        flaws.append(Flaw("utf-8", "message", "the message is not encoded as UTF-8"))
        text = _SURROGATE.sub(_REPLACEMENT, text)
    try:
        document = _decoded_json(text, flaws)
    except RecursionError:
        raise _too_deep(text) from None
    if text.count("[") + text.count("{") > DEEPEST and _deeper(document, DEEPEST):
        raise _too_deep(text)
    if "\\u" in text and _SURROGATE_ESCAPE.search(text):
        document = _without_surrogates(document, "", flaws)
    return document, flaws


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as wrong:
        why = f"the message is not encoded as UTF-8: {wrong.reason}"
        beginning = data[: wrong.start].decode()
        raise Unreadable("utf-8", f"byte {wrong.start}", why, beginning) from None


def _too_deep(text: str) -> Unreadable:
    why = f"the message is nested deeper than the {DEEPEST} levels that the tool reads"
    return Unreadable("nesting", "message", f"{why} (RFC 8259, 9)", text, fatal=False)


def _deeper(document: object, limit: int) -> bool:
    level = [document]
    for _ in range(limit + 1):
        level = [child for node in level for _, child in _children(node)]
        if not level:
            return False
    return True


class _Odd(Exception):  # noqa: N818 - what a peer sent, no error of ours
    pass


def _only_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Odd
    return made


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _Odd
    return value


def _no_constant(name: str) -> float:
    raise _Odd(name)


# Made once: most messages are as they should be, and thousands come in a second.
_PROPER = json.JSONDecoder(
    object_pairs_hook=_only_once, parse_float=_finite, parse_constant=_no_constant
)


def _decoded_json(text: str, flaws: list[Flaw]) -> Any:  # noqa: ANN401 - any document
    """Return the document in `text`; where it is not as it should be, look at what it has."""
    try:
        return _PROPER.decode(text)
    except (ValueError, _Odd):  # no JSON at all, or more digits than Python takes
        return _Decoder(flaws).decode(text)


class _Decoder:
    def __init__(self, flaws: list[Flaw]) -> None:
        self._flaws = flaws
        self._doubled: list[tuple[dict[str, Any], str]] = []

    def decode(self, text: str) -> Any:  # noqa: ANN401 - any document
        try:
            document = json.loads(
                text,
                object_pairs_hook=self._object,
                parse_constant=self._constant,
                parse_float=self._float,
                parse_int=self._int,
            )
        except json.JSONDecodeError as wrong:
            where = f"line {wrong.lineno}, column {wrong.colno}"
            why = f"the message is not valid JSON: {wrong.msg}"
            raise Unreadable("json", where, why, text) from None
        except _NoNumber as wrong:
            why = f"the message is not valid JSON: it has no {wrong}"
            raise Unreadable("number", str(wrong), why, text) from None
        if self._doubled:
            self._tell_doubled(document)
        return document

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            times = Counter(name for name, _ in pairs)
            room = MOST - len(self._doubled)
            self._doubled += [(made, name) for name in made if times[name] > 1][:room]
        return made

    def _tell_doubled(self, document: object) -> None:
        paths = _paths_of({id(owner) for owner, _ in self._doubled}, document)
        for owner, name in self._doubled:
            # An object that was itself a value of a doubled name is no longer there.
            path = paths.get(id(owner))
            where = f"{path}.{name}" if path is not None else name
            text = "a name is in its object more than once (RFC 8259, 4)"
            self._flaws.append(Flaw("duplicate-key", where, text))

    @staticmethod
    def _constant(name: str) -> float:
        raise _NoNumber(name)

    def _float(self, text: str) -> float:
        value = float(text)
        return value if math.isfinite(value) else self._too_large(text)

    def _int(self, text: str) -> float:
        try:
            return int(text)
        except ValueError:  # Python's own limit of digits
            return self._too_large(text)

    def _too_large(self, text: str) -> float:
        if len(self._flaws) < MOST:
            why = "a number is larger than a double can hold (RFC 8259, 6)"
            self._flaws.append(Flaw("number", f"{text[:40]}", why, fatal=False))
        return math.copysign(sys.float_info.max, -1 if text.startswith("-") else 1)


class _NoNumber(Exception):  # noqa: N818 - carries the word that stands for no number
    pass


def _paths_of(wanted: set[int], document: object) -> dict[int, str]:
    """Return where the objects with these identities are, the first place of each."""
    found: dict[int, str] = {}

    def look(node: object, steps: tuple[str | int, ...]) -> None:
        if id(node) in wanted and id(node) not in found:
            path = ""
            for step in steps:
                path = _joined(path, step)
            found[id(node)] = path or "message"
        for step, child in _children(node):
            if len(found) < len(wanted) and isinstance(child, dict | list):
                look(child, (*steps, step))

    look(document, ())
    return found


def _children(node: object) -> list[tuple[str | int, Any]]:
    if isinstance(node, dict):
        return list(node.items())
    return list(enumerate(node)) if isinstance(node, list) else []


def _joined(path: str, step: str | int) -> str:
    if not path:
        return f"element {step + 1}" if isinstance(step, int) else step
    return f"{path}[{step}]" if isinstance(step, int) else f"{path}.{step}"


def _without_surrogates(node: object, path: str, flaws: list[Flaw]) -> Any:  # noqa: ANN401
    if isinstance(node, str):
        return _clean(node, path or "message", flaws)
    if isinstance(node, list):
        return [_without_surrogates(v, _joined(path, i), flaws) for i, v in enumerate(node)]
    if isinstance(node, dict):
        return {
            _clean(name, path, flaws): _without_surrogates(v, _joined(path, name), flaws)
            for name, v in node.items()
        }
    return node


def _clean(text: str, where: str, flaws: list[Flaw]) -> str:
    cleaned = _SURROGATE.sub(_REPLACEMENT, text)
    if cleaned != text and len(flaws) < 3 * MOST:
        why = "half of a surrogate pair is no character, and has no UTF-8 (RFC 8259, 8.2)"
        flaws.append(Flaw("surrogate", _SURROGATE.sub(_REPLACEMENT, where), why))
    return cleaned


def _beginning(text: str) -> tuple[int, str]:
    found = _PREFIX.match(text)
    if found is None:
        return 0, ""
    kind, quoted = found.groups()
    try:
        uid = json.loads(quoted)
    except json.JSONDecodeError:
        return int(kind), ""
    readable = len(uid) <= _LONGEST_ID and not _SURROGATE.search(uid)
    return int(kind), uid if readable else ""
