"""Hostile text in every field of a journal is shown as text, in every form."""

from __future__ import annotations

import json
import re
import time
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from pypdf import PdfReader

from reports import FORMATS, renderer
from reports.journal import read
from reports.run import Run
from tests.reports.made import chained

MARKUP = "</td></script><script>alert(1)</script><img src=x onerror=alert(2)>"
TYPST = '#panic("x") #link("http://x")[y] $x$ @ref <label> `r` *b* _i_ = h'
MARKDOWN = "[x](http://evil.example) ![i](http://e.example/p.png) @octocat #12 | a | `c` **b** $m$"
CONTROL = "\x1b[31m\x00\x07\r\u202egnp.exe\u2066\u200b\ufeff\ufffe"
FORMULA = "=cmd|'/c calc'!A1"
HOSTILE = {
    "markup": MARKUP,
    "typst": TYPST,
    "markdown": MARKDOWN,
    "control": CONTROL,
    "formula": FORMULA,
    "template": "{{ 7*7 }} {% raw %} ${x} %(a)s {0}",
    "long": "A" * 20_000,
}


def case(text: str) -> dict[str, Any]:
    """Return a case in which every field that can be any text is `text`."""
    frame = {"at": 0, "sender": "sut", "connection": 1, "text": text, "finding": text}
    answer = {"configurationKey": [{"key": "SupportedFeatureProfiles", "value": text}]}
    action = {"at": 0, "until": 1, "by": text, "action": text, "text": text, "outcome": text}
    step = {"at": 0, **dict.fromkeys(("step", "who", "expected", "got"), text), "frame": 0}
    return {
        "kind": "case",
        "verdict": "FAIL",
        "waived": "",
        "duration": 1,
        **key(text),
        **dict.fromkeys(("id", "title", "purpose", "condition", "reason", "step"), text),
        **dict.fromkeys(("started", "traceback", "section"), text),
        "profiles": {text: text, "core": "M"},
        "requirements": [text],
        "use_cases": [text],
        "steps": [{**step, "ok": ok} for ok in (False, True)],
        "frames": [
            frame,
            {**frame, "sender": "event"},
            {**frame, "sender": "tool", "text": '[2, "1", "GetConfiguration", {}]'},
            {**frame, "text": json.dumps([3, "1", answer])},
            {**frame, "text": json.dumps([2, text, text, {"status": text}])},
        ],
        "remarks": [{"step": text, "text": text}],
        "actions": [action],
        "presented": {"vendor": text, text: text},
        "files": [{"kind": k, "name": text, "text": text, "at": 0} for k in ("upload", "refused")],
    }


def key(text: str) -> dict[str, str]:
    """Return what names the system."""
    return {"sut": text, "version": "1.6", "role": "CS"}


def header(text: str) -> list[dict[str, Any]]:
    """Return the header and the outline."""
    sut = {
        "name": text,
        "version": "1.6",
        "role": "CS",
        "features": [text],
        "operator": text,
        **dict.fromkeys(("station", "vendor", "model", "firmware", "serial", "sha256"), text),
        "configured": {text: text},
        "given": [text],
        "certificates": [dict.fromkeys(("name", "sha256", "subject", "until"), text)],
    }
    told = ("tool", "catalogue", "started", "name", "place", "platform")
    cases = [
        {"id": text, "title": text, "profiles": {"core": "M"}, "section": text},
        {"id": "x", "title": text, "profiles": {text: "M"}, "requirements": [text]},
    ]
    features = [
        {"id": "16-RESERVATION", "name": text, "kind": text, "declared": True},
        {"id": text, "name": text, "kind": text, "declared": False},
    ]
    return [
        {"kind": "start", "format": 2, "suts": [sut], **dict.fromkeys(told, text)},
        {"kind": "outline", **key(text), "features": features, "cases": cases},
    ]


