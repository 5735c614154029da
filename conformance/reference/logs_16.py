"""The logs that the OCPP 1.6 charge point uploads when GetLog asks for them (whitepaper, N01)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from ocpp.v16 import call, call_result
from ocpp.v16.enums import Log, LogStatus, UploadLogStatus

from conformance.reference.diary_16 import Diary
from conformance.reference.equipment_16 import Equipment
from conformance.reference.files_16 import Attempts, Files, attempts_of
from conformance.reference.link_16 import Answer, moment


class Logs:
    """One upload at a time; a later request takes the place of an earlier one."""

    def __init__(self, equipment: Equipment, files: Files, security: Diary) -> None:
        self._all, self._files, self._security = equipment, files, security
        self._task: asyncio.Task[None] | None = None
        self._request: int | None = None  # that is being answered by an upload

    def request(
        self,
        log: Mapping[str, str],
        log_type: str,
        request_id: int,
        retries: int | None = None,
        retry_interval: int | None = None,
    ) -> Answer:
        """Say what the file is called that will be uploaded."""
        first, last = log.get("oldest_timestamp"), log.get("latest_timestamp")
        diary = self._security if log_type == Log.security_log else self._files.diary
        content = diary.between(moment(first) if first else None, moment(last) if last else None)
        now = self._all.clock().strftime("%Y%m%d%H%M%S")
        name = f"{self._all.options.serial}-{log_type}-{now}.log"
        attempts = attempts_of(self._all, retries, retry_interval)
        busy = self._task is not None and not self._task.done()

        def upload() -> None:
            if self._task:
                self._task.cancel()
            work = self._upload(log["remote_location"], name, content, attempts, request_id)
            self._task = self._all.spawn(work)

        if self._all.link:
            self._all.link.afterwards(upload)
        status = LogStatus.accepted_canceled if busy else LogStatus.accepted
        return call_result.GetLog(status=status, filename=name)

    def status(self) -> Any:  # noqa: ANN401 - the package has no types
        """Return the request that tells how it stands."""
        going_on = self._request is not None
        status = UploadLogStatus.uploading if going_on else UploadLogStatus.idle
        return call.LogStatusNotification(status=status, request_id=self._request)  # type: ignore[arg-type]

    async def _upload(
        self, location: str, name: str, content: bytes, attempts: Attempts, request: int
    ) -> None:
        async def attempt() -> bool:
            if "claims-log-upload" not in self._all.faults:
                await self._files.carrier.upload(location, name, content or b"nothing yet\n")
            return True

        self._request = request
        self._tell(UploadLogStatus.uploading, request)
        done = await attempts.of(attempt)
        self._tell(UploadLogStatus.uploaded if done else UploadLogStatus.upload_failure, request)
        self._request = None

    def _tell(self, status: UploadLogStatus, request: int) -> None:
        told = call.LogStatusNotification(status=status, request_id=request)
        self._all.outbox.put(lambda: told)
