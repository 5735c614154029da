"""Security as a case sees it: what the next connection has to show, and what the tool signs."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from conformance.matching import MISSING, Matcher
from conformance.operators.actions import SetSecurityProfile
from conformance.secure import MUTUAL, OVER_TLS
from conformance.signed_firmware import SignedFirmware, declared_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography import x509

    from conformance.access import Access
    from conformance.bench import Bench
    from conformance.message import Request
    from conformance.peer import Peer
    from conformance.pki.authority import Authority

_FIELDS: Final = ("issuerNameHash", "issuerKeyHash", "serialNumber")


class SecurityDesk:
    """What a case demands and signs; the clean-up puts back what it has changed.

    Certificates are PEM texts. What the declaration does not name makes a case INCONCLUSIVE.
    `updates` are of signed firmware.
    """

    def __init__(self, bench: Bench, peer: Peer) -> None:
        self._bench, self._peer = bench, peer
        self.updates = SignedFirmware(peer)
        self._lower: int | None = None
        self._given, self._before = "", ""  # its new certificate (PEM), the one before (SHA-256)

    def learn(self, request: Request, reply: Mapping[str, Any]) -> None:
        """Take note of what the station has accepted for good: no message takes it back."""
        if request.action == "CertificateSigned" and reply.get("status") == "Accepted":
            self._given = str(request.pattern()["certificateChain"])
            self._before = self._bench.presented.get("certificate", "")

    # The next connection

    @property
    def profile(self) -> int:
        """The security profile that the station has to connect with."""
        return self._access.profile

    def new_password(self, octets: bytes) -> str:
        """Return a new password, as AuthorizationKey has it, with `octets` at its beginning."""
        return self._access.new_password(octets)

    def demand_password(self, hexadecimal: str) -> None:
        """Let nobody in from now on but with this password (A01.FR.03)."""
        self._access.password = bytes.fromhex(hexadecimal)
        self._peer.situation.was_cut_off = True  # the station has to connect anew for that
        self._note("demands the new password on the next connection")

    def demand_profile(self, profile: int) -> None:
        """Let nobody in from now on but with this security profile."""
        if profile >= OVER_TLS:
            self._file("certificate")
            self._file("private_key")
        if profile >= MUTUAL:
            self._file("trusted")
        self._access.demand(self._peer.sut, profile)
        self._peer.situation.was_cut_off = True
        self._note(f"demands security profile {profile} on the next connection")

    def may_fall_to(self, profile: int) -> None:
        """Raise the station again in the clean-up, should it have fallen to this profile."""
        self._lower = profile

    # The station's own certificate

    @property
    def serial(self) -> str:
        """The serial number that the station has told, if it has."""
        return str(self._bench.presented.get("serial", ""))

    def request(self, organization: str) -> Any:  # noqa: ANN401 - stands where a text could stand
        """Accept a signing request with a valid signature, strong key and right subject."""
        from conformance.pki import signing  # noqa: PLC0415 - costs 50 ms

        serial = self.serial
        return Matcher(
            f"a signing request for {organization}",
            lambda v: not list(signing.problems(v, organization, serial)),
            also_wrong=signing.wrong_requests(organization, serial),
            tell=lambda v: "; ".join(signing.problems(v, organization, serial)),
        )

    async def signed(self, csr: str) -> str:
        """Return the certificate that was asked for, and those between it and the root."""
        from conformance.pki.signing import sign_request  # noqa: PLC0415

        return sign_request(csr, await self._authority())

    async def signed_too_late(self, csr: str) -> str:
        """Return the same with a certificate that has expired."""
        from conformance.pki.authority import EXPIRED  # noqa: PLC0415
        from conformance.pki.signing import sign_request  # noqa: PLC0415

        return sign_request(csr, await self._authority(), EXPIRED)

    def shown(self, chain: str) -> dict[str, Any]:
        """Return what a connection with this certificate looks like."""
        from conformance.pki.signing import leaf  # noqa: PLC0415

        number = f"{leaf(chain).serial_number:x}"
        new = Matcher(
            "that of the new certificate",
            lambda v: v == number,
            tell=lambda v: f"expected {number!r}, that of the new certificate, got {v!r}",
        )
        return {"tls": {"certificate": {"serialNumber": new}}}

    # Roots

    def root(self) -> str:
        """Return the root that the tool's own certificate goes back to."""
        return self._file("trusted").read_text("ascii")

    def another_root(self) -> str:
        """Return a root that nothing stands on, the same one for all cases of a run."""
        return _pem(*_root("valid"))

    def expired_root(self) -> str:
        """Return a root that has expired."""
        return _pem(*_root("expired"))

    def named(self, root: str, algorithm: str = "SHA256") -> Any:  # noqa: ANN401 - as messages have it
        """Return the hash data by which a root is named."""
        from conformance.pki.hashes import hash_data  # noqa: PLC0415
        from conformance.pki.signing import leaf  # noqa: PLC0415

        certificate, known = leaf(root), "SHA384" if algorithm == "SHA384" else "SHA256"
        chosen: Any = "SHA512" if algorithm == "SHA512" else known
        return hash_data(certificate, certificate, chosen)

    def entry(self, root: str, listed: object) -> Any:  # noqa: ANN401
        """Return the entry for a root in a list of hash data, in any case of letters, or None."""
        for one in listed if isinstance(listed, list) else ():
            right = self.named(root, str(one.get("hashAlgorithm")))
            if all(str(one.get(f)).lower() == right[f].lower() for f in _FIELDS):
                return right
        return None

    def lists(self, root: str) -> Any:  # noqa: ANN401 - stands where a list could stand
        """Accept a list of hash data with this root."""
        right = self.named(root)
        wrong = [[{**right, field: "0" + right[field][1:] + "0"}] for field in _FIELDS]
        return Matcher(
            "a list with the certificate",
            lambda v: self.entry(root, v) is not None,
            wrong=[],
            also_wrong=tuple(wrong),
            tell=lambda v: _missed(root, v),
        )

    def lists_no_more(self, root: str) -> Any:  # noqa: ANN401 - stands where a list could stand
        """Accept no list of hash data, or one without this root."""
        return Matcher(
            "no list with the certificate",
            lambda v: v is MISSING or self.entry(root, v) is None,
            wrong=[self.named(root)],
            tell=lambda v: f"the certificate is still there: {self.entry(root, v)}",
        )

    # The machinery

    @property
    def _access(self) -> Access:
        return self._bench.transport.access

    def _file(self, name: str) -> Path:
        return declared_file(self._peer.sut, name)

    async def _authority(self) -> Authority:
        """Return who signs for the station; what it signs says where it tells what is revoked."""
        from conformance.pki.revocation import CRL, OCSP  # noqa: PLC0415
        from conformance.pki.signing import authority  # noqa: PLC0415

        found = authority(self._file("authority"), self._file("authority_key"))
        if self._peer.sut.document.tls.revocation:
            at = await self._peer.files.told_at()
            found.ocsp_url, found.crl_url = at + OCSP, at + CRL
        return found

    def _note(self, text: str) -> None:
        self._peer.record.note("", "tool", "", text)

    # The clean-up

    async def restore(self) -> None:
        """Have the station connect again as it is declared to, or go on with how it was left."""
        bench, access = self._bench, self._access
        self._tell_certificate()
        if self._lower is not None and bench.link.connection is None:
            await self._raise_again(self._lower)
        if access.as_declared(bench.sut):
            return
        if bench.link.connection is None:  # it was given its time with what the case demands
            access.reset(bench.sut)
            await bench.connected()
            return
        await self._set_back()
        if not access.as_declared(bench.sut):
            bench.sut = access.declare(bench.sut)
            self._peer.undo = [u for u in self._peer.undo if u.action != "DeleteCertificate"]

    def _tell_certificate(self) -> None:
        """Tell which certificate the station was left with: nobody has the key of the one before.

        It was signed by the declared authority, so that the next case can go on with it.
        """
        if not self._given:
            return
        from conformance.pki.signing import fingerprint, leaf  # noqa: PLC0415

        own = leaf(self._given)
        before = f"; it had one with {self._before}" if self._before else ""
        self._peer.remark_on_lab(
            "the station was left with the certificate that this case has signed, SHA-256"
            f" {fingerprint(own)}, valid until {own.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
            f"{before}: put its own one back by hand",
        )

    async def _raise_again(self, lower: int) -> None:
        bench, access = self._bench, self._access
        declared = bench.sut.connection.security_profile
        access.demand(bench.sut, lower)
        if await bench.connected():
            self._peer.expect_reconnection()
            access.demand(bench.sut, declared)
            await self._change("SecurityProfile", str(declared))
            await self._back()
        access.demand(bench.sut, declared)

    async def _change(self, key: str, value: str) -> str:
        """Change a configuration key; return the status."""
        from conformance.ocpp16.messages import ChangeConfiguration  # noqa: PLC0415

        request = ChangeConfiguration.req(key=key, value=value)
        limit = self._peer.sut.limits.message_timeout
        answer = await self._bench.link.request(request.action, request.pattern(), timeout=limit)
        return str(answer.payload.get("status"))

    async def _set_back(self) -> None:
        connection = self._bench.sut.connection
        if self.profile != connection.security_profile:
            await self._set_profile(connection.security_profile)
        declared = connection.password
        if declared is not None and self._access.password != declared.reveal():
            await self._set_password(declared.reveal())

    async def _set_profile(self, profile: int) -> None:
        before, desk = self.profile, self._peer.operator
        action = SetSecurityProfile(profile=profile)
        able = desk.can(action)
        if able:
            self._access.demand(self._bench.sut, profile)
            await desk.set_security_profile(profile)
        if not able or not await self._back():
            self._access.demand(self._bench.sut, before)
            self._peer.remark_on_lab(
                f"the station was left with security profile {before}, which cannot be lowered"
                f" over OCPP: the rest of the run is over that profile; set it back to {profile}",
            )

    async def _set_password(self, password: bytes) -> None:
        new, self._access.password = self._access.password, password
        self._peer.expect_reconnection()
        status = await self._change("AuthorizationKey", password.hex())
        if status != "Accepted" or not await self._back():
            self._access.password = new
            self._peer.remark(
                "",
                "the station was left with the password that this case has set, as it did not take"
                " the old one back: set AuthorizationKey by hand",
            )
        else:
            self._peer.record.note("cleanup", "tool", "", "the old password is set back")

    async def _back(self) -> bool:
        """Wait for a new connection; tell whether there is one."""
        bench, old = self._bench, self._peer.inbox.old_epochs
        limit = bench.sut.limits.connect_timeout
        return await bench.until(
            lambda: bench.link.connection is not None and bench.link.epoch > old, limit
        )


def _missed(root: str, listed: object) -> str:
    from conformance.pki.hashes import missed  # noqa: PLC0415
    from conformance.pki.signing import leaf  # noqa: PLC0415

    return missed(leaf(root), listed if isinstance(listed, list) else [])


@cache
def _root(kind: str) -> tuple[x509.Certificate]:
    from conformance.pki.authority import EXPIRED, Authority, Period  # noqa: PLC0415

    period = EXPIRED if kind == "expired" else Period(end=3650)
    made = Authority(f"Test root ({kind})", "ocpp-conformance", "ecdsa", period=period)
    return (made.certificate,)


def _pem(certificate: x509.Certificate) -> str:
    from conformance.pki.authority import pem  # noqa: PLC0415

    return pem(certificate).decode("ascii")
