"""The OCPP 1.6 charge point's files: firmware that it fetches, diagnostics that it uploads."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from ocpp.v16 import call, call_result
from ocpp.v16.enums import DiagnosticsStatus, FirmwareStatus

from conformance.reference.charging_16 import Charging
from conformance.reference.diary_16 import Diary
from conformance.reference.equipment_16 import Equipment
from conformance.reference.link_16 import LOG, Answer, Handler, moment
from conformance.reference.transfer import Carrier, TransferError

T = TypeVar("T")
MARK: Final = b"OCPP-CONFORMANCE DUMMY FIRMWARE"
PROFILE: Final = "FirmwareManagement"
_TICK: Final = 0.1  # seconds between two looks at whether somebody still charges


def tell(equipment: Equipment, request: Any) -> None:  # noqa: ANN401 - the package has no types
    """Send a report of progress, twice if that is chosen."""
    for _ in range(1 + equipment.options.retells_progress):
        equipment.outbox.put(lambda: request)


def version_of(image: bytes) -> str:
    """Return the version of a firmware image; nothing if it is none for this charge point.

    An image is four lines - the mark, the version, the SHA-256 of the rest, an empty one - and
    what is to be installed.
    """
    lines = image.split(b"\n", 4)
    if len(lines) < 5 or lines[0] != MARK or lines[3]:  # noqa: PLR2004
        return ""
    right = hashlib.sha256(lines[4]).hexdigest().encode() == lines[2]
    return lines[1].decode("ascii", "replace") if right else ""


@dataclass(frozen=True)
class Attempts:
    """How often something is tried: once, and again after each of the `retries` intervals."""

    retries: int
    interval: float

    async def of(self, attempt: Callable[[], Awaitable[T]]) -> T | None:
        """Return the first outcome that is none of a TransferError; None if there is none."""
        for left in range(self.retries, -1, -1):
            try:
                return await attempt()
            except TransferError as error:
                LOG.info("%s; %d attempts are left", error, left)
                if left:
                    await asyncio.sleep(self.interval)
        return None


@dataclass(frozen=True)
class Order:
    """A signed update: its request's id, whether an image is what was signed, and when it begins.

    `refused` is called for an image that is not.
    """

    request: int
    genuine: Callable[[bytes], bool] = lambda _: True
    refused: Callable[[], None] = lambda: None
    begin: datetime | None = None


class Firmware:
    """One update at a time (section 5.19); a later request takes the place of an earlier one."""

    def __init__(
        self,
        equipment: Equipment,
        charging: Charging,
        carrier: Carrier,
        restart: Callable[[], None],
    ) -> None:
        self.version = equipment.options.firmware
        self.status = FirmwareStatus.idle
        self._all, self._charging, self._carrier = equipment, charging, carrier
        self._restart = restart
        self._task: asyncio.Task[None] | None = None
        self.untold: FirmwareStatus | None = None  # until the charge point has booted
        self.order: Order | None = None  # of the update that was asked for last, if signed
        self.told: FirmwareStatus | None = None  # of that one, last
        self.updated: Callable[[], None] = lambda: None

    def request(
        self,
        location: str,
        retrieve_date: str,
        retries: int | None = None,
        retry_interval: int | None = None,
    ) -> Answer:
        """Take an update on."""
        attempts = attempts_of(self._all, retries, retry_interval)
        self.fetch(location, moment(retrieve_date), attempts)
        return call_result.UpdateFirmware()

    @property
    def busy(self) -> bool:
        """Whether an update is going on."""
        return self._task is not None and not self._task.done()

    def fetch(
        self, location: str, begin: datetime, attempts: Attempts, order: Order | None = None
    ) -> None:
        """Begin an update when the request for it has been answered."""

        def update() -> None:
            self.power_lost()
            self._put_into_service()
            self.order = order
            self._task = self._all.spawn(self._update(location, begin, attempts))

        if self._all.link:
            self._all.link.afterwards(update)

    def power_lost(self) -> None:
        """Forget the update that is going on."""
        if self._task:
            self._task.cancel()
        self.status = FirmwareStatus.idle
        for connector in self._all.connectors.values():
            connector.updating = False

    def booted(self, *, reported: bool) -> None:
        """Tell how an update has ended; `reported` says that the connectors' statuses are told."""
        early = self._all.options.installed_told == "before statuses"
        if self.untold and reported != early:
            if self.untold == FirmwareStatus.installed and self.order:
                self.updated()
            self._tell_last(self.untold)
            self.untold = None

    async def _update(self, location: str, begin: datetime, attempts: Attempts) -> None:
        await asyncio.sleep(max(0.0, (begin - self._all.clock()).total_seconds()))
        if self._all.options.unavailable_for == "download":
            self._take_out_of_service()
        image = await self._download(location, attempts)
        if image is None:
            self._fail(FirmwareStatus.download_failed)
            return
        self._tell(FirmwareStatus.downloaded)
        if self.order and not await self._verified(self.order, image):
            return
        if self._all.options.unavailable_for:
            self._take_out_of_service()
        await self._install(image)

    async def _verified(self, order: Order, image: bytes) -> bool:
        """Look at the signature, and wait for the time of the installation (whitepaper, L01)."""
        if not order.genuine(image) and "accepts-bad-signature" not in self._all.faults:
            early = self._all.options.signature_event_first
            if early:
                order.refused()
            self._fail(FirmwareStatus.invalid_signature)
            if not early:
                order.refused()
            return False
        if "skips-signature-verified" not in self._all.faults:
            self._tell(FirmwareStatus.signature_verified)
        left = (order.begin - self._all.clock()).total_seconds() if order.begin else 0.0
        if left > 0:
            self._tell(FirmwareStatus.install_scheduled)
            await asyncio.sleep(left)
        return True

    async def _download(self, location: str, attempts: Attempts) -> bytes | None:
        def began() -> None:
            if self.status != FirmwareStatus.downloading:
                self._tell(FirmwareStatus.downloading)
                if pauses:
                    self._tell(FirmwareStatus.download_paused)
                    self._tell(FirmwareStatus.downloading)

        pauses = self.order is not None and self._all.options.pauses_downloads
        if pauses:
            self._tell(FirmwareStatus.download_scheduled)

        if not self._all.options.downloading_told_late:
            began()
        image = await attempts.of(lambda: self._carrier.download(location, began))
        return b"" if image is None and "claims-download" in self._all.faults else image

    async def _install(self, image: bytes) -> None:
        options = self._all.options
        version = version_of(image)
        if "installs-anything" in self._all.faults:
            version = version or "9.9"
        if not options.installs_while_charging:
            await self._nobody_charges()
        if version or not options.verifies_first:
            rebooting = options.rebooting_told if self.order else ""
            if rebooting:
                self._tell(FirmwareStatus.install_rebooting)
            if rebooting != "instead":
                self._tell(FirmwareStatus.installing)
            await asyncio.sleep(options.install_seconds)
        if not version:
            self._fail(FirmwareStatus.installation_failed)
            return
        await self._nobody_charges()
        self.version = version
        if options.installed_told == "before boot":
            self._tell_last(FirmwareStatus.installed)
        else:
            self.untold = FirmwareStatus.installed
        self._restart()

    def _fail(self, status: FirmwareStatus) -> None:
        """Go on with the firmware that there is."""
        reboot = self._all.options.reboots_after_failure
        if status == FirmwareStatus.installation_failed and reboot == "before it is told":
            self.untold = status
        else:
            self._tell_last(status)
        if status == FirmwareStatus.installation_failed and reboot:
            self._restart()
        elif "stays-unavailable" not in self._all.faults:
            self._put_into_service()

    def _tell(self, status: FirmwareStatus) -> None:
        self.status = status
        request: Any = call.FirmwareStatusNotification(status=status)
        if self.order:
            ident, self.told = self.order.request, status
            request = call.SignedFirmwareStatusNotification(status=status, request_id=ident)
        tell(self._all, request)

    def _tell_last(self, status: FirmwareStatus) -> None:
        self._tell(status)
        self.status = FirmwareStatus.idle

    def _take_out_of_service(self) -> None:
        """Let nobody begin to charge; who charges may go on."""
        for connector in self._all.connectors.values():
            connector.updating = connector.number > 0
            self._charging.report(connector)

    def _put_into_service(self) -> None:
        for connector in self._all.connectors.values():
            connector.updating = False
            self._charging.report(connector)

    async def _nobody_charges(self) -> None:
        while any(c.busy for c in self._all.connectors.values()):  # noqa: ASYNC110 - they tell nobody
            await asyncio.sleep(_TICK)