def journal(text: str) -> list[dict[str, Any]]:
    """Return a run in which every field that can be any text is `text`."""
    return [
        *header(text),
        case(text),
        {**case(text), "id": "y", "verdict": "PASS", "waived": text},
        {"kind": "finding", "at": text, "sut": text, "text": text},
        {"kind": "end", "ended": text, "counts": {"FAIL": 1, "PASS": 1}},
        {"kind": "review", "remark": text, "judgement": "accepted", "by": text, "at": text},
    ]


@pytest.fixture(params=list(HOSTILE))
def hostile(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Run]:
    text = HOSTILE[request.param]
    path = tmp_path / "journal.jsonl"
    path.write_text(chained(journal(text)), encoding="utf-8")
    return text, read(path)


class Page(HTMLParser):
    """Counts the elements that no text may bring in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "src"]


def shown(text: str) -> str:
    """Return the beginning of a text as every form shows it."""
    return re.sub(
        "[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\u200b\ufeff\ufffe]",
        lambda found: f"[U+{ord(found[0]):04X}]",
        text[:60],
    )


def rendered(form: str, run: Run) -> str:
    made = renderer(form)(run)
    assert isinstance(made, str)
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", made)
    return made


def test_a_page_has_no_element_of_a_text(hostile: tuple[str, Run]) -> None:
    text, run = hostile
    page = Page(rendered("html", run))
    assert page.tags.count("script") == page.tags.count("style") == 1
    assert not {"img", "label", "iframe", "object", "form"} & set(page.tags)
    assert page.handlers == []
    escaped = shown(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert escaped in rendered("html", run).replace("&#39;", "'").replace("&#34;", '"')


def test_junit_is_xml_that_has_the_text(hostile: tuple[str, Run]) -> None:
    text, run = hostile
    root = fromstring(rendered("junit", run))  # noqa: S314 - our own text
    said = "".join(root.itertext())
    assert shown(text)[:50] in said.replace("\n", " ")


def test_json_has_the_text_as_it_came(hostile: tuple[str, Run]) -> None:
    text, run = hostile
    document = json.loads(str(renderer("json")(run)))
    assert document["cases"][0]["frames"][0]["text"] == text
    assert document["suts"][0]["vendor"] == text


def test_markdown_has_no_markup_of_a_text(hostile: tuple[str, Run]) -> None:
    _, run = hostile
    made = rendered("markdown", run)
    assert not set(re.findall(r"</?(\w+)", made)) - {"code"}
    assert not re.search(r"\]\(|!\[|https?://|(?<!&)#\d|@\w|\$m\$|`|\*\*b", made)
    rows = [line for line in made.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} <= {4, 5}
    assert len(made) < 100_000


def test_a_badge_is_xml_and_short(hostile: tuple[str, Run]) -> None:
    _, run = hostile
    made = rendered("badge", run)
    root = fromstring(made)  # noqa: S314 - our own text
    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {
        *("svg", "title", "rect", "path", "g", "text")
    }
    assert len(made) < 2000


def test_a_pdf_prints_the_text(hostile: tuple[str, Run]) -> None:
    text, run = hostile
    made = renderer("pdf")(run)
    assert isinstance(made, bytes)
    said = "".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages[:9])
    plain = re.sub(r"[\s\u200b]", "", said)
    for part in re.findall(r"[\w()'\"=<>/#$*!|-]{3,20}", shown(text)):
        assert part in plain, part


@pytest.mark.parametrize("form", FORMATS)
def test_a_megabyte_is_no_trouble(form: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    records = journal("A" * 2**15)
    first = next(record for record in records if record["kind"] == "case")
    first["reason"] = first["frames"][0]["text"] = first["steps"][0]["got"] = "A" * 2**20
    path.write_text(chained(records), encoding="utf-8")
    run = read(path)
    begun = time.process_time()
    made = renderer(form)(run)
    assert time.process_time() - begun < 20
    if form != "json":
        assert len(made) < 3_000_000
