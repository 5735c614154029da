"""Signed firmware as a case sends it: with a certificate that is right, or must be refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.clock import now
from conformance.matching import Matcher
from conformance.ocpp16.messages import FirmwareType
from conformance.verdict import Inconclusive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.peer import Peer
    from conformance.pki.authority import Issued
    from conformance.sut import Sut


def declared_file(sut: Sut, name: str, otherwise: str = "") -> Path:
    """Return a file of [tls]; Inconclusive where it is not declared, nor what would do instead."""
    found: Path | None = getattr(sut.tls, name)
    if found is None:
        other = f"tls.{otherwise} or " if otherwise else ""
        raise Inconclusive(f"this needs {other}tls.{name} in sut.toml (or tls.folder)")
    return found


class SignedFirmware:
    """Where firmware lies, and who has signed it, for SignedUpdateFirmware (whitepaper, L01)."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._told_at = ""  # where it is told that a certificate of the manufacturer is revoked

    def signed(self, location: str, *, genuine: bool = True) -> FirmwareType:
        """Return it with a valid signature, or with one that is of other bytes."""
        from conformance.pki.signing import spoiled  # noqa: PLC0415 - costs 50 ms

        signature = self._signature()
        certificate = self._file("signer").read_text("ascii")
        return _firmware(location, certificate, signature if genuine else spoiled(signature))

    async def revoked(self, location: str) -> FirmwareType:
        """Return it signed with a certificate that the manufacturer has revoked."""
        if self._peer.sut.tls.maker_key is None:
            declared = self._file("revoked_signer", "maker_key").read_text("ascii")
            return _firmware(location, declared, self._signature())
        from conformance.pki.revocation import revoked_signer  # noqa: PLC0415

        self._told_at = await self._peer.files.told_at()
        maker = self._file("maker"), self._file("maker_key")
        self._note(f"signs with a certificate that is told as revoked at {self._told_at}/maker/")
        return self._signed_by(revoked_signer(*maker, self._told_at), location)

    def late(self, location: str) -> FirmwareType:
        """Return it signed with a certificate that has expired."""
        from conformance.pki.authority import EXPIRED  # noqa: PLC0415
        from conformance.pki.signing import signer  # noqa: PLC0415

        maker = self._file("maker"), self._file("maker_key")
        return self._signed_by(signer(*maker, EXPIRED), location)

    def foreign(self, location: str) -> FirmwareType:
        """Return it signed with a certificate of a manufacturer that nobody knows."""
        from conformance.pki.signing import foreign_signer  # noqa: PLC0415

        return self._signed_by(foreign_signer(), location)

    def disputed(self, firmware: FirmwareType) -> Iterator[str]:
        """Yield what is to be remarked on about a signature that the station has taken."""
        from conformance.pki.firmware import disputed  # noqa: PLC0415

        certificate, signature = firmware["signingCertificate"], firmware["signature"]
        return disputed(certificate, signature, self._peer.files.image())

    # What a station says of a certificate that is revoked

    def refused_as_revoked(self) -> Any:  # noqa: ANN401 - stands where a text could stand
        """Accept that a certificate is told as revoked, or as invalid by who has not asked."""
        return Matcher(
            "'RevokedCertificate'",
            lambda v: v == "RevokedCertificate" or (v == "InvalidCertificate" and not self._asked),
            also_wrong=("Accepted", "Rejected"),
            tell=self._not_refused,
        )

    def refused_unasked(self, status: str) -> Iterator[str]:
        """Yield what is to be remarked on about a certificate that is told as invalid."""
        if status == "InvalidCertificate":
            yield (
                "the certificate is refused as invalid, not as revoked, and has not been looked up:"
                " that is right only where it could not be verified (L01)"
            )

    def _not_refused(self, status: object) -> str:
        told = f"expected 'RevokedCertificate', got {status!r}"
        if not self._told_at:
            return f"{told}; whether the station has looked it up, the tool does not see"
        if self._asked:
            return f"{told}, though the station was told so at {', '.join(self._asked)}"
        return (
            f"{told}; the station has asked nothing at {self._told_at}, where the certificate says"
            " that the manufacturer tells what is revoked (OCSP and a CRL, below /maker)"
        )

    @property
    def _asked(self) -> list[str]:
        """Where the station has asked about certificates of the manufacturer."""
        return [path for path in self._peer.files.lookups if path.startswith("/maker/")]

    # The machinery

    def _file(self, name: str, otherwise: str = "") -> Path:
        return declared_file(self._peer.sut, name, otherwise)

    def _signature(self) -> str:
        from conformance.pki.signing import signature  # noqa: PLC0415

        values = self._peer.sut.values
        if values.firmware_signature:
            return values.firmware_signature
        rsa = "RSA-PSS" if values.firmware_padding == "PSS" else "RSA PKCS#1 v1.5"
        self._note(f"signs the firmware with SHA-256 and ECDSA, or {rsa} where the key is RSA")
        image = self._peer.files.image()
        return signature(self._file("signer_key"), image, values.firmware_padding)

    def _signed_by(self, signer: Issued, location: str) -> FirmwareType:
        from conformance.pki.firmware import sign  # noqa: PLC0415

        padding = self._peer.sut.values.firmware_padding
        signature = sign(signer.key, self._peer.files.image(), padding)
        return _firmware(location, signer.pem.decode("ascii"), signature)

    def _note(self, text: str) -> None:
        self._peer.record.note("", "tool", "", text)


def _firmware(location: str, certificate: str, signature: str) -> FirmwareType:
    return {
        "location": location,
        "retrieveDateTime": now(),
        "signingCertificate": certificate,
        "signature": signature,
    }
