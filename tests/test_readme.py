"""What the documents say of the project is true."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from conformance.catalogue import everything
from conformance.cli import main
from conformance.declared import declared_ids
from conformance.sut import load
from tests.readme import README, coverage, failing, part, plain

ROOT = README.parent
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")]
ATTEMPTS = 3
COMMAND = re.compile(r"(?:^|`|\$ |/|&& )ocpp-conformance ([a-z][^`\n&]*)", re.MULTILINE)


def blocks(path: Path, language: str) -> list[str]:
    """Return the blocks of code in one language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```", path.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )


def commands() -> Iterator[tuple[str, list[str]]]:
    """Yield every command of ours that a document shows, with the document's name."""
    for document in DOCUMENTS:
        text = document.read_text("utf-8")
        for found in re.findall(
            r"(?:^|`|\$ |/|&& )ocpp-conformance ([a-z][^`\n&]*)", text, re.MULTILINE
        ):
            yield document.name, shlex.split(found, comments=True)


def test_the_coverage_table_is_that_of_the_catalogue() -> None:
    assert part(README.read_text("utf-8"), "coverage") == coverage()


def test_the_failure_is_what_the_command_says() -> None:
    shown = plain(part(README.read_text("utf-8"), "failing"))
    for _ in range(ATTEMPTS):
        said = plain(failing())
        if "Heartbeat" not in said:  # legal at any time, and it makes other frames the last ones
            break
    assert shown.splitlines()[:4] == said.splitlines()[:4]  # what follows is timed


def test_ci_runs_the_test_command_of_the_readme() -> None:
    first, second, *_ = blocks(README, "sh")
    command = second.strip().splitlines()[-1]
    called = (ROOT / ".ci" / "run").read_text("utf-8").replace("\\\n", " ").splitlines()
    more = [line.removeprefix(command).split() for line in called if line.startswith(command)]
    assert len(more) == 1
    assert all(word.startswith("--cov") for word in more[0]), "CI measures, and selects nothing"
    assert first.strip().count("\n") == 0, "the first command is one line"
    assert first.startswith("python3 -m venv .venv && ")
    assert first.rstrip().endswith("ocpp-conformance demo")


@pytest.mark.parametrize(("document", "words"), list(commands()), ids=str)
def test_every_command_shown_is_one(document: str, words: list[str]) -> None:
    name, *rest = words[: words.index("--")] if "--" in words else words
    command = main.commands[name]
    known = {o for p in command.params if isinstance(p, click.Option) for o in p.opts}
    unknown = [word for word in rest if word.startswith("--") and word not in known]
    assert not unknown, document


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text("utf-8"))
    local = [link for link in links if "://" not in link]
    assert not [link for link in local if not (document.parent / link).exists()]


def test_every_file_that_is_named_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = re.findall(r"`((?:\w[\w.]*/)+[\w.]*)`", text)
    assert named
    assert not [name for name in named if not (ROOT / name).exists()]


def test_the_worked_example_is_the_case() -> None:
    (example,) = blocks(ROOT / "CONTRIBUTING.md", "python")
    named = re.search(r"In `(testcases/[\w/]+\.py)`", (ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert named is not None
    assert example in (ROOT / named[1]).read_text("utf-8")


def test_the_changelog_names_every_case() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    missing = []
    for entry in everything():
        if entry.id in declared_ids() and entry.id.startswith("TC_"):
            short = entry.id.removesuffix(f"_{entry.role}")
            line = re.search(
                rf"^ +- {re.escape(entry.version)} {entry.role}: .*", text, re.MULTILINE
            )
            if line is None or not re.search(rf"\b{short}\b", line[0]):
                missing.append(entry.id)
    assert not missing


def test_the_declarations_shown_are_valid(tmp_path: Path) -> None:
    shown = [b for b in blocks(ROOT / "docs" / "sut.md", "toml") if "[sut]" in b]
    assert shown
    for number, text in enumerate(shown):
        path = tmp_path / f"{number}.toml"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        assert load(path, {"WALLBOX_PASSWORD": "long enough for anyone"}).name
