"""Runs the command and pytest as a user does, and reads what they leave."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).parent / "ocpp-conformance"
LIMIT = 600.0

EMBEDDED_16_CS = """
features = ["16-REMOTE-TRIGGER", "16-SMART-CHARGING", "16-LOCAL-STOP"]
[sut]
name = "box"
version = "1.6"
role = "CS"
[connection]
port = 0
[topology]
connectors = 2
[values]
id_token = "TAG001"
retry_interval = 1
heartbeat_interval = 1
[limits]
message_timeout = 2
silence = 0.3
deviation = 0.5
[operator]
kind = "embedded"
options = {minimum_status_duration = false}
"""

EMBEDDED_16_CSMS = """
features = ["16-REMOTE-TRIGGER", "16-SMART-CHARGING"]
[sut]
name = "office"
version = "1.6"
role = "CSMS"
[connection]
stations = {stations}
[values]
id_token = "TAG001"
id_token2 = "TAG002"
invalid_token = "INVALID01"
blocked_token = "BLOCKED01"
expired_token = "EXPIRED01"
retry_interval = 1
[limits]
message_timeout = 3
silence = 0.3
deviation = 0.5
[operator]
kind = "embedded"
options = {{boot_interval = 2}}
faults = {faults}
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def results(self) -> Path:
        """The only folder of results below the working directory."""
        (found,) = (self.folder / "results").iterdir()
        return found


def run(
    *words: str | Path,
    folder: Path,
    environ: Mapping[str, str] | None = None,
    program: tuple[str | Path, ...] = (COMMAND,),
) -> Ran:
    """Run the command in `folder`, without a terminal, and wait for its end."""
    ended = subprocess.run(
        [*map(str, program), *map(str, words)],
        cwd=folder,
        env={**os.environ, **(environ or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    return Ran(ended.returncode, ended.stdout, ended.stderr, folder)


def run_pytest(*words: str | Path, folder: Path, environ: Mapping[str, str] | None = None) -> Ran:
    """Run plain pytest in `folder`."""
    python = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider")
    return run(*words, folder=folder, environ=environ, program=python)


def journal(directory: Path) -> list[dict[str, Any]]:
    """Return the lines of a journal."""
    text = (directory / "journal.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def cases(directory: Path) -> dict[str, dict[str, Any]]:
    """Return the cases of a journal by their id, in the order in which they ended."""
    return {line["id"]: line for line in journal(directory) if line["kind"] == "case"}


def junit(file: Path) -> ET.Element:
    """Return the root of a JUnit file of ours."""
    return ET.parse(file).getroot()  # noqa: S314 - written by the test itself
