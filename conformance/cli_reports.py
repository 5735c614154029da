"""The commands about what a run has left behind: a thin face over the package reports."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import click

if TYPE_CHECKING:
    from reports.review import Reviewed
    from reports.run import Judgement, Run

FILE = click.Path(dir_okay=False, path_type=Path)
DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)
FORMS = click.Choice(["html", "junit", "json", "markdown", "badge", "pdf"])


@contextmanager
def usage() -> Iterator[None]:
    """Tell what the user can mend in one line: a damaged journal, a missing file, a wrong name."""
    from reports.errors import ReportError  # noqa: PLC0415 - each command loads its own

    try:
        yield
    except (ReportError, LookupError, OSError) as error:
        told = error.args[0] if isinstance(error, LookupError) and error.args else error
        raise click.UsageError(str(told)) from error


@click.command()
@click.argument("directory", metavar="DIR", type=DIRECTORY)
@click.option("--format", "form", type=FORMS, default="html")
def report(directory: Path, form: str) -> None:
    """Render a run's journal again."""
    import reports  # noqa: PLC0415

    with usage():
        click.echo(str(reports.write(directory, form)))


@click.command()
@click.argument("directory", metavar="DIR", type=DIRECTORY)
@click.option("--accept", "accepted", multiple=True, metavar="ID", help="Accept this remark.")
@click.option("--reject", "rejected", multiple=True, metavar="ID", help="Reject this remark.")
@click.option("--comment", default="", metavar="TEXT", help="Why.")
@click.option("--name", default="", metavar="NAME", help="Who decides.")
@click.option("--from", "before", type=DIRECTORY, help="Take over what was decided there.")
@click.option("--list", "only_list", is_flag=True, help="List the remarks, and ask nothing.")
def review(
    directory: Path,
    accepted: Sequence[str],
    rejected: Sequence[str],
    comment: str,
    name: str,
    before: Path | None,
    only_list: bool,
) -> None:
    """Accept or reject the remarks of a run, which is recorded in its journal.

    At a terminal each open remark is asked for; --accept and --reject need no terminal.
    """
    import reports  # noqa: PLC0415
    from reports.journal import read  # noqa: PLC0415
    from reports.review import carry, decide, reviewed  # noqa: PLC0415

    journal = directory / reports.JOURNAL
    with usage():
        if before is not None:
            taken = carry(journal, read(before / reports.JOURNAL))
            click.echo(f"{len(taken)} decisions taken over from {before}")
        if (accepted or rejected) and not name:
            raise click.UsageError("--name is needed: the journal says who has decided")
        if accepted:
            decide(journal, accepted, "accepted", by=name, comment=comment)
        if rejected:
            decide(journal, rejected, "rejected", by=name, comment=comment)
        asks = not (accepted or rejected or only_list) and sys.stdin.isatty()
        if asks:
            open_ = [r for r in reviewed(read(journal)) if r.review is None and not r.remark.lab]
            _ask(journal, open_, name)
        _list(reviewed(read(journal)))
        reports.again(directory)


def _ask(journal: Path, left: list[Reviewed], name: str) -> None:
    """Ask for a decision about each remark; q ends the asking, and what was decided stays."""
    from reports.review import decide  # noqa: PLC0415

    for number, found in enumerate(left, 1):
        click.echo(f"\n{number} of {len(left)}: {_told(found)}")
        choices = click.Choice(["a", "r", "s", "q"])
        word = click.prompt("[a]ccept, [r]eject, [s]kip, [q]uit", type=choices, show_choices=False)
        if word == "q":
            return
        if word != "s":
            comment = click.prompt("Comment", default="", show_default=False)
            name = name or click.prompt("Your name")
            judgement: Judgement = "accepted" if word == "a" else "rejected"
            decide(journal, [found.id], judgement, by=name, comment=comment)


def _list(known: list[Reviewed]) -> None:
    from reports.text import visible  # noqa: PLC0415

    remarks = [found for found in known if not found.remark.lab]
    for found in remarks:
        click.echo(_told(found))
    for found in known:
        if found.remark.lab:
            click.echo(visible(f"to do in the lab  {found.case.id}: {found.remark.text}"))
    states = [found.state for found in remarks]
    told = ", ".join(f"{states.count(s)} {s}" for s in ("open", "accepted", "rejected"))
    click.echo(f"{len(remarks)} remarks: {told}")


def _told(found: Reviewed) -> str:
    from reports.text import visible  # noqa: PLC0415 - what a SUT sent may steer a terminal

    step = f" step {found.remark.step}" if found.remark.step else ""
    told = f"{found.id}  {found.state:8}  {found.case.id}{step}: {found.remark.text}"
    if found.review is not None:
        comment = f": {found.review.comment}" if found.review.comment else ""
        told += f"\n    {found.review.by}, {found.review.at}{comment}"
    return visible(told)


