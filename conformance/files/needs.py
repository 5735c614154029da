"""Which cases need a firmware image that sut.toml does not name."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator

from conformance.cases import Case
from conformance.sut import Sut

FIRMWARE, CORRUPT = "files.firmware(", "files.corrupt("


def lacking(sut: Sut, cases: Iterable[Case]) -> Iterator[str]:
    """Say which cases will be INCONCLUSIVE for want of an image, in one line if there are any."""
    if sut.role != "CS" or sut.operator.kind == "embedded" or sut.files.firmware is not None:
        return
    needed = [] if sut.values.firmware_location else [FIRMWARE]
    needed += [] if sut.files.corrupt_firmware is not None else [CORRUPT]
    lost = [c.id for c in cases if any(n in inspect.getsource(c.scenario) for n in needed)]
    if lost:
        yield f"files.firmware names no image: INCONCLUSIVE will be {', '.join(lost)}"
