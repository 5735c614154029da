"""The attempts to get in that were refused: the first ones told, all of them counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from conformance.wire.refusal import Kind, Refusal

TOLD: Final = 3
"""So many of each kind are told one by one; the others, and what is told already, are counted."""

ADDRESSES: Final = 20
"""So many addresses are told apart; all others are counted together."""

ELSEWHERE: Final = "other addresses"


@dataclass
class Attempts:
    """Refused attempts, in as little memory however many there are.

    `lines` are about those since they were last taken; `counts` about those of the whole run.
    """

    _told: list[str] = field(default_factory=list)
    _kinds: Counter[str] = field(default_factory=Counter)
    _untold: Counter[tuple[str, str]] = field(default_factory=Counter)
    _all: Counter[tuple[str, str]] = field(default_factory=Counter)
    _addresses: set[str] = field(default_factory=set)

    def note(self, refusal: Refusal) -> None:
        """Count an attempt, and keep its line if it is one of the first of its kind."""
        key = refusal.kind, self._known(refusal.address)
        self._all[key] += 1
        self._kinds[refusal.kind] += 1
        if refusal.text not in self._told and self._kinds[refusal.kind] <= TOLD:
            self._told.append(refusal.text)
        else:
            self._untold[key] += 1

    def lines(self) -> list[str]:
        """Return the first of each kind, and one line with the number of the others."""
        if not self._untold:
            return list(self._told)
        counted = ", ".join(
            f"{count} with {kind} from {address}"
            for (kind, address), count in self._untold.most_common()
        )
        return [*self._told, f"{self._untold.total()} more attempts were refused: {counted}"]

    def take(self) -> list[str]:
        """Return the lines, and begin anew; `counts` go on."""
        lines = self.lines()
        self._told.clear()
        self._kinds.clear()
        self._untold.clear()
        return lines

    def counts(self) -> list[dict[str, Any]]:
        """Return how many there were since the beginning, by kind and address."""
        return [
            {"kind": kind, "address": address, "count": count}
            for (kind, address), count in self._all.most_common()
        ]

    def count(self, kind: Kind) -> int:
        """Return how many of one kind there were since the beginning."""
        return sum(count for (named, _), count in self._all.items() if named == kind)

    def _known(self, address: str) -> str:
        if len(self._addresses) < ADDRESSES:
            self._addresses.add(address)
        return address if address in self._addresses else ELSEWHERE
