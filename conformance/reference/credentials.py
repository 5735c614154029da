"""What a reference station shows to be let in, as it stands now; the station itself changes it."""

from __future__ import annotations

import base64
import ssl
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

BASIC = (1, 2)  # the security profiles with HTTP Basic authentication
OVER_TLS, MUTUAL = 2, 3


@dataclass
class Credentials:
    """Security profile, password, trusted roots (PEM), and its own chain and key (PEM).

    Read for each connection that is opened. `makers` are the roots of firmware (PEM). Who `waits`
    shows the password only when it was refused without: a fault.
    """

    profile: int = 0
    password: bytes = b""
    trusted: Sequence[str] = ()
    own: tuple[bytes, bytes] | None = None
    makers: Sequence[str] = ()
    # With the suites of the RSA key exchange that OCPP names, and Python leaves out.
    suites: str = "ECDHE+AESGCM:AES128-GCM-SHA256:AES256-GCM-SHA384"
    old: bool = False  # a fault: TLS 1.1 is the newest
    waits: bool = False
    _challenged: bool = False

    def scheme(self, url: str) -> str:
        """Return `url` with the scheme that the profile asks for; host and port stay."""
        rest = url.partition("://")[2]
        return f"{'wss' if self.profile >= OVER_TLS else 'ws'}://{rest}"

    def headers(self, identity: str) -> dict[str, str]:
        """Return the headers of the upgrade (OCPP-J 1.6, 6.2.2; 2.0.1: A00.FR.203)."""
        if self.profile not in BASIC or (self.waits and not self._challenged):
            return {}
        self._challenged = False
        pair = base64.b64encode(identity.encode() + b":" + self.password).decode()
        return {"Authorization": f"Basic {pair}"}

    def challenged(self) -> None:
        """Take note that a CSMS has refused a connection with status 401."""
        self._challenged = True

    def context(self) -> ssl.SSLContext | None:
        """Return the context of a client, None where the profile has no TLS."""
        if self.profile < OVER_TLS:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(self.suites)
        if self.old:
            age(context)
        if self.trusted:
            context.load_verify_locations(cadata="\n".join(self.trusted))
        if self.profile >= MUTUAL and self.own is not None:
            _load(context, *self.own)
        return context


def age(context: ssl.SSLContext) -> None:
    """Let a context know nothing newer than TLS 1.1, whose checksums OpenSSL takes on request."""
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1


def _load(context: ssl.SSLContext, chain: bytes, key: bytes) -> None:
    """Load a certificate that is in memory: Python's ssl takes it from files only."""
    with TemporaryDirectory(prefix="ocpp-reference-") as folder:
        paths = Path(folder, "chain.pem"), Path(folder, "key.pem")
        for path, data in zip(paths, (chain, key), strict=True):
            path.touch(0o600)
            path.write_bytes(data)
        context.load_cert_chain(*paths)
