"""What is to be shown on the next connection, as it stands now: a case may change it."""

from __future__ import annotations

import ssl
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from secrets import token_bytes
from urllib.parse import urlsplit

from conformance.secure import MUTUAL, OVER_TLS, side, told
from conformance.sut import Sut
from conformance.sut_sections import Secret
from conformance.wire.refusal import Refusal, short
from conformance.wire.secured import Guard
from conformance.wire.tls import OLD_SUITES, Side, TlsSeen, client_context, server_context
from conformance.wire.turning import Turned
from conformance.wire.upgrade import USUAL, Upgrade

_KEPT = 50  # handshakes: a stranger may make as many as he likes
PASSWORD_BYTES = 20  # A00.FR.205
BASIC = (1, 2)  # the security profiles with HTTP Basic authentication


@dataclass
class Access:
    """The security profile, the password and the certificates that hold for the next connection.

    Beside a station they are what it has to show and is shown; beside a CSMS the other way round.
    `check_name` tells whether a CSMS has to be the one of its URL. `handshakes` are the last
    TLS handshakes since the case began, those that failed too.
    """

    profile: int
    password: bytes | None
    side: Side
    check_name: bool = True
    handshakes: deque[TlsSeen] = field(default_factory=lambda: deque(maxlen=_KEPT))
    secrets: set[str] = field(default_factory=set)  # passwords that have been set meanwhile
    upgrade: Upgrade = USUAL
    compression: bool | None = None  # with a station that offers it; None: as the version has it
    turned: Turned = field(default_factory=lambda: Turned(1.0))
    _any: bool = False  # any certificate of a CSMS will do
    _strict: Side | None = None  # what is insisted on, while any TLS is taken

    @classmethod
    def of(cls, sut: Sut) -> Access:
        """Return what the declaration says."""
        password = sut.connection.password
        return cls(
            sut.connection.security_profile,
            password.reveal() if password is not None else None,
            side(sut),
            sut.document.tls.check_name,
            turned=Turned(sut.limits.message_timeout),
        )

    def reset(self, sut: Sut) -> None:
        """Go back to what the declaration says, and forget the handshakes."""
        declared = Access.of(sut)
        self.profile, self.password, self.side = declared.profile, declared.password, declared.side
        self.handshakes.clear()

    def demand(self, sut: Sut, profile: int) -> None:
        """Change the security profile, and with it what is shown and trusted."""
        self.profile, self.side = profile, side(sut, profile)

    def as_declared(self, sut: Sut) -> bool:
        """Tell whether profile and password are those of the declaration."""
        declared = Access.of(sut)
        return (self.profile, self.password) == (declared.profile, declared.password)

    def declare(self, sut: Sut) -> Sut:
        """Return the declaration of a system with this profile and this password."""
        password = None if self.password is None else Secret(self.password)
        known = {"security_profile": self.profile, "password": password}
        connection = sut.connection.model_copy(update=known)
        return replace(sut, document=sut.document.model_copy(update={"connection": connection}))

    def new_password(self, octets: bytes) -> str:
        """Return a new password, as AuthorizationKey has it, with `octets` at its beginning."""
        made = (octets + token_bytes(PASSWORD_BYTES - len(octets))).hex()
        self.secrets.add(made)
        return made

    def take_password(self, value: str) -> None:
        """Show the password that a CSMS has set, hexadecimal digits for bytes (A00.FR.205)."""
        try:
            self.password = bytes.fromhex(value)
        except ValueError:
            self.password = value.encode()
        self.secrets |= {value, self.password.decode("utf-8", "replace")}

    def patience(self, sut: Sut) -> float:
        """Return for how long a connection is awaited: longer of a station that backs off."""
        return round(sut.limits.connect_timeout + self.turned.next_wait, 1)

    @property
    def basic(self) -> bytes | None:
        """The password of HTTP Basic that holds now, None where the profile has none."""
        return self.password if self.profile in BASIC else None

    def compresses(self, subprotocol: str) -> bool:
        """Tell whether compression is agreed to: a CSMS has to, of 2.0.1 (Part 4, 3.3)."""
        return subprotocol != "ocpp1.6" if self.compression is None else self.compression

    def credentials(self, station: str) -> tuple[str, bytes] | None:
        """Return user and password that are demanded now, or None where none are."""
        return (station, self.basic) if self.basic is not None else None

    def context(self) -> ssl.SSLContext | None:
        """Return the TLS context of one connection, or None where there is no TLS now.

        Raises UnusableFilesError.
        """
        if self.profile < OVER_TLS:
            return None
        with told():
            return server_context(self.side, client_certificate=self.profile >= MUTUAL)

    def client(self) -> ssl.SSLContext | None:
        """Return the TLS context of one connection to a CSMS, or None without TLS.

        Raises UnusableFilesError.
        """
        if self.profile < OVER_TLS:
            return None
        if self.side.trusted is None and not self._any:
            context = ssl.create_default_context()  # the machine's own authorities
            context.check_hostname = self.check_name
            return context
        with told():
            return client_context(self.side, check_name=self.check_name)

    def at(self, url: str, higher: str = "") -> str:
        """Return where a CSMS is for the profile that holds now: `url`, or with TLS `higher`."""
        if (urlsplit(url).scheme == "wss") == (self.profile >= OVER_TLS):
            return url
        return (
            higher or f"{'wss' if self.profile >= OVER_TLS else 'ws'}://{url.partition('://')[2]}"
        )

    def take_any_tls(self) -> None:
        """Take old versions and weak suites of a station, too, until `insist`."""
        if self._strict is None:
            self._strict = self.side
        oldest = ssl.TLSVersion.TLSv1
        self.side = replace(self.side, oldest=oldest, suites=("ALL",), lenient=True)

    def insist(self) -> bool:
        """Take only what OCPP allows again; tell whether anything else was taken."""
        if self._strict is None:
            return False
        self.side, self._strict = self._strict, None
        return True

    @contextmanager
    def opening(self, upgrade: Upgrade) -> Iterator[None]:
        """While inside, open connections in this way."""
        self.upgrade = upgrade
        try:
            yield
        finally:
            self.upgrade = USUAL

    @contextmanager
    def offering(self, suite: str) -> Iterator[None]:
        """While inside, offer one cipher suite of TLS 1.2, and take any certificate."""
        newest = ssl.TLSVersion.TLSv1_2
        with self._as(replace(self.side, suites=(suite,), newest=newest, trusted=None)):
            yield

    @contextmanager
    def older(self, version: ssl.TLSVersion) -> Iterator[None]:
        """While inside, offer this old version of TLS alone, and take any certificate."""
        side = replace(self.side, oldest=version, newest=version, suites=OLD_SUITES, trusted=None)
        with self._as(replace(side, lenient=True)):
            yield

    @contextmanager
    def _as(self, side: Side) -> Iterator[None]:
        before, self.side, self._any = self.side, side, True
        try:
            yield
        finally:
            self.side, self._any = before, False

    def guard(self, refused: Callable[[Refusal], None], limit: float) -> Guard:
        """Return what secures connections; a handshake that fails is told in one line.

        Raises UnusableFilesError at once, and not when a station connects.
        """
        self.context()

        def seen(handshake: TlsSeen) -> None:
            self.handshakes.append(handshake)
            if handshake.failure:
                text = short(f"a TLS handshake failed: {handshake}", 1000)
                address = handshake.address
                refused(Refusal(kind="no TLS handshake", address=address, text=text))

        return Guard(self.context, seen, limit)
