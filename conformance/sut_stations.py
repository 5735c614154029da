"""Several stations at one CSMS: their identities from a pattern, and which case uses which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle, product
from typing import Final

MOST: Final = 10_000
_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_RANGE: Final = re.compile(r"(\d+)\.\.(\d+)")


def identities(value: object) -> object:
    """Return the identities that a pattern such as "CP{01..20}" stands for, or a list of them.

    What is neither a text nor a list of texts is handed back as it is. Raises ValueError for
    braces without a range, and for more than 10000 identities.
    """
    patterns = [value] if isinstance(value, str) else value
    if not isinstance(patterns, list | tuple) or not all(isinstance(p, str) for p in patterns):
        return value
    found = [identity for pattern in patterns for identity in _expanded(pattern)]
    if len(found) > MOST:
        raise ValueError(f"expected {MOST} stations at the most")
    return found


def _expanded(pattern: str) -> Iterator[str]:
    parts = _BRACES.split(pattern)  # text and inner range in turn
    if any(brace in text for text in parts[::2] for brace in "{}"):
        raise ValueError('expected every { to have its }, as in "CP{01..20}"')
    ranges = [_numbers(inner) for inner in parts[1::2]]
    count = 1
    for numbers in ranges:
        count *= len(numbers)
    if count > MOST:
        raise ValueError(f"expected {MOST} stations at the most")
    for chosen in product(*ranges):
        middle = (*chosen, "")
        yield "".join(text + number for text, number in zip(parts[::2], middle, strict=True))


def _numbers(inner: str) -> Sequence[str]:
    """Return the numbers of one range, filled up with zeros where it is written so."""
    found = _RANGE.fullmatch(inner)
    if found is None or int(found[1]) > int(found[2]):
        raise ValueError('expected a range from low to high in braces, as in "CP{01..20}"')
    first, last = found[1], found[2]
    if int(last) - int(first) >= MOST:
        raise ValueError(f"expected {MOST} stations at the most")
    width = len(first) if first.startswith("0") else 0
    return [str(number).zfill(width) for number in range(int(first), int(last) + 1)]


def patterns(found: Iterable[str]) -> list[str]:
    """Return identities in as few patterns as they came from: twenty are one line."""
    runs: list[list[str]] = []
    for identity in found:
        if runs and identity == _after(runs[-1][-1]):
            runs[-1].append(identity)
        else:
            runs.append([identity])
    return [text for run in runs for text in _pattern(run)]


def _after(identity: str) -> str:
    name, number = _parts(identity)
    return f"{name}{str(int(number) + 1).zfill(len(number))}" if number else ""


def _parts(identity: str) -> tuple[str, str]:
    name = identity.rstrip("0123456789")
    return name, identity[len(name) :]


def _pattern(run: Sequence[str]) -> Sequence[str]:
    if len(run) < 3:  # noqa: PLR2004 - two are shorter in a list
        return run
    (name, first), (_, last) = _parts(run[0]), _parts(run[-1])
    return [f"{name}{{{first}..{last}}}"]


def assigned(cases: Iterable[str], stations: Sequence[str]) -> dict[str, str]:
    """Return which station each case uses: one of its own, for as long as there are enough.

    Who comes after that shares a station, and takes turns with the others on it. The same cases
    get the same stations in every run, in one process or in several.
    """
    return dict(zip(cases, cycle(stations), strict=False))
