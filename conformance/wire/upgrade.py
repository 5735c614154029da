"""How a case has a connection to a CSMS opened in a way of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from conformance.wire.basic import basic


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """As another station (`identity`), as the path spells it (`spelled`), or offering no version.

    `compressed` offers permessage-deflate (RFC 7692), which the tool does not by default.
    `authorization` is the header of that name, if not the usual one; an empty one is left out.
    """

    identity: str = ""
    spelled: str = ""
    versionless: bool = False
    compressed: bool = False
    authorization: str | None = field(default=None, repr=False)

    def last_part(self, identity: str) -> str:
        """Return the last part of the path of the connection URL (OCPP-J 1.6, 3.1.1)."""
        return self.spelled or quote(identity, safe="")

    def header(self, identity: str, password: bytes | None) -> str:
        """Return the Authorization header, empty where there is none (OCPP-J 1.6, 6.2.2)."""
        if self.authorization is not None:
            return self.authorization
        return "" if password is None else basic(identity.encode(), password)


USUAL = Upgrade()
