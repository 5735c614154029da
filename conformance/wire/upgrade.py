"""How a case has a connection to a CSMS opened in a way of its own."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """As another station (`identity`), as the path spells it (`spelled`), or offering no version.

    `compressed` offers permessage-deflate (RFC 7692), which the tool does not by default.
    """

    identity: str = ""
    spelled: str = ""
    versionless: bool = False
    compressed: bool = False

    def last_part(self, identity: str) -> str:
        """Return the last part of the path of the connection URL (OCPP-J 1.6, 3.1.1)."""
        return self.spelled or quote(identity, safe="")


USUAL = Upgrade()
