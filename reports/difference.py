"""Finds the place of a difference within the text of a message, so that it can be marked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from reports.problem import problem
from reports.run import CaseRecord

_WRONG: Final = re.compile(r"(?:^|; )(\w+)\.([\w.\[\]]+): expected ")
_FINDING: Final = re.compile(r"^(?:payload\.)?([A-Za-z]\w*(?:\.\w+|\[\d+\])*) ")
_TOKEN: Final = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+)')
_INDEX: Final = re.compile(r"\[(\d+)\]")
_DEEPEST: Final = 100

Place: TypeAlias = tuple[int, int]


def places(case: CaseRecord, frame: int | None) -> list[Place]:
    """Return where in the text of a frame the reason of a case says that something is wrong.

    Of a field that is missing the place is that of the object without it.
    """
    if frame is None:
        return []
    text, finding = case.frames[frame].text, _FINDING.match(case.frames[frame].finding)
    spans = _spans(text)
    reason = problem(case).reason
    paths = [tuple(_parts(found[2])) for found in _WRONG.finditer(reason)]
    if not paths and finding and _payload(spans, *_parts(finding[1])):
        paths = [tuple(_parts(finding[1]))]
    found = (_payload(spans, *path) or _payload(spans, *path[:-1]) for path in paths)
    return _merged(place for place in found if place)


def _payload(spans: dict[tuple[str, ...], Place], *path: str) -> Place | None:
    """Return the place of a field of the payload: after the action, or after the id."""
    return spans.get(("3", *path)) or spans.get(("2", *path))


def marked(text: str, found: list[Place], around: int) -> list[tuple[str, bool]]:
    """Return a text in pieces, each with whether it is marked; `around` limits what is not.

    Of the text between the marks at most `around` characters stay beside each.
    """
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in found:
        pieces += [(_near(text[at:start], around, first=at == 0), False), (text[start:end], True)]
        at = end
    rest = text[at:]
    more = len(rest) - around
    pieces.append((f"{rest[:around]} … and {more} characters more" if more > 0 else rest, False))
    return [piece for piece in pieces if piece[0]]


def _near(text: str, around: int, *, first: bool) -> str:
    """Return the text before a mark, without what is far from it and from the mark before."""
    if len(text) <= 2 * around:
        return text
    return f"{text[:around]} … {text[-around:]}" if not first else f"… {text[-around:]}"


def _parts(path: str) -> Iterator[str]:
    yield from (part for part in _INDEX.sub(r".\1", path).split(".") if part)


def _merged(places: Iterable[Place]) -> list[Place]:
    """Return places in their order, none of them within another."""
    kept: list[Place] = []
    for place in sorted(set(places)):
        if not kept or place[0] >= kept[-1][1]:
            kept.append(place)
    return kept


def _spans(text: str) -> dict[tuple[str, ...], Place]:
    """Return the place of every value in a JSON text by its path; nothing for other text."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return {}
    tokens = [(m[1], m.start(1), m.end(1)) for m in _TOKEN.finditer(text)]
    if _depth(token for token, _, _ in tokens) > _DEEPEST:
        return {}
    spans: dict[tuple[str, ...], Place] = {}
    _value(tokens, 0, (), spans)
    return spans


def _depth(tokens: Iterable[str]) -> int:
    deepest = depth = 0
    for token in tokens:
        depth += (token in {"{", "["}) - (token in {"}", "]"})
        deepest = max(deepest, depth)
    return deepest


def _value(
    tokens: list[tuple[str, int, int]],
    at: int,
    path: tuple[str, ...],
    spans: dict[tuple[str, ...], Place],
) -> int:
    """Take the value that begins at token `at`; return the token after it."""
    token, start, end = tokens[at]
    if token not in {"{", "["}:
        spans[path] = (start, end)
        return at + 1
    closing, count = {"{": "}", "[": "]"}[token], 0
    at += 1
    while tokens[at][0] != closing:
        name = str(count)
        if closing == "}":
            name, at = str(json.loads(tokens[at][0])), at + 2
        at = _value(tokens, at, (*path, name), spans)
        at += tokens[at][0] == ","
        count += 1
    spans[path] = (start, tokens[at][2])
    return at + 1
