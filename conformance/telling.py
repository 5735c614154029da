"""A failing case on one screen: what was expected, what came, at which step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LAST_FRAMES = 6
LAST_STEPS = 18
WIDTH = 160


def failure(record: Mapping[str, Any]) -> str:
    """Return the text that a terminal shows of a case that has not passed."""
    lines = [
        (
            f"{record['verdict']}  {record['id']}  {record['title']}"
            f"  (OCPP {record['version']}, {record['role']})"
        ),
        f"  {record['reason']}",
    ]
    if record["requirements"]:
        lines.append(f"  requirements: {', '.join(record['requirements'])}")
    steps = record["steps"][-LAST_STEPS:]
    if steps:
        earlier = len(record["steps"]) - len(steps)
        lines += ["", f"  steps ({earlier} before them: see the report)" if earlier else "  steps"]
        lines += [_step(s) for s in steps]
    frames = _until_failure(record)[-LAST_FRAMES:]
    if frames:
        lines += ["", f"  the last {len(frames)} frames"]
        lines += [_frame(f) for f in frames]
    if record["traceback"]:
        lines += ["", record["traceback"]]
    return "\n".join(lines)


def _until_failure(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the frames up to the one that is wrong: what the clean-up did explains nothing."""
    frames: list[Mapping[str, Any]] = record["frames"]
    wrong = next((s for s in reversed(record["steps"]) if s["ok"] is False), None)
    if wrong is None:
        return frames
    if wrong["frame"] is not None:
        return frames[: wrong["frame"] + 1]
    return [f for f in frames if f["at"] <= wrong["at"]]


def _step(step: Mapping[str, Any]) -> str:
    mark = {True: "ok ", False: "NO ", None: "   "}[step["ok"]]
    wanted = f"   (expected {step['expected']})" if step["ok"] is False and step["expected"] else ""
    return _cut(
        f"  {step['at']:8.3f} s {mark} {step['step']:>24}  {step['who']:8} {step['got']}{wanted}"
    )


def _frame(frame: Mapping[str, Any]) -> str:
    arrow = {"sut": "SUT  ->", "tool": "tool ->", "event": "       "}[frame["sender"]]
    finding = f"   !! {frame['finding']}" if frame["finding"] else ""
    return _cut(f"  {frame['at']:8.3f} s {arrow} {frame['text']}{finding}")


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 3]}..."


def case_plan(identity: str) -> str:
    """Return a case's plan as a table; an unknown id is a LookupError."""
    from conformance.catalogue import everything, select  # noqa: PLC0415 - not for failures
    from conformance.plan import plan  # noqa: PLC0415
    from conformance.selection import case_for  # noqa: PLC0415

    entry, *others = select(everything(), ids=[identity])
    versions = " and ".join(e.version for e in (entry, *others))
    lines = [f"{entry.id}  {entry.title}  (OCPP {versions}, {entry.role}, {entry.section})"]
    profiles = ", ".join(f"{p} {s}" for p, s in entry.profiles.items())
    lines += [f"  profiles: {profiles or 'none'}"]
    lines += [f"  condition: {entry.condition}"] if entry.condition else []
    cited = dict.fromkeys(r for e in (entry, *others) for r in e.requirements)
    lines += [f"  requirements: {', '.join(cited)}"] if cited else []
    case = case_for(entry)
    if case is None:
        return "\n".join([*lines, "  not implemented yet"])
    lines += [f"  {case.purpose}", ""]
    lines += [f"  before  {state.name}" for state in case.before]
    lines += [f"  {s.number:>6}  {s.who:8} {s.text}" for s in plan(case.scenario)]
    return "\n".join(lines)
