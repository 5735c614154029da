"""The security extension of the OCPP 1.6 charge point: keys, certificates and events."""

from __future__ import annotations

import binascii
import ssl
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any, Final

from cryptography import x509
from ocpp.v16 import call, call_result
from ocpp.v16.enums import (
    CertificateSignedStatus,
    CertificateStatus,
    ConfigurationStatus,
    DeleteCertificateStatus,
    GetInstalledCertificateStatus,
    TriggerMessageStatus,
    UpdateFirmwareStatus,
)

from conformance.reference.certificates import verifies
from conformance.reference.credentials import BASIC, MUTUAL
from conformance.reference.equipment_16 import Equipment
from conformance.reference.files_16 import PROFILE, Files, Order, attempts_of
from conformance.reference.keys_16 import MAX_CHAIN
from conformance.reference.link_16 import Answer, Handler, moment
from conformance.reference.logs_16 import Logs
from conformance.reference.outbox_16 import Letter
from conformance.reference.revocation import Pair, Register, Standing, lists, responders
from conformance.reference.triggers_16 import Triggers
from conformance.reference.vault_16 import CENTRAL, LONGEST, SHORTEST, Vault
from conformance.reference.wrong_requests import wrong_request

KEY: Final = "SecurityProfile"
_ENOUGH: Final = 3  # failures to connect, until it falls back to the profile before (A05.FR.08)
_FIRMWARE, _LOG = "FirmwareStatusNotification", "LogStatusNotification"


