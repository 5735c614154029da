"""Makes the records of a journal into what a run left behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conformance.verdict import Verdict
from reports.fields import Fields
from reports.run import (
    Action,
    CaseRecord,
    Catalogued,
    Certificate,
    Feature,
    Frame,
    Judgement,
    Moved,
    Outline,
    Refused,
    Remark,
    Review,
    Sender,
    Step,
    SutInfo,
)

VERDICTS: Final = {str(v): v for v in Verdict}
_SENDERS: Final[Mapping[str, Sender]] = {"sut": "sut", "tool": "tool", "event": "event"}
_JUDGEMENTS: Final[Mapping[str, Judgement]] = {"accepted": "accepted", "rejected": "rejected"}


def refused(fields: Fields) -> Refused:
    """Return what the footer says of attempts to connect that were refused."""
    return Refused(
        sut=fields.text("sut", ""),
        kind=fields.text("kind"),
        address=fields.text("address", ""),
        count=int(fields.number("count")),
    )


def sut(fields: Fields) -> SutInfo:
    """Return what the header says of one system under test."""
    optional = ("station", "vendor", "model", "firmware", "serial", "sha256")
    return SutInfo(
        name=fields.text("name"),
        version=fields.text("version"),
        role=fields.text("role"),
        features=fields.texts("features"),
        operator=fields.text("operator", ""),
        security_profile=fields.maybe("security_profile", int, "a whole number"),
        configured=fields.values("configured"),
        given=fields.texts("given"),
        certificates=tuple(
            Certificate(
                name=c.text("name"),
                sha256=c.text("sha256"),
                subject=c.text("subject", ""),
                until=c.text("until", ""),
            )
            for c in fields.items("certificates")
        ),
        **{key: fields.maybe(key, str, "a text") or "" for key in optional},
    )


def _frame(fields: Fields) -> Frame:
    return Frame(
        at=fields.number("at"),
        sender=fields.one_of("sender", _SENDERS),
        connection=fields.maybe("connection", int, "a whole number") or 0,
        text=fields.text("text"),
        finding=fields.text("finding", ""),
    )


def _step(fields: Fields, frames: int) -> Step:
    frame = fields.maybe("frame", int, "a whole number")
    if frame is not None and not 0 <= frame < frames:
        fields.take("frame", f"the index of one of {frames} frames", lambda _: None)
    return Step(
        at=fields.number("at"),
        step=fields.text("step", ""),
        who=fields.text("who", ""),
        expected=fields.text("expected", ""),
        got=fields.text("got", ""),
        ok=fields.maybe("ok", bool, "true, false"),
        frame=frame,
    )


def case(fields: Fields) -> CaseRecord:
    """Return one run of one case."""
    frames = tuple(_frame(f) for f in fields.items("frames"))
    return CaseRecord(
        id=fields.text("id"),
        title=fields.text("title"),
        purpose=fields.text("purpose", ""),
        version=fields.text("version"),
        role=fields.text("role"),
        section=fields.text("section", ""),
        profiles=fields.mapping("profiles"),
        condition=fields.text("condition", ""),
        requirements=fields.texts("requirements"),
        use_cases=fields.texts("use_cases"),
        verdict=fields.one_of("verdict", VERDICTS),
        reason=fields.text("reason", ""),
        step=fields.text("step", ""),
        started=fields.text("started", ""),
        duration=fields.number("duration", 0.0),
        waits=fields.number("waits", 0.0),
        waived=fields.text("waived", ""),
        traceback=fields.text("traceback", ""),
        steps=tuple(_step(s, len(frames)) for s in fields.items("steps")),
        frames=frames,
        remarks=tuple(_remark(r) for r in fields.items("remarks")),
        actions=tuple(_action(a) for a in fields.items("actions")),
        presented=fields.mapping("presented"),
        files=tuple(_moved(m) for m in fields.items("files")),
        sut=fields.text("sut", ""),
    )


def _remark(fields: Fields) -> Remark:
    lab = fields.maybe("lab", bool, "true, false") is True  # older journals know no such remarks
    return Remark(step=fields.text("step", ""), text=fields.text("text"), lab=lab)


def _moved(fields: Fields) -> Moved:
    return Moved(
        at=fields.number("at", 0.0),
        kind=fields.text("kind", ""),
        size=fields.maybe("size", int, "a whole number") or 0,
        whole=fields.maybe("whole", bool, "true, false") is not False,
        **{key: fields.text(key, "") for key in ("name", "protocol", "sha256", "stored", "text")},
    )


def _action(fields: Fields) -> Action:
    return Action(
        at=fields.number("at"),
        until=fields.number("until"),
        by=fields.text("by", ""),
        action=fields.text("action", ""),
        text=fields.text("text"),
        outcome=fields.text("outcome", ""),
    )


def review(fields: Fields) -> Review:
    """Return what a person has decided about a remark."""
    return Review(
        remark=fields.text("remark"),
        judgement=fields.one_of("judgement", _JUDGEMENTS),
        comment=fields.text("comment", ""),
        by=fields.text("by"),
        at=fields.text("at"),
    )


def outline(fields: Fields) -> tuple[tuple[str, str, str], Outline]:
    """Return what the catalogue had for a system, and which system that is."""
    key = fields.text("sut"), fields.text("version"), fields.text("role")
    features = tuple(
        Feature(
            id=f.text("id"),
            name=f.text("name", ""),
            kind=f.text("kind", ""),
            declared=f.flag("declared"),
        )
        for f in fields.items("features")
    )
    return key, Outline(features=features, cases=tuple(map(_catalogued, fields.items("cases"))))


def _catalogued(fields: Fields) -> Catalogued:
    return Catalogued(
        id=fields.text("id"),
        title=fields.text("title", ""),
        section=fields.text("section", ""),
        profiles=fields.mapping("profiles"),
        condition=fields.text("condition", ""),
        requirements=fields.texts("requirements"),
        unmet=fields.text("unmet", ""),
        implemented=fields.flag("implemented"),
        selected=fields.flag("selected"),
    )
