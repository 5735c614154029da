"""Spoil one thing on its way to a case: the proof that a check bites."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from conformance.matching import MISSING
from conformance.record import Constraint


class Tamper:
    """Spoils the message that a constraint names, once; `used` tells whether it came by."""

    def __init__(self, constraint: Constraint) -> None:
        self.constraint = constraint
        self.used = False

    def hits(self, place: str, *kinds: str) -> bool:
        """Tell whether the message at `place` is the one, and is to be spoiled in such a way."""
        hit = place == self.constraint.place and self.constraint.kind in kinds
        self.used |= hit
        return hit

    def spoil(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Return `payload` with the one field spoiled."""
        return spoiled(payload, self.constraint.path, self.constraint.wrong)


def hit(tamper: Tamper | None, place: str, *kinds: str) -> TypeGuard[Tamper]:
    """Tell whether somebody spoils what is at `place`, in one of these ways."""
    return tamper is not None and tamper.hits(place, *kinds)


def spoiled(payload: Mapping[str, Any], path: str, wrong: object) -> dict[str, Any]:
    """Return a copy of `payload` in which the field at `path` is `wrong`, or is gone."""
    copied = copy.deepcopy(dict(payload))
    *parents, last = [int(p) if p.isdigit() else p for p in re.findall(r"[^.\[\]]+", path)]
    place: Any = copied
    for p in parents:
        place = place.setdefault(p, {}) if isinstance(place, dict) else place[p]
    if wrong is not MISSING:
        place[last] = wrong
    elif isinstance(place, dict):
        place.pop(last, None)
    else:
        del place[last]
    return copied
