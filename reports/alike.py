"""Puts together what says the same: a run with one fault in it says it hundreds of times."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Final, TypeVar

FEW: Final = 3
"""So many of a kind still stand each by itself."""

T = TypeVar("T")


def alike(items: Iterable[T], said: Callable[[T], Hashable]) -> list[list[T]]:
    """Return groups of more than FEW that say the same, where their first one was, and the rest."""
    groups: dict[Hashable, list[T]] = {}
    for item in items:
        groups.setdefault(said(item), []).append(item)
    found: list[list[T]] = []
    for group in groups.values():
        found += [group] if len(group) > FEW else [[item] for item in group]
    return found