@click.command()
@click.argument("directory", metavar="DIR", type=DIRECTORY)
@click.option("--output", type=FILE, metavar="FILE", help="The bundle (default: DIR.zip).")
@click.option("--key", type=FILE, metavar="FILE", help="Ed25519 private key (PEM) to sign with.")
@click.option("--anonymise", is_flag=True, help="Replace ids, addresses and tokens.")
@click.option("--incomplete", is_flag=True, help="Pack a run that did not come to its end, too.")
def bundle(
    directory: Path, output: Path | None, key: Path | None, anonymise: bool, incomplete: bool
) -> None:
    """Pack the results in DIR into one file that tells when it was changed."""
    from reports.bundle import make  # noqa: PLC0415
    from reports.signature import load  # noqa: PLC0415

    place = directory.resolve()
    suffix = "-anonymous.zip" if anonymise else ".zip"
    target = output or place.with_name(f"{place.name}{suffix}")
    with usage():
        signer = load(key, _password(key)) if key is not None else None
        made = make(directory, target, key=signer, anonymous=anonymise, incomplete=incomplete)
    click.echo(f"{made}{' (signed)' if signer else ''}")


def _password(key: Path) -> bytes | None:
    """Return the password of a private key that has one: the environment's, or asked for."""
    if b"ENCRYPTED" not in key.read_bytes():
        return None
    told = os.environ.get("OCPP_CONFORMANCE_KEY_PASSWORD")
    return (told or str(click.prompt(f"Password of {key}", hide_input=True))).encode()


@click.command()
@click.argument("file", metavar="BUNDLE", type=FILE)
@click.option(
    "--key", type=FILE, metavar="FILE", help="The public key (PEM) that it is signed with."
)
def verify(file: Path, key: Path | None) -> None:
    """Tell whether a bundle is as it was packed; exit code 1 if anything was changed."""
    from reports.text import visible  # noqa: PLC0415
    from reports.verify import verify as look  # noqa: PLC0415

    with usage():
        found = look(file, key.read_bytes() if key is not None else None)
    for change in found.changes:
        click.echo(visible(change))
    told = "as it was packed" if found.unchanged else f"{len(found.changes)} changes"
    click.echo(f"{file}: {told}, {found.files} files, {found.signature}")
    sys.exit(0 if found.unchanged else 1)


@click.command()
@click.argument("before", metavar="A", type=DIRECTORY)
@click.argument("after", metavar="B", type=DIRECTORY)
@click.option("--html", "page", type=FILE, metavar="FILE", help="Write a page, too.")
@click.option("--json", "as_json", is_flag=True, help="As a JSON document.")
@click.option("--ignore-timing", is_flag=True, help="Compare no times.")
@click.option("--incomplete", is_flag=True, help="Take runs that did not come to their end, too.")
def compare(
    before: Path,
    after: Path,
    page: Path | None,
    as_json: bool,
    ignore_timing: bool,
    incomplete: bool,
) -> None:
    """Tell what has changed from run A to run B; exit code 1 if something got worse."""
    import reports  # noqa: PLC0415
    from reports import compare_text, pages  # noqa: PLC0415
    from reports.compare import compare as look  # noqa: PLC0415

    with usage():
        one, other = (_run(folder, incomplete=incomplete) for folder in (before, after))
        found = look(one, other, timing=not ignore_timing)
        if page is not None:
            links = [_link(page, folder) for folder in (before, after)]
            reports.put(page, pages.comparison(found, links))
    text = compare_text.as_json(found) if as_json else compare_text.as_text(found)
    click.echo(text.rstrip("\n"))
    sys.exit(1 if found.worse else 0)


@click.command()
@click.argument("directories", metavar="DIR...", type=DIRECTORY, nargs=-1, required=True)
@click.option("--html", "page", type=FILE, metavar="FILE", help="Write a page, too.")
@click.option("--json", "as_json", is_flag=True, help="As a JSON document.")
def matrix(directories: Sequence[Path], page: Path | None, as_json: bool) -> None:
    """Show several runs side by side: systems by cases."""
    import reports  # noqa: PLC0415
    from reports import matrix as several  # noqa: PLC0415
    from reports import pages  # noqa: PLC0415

    with usage():
        runs = [_run(folder, incomplete=True) for folder in directories]
        tables = several.matrix(runs)
        if page is not None:
            links = {place: _link(page, folder) for place, folder in enumerate(directories)}
            reports.put(page, pages.matrix(tables, links))
    text = several.as_json(tables) if as_json else several.as_text(tables)
    click.echo(text.rstrip("\n"))


def _run(folder: Path, *, incomplete: bool) -> Run:
    import reports  # noqa: PLC0415
    from reports.errors import ReportError  # noqa: PLC0415
    from reports.journal import read  # noqa: PLC0415

    run = read(folder / reports.JOURNAL)
    if not run.complete and not incomplete:
        told = "the run has not come to its end; --incomplete compares what there is"
        raise ReportError(f"{folder}: {told}")
    return run


def _link(page: Path, folder: Path) -> str:
    """Return where the report of a run is, seen from a page; nothing where there is none."""
    report = folder / "report.html"
    if not report.exists():
        return ""
    return quote(Path(os.path.relpath(report, page.resolve().parent)).as_posix())


COMMANDS = (report, review, bundle, verify, compare, matrix)
