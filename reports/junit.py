"""Renders a run as JUnit XML (the dialect that pytest calls xunit2) for CI servers."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from conformance.verdict import Verdict
from reports.problem import SHOWN, problem
from reports.run import CaseRecord, Run
from reports.summary import Outcome, Part, outcome, parts
from reports.text import clipped, visible
from reports.wire import labels

_OUT_OF_DATE = "the case passes, but its FAIL is declared as waived: take the waiver away"


def render(run: Run) -> str:
    """Return the document: a testsuite for each system under test (version and role).

    FAIL is a failure, INCONCLUSIVE a failure of type INCONCLUSIVE, ERROR an error; NOT
    APPLICABLE and a waived FAIL are skipped, with the reason. A waived case that passes is a
    failure. A run that is not complete has one more suite, with an error: it is never green.
    """
    split = parts(run)
    several = len({(p.sut.version, p.sut.role) for p in split}) < len(split)
    root = Element("testsuites", _attributes(name="ocpp-conformance"))
    for part in split:
        root.append(_suite(run, part, several=several))
    if not run.complete:
        root.append(_incomplete(run))
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    indent(root)
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _attributes(**values: object) -> dict[str, str]:
    return {key.rstrip("_"): visible(clipped(str(value))) for key, value in values.items()}


def _child(parent: Element, tag: str, text: str = "", **values: object) -> Element:
    child = SubElement(parent, tag, _attributes(**values))
    child.text = visible(clipped(text)) or None
    return child


def _suite(run: Run, part: Part, *, several: bool) -> Element:
    sut = part.sut
    suite = Element("testsuite", _attributes(name=f"{part.title}, {sut.name}".rstrip(", ")))
    properties = _child(suite, "properties")
    for name in ("name", "version", "role", "station", "vendor", "model", "firmware", "serial"):
        if getattr(sut, name):
            _child(properties, "property", name=f"sut.{name}", value=getattr(sut, name))
    for name, value in (("tool", run.tool), ("catalogue", run.catalogue)):
        _child(properties, "property", name=name, value=value)
    package = f"ocpp{sut.version.replace('.', '')}.{sut.role}"
    if several:
        package += "." + sut.name.replace(".", "_")
    for case in part.cases:
        suite.append(_testcase(case, package))
    broken = [f for f in run.findings if f.sut == sut.name]
    if broken:
        _child(
            suite, "system-out", "\n".join(f"{f.at} between the cases: {f.text}" for f in broken)
        )
    seconds = sum(case.duration for case in part.cases)
    suite.attrib |= _attributes(time=f"{seconds:.3f}", timestamp=run.started.removesuffix("Z"))
    return _counted(suite)


def _counted(suite: Element) -> Element:
    """Set the counts from what the suite really has in it."""
    cases = suite.findall("testcase")
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(sum(1 for case in cases if case.find(tag) is not None)))
    suite.set("tests", str(len(cases)))
    return suite


def _testcase(case: CaseRecord, package: str) -> Element:
    duration = f"{case.duration:.3f}"
    element = Element("testcase", _attributes(classname=package, name=case.id, time=duration))
    properties = _child(element, "properties")
    for name, value in _properties(case):
        _child(properties, "property", name=name, value=value)
    _result(element, case)
    if case.remarks:
        kinds = ("remark", "to do in the lab")
        lines = (f"{kinds[r.lab]}{_at(r.step)}: {r.text}" for r in case.remarks)
        _child(element, "system-out", "\n".join(lines))
    return element


def _properties(case: CaseRecord) -> Iterator[tuple[str, str]]:
    yield "case", case.id
    yield "title", case.title
    yield "version", case.version
    yield "role", case.role
    yield "verdict", str(case.verdict)
    if case.section:
        yield "section", case.section
    if case.profiles:
        yield "profiles", ", ".join(f"{slug}: {status}" for slug, status in case.profiles.items())
    if case.requirements:
        yield "requirements", ", ".join(case.requirements)
    if case.step:
        yield "step", case.step
    if case.waived:
        yield "waived", case.waived


def _result(element: Element, case: CaseRecord) -> None:
    match outcome(case):
        case Outcome.PASS if case.waived:
            _child(element, "failure", message=_OUT_OF_DATE, type="WAIVER")
        case Outcome.PASS:
            pass
        case Outcome.NOT_APPLICABLE:
            _child(element, "skipped", message=case.reason, type="not applicable")
        case Outcome.WAIVED:
            _child(element, "skipped", _story(case), message=case.waived, type="waived")
        case Outcome.ERROR:
            _child(element, "error", _story(case), message=_headline(case), type="ERROR")
        case Outcome.FAIL | Outcome.INCONCLUSIVE as kind:
            _child(element, "failure", _story(case), message=_headline(case), type=kind)


def _at(step: str) -> str:
    return f" at step {step}" if step else ""


def _headline(case: CaseRecord) -> str:
    found = problem(case)
    reason = found.reason or "no reason was recorded"
    return f"step {found.step}: {reason}" if found.step else reason


def _story(case: CaseRecord) -> str:
    """Return what one has to see to understand the case, on one screen."""
    found = problem(case)
    names = labels(case.frames)
    lines = [f"{case.id} {case.title}: {case.verdict}{_at(found.step)}", f"reason: {found.reason}"]
    if found.expected:
        lines.append(f"expected: {found.expected}")
    if found.got:
        lines.append(f"got: {found.got}")
    if case.requirements:
        lines.append(f"requirements: {', '.join(case.requirements)}")
    for index in found.last:
        frame = case.frames[index]
        text = f"{frame.at:8.3f} {frame.sender:5} {names[index]}"
        lines.append(text if frame.sender == "event" else f"{text}: {clipped(frame.text, SHOWN)}")
        if frame.finding:
            lines.append(f"         ^ {frame.finding}")
    if case.verdict is Verdict.ERROR and case.traceback:
        lines.append(case.traceback)
    return "\n".join(lines)


def _incomplete(run: Run) -> Element:
    suite = Element("testsuite", _attributes(name="the run itself", time="0.000"))
    case = _child(suite, "testcase", classname="run", name="complete", time="0.000")
    text = f"the run was stopped before its end, after {len(run.cases)} cases"
    _child(case, "error", message=text, type="INCOMPLETE")
    return _counted(suite)
