"""The tables of a case: steps, and frames. A report has tens of thousands of their cells.

They are put together here, and not in a template, since that takes a third of the time; optional
end tags are left out. Every text goes through `escaped`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from reports.run import Action, Step
from reports.stages import Line, stages
from reports.text import clipped, escaped

if TYPE_CHECKING:
    from reports.views import CaseView

LONGEST: Final = 64
"""How many characters the step table shows of a message that was right: below it stands in full."""

EXPECTED: Final = 160
"""How many characters it shows of what was expected where that has come."""

_HEAD: Final = (
    "<table class=s><thead><tr><th>Step<th>Who<th>Expected<th>Came<th>Time<th>Verdict<tbody>\n"
)
_VERDICTS: Final = {True: "✓", False: "✗ failed", None: ""}


def steps(view: CaseView) -> Markup:
    """Return the step table; what the operator did stands where he was asked for it."""
    actions = paired(view)
    rows = []
    for stage in stages(view.case):
        if stage.title:
            reached = f" <small>{stage.reached}</small>" if stage.is_precondition else ""
            rows.append(f"<tr><th colspan=6>{escaped(stage.title)}{reached}\n")
        rows += [
            _step(view, line, actions.get(line.place))
            for line in stage.lines
            if not (view.brief and _is_echo(line.step, line.place, actions))
        ]
    return Markup(f"{_HEAD}{''.join(rows)}</table>")  # noqa: S704 - every text in it is escaped


def _is_echo(step: Step, place: int, actions: Mapping[int, Action]) -> bool:
    """Tell whether a line says how an action was asked for that was done."""
    return step.who == "operator" and bool(actions) and place not in actions


def _step(view: CaseView, line: Line, action: Action | None) -> str:
    step = line.step
    mark = " class=x" if step.ok is False else ""
    frame = view.sends.get(line.place) if step.frame is None else step.frame
    told = escaped(action.text if action else _came(view, step, frame))
    expected = step.expected if step.ok is False else clipped(step.expected, EXPECTED)
    begin, end = (action.at, action.until) if action else (step.at, line.until)
    time = f"{_time(begin)}-{_time(end)}" if action or line.times > 1 else _time(begin)
    verdict = _VERDICTS[step.ok] if action is None else escaped(action.outcome)
    number = escaped(line.number).replace("/", "/<wbr>")
    return (
        f"<tr{mark}><td>{number}<td>{escaped(step.who)}<td>{escaped(expected)}"
        f"<td>{line.prefix}{told}{_link(view, frame)}<td>{time}<td>{verdict}\n"
    )


def _link(view: CaseView, frame: int | None) -> str:
    return "" if frame is None else f" <a href=#{_id(view, frame)}>#{frame + 1}</a>"


def paired(view: CaseView) -> dict[int, Action]:
    """Return the action that each line of the operator is about, by the place of the line."""
    found: dict[int, Action] = {}
    left = sorted(view.case.actions, key=lambda action: action.at)
    for place, step in enumerate(view.case.steps):
        asked = [a for a in left if step.got.startswith(f"{a.by}: {a.action}(")]
        if step.who == "operator" and asked:
            found[place] = asked[0]
            left.remove(asked[0])
    return found


def unpaired(view: CaseView) -> list[Action]:
    """Return the actions that the step table does not show."""
    shown = list(paired(view).values())
    return [action for action in view.case.actions if action not in shown]


def frames(view: CaseView) -> Markup:
    """Return all frames in full."""
    return _table("w", (_row(view, index, linked=False) for index in range(len(view.case.frames))))


def last_frames(view: CaseView, indices: Iterable[int]) -> Markup:
    """Return the frames that lead to a failure, and mark in the last what is wrong."""
    return _table("w z", (_row(view, index, linked=True) for index in indices))


def _table(style: str, rows: Iterable[str]) -> Markup:
    return Markup(f'<table class="{style}"><tbody>\n{"".join(rows)}</table>')  # noqa: S704 - as above


def _row(view: CaseView, index: int, *, linked: bool) -> str:
    frame = view.case.frames[index]
    anchor = f" id={_id(view, index)}" if not linked and index in view.linked else ""
    mark = " class=x" if index in view.bad else ""
    begin = f"<tr{anchor}{mark}><td>{index + 1:>3} {frame.at:7.3f}"
    finding = f"<b>{escaped(frame.finding)}</b></td>" if frame.finding else ""
    if frame.sender == "event":
        return f"{begin}<td class=k>{escaped(frame.text)}{finding}\n"
    label = view.labels[index]
    name = str(label) if linked or label.kind == "other" else label.short
    told = f"<i>{escaped(name)}</i>" if name and (linked or label.kind != "call") else ""
    sender = "tool" if frame.sender == "tool" else view.sut
    text = "".join(_pieces(view, index)) if linked else escaped(frame.text)
    return f"{begin} {sender}{told}<td>{text}{finding}\n"


def _pieces(view: CaseView, index: int) -> Iterator[str]:
    for piece, wrong in view.pieces(index):
        yield f"<mark>{escaped(piece)}</mark>" if wrong else escaped(piece)


def _came(view: CaseView, step: Step, frame: int | None) -> str:
    """Return what came at a step: of a message that was right, what is not in the columns."""
    if step.ok is False or frame is None:
        return step.got
    label = view.labels[frame]
    if step.ok and step.expected.startswith(f"{label.action}(") and ") or " not in step.expected:
        return label.detail
    if len(step.got) <= LONGEST:
        return step.got
    return f"sends {label}" if step.who == "tool" else str(label)


def _id(view: CaseView, frame: int) -> str:
    return f"f{view.number}-{frame + 1}"


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"