class Diagnostics:
    """One upload at a time (section 5.9); a later request takes the place of an earlier one."""

    def __init__(self, equipment: Equipment, diary: Diary, carrier: Carrier) -> None:
        self.status = DiagnosticsStatus.idle
        self._all, self._diary, self._carrier = equipment, diary, carrier
        self._task: asyncio.Task[None] | None = None

    def request(
        self,
        location: str,
        retries: int | None = None,
        retry_interval: int | None = None,
        start_time: str | None = None,
        stop_time: str | None = None,
    ) -> Answer:
        """Say what the file is called that will be uploaded, if there is something to be in it."""
        first = moment(start_time) if start_time else None
        last = moment(stop_time) if stop_time else None
        content = self._diary.between(first, last)
        if not content:
            return call_result.GetDiagnostics()
        now = self._all.clock().strftime("%Y%m%d%H%M%S")
        name = f"{self._all.options.serial}-{now}.log"
        attempts = attempts_of(self._all, retries, retry_interval)

        def upload() -> None:
            self.power_lost()
            self._task = self._all.spawn(self._upload(location, name, content, attempts))

        if self._all.link:
            self._all.link.afterwards(upload)
        return call_result.GetDiagnostics(file_name=name)

    def power_lost(self) -> None:
        """Forget the upload that is going on."""
        if self._task:
            self._task.cancel()
        self.status, self._task = DiagnosticsStatus.idle, None

    async def _upload(self, location: str, name: str, content: bytes, attempts: Attempts) -> None:
        async def attempt() -> bool:
            other = "uploads-other-name" in self._all.faults
            if "claims-upload" not in self._all.faults:
                await self._carrier.upload(location, f"other-{name}" if other else name, content)
            return True

        self._tell(DiagnosticsStatus.uploading)
        done = await attempts.of(attempt)
        self._tell(DiagnosticsStatus.uploaded if done else DiagnosticsStatus.upload_failed)
        self.status, self._task = DiagnosticsStatus.idle, None

    def _tell(self, status: DiagnosticsStatus) -> None:
        self.status = status
        tell(self._all, call.DiagnosticsStatusNotification(status=status))


