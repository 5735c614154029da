"""What a station has to show to be let in, as it stands now: a case may change it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.secure import MUTUAL, OVER_TLS, side, told
from conformance.sut import Sut
from conformance.wire.secured import Guard
from conformance.wire.tls import Side, TlsSeen, server_context

BASIC = (1, 2)  # the security profiles with HTTP Basic authentication


@dataclass
class Access:
    """The security profile, the password and the certificates that hold for the next connection.

    `declared` is how they were when the run began; `handshakes` are all TLS handshakes since the
    case began, those that failed too.
    """

    profile: int
    password: bytes | None
    side: Side
    handshakes: list[TlsSeen] = field(default_factory=list)

    @classmethod
    def of(cls, sut: Sut) -> Access:
        """Return what the declaration says."""
        password = sut.connection.password
        return cls(
            sut.connection.security_profile,
            password.reveal() if password is not None else None,
            side(sut),
        )

    def credentials(self, station: str) -> tuple[str, bytes] | None:
        """Return user and password that are demanded now, or None where none are."""
        if self.profile not in BASIC or self.password is None:
            return None
        return station, self.password

    def context(self) -> ssl.SSLContext | None:
        """Return the TLS context of one connection, or None where there is no TLS now.

        Raises UnusableFilesError.
        """
        if self.profile < OVER_TLS:
            return None
        with told():
            return server_context(self.side, client_certificate=self.profile >= MUTUAL)

    def guard(self, refused: Callable[[str], None], limit: float) -> Guard:
        """Return what secures connections; a handshake that fails is told in one line.

        Raises UnusableFilesError at once, and not when a station connects.
        """
        self.context()

        def seen(handshake: TlsSeen) -> None:
            self.handshakes.append(handshake)
            if handshake.failure:
                refused(f"a TLS handshake failed: {handshake}")

        return Guard(self.context, seen, limit)