class Security:
    """One time between two boots; what outlives it is in the vault."""

    def __init__(
        self,
        equipment: Equipment,
        vault: Vault,
        files: Files,
        triggers: Triggers,
        send: Callable[..., None],
    ) -> None:
        self._all, self._vault, self._files = equipment, vault, files
        self._triggers, self._send = triggers, send
        self._leaving = False
        self._logs = Logs(equipment, files, vault.diary)
        files.firmware.updated = self._updated
        if equipment.options.security:
            own = {KEY: self._change_profile, "AuthorizationKey": self._change_password}
            equipment.configuration.rules.update(own)

    def handlers(self) -> Mapping[str, Handler]:
        """Return what answers each action."""
        if not self._all.options.security:
            return {}
        firmware: dict[str, Handler] = {"SignedUpdateFirmware": self.update_firmware}
        return {
            "CertificateSigned": self.certificate_signed,
            "DeleteCertificate": self.delete_certificate,
            "ExtendedTriggerMessage": self.trigger,
            "GetInstalledCertificateIds": self.installed_certificates,
            "GetLog": self._logs.request,
            "InstallCertificate": self.install_certificate,
            **(firmware if PROFILE in self._all.options.profiles else {}),
        }

    # -- connections

    def wake(self) -> None:
        """Begin with the profile that is configured, or else with the one it was given."""
        options, vault = self._all.options, self._vault
        if vault.new and options.security:
            self._all.configuration.put(KEY, str(vault.credentials.profile))
        if options.security and options.tells_startup:
            self.event("StartupOfTheDevice")
        vault.new = False

    def show(self) -> None:
        """Set what is shown on the next connection."""
        if self._all.options.security:
            self._vault.show(self._profile, self._all.faults)

    def let_in(self) -> None:
        """Take note that the profile works."""
        self._vault.before, self._vault.failures, self._leaving = None, 0, False

    def refused(self, error: ConnectionError) -> None:
        """Take note that there is no connection: after a change, the profile before may help."""
        vault = self._vault
        vault.failures += 1
        if isinstance(error.__cause__, ssl.SSLCertVerificationError):
            self.event("InvalidCentralSystemCertificate", str(error.__cause__.verify_message))
        if vault.before is not None and vault.failures >= _ENOUGH:
            self._all.configuration.put(KEY, str(vault.before))
            vault.before = None

    def hurries(self) -> bool:
        """Tell whether it has left of its own accord, to connect again at once."""
        return self._leaving

    def set_profile(self, profile: int) -> None:
        """Do what an installer asks for."""
        self._all.configuration.put(KEY, str(profile))
        self._reconnect()

    @property
    def _profile(self) -> int:
        return self._all.configuration.seconds(KEY)

    def _reconnect(self) -> None:
        if self._all.link:
            self._leaving = True
            self._all.spawn(self._all.link.wire.close())

    def _afterwards(self, consequence: Callable[[], None]) -> None:
        if self._all.link:
            self._all.link.afterwards(consequence)

    # -- events

    def event(self, kind: str, info: str = "", *, pushed: bool = True) -> None:
        """Write a security event down, and tell the central system of it (A04)."""
        self._vault.diary.note(f"{kind} {info}".strip())
        if pushed and "hides-security-events" not in self._all.faults:
            fields = {"type": kind, "timestamp": self._all.clock.text(), "tech_info": info or None}
            self._all.outbox.keep(Letter("SecurityEventNotification", fields))

    def _signature_refused(self) -> None:
        if "hides-bad-signature" not in self._all.faults:
            self.event("InvalidFirmwareSignature")

    def _updated(self) -> None:
        self.event("FirmwareUpdated", pushed=self._all.options.tells_firmware_updated)

    # -- keys, of section 7 of the whitepaper

    def _change_profile(self, text: str) -> ConfigurationStatus:
        wanted = int(text) if text.isascii() and text.isdigit() else -1
        if not self._may_be(wanted):
            return ConfigurationStatus.rejected
        self.event("ReconfigurationOfSecurityParameters", KEY, pushed=False)
        change = self._all.options.security_profile_change
        if change == "at once":
            self._vault.before, self._vault.failures = self._profile, 0
            self._all.configuration.put(KEY, str(wanted))
            self._afterwards(self._reconnect)
            return ConfigurationStatus.accepted
        self._all.configuration.put_later(KEY, str(wanted))
        by_reboot = change == "after reboot"
        return ConfigurationStatus.reboot_required if by_reboot else ConfigurationStatus.accepted

    def _may_be(self, wanted: int) -> bool:
        if wanted > self._profile:
            return not self._vault.lacks(wanted)
        # That fault looks at nothing: over profile 3 there is no password to go back to.
        return 0 < wanted < self._profile and "downgrades-security-profile" in self._all.faults

    def _change_password(self, text: str) -> ConfigurationStatus:
        try:
            password = bytes.fromhex(text)
        except ValueError:
            return ConfigurationStatus.rejected
        if not SHORTEST <= len(password) <= LONGEST:
            return ConfigurationStatus.rejected
        self.event("ReconfigurationOfSecurityParameters", "AuthorizationKey", pushed=False)
        if "keeps-old-password" not in self._all.faults:
            self._vault.credentials.password = password
        if self._profile in BASIC:
            self._afterwards(self._reconnect)
        return ConfigurationStatus.accepted

    # -- triggers

    def trigger(self, requested_message: str, connector_id: int | None = None) -> Answer:
        """Send a message that the central system asks for."""
        status, send = self._asked_for(requested_message, connector_id)
        if send and "ignores-triggers" not in self._all.faults:
            self._afterwards(send)
        return call_result.ExtendedTriggerMessage(status=status)

    def _asked_for(
        self, message: str, number: int | None
    ) -> tuple[TriggerMessageStatus, Callable[[], None] | None]:
        if number is not None and number not in self._all.connectors:
            return TriggerMessageStatus.rejected, None
        if message == "SignChargePointCertificate":
            if not self._all.configuration.text("CpoName"):  # A02: has to be set
                return TriggerMessageStatus.rejected, None
            return TriggerMessageStatus.accepted, self._ask_for_certificate
        statuses: Mapping[str, Callable[[], Any]] = {
            _LOG: self._logs.status,
            _FIRMWARE: self._firmware_status,
        }
        if message == _FIRMWARE and PROFILE not in self._all.options.profiles:
            return TriggerMessageStatus.not_implemented, None
        if message in statuses:
            return TriggerMessageStatus.accepted, lambda: self._send(statuses[message]())
        return self._triggers.asked_for(message, number)

    def _ask_for_certificate(self) -> None:
        organization = self._all.configuration.text("CpoName")
        csr = self._vault.certificates.request(organization, self._all.options.key_kind)
        if wrong := self._all.faults.get("wrong-csr"):
            csr = wrong_request(csr, wrong)
        self._send(call.SignCertificate(csr=csr))

    def _firmware_status(self) -> Any:  # noqa: ANN401 - the package has no types
        firmware = self._files.firmware
        idle = firmware.order is None or firmware.told in (None, "Installed")
        ident = None if idle or firmware.order is None else firmware.order.request
        status: Any = "Idle" if idle else firmware.told
        return call.SignedFirmwareStatusNotification(status=status, request_id=ident)  # type: ignore[arg-type]

    # -- certificates

    def certificate_signed(self, certificate_chain: str) -> Answer:
        """Take the certificate that was asked for, and connect with it (A02)."""
        organization = self._all.configuration.text("CpoName")
        if "accepts-any-certificate" in self._all.faults:
            return call_result.CertificateSigned(status=CertificateSignedStatus.accepted)
        right = len(certificate_chain) <= MAX_CHAIN and self._tells_revocation(certificate_chain)
        if not right or not self._vault.certificates.signed(certificate_chain, organization):
            self._afterwards(lambda: self.event("InvalidChargePointCertificate"))
            return call_result.CertificateSigned(status=CertificateSignedStatus.rejected)
        if self._profile >= MUTUAL:
            self._afterwards(self._reconnect)
        return call_result.CertificateSigned(status=CertificateSignedStatus.accepted)

    def _tells_revocation(self, chain: str) -> bool:
        """Tell whether a certificate says who can be asked about it, where that is demanded."""
        if not self._all.options.demands_revocation:
            return True
        try:
            own = x509.load_pem_x509_certificate(chain.encode())
        except ValueError:
            return False
        return bool(responders(own) or lists(own))

    def install_certificate(self, certificate_type: str, certificate: str) -> Answer:
        """Install a root (M05)."""
        faults, store = self._all.faults, self._vault.certificates
        if "forgets-certificates" in faults:
            return call_result.InstallCertificate(status=CertificateStatus.accepted)
        checked = self._all.options.root_check and certificate_type == CENTRAL
        right = not checked or self._vault.follows(certificate)
        full = store.full
        outcome = store.install(certificate_type, certificate) if right else "Rejected"
        if outcome == "Rejected" and "accepts-expired-root" in faults:
            outcome = "Accepted"
        if outcome == "Rejected" and not full and certificate_type == CENTRAL:
            self._afterwards(lambda: self.event("InvalidCentralSystemCertificate"))
        return call_result.InstallCertificate(status=CertificateStatus(outcome))

    def installed_certificates(self, certificate_type: str) -> Answer:
        """Tell which roots there are (M03)."""
        algorithm = self._all.options.hash_algorithm
        known = self._vault.certificates.installed(certificate_type, algorithm)
        found = GetInstalledCertificateStatus.accepted
        return call_result.GetInstalledCertificateIds(
            status=found if known else GetInstalledCertificateStatus.not_found,
            certificate_hash_data=known or None,
        )

    def delete_certificate(self, certificate_hash_data: Mapping[str, str]) -> Answer:
        """Delete a root, unless the connection stands on it (M04)."""
        named = {_camel(name): value for name, value in certificate_hash_data.items()}
        found = self._vault.certificates.named(named)
        if found is not None and self._vault.in_use(*found):
            return call_result.DeleteCertificate(status=DeleteCertificateStatus.failed)
        keeps = "keeps-deleted-certificates" in self._all.faults
        status = "Accepted" if keeps else self._vault.certificates.delete(named)
        return call_result.DeleteCertificate(status=DeleteCertificateStatus(status))

    # -- firmware

    async def update_firmware(
        self,
        request_id: int,
        firmware: Mapping[str, str],
        retries: int | None = None,
        retry_interval: int | None = None,
    ) -> Answer:
        """Take a signed update on (L01)."""
        signer = self._signer(firmware["signing_certificate"])
        wrong = await self._wrong_with(signer)
        if signer is None or wrong is not None:
            self._afterwards(lambda: self.event("InvalidFirmwareSigningCertificate"))
            refused = wrong or UpdateFirmwareStatus.invalid_certificate
            return call_result.SignedUpdateFirmware(status=refused)
        signature, install = firmware["signature"], firmware.get("install_date_time")
        order = Order(
            request_id,
            lambda image: verifies(signer.certificate, _plain(signature), image),
            self._signature_refused,
            moment(install) if install else None,
        )
        attempts = attempts_of(self._all, retries, retry_interval)
        busy, begin = self._files.firmware.busy, moment(firmware["retrieve_date_time"])
        self._files.firmware.fetch(firmware["location"], begin, attempts, order)
        accepted = UpdateFirmwareStatus.accepted_canceled if busy else UpdateFirmwareStatus.accepted
        return call_result.SignedUpdateFirmware(status=accepted)

    def _signer(self, text: str) -> Pair | None:
        """Return the certificate that is to have signed firmware, None if it cannot be trusted."""
        if "takes-any-signer" in self._all.faults:
            found = x509.load_pem_x509_certificate(text.encode())
            return Pair(found, found)
        return self._vault.certificates.signer(text)

    async def _wrong_with(self, signer: Pair | None) -> UpdateFirmwareStatus | None:
        """Return why what such a certificate has signed is not installed (L01.FR.23 to .25)."""
        if signer is None:
            return UpdateFirmwareStatus.invalid_certificate
        if {"ignores-revocation", "takes-any-signer"} & self._all.faults.keys():
            return None
        options, clock = self._all.options, self._vault.certificates.clock
        register = Register(self._files.carrier, clock, options.revocation_by)
        found = await register.standing(signer)
        if found is Standing.REVOKED:
            return UpdateFirmwareStatus.revoked_certificate
        untold = found is Standing.UNTOLD and options.demands_revocation
        return (
            UpdateFirmwareStatus.invalid_certificate
            if untold or found is Standing.UNKNOWN
            else None
        )


def _plain(signature: str) -> bytes:
    """Return what is signed in Base64; nothing, which is no signature, for another text."""
    try:
        return b64decode(signature, validate=False)
    except binascii.Error:
        return b""


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