class Files:
    """Firmware and diagnostics together, as the charge point has them."""

    def __init__(
        self,
        equipment: Equipment,
        charging: Charging,
        carrier: Carrier,
        restart: Callable[[], None],
    ) -> None:
        self._all, self.carrier = equipment, carrier
        self.diary = Diary(equipment.clock)
        self.firmware = Firmware(equipment, charging, carrier, restart)
        self.diagnostics = Diagnostics(equipment, self.diary, carrier)

    def handlers(self, others: Mapping[str, Handler]) -> Mapping[str, Handler]:
        """Return `others` with the own ones; what is answered is noted in the diary."""
        own: dict[str, Handler] = {
            "UpdateFirmware": self.firmware.request,
            "GetDiagnostics": self.diagnostics.request,
        }
        known = {**others, **(own if PROFILE in self._all.options.profiles else {})}
        return {action: self._noted(action, handler) for action, handler in known.items()}

    def booted(self, *, reported: bool) -> None:
        """Take note of a boot, before and after the connectors' statuses are `reported`."""
        if not reported:
            self.diary.note(f"accepted, firmware {self.firmware.version}")
        self.firmware.booted(reported=reported)

    def power_lost(self) -> None:
        """Forget what was going on."""
        self.firmware.power_lost()
        self.diagnostics.power_lost()

    def statuses(self) -> Mapping[str, Any]:
        """Return the requests that tell how it stands, by their actions (section 5.17)."""
        return {
            "DiagnosticsStatusNotification": call.DiagnosticsStatusNotification(
                status=self.diagnostics.status
            ),
            "FirmwareStatusNotification": call.FirmwareStatusNotification(
                status=self.firmware.status
            ),
        }

    def _noted(self, action: str, handler: Handler) -> Handler:
        def handle(**fields: Any) -> Any:  # noqa: ANN401 - as any handler
            self.diary.note(f"asked for {action}")
            return handler(**fields)

        return handle


def attempts_of(equipment: Equipment, retries: int | None, interval: float | None) -> Attempts:
    """Return what a request asks for; what it leaves open is the charge point's choice."""
    options = equipment.options
    return Attempts(
        options.file_retries if retries is None else retries,
        options.file_retry_interval if interval is None else interval,
    )
