"""Steps and frames of a case for allure-pytest, replayed with the times at which they were.

Allure keeps its context on the thread, so nothing can be told while the case runs on its loop.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

STATUS = {True: "passed", False: "failed", None: "passed"}
SEVERITIES: Final = {"M": "critical", "C": "normal"}
SUITES: Final = ("parentSuite", "suite", "subSuite")
CATEGORIES: Final = (
    ("FAIL: the system under test is wrong", "failed", "FAIL: "),
    ("INCONCLUSIVE: it could not be judged", "broken", "INCONCLUSIVE: "),
    ("ERROR: the tool is at fault", "broken", "ERROR: "),
    ("Waived: a FAIL that is known and accepted", "skipped", "waived: "),
    ("NOT APPLICABLE: the feature is not declared", "skipped", "NOT APPLICABLE: "),
)


def finish(config: pytest.Config, suts: Iterable[Mapping[str, Any]]) -> None:
    """Write the categories, by verdict, and what was tested beside the results."""
    folder = getattr(config.option, "allure_report_dir", None)
    if not folder:
        return
    categories = [
        {"name": name, "matchedStatuses": [status], "messageRegex": f".*{begin}.*"}
        for name, status, begin in CATEGORIES
    ]
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    (target / "categories.json").write_text(json.dumps(categories, indent=1), encoding="utf-8")
    told = [
        f"OCPP.{sut['version']}.{sut['role']}.{key}={_property(sut[key])}"
        for sut in suts
        for key in ("name", "vendor", "model", "firmware", "serial", "operator")
        if sut.get(key)
    ]
    (target / "environment.properties").write_text("\n".join(told) + "\n", encoding="ascii")


def _property(value: object) -> str:
    """Return a text as a value of Java's properties."""
    shown = str(value).replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return "".join(c if " " <= c <= "~" else f"\\u{ord(c):04x}" for c in shown)


def replay(config: pytest.Config, record: Mapping[str, Any]) -> None:
    """Tell the record of a case to allure-pytest, if it is writing results."""
    listener = config.pluginmanager.get_plugin("allure_listener")
    if listener is None:
        return
    from allure_commons.model2 import Label, Parameter, TestResult, TestStepResult  # noqa: PLC0415
    from allure_commons.types import AttachmentType  # noqa: PLC0415

    from reports.picture import sequence  # noqa: PLC0415

    logger = listener.allure_logger
    result = logger.get_last_item(TestResult)
    result.name = f"{record['id']} {record['title']}"
    # Allure's history follows this name; node ids differ with the directory of a run.
    result.fullName = f"ocpp.{record['version']}.{record['role']}#{record['id']}"
    result.description = _description(record)
    told = {"ocpp_id": record["id"], "verdict": record["verdict"], "reason": record["reason"]}
    result.parameters += [Parameter(name=n, value=v, excluded=True) for n, v in told.items()]
    kept = [label for label in result.labels if label.name not in SUITES]
    result.labels = [*kept, *(Label(name, value) for name, value in _labels(record))]
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
    if record["frames"]:
        picture = sequence(record)
        _attach(logger, result.uuid, "sequence diagram", picture, AttachmentType.SVG)
    if record["remarks"]:
        remarks = "\n".join(
            f"{'lab:' if r.get('lab') else r['step']} {r['text']}".strip()
            for r in record["remarks"]
        )
        _attach(logger, result.uuid, "remarks", remarks, AttachmentType.TEXT)


def _labels(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the labels by which Allure groups: version and role, profile, section or block."""
    role = f"OCPP {record['version']} {record['role']}"
    profiles = record["profiles"]
    worst = min(profiles.values(), default="C", key=list(SEVERITIES).index)
    return [
        *(("epic", f"OCPP {record['version']}"), ("feature", record["role"])),
        *(("story", profile) for profile in profiles),
        *(("tag", profile) for profile in profiles),
        *(("parentSuite", role), ("suite", _chapter(record["section"]))),
        *(("tag", record["verdict"]), ("severity", SEVERITIES[worst])),
    ]


def _chapter(section: str) -> str:
    """Return the block that a case stands in: "Section 2.5" of 2.5.4, or its name."""
    numbers = re.match(r"[0-9]+\.[0-9]+(?=\.|$)", section)
    return f"Section {numbers[0]}" if numbers else section or "Further cases"


def _attach(logger: Any, parent: str, name: str, body: str, kind: Any) -> None:  # noqa: ANN401
    more = {"name": name, "attachment_type": kind, "parent_uuid": parent}
    logger.attach_data(str(uuid4()), body, extension=kind.extension, **more)


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
