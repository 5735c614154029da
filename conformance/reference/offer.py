"""What a reference station asks for when it connects: as whom, in which versions, compressed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

RAW, TWICE, INSISTS = "raw-path", "offers-twice", "needs-compression"
"""The faults of `faults.SHARED` that are in it."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """The last part of the path, the subprotocols, and whether compression is offered.

    One that `insists` on compression hangs up without: Part 4, 3.3, advises against it.
    """

    path: str
    subprotocols: tuple[str, ...]
    compression: bool = False
    insists: bool = False

    @classmethod
    def of(
        cls, identity: str, own: str, options: Mapping[str, str], faults: Mapping[str, str]
    ) -> Offer:
        """Return the offer of a station that speaks `own`."""
        offered = tuple(name for name in options.get("offers", "").split(",") if name) or (own,)
        insists = INSISTS in faults
        return cls(
            path=identity if RAW in faults else quote(identity, safe=""),
            subprotocols=offered * 2 if TWICE in faults else offered,
            compression=insists or options.get("compresses", "").lower() == "true",
            insists=insists,
        )
