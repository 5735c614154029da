"""Whom a reference CSMS lets in: each station by its own password and its own security profile."""

from __future__ import annotations

import base64
import hmac
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from cryptography import x509
from cryptography.x509.oid import NameOID

from conformance.reference.credentials import BASIC, MUTUAL, OVER_TLS, age
from conformance.reference.tls import Files


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a station shows: its Authorization header, TLS or not, and its certificate (DER)."""

    authorization: str = ""
    secured: bool = False
    certificate: bytes | None = None


@dataclass
class Gate:
    """What is demanded of stations: profile and password hold for those of whom no more is known.

    `organization`, if there is one, is whose the certificates of stations have to be (A00.FR.404).
    """

    profile: int = 0
    password: bytes = b""
    files: Files = field(default_factory=Files)
    faults: Mapping[str, str] = field(default_factory=dict)
    organization: str = ""
    stations: Collection[str] = ()  # that it knows; none stands for all
    shared: Mapping[str, str] = field(default_factory=dict)  # faults of any CSMS
    _passwords: dict[str, list[bytes]] = field(default_factory=dict)
    _profiles: dict[str, int] = field(default_factory=dict)

    # What it is told

    def change_password(self, station: str, password: bytes) -> None:
        """Demand a new password from now on, and take the old one no more (A01.FR.03)."""
        if "forgets-new-password" in self.faults:
            return
        old = self._known(station) if "takes-old-password" in self.faults else []
        self._passwords[station] = [*old, password]

    def set_profile(self, station: str, profile: int) -> None:
        """Demand this security profile from now on, or a higher one."""
        if "takes-old-profile" not in self.faults:
            self._profiles[station] = profile

    # What it does

    def identity(self, spelled: str) -> str:
        """Return the identity of a station by the last part of its path, percent-decoded."""
        return spelled if "raw-identity" in self.shared else unquote(spelled)

    def recognises(self, station: str) -> bool:
        """Tell whether this is the identity of a station that is known."""
        known = not self.stations or station in self.stations
        return known or "takes-any-station" in self.shared

    def profile_of(self, station: str) -> int:
        """Return the security profile that is demanded of a station."""
        return self._profiles.get(station, self.profile)

    def admits(self, station: str, shown: Shown) -> bool:
        """Tell whether a station may connect with what it shows."""
        profile = self.profile_of(station)
        if "takes-old-profile" in self.faults and not shown.secured and profile < MUTUAL:
            profile = min(profile, BASIC[0])
        if profile >= OVER_TLS and not shown.secured:
            return False
        if profile in BASIC or (profile >= MUTUAL and shown.certificate is None):
            return self._knows(station, shown.authorization, profile)
        return profile < MUTUAL or self._owns(shown.certificate)

    def context(self) -> ssl.SSLContext | None:
        """Return the TLS context of a connection, or None where there is no certificate."""
        trusts = "asks-for-no-certificate" not in self.faults
        context = self.files.server(
            required=self.profile >= MUTUAL,
            trusts=trusts,
            both="one-kind-of-key" not in self.faults,
        )
        if context is not None and "takes-old-tls" in self.faults:
            age(context)
        return context

    def _known(self, station: str) -> list[bytes]:
        return self._passwords.get(station, [self.password])

    def _knows(self, station: str, header: str, profile: int) -> bool:
        if profile >= MUTUAL:
            return "asks-for-no-certificate" in self.faults
        if "takes-any-password" in self.faults:
            return bool(header)
        if not header and "lets-in-without-credentials" in self.shared:
            return True
        given = _given(header, exact="exact-scheme" in self.shared)
        if given is None:
            return False
        user, password = given
        if user != station.encode() and "takes-any-user" not in self.shared:
            return False
        return any(self._right(password, known) for known in self._known(station))

    def _right(self, password: bytes, known: bytes) -> bool:
        if "looks-at-8-octets" in self.shared:
            password, known = password[:8], known[:8]
        if "passwords-are-text" in self.shared:
            password = password.decode("utf-8", "replace").encode()
        return hmac.compare_digest(password, known)

    def _owns(self, certificate: bytes | None) -> bool:
        if certificate is None:
            return False
        subject = x509.load_der_x509_certificate(certificate).subject
        owners = [str(a.value) for a in subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
        return not self.organization or self.organization in owners


def _given(header: str, *, exact: bool) -> tuple[bytes, bytes] | None:
    """Return user name and password of HTTP Basic; its name is the same in any letters."""
    scheme, _, encoded = header.partition(" ")
    if (scheme if exact else scheme.title()) != "Basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded, validate=True).partition(b":")
    except ValueError:
        return None
    return (user, password) if colon else None
