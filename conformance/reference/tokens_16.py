"""The tokens that the 1.6 reference central system knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ocpp.v16.enums import AuthorizationStatus

from conformance.reference.known import with_token
from conformance.reference.link_16 import rfc3339
from conformance.reference.options_16 import CsmsOptions


@dataclass
class Tokens:
    """The table of tokens; they are compared without case (CiString20Type)."""

    options: CsmsOptions

    def know(self, body: Mapping[str, Any]) -> None:
        """Know a token from now on; raise KeyError or ValueError for a wrong body."""
        self.options = with_token(self.options, body)
        child, group = str(body["token"]), body.get("group")
        others = [p for p in self.options.parents if p.partition(":")[0].lower() != child.lower()]
        mine = [f"{child}:{group}"] if group else []
        self.options = replace(self.options, parents=(*others, *mine))

    def info(self, token: str) -> Any:  # noqa: ANN401 - the package takes a dict as well
        """Return the IdTagInfo of `token`."""
        status = self._status(token)
        info: dict[str, Any] = {"status": status}
        for pair in self.options.parents:
            child, _, parent = pair.partition(":")
            if child.lower() == token.lower():
                info["parentIdTag"] = parent
        if status == AuthorizationStatus.expired:
            info["expiryDate"] = rfc3339(datetime(2020, 1, 1, tzinfo=UTC))
        elif status == AuthorizationStatus.accepted and self.options.expiry_dates:
            info["expiryDate"] = rfc3339(datetime(2099, 1, 1, tzinfo=UTC))
        return info

    def _status(self, token: str) -> AuthorizationStatus:
        tables = {
            AuthorizationStatus.accepted: self.options.valid,
            AuthorizationStatus.blocked: self.options.blocked,
            AuthorizationStatus.expired: self.options.expired,
        }
        for status, tokens in tables.items():
            if token.lower() in map(str.lower, tokens):
                return status
        return AuthorizationStatus.invalid
