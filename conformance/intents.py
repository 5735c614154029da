"""What a case can have a central system told: the intents, as verbs of the operator's desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from conformance.operators.actions import (
    AskCertificates,
    AskCompositeSchedule,
    AskConfiguration,
    AskDiagnostics,
    AskLocalListVersion,
    AskLog,
    AskVariable,
    CancelReservation,
    ChangeAvailability,
    ChangeConfiguration,
    ClearCache,
    ClearProfile,
    CsmsIntent,
    DeleteCertificate,
    InstallCertificate,
    ProfileWish,
    RemoteStart,
    RemoteStop,
    Reserve,
    Reset,
    SendLocalList,
    SetProfile,
    TransferData,
    Trigger,
    Unlock,
    UpdateFirmware,
    UpdateSignedFirmware,
)

if TYPE_CHECKING:
    from conformance.sut_sections import Token


class Intents:
    """A case says what is to be done; the bytes of the message are the central system's own."""

    async def _begin(self, action: CsmsIntent) -> None:
        """Begin an action, which goes on while the case waits for what it brings about."""
        raise NotImplementedError

    # Transactions

    async def ask_for_remote_start(
        self, token: Token, evse: int, profile: ProfileWish | None = None
    ) -> None:
        """Make the CSMS start a transaction remotely."""
        await self._begin(
            RemoteStart(token=token.token, kind=token.kind, evse=evse, profile=profile)
        )

    async def ask_for_remote_stop(self, transaction: object) -> None:
        """Make the CSMS stop a transaction remotely."""
        await self._begin(RemoteStop(transaction=str(transaction)))

    async def ask_for_unlock(self, evse: int, connector: int | None = None) -> None:
        """Make the CSMS unlock a connector (1.6: its connectorId alone)."""
        await self._begin(Unlock(evse=evse, connector=connector if connector is not None else evse))

    # The station as a whole

    async def ask_for_reset(self, kind: Literal["Hard", "Soft", "Immediate", "OnIdle"]) -> None:
        """Make the CSMS reset the station."""
        await self._begin(Reset(kind=kind))

    async def ask_for_availability(self, evse: int, *, operative: bool) -> None:
        """Make the CSMS take an EVSE out of service, or back; 0 is the station."""
        await self._begin(ChangeAvailability(evse=evse, operative=operative))

    async def ask_for_trigger(
        self, message: str, evse: int | None = None, *, extended: bool = False
    ) -> None:
        """Make the CSMS ask for a message."""
        await self._begin(Trigger(message=message, evse=evse, extended=extended))

    async def ask_for_data_transfer(
        self, vendor: str, message: str | None = None, data: str | None = None
    ) -> None:
        """Make the CSMS send a DataTransfer."""
        await self._begin(TransferData(vendor=vendor, message=message, data=data))

    # Configuration

    async def ask_for_configuration(self, *keys: str) -> None:
        """Make the CSMS read configuration keys, or all without any."""
        await self._begin(AskConfiguration(keys=keys))

    async def ask_for_change(self, key: str, value: str) -> None:
        """Make the CSMS set a configuration key."""
        await self._begin(ChangeConfiguration(key=key, value=value))

    async def ask_for_variable(self, component: str, variable: str) -> None:
        """Make the CSMS read a variable."""
        await self._begin(AskVariable(component=component, variable=variable))

    # Authorization

    async def ask_for_clear_cache(self) -> None:
        """Make the CSMS clear the authorization cache."""
        await self._begin(ClearCache())

    async def ask_for_local_list_version(self) -> None:
        """Make the CSMS ask for the version of the local authorization list."""
        await self._begin(AskLocalListVersion())

    async def ask_for_local_list(
        self,
        update: Literal["Full", "Differential"],
        *tokens: Token,
        removed: Sequence[Token] = (),
    ) -> None:
        """Make the CSMS send a local authorization list; its tokens are of one type."""
        await self._begin(
            SendLocalList(
                update=update,
                tokens=tuple(t.token for t in tokens),
                kind=next((t.kind for t in (*tokens, *removed)), ""),
                removed=tuple(t.token for t in removed),
            )
        )

    # Reservations

    async def ask_for_reservation(
        self, evse: int, token: Token, expires_in: int, group: Token | None = None
    ) -> None:
        """Make the CSMS reserve an EVSE for a token, `expires_in` seconds from now at the most."""
        await self._begin(
            Reserve(
                evse=evse,
                token=token.token,
                kind=token.kind,
                expires_in=expires_in,
                group=group.token if group is not None else None,
            )
        )

    async def ask_for_cancellation(self, reservation: int) -> None:
        """Make the CSMS cancel a reservation."""
        await self._begin(CancelReservation(reservation=reservation))

    # Charging profiles

    async def ask_for_profile(
        self, evse: int, profile: ProfileWish, transaction: object = None
    ) -> None:
        """Make the CSMS set a charging profile, a TxProfile for a transaction."""
        told = str(transaction) if transaction is not None else None
        await self._begin(SetProfile(evse=evse, profile=profile, transaction=told))

    async def ask_for_clear_profile(
        self,
        profile: int | None = None,
        *,
        evse: int | None = None,
        purpose: str | None = None,
        stack_level: int | None = None,
    ) -> None:
        """Make the CSMS clear charging profiles, by id or by criteria; without either, all."""
        await self._begin(
            ClearProfile(profile=profile, evse=evse, purpose=purpose, stack_level=stack_level)
        )

    async def ask_for_composite_schedule(self, evse: int, duration: int, unit: str) -> None:
        """Make the CSMS ask for a composite schedule."""
        await self._begin(AskCompositeSchedule(evse=evse, duration=duration, unit=unit))

    # Files

    async def ask_for_firmware_update(
        self,
        location: str,
        retrieve_date: str,
        *,
        retries: int | None = None,
        retry_interval: int | None = None,
    ) -> None:
        """Make the CSMS have the firmware updated from `location`."""
        await self._begin(
            UpdateFirmware(
                location=location,
                retrieve_date=retrieve_date,
                retries=retries,
                retry_interval=retry_interval,
            )
        )

    async def ask_for_signed_firmware_update(
        self, location: str, retrieve_date: str, signature: str, certificate: str
    ) -> None:
        """Make the CSMS have signed firmware installed from `location`."""
        await self._begin(
            UpdateSignedFirmware(
                location=location,
                retrieve_date=retrieve_date,
                signature=signature,
                certificate=certificate,
            )
        )

    async def ask_for_diagnostics(
        self, location: str, *, retries: int | None = None, retry_interval: int | None = None
    ) -> None:
        """Make the CSMS ask for diagnostics, to be uploaded to `location`."""
        await self._begin(
            AskDiagnostics(location=location, retries=retries, retry_interval=retry_interval)
        )

    async def ask_for_log(
        self,
        log: Literal["DiagnosticsLog", "SecurityLog"],
        location: str,
        *,
        retries: int | None = None,
        retry_interval: int | None = None,
    ) -> None:
        """Make the CSMS ask for a log, to be uploaded to `location`."""
        await self._begin(
            AskLog(log=log, location=location, retries=retries, retry_interval=retry_interval)
        )

    # Certificates

    async def ask_for_certificates(self, kind: str) -> None:
        """Make the CSMS ask which root certificates of a kind are installed."""
        await self._begin(AskCertificates(kind=kind))

    async def ask_for_certificate_installation(self, kind: str, certificate: str) -> None:
        """Make the CSMS install a root certificate."""
        await self._begin(InstallCertificate(kind=kind, certificate=certificate))

    async def ask_for_certificate_deletion(self, kind: str, certificate: str) -> None:
        """Make the CSMS delete a root certificate."""
        await self._begin(DeleteCertificate(kind=kind, certificate=certificate))
