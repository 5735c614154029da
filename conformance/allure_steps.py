"""Steps and frames of a case for allure-pytest, replayed with the times at which they were.

Allure keeps its context on the thread, so nothing can be told while the case runs on its loop.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

STATUS = {True: "passed", False: "failed", None: "passed"}


def replay(config: pytest.Config, record: Mapping[str, Any]) -> None:
    """Tell the record of a case to allure-pytest, if it is writing results."""
    listener = config.pluginmanager.get_plugin("allure_listener")
    if listener is None:
        return
    from allure_commons.model2 import Label, Parameter, TestResult, TestStepResult  # noqa: PLC0415
    from allure_commons.types import AttachmentType  # noqa: PLC0415

    logger = listener.allure_logger
    result = logger.get_last_item(TestResult)
    result.name = f"{record['id']} {record['title']}"
    # Allure's history follows this name; node ids differ with the directory of a run.
    result.fullName = f"ocpp.{record['version']}.{record['role']}#{record['id']}"
    result.description = _description(record)
    told = {"ocpp_id": record["id"], "verdict": record["verdict"], "reason": record["reason"]}
    result.parameters += [Parameter(name=n, value=v, excluded=True) for n, v in told.items()]
    labels = [("epic", f"OCPP {record['version']}"), ("feature", record["role"])]
    labels += [("story", profile) for profile in record["profiles"]]
    result.labels += [Label(name, value) for name, value in labels]
    begin, before = _milliseconds(record["started"]), 0.0
    for step in record["steps"]:
        uuid, stop = str(uuid4()), step["at"]
        title = " ".join(word for word in (step["step"], f"{step['who']}:", step["got"]) if word)
        shown = TestStepResult(name=title, start=begin + round(before * 1000))
        if step["expected"]:
            shown.parameters.append(Parameter(name="expected", value=step["expected"]))
        logger.start_step(result.uuid, uuid, shown)
        frame = step["frame"]
        if frame is not None:
            _attach(logger, uuid, "frame", record["frames"][frame]["text"], AttachmentType.TEXT)
        status = STATUS[step["ok"]]
        logger.stop_step(uuid, stop=begin + round(stop * 1000), status=status)
        before = stop
    _attach(logger, result.uuid, "frames", _frames(record), AttachmentType.TEXT)


def _attach(logger: Any, parent: str, name: str, body: str, kind: object) -> None:  # noqa: ANN401
    more = {"name": name, "attachment_type": kind, "extension": "txt", "parent_uuid": parent}
    logger.attach_data(str(uuid4()), body, **more)


def _description(record: Mapping[str, Any]) -> str:
    lines = [record["purpose"], f"Verdict: {record['verdict']}"]
    lines += [record["reason"]] if record["reason"] else []
    lines += [f"Requirements: {', '.join(record['requirements'])}"] * bool(record["requirements"])
    return "\n\n".join(lines)


def _frames(record: Mapping[str, Any]) -> str:
    return "\n".join(
        f"{f['at']:10.3f} s  {f['sender']:6} {f['text']}"
        + (f"   !! {f['finding']}" if f["finding"] else "")
        for f in record["frames"]
    )


def _milliseconds(started: str) -> int:
    return round(datetime.fromisoformat(started).timestamp() * 1000)
