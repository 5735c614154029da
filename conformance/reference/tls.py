"""The reference systems' side of TLS: the files that they are given, and what they insist on."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from conformance.reference.credentials import Credentials


@dataclass(frozen=True, kw_only=True)
class Files:
    """PEM files: its own certificate and key, the other side's root, and that of firmware.

    A CSMS may have a second certificate, with a key of another kind, and an authority that signs
    what stations ask for.
    """

    certificate: str = ""
    key: str = ""
    trusted: str = ""
    maker: str = ""
    other: str = ""
    other_key: str = ""
    authority: str = ""
    authority_key: str = ""

    def credentials(self, profile: int, password: bytes) -> Credentials:
        """Return what a station shows that has these files."""
        chain_and_key = (self.certificate, self.key) if self.certificate else None
        return Credentials(
            profile,
            password,
            [Path(self.trusted).read_text("utf-8")] if self.trusted else [],
            tuple(Path(f).read_bytes() for f in chain_and_key) if chain_and_key else None,  # type: ignore[arg-type]
            [Path(self.maker).read_text("utf-8")] if self.maker else [],
        )

    def server(
        self, *, required: bool, trusts: bool = True, both: bool = True
    ) -> ssl.SSLContext | None:
        """Return a CSMS's context; one that has the stations' root looks at their certificates.

        With `required` nobody is let in without one. Without `both` it has one certificate only.
        """
        if not self.certificate:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # With the RSA key exchange, which OCPP asks a CSMS to have and Python leaves out.
        context.set_ciphers("ECDHE+AESGCM:AES128-GCM-SHA256:AES256-GCM-SHA384")
        context.load_cert_chain(self.certificate, self.key)
        if self.other and both:
            context.load_cert_chain(self.other, self.other_key)
        if self.trusted and trusts:
            context.load_verify_locations(self.trusted)
            context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
        return context
