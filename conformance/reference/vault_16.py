"""What the OCPP 1.6 charge point keeps of its security, whatever happens to its power."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from conformance.reference.certificates import Certificates, read_own
from conformance.reference.credentials import BASIC, MUTUAL, OVER_TLS, Credentials
from conformance.reference.diary_16 import Diary
from conformance.reference.options_16 import StationOptions

CENTRAL: Final = "CentralSystemRootCertificate"
MAKER: Final = "ManufacturerRootCertificate"
SHORTEST, LONGEST = 16, 20  # bytes of a password (A00.FR.205)
_PROFILES: Final = (1, 2, 3)


@dataclass(frozen=True, kw_only=True)
class KeptVault:
    """What of a vault outlives the process; certificates and keys are PEM, the password is hex.

    `own` are its certificate and the key of it, `asked` is the key that waits for a certificate.
    """

    password: str
    roots: dict[str, list[str]]
    commissioned: list[str]
    own: tuple[str, str] | None
    asked: str
    log: list[tuple[datetime, str]]
    before: int | None
    failures: int


@dataclass
class Vault:
    """Certificates, the security log, and what is shown on the next connection.

    `before` is the security profile to fall back to until a new one has proven to work;
    `new` says that the station has not run yet.
    """

    credentials: Credentials
    certificates: Certificates
    diary: Diary
    commissioned: tuple[x509.Certificate, ...] = ()
    before: int | None = None
    failures: int = 0
    new: bool = True

    @classmethod
    def of(
        cls, options: StationOptions, credentials: Credentials, clock: Callable[[], datetime]
    ) -> Vault:
        """Return what a station that leaves the factory has."""
        roots = {CENTRAL: _read(credentials.trusted), MAKER: _read(credentials.makers)}
        own = read_own(*credentials.own) if credentials.own is not None else None
        certificates = Certificates(options.serial, clock, own, roots)
        return cls(credentials, certificates, Diary(clock), tuple(roots[CENTRAL]))

    def kept(self) -> KeptVault:
        """Return what a station still has when its power comes back."""
        store = self.certificates
        own = store.own.pem() if store.own is not None else None
        return KeptVault(
            password=self.credentials.password.hex(),
            roots={kind: [_pem(root) for root in roots] for kind, roots in store.roots.items()},
            commissioned=[_pem(root) for root in self.commissioned],
            own=(own[0].decode(), own[1].decode()) if own is not None else None,
            asked=store.waiting,
            log=list(self.diary.lines),
            before=self.before,
            failures=self.failures,
        )

    def restore(self, kept: KeptVault) -> None:
        """Have again what another process has kept: this is no new station."""
        store = self.certificates
        self.credentials.password = bytes.fromhex(kept.password)
        store.roots = {kind: _read(roots) for kind, roots in kept.roots.items()}
        self.commissioned = tuple(_read(kept.commissioned))
        own = kept.own
        store.own = read_own(own[0].encode(), own[1].encode()) if own is not None else None
        store.waiting = kept.asked
        self.diary.lines.extend(kept.log)
        self.before, self.failures, self.new = kept.before, kept.failures, False

    def lacks(self, profile: int) -> str:
        """Return which prerequisite of a security profile is not met (A05.FR.02 to .04)."""
        if profile not in _PROFILES:
            return "there is no such profile"
        if profile in BASIC and not SHORTEST <= len(self.credentials.password) <= LONGEST:
            return "there is no password"
        if profile >= OVER_TLS and not self.certificates.valid_roots(CENTRAL):
            return "there is no root of the central system"
        if profile >= MUTUAL and not self.certificates.valid_own():
            return "there is no certificate"
        return ""

    def follows(self, text: str) -> bool:
        """Tell whether a root is signed by one that there is (M05.FR.09), or is the first one."""
        known = self.certificates.valid_roots(CENTRAL)
        try:
            new = x509.load_pem_x509_certificate(text.encode())
        except ValueError:
            return False
        return not known or self.certificates.leads_to(CENTRAL, (new,))

    def in_use(self, kind: str, root: x509.Certificate) -> bool:
        """Tell whether a root may be the one that the connection stands on (M04.FR.06)."""
        last = self.certificates.roots[CENTRAL] == [root]
        over_tls = self.credentials.profile >= OVER_TLS
        return kind == CENTRAL and over_tls and (last or root in self.commissioned)

    def show(self, profile: int, faults: Mapping[str, str]) -> None:
        """Set what is shown on the next connection."""
        shown, store = self.credentials, self.certificates
        if "keeps-security-profile" not in faults:
            shown.profile = profile
        shown.trusted = [_pem(root) for root in store.roots[CENTRAL]]
        if store.own is not None and "keeps-old-certificate" not in faults:
            shown.own = store.own.pem()
        if "one-suite" in faults:
            shown.suites = "ECDHE+AES128:!AES256:!CHACHA20"
        shown.old = "offers-old-tls" in faults


def _read(texts: Sequence[str]) -> list[x509.Certificate]:
    return [c for text in texts for c in x509.load_pem_x509_certificates(text.encode())]


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
