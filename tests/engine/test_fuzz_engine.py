"""Hostile messages in the middle of a case: it is judged, never an ERROR, and the next one is.

With `--nightly` there are more of them; `--fuzz-seed` says which.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Any

import pytest

from conformance import Csms, Station
from conformance.answers import Answers
from conformance.bench import Bench
from conformance.cases import Result
from conformance.states import Scenario
from conformance.sut_sections import Version
from conformance.verdict import Verdict
from conformance.wire.sampling import Sampler
from tests.engine.stage import case, declared, on_bench
from tests.miniatures.miniature import Miniature, boot
from tests.wire.finds import FINDS
from tests.wire.fuzzing import KINDS, seeded

JUDGED = {Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE}
A_CASE = 25  # messages
SHORT = [data for data in FINDS.values() if len(data) < 6000]
NOT_IDLE = "the SUT could not be brought back to idle"
