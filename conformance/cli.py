"""The command: a thin face over pytest and the modules below."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import click

from conformance.cli_reports import COMMANDS
from conformance.version import __version__

VERSION = click.Choice(["1.6", "2.0.1"])
ROLE = click.Choice(["CS", "CSMS"])
SAMPLES = click.IntRange(min=1)
SECURITY_PROFILE = click.Choice(["0", "1", "2", "3"])


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Open conformance tests for OCPP 1.6J and 2.0.1."""


for command in COMMANDS:
    main.add_command(command)


@main.command()
@click.option("--version", "versions", multiple=True, type=VERSION, help="This version only.")
@click.option("--role", "roles", multiple=True, type=ROLE, help="This role under test only.")
@click.option("--case", "cases", multiple=True, metavar="ID", help="This case only.")
@click.option("--profile", "profiles", multiple=True, metavar="NAME", help="This profile only.")
@click.option("--fault", "faults", multiple=True, metavar="NAME", help="Make the SUT misbehave.")
@click.option("--security-profile", type=SECURITY_PROFILE, help="0 to 3; by default 0.")
@click.option("--list-faults", is_flag=True, help="List the faults, and do nothing else.")
@click.option("--results", metavar="DIR", help="Where the results go.")
@click.option("--samples", type=SAMPLES, help="Random requests of a case that samples them.")
@click.option("--seed", type=int, help="What they are made from.")
@click.option("--exhaustive", is_flag=True, help="Not random ones, but every single fault.")
@click.option("--in-turn", is_flag=True, help="One system after the other, not side by side.")
@click.argument("pytest_options", nargs=-1, type=click.UNPROCESSED)
def demo(
    versions: Sequence[str],
    roles: Sequence[str],
    cases: Sequence[str],
    profiles: Sequence[str],
    faults: Sequence[str],
    security_profile: str | None,
    list_faults: bool,
    results: str | None,
    samples: int | None,
    seed: int | None,
    exhaustive: bool,
    in_turn: bool,
    pytest_options: Sequence[str],
) -> None:
    """Run the cases against the reference systems, over real WebSockets."""
    from conformance.demo import fault_list, suts  # noqa: PLC0415 - each command loads its own

    if list_faults:
        click.echo(fault_list())
        return
    try:
        chosen = suts(versions, roles, cases, profiles, faults)
    except LookupError as error:
        raise click.UsageError(str(error)) from error
    more = [*_secured(security_profile), *_sampled(samples, seed, exhaustive), *pytest_options]
    more += [] if in_turn else ["--ocpp-side-by-side"]
    sys.exit(_pytest(chosen, cases, profiles, results, "demo", more))


@main.command()
@click.option("--sut", "suts", multiple=True, required=True, metavar="FILE", help="sut.toml")
@click.option("--case", "cases", multiple=True, metavar="ID", help="This case only.")
@click.option("--profile", "profiles", multiple=True, metavar="NAME", help="This profile only.")
@click.option("--results", metavar="DIR", help="Where the results go.")
@click.option("--resume", metavar="DIR", help="Go on with the killed run whose results are there.")
@click.option("--place", default="", metavar="TEXT", help="Where it is made, for the report.")
@click.option("--security-profile", type=SECURITY_PROFILE, help="Another one than sut.toml's.")
@click.option("--strict", is_flag=True, help="A remark on the system fails a case that passed.")
@click.option("--samples", type=SAMPLES, help="Random requests of a case that samples them.")
@click.option("--seed", type=int, help="What they are made from.")
@click.option("--exhaustive", is_flag=True, help="Not random ones, but every single fault.")
@click.option("--side-by-side", is_flag=True, help="All systems at a time.")
@click.argument("pytest_options", nargs=-1, type=click.UNPROCESSED)
def run(
    suts: Sequence[str],
    cases: Sequence[str],
    profiles: Sequence[str],
    results: str | None,
    resume: str | None,
    place: str,
    security_profile: str | None,
    strict: bool,
    samples: int | None,
    seed: int | None,
    exhaustive: bool,
    side_by_side: bool,
    pytest_options: Sequence[str],
) -> None:
    """Run the cases against a real device or back office."""
    more = [*(["--ocpp-strict"] if strict else []), *(["--ocpp-place", place] if place else [])]
    more += [*_secured(security_profile), *_sampled(samples, seed, exhaustive), *pytest_options]
    more += ["--ocpp-side-by-side"] if side_by_side else []
    if resume and (results or cases or profiles or place):
        told = "it goes on in its own folder, with the cases and the place that it has"
        raise click.UsageError(f"--resume takes no --results, --case, --profile or --place: {told}")
    more += ["--ocpp-resume", resume] if resume else []
    sys.exit(_pytest(suts, cases, profiles, results, "", more))


@main.command()
@click.option("--role", type=ROLE, required=True)
@click.option("--version", type=VERSION, required=True)
@click.option("--output", default="sut.toml", show_default=True, metavar="FILE")
@click.option("--operator", default="console", metavar="NAME", help="A kind, or a known CSMS.")
def init(role: str, version: str, output: str, operator: str) -> None:
    """Write a commented sut.toml to start from, and for a known CSMS its template beside it."""
    from conformance.init import written  # noqa: PLC0415

    try:
        files = written(role, version, operator, Path(output))
    except LookupError as error:
        raise click.UsageError(str(error)) from error
    there = next((path for path in files if path.exists()), None)
    if there is not None:
        raise click.UsageError(f"{there} is there already")
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    path = Path(output)
    click.echo(f"{path}: fill in what is yours, then: ocpp-conformance check --sut {path}")


@main.command()
@click.option("--sut", required=True, metavar="FILE", help="sut.toml")
def check(sut: str) -> None:
    """Validate a sut.toml and try the connection."""
    from conformance.check import check as try_it  # noqa: PLC0415
    from conformance.sut import SutFileError, load  # noqa: PLC0415

    try:
        declared = load(Path(sut), os.environ)
    except SutFileError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(f"{sut}: {declared.name}, OCPP {declared.version}, {declared.role}: valid")
    ok, text = try_it(declared, click.echo)
    click.echo(text, err=not ok)
    sys.exit(0 if ok else 1)


@main.command()
@click.option("--sut", required=True, metavar="FILE", help="sut.toml")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@click.option("--create", is_flag=True, help="Create it, where the operator can.")
def fixtures(sut: str, as_json: bool, create: bool) -> None:
    """Show what a CSMS has to know before a run, and create it."""
    from conformance import fixtures as known  # noqa: PLC0415
    from conformance.sut import SutFileError, load  # noqa: PLC0415

    try:
        declared = load(Path(sut), os.environ)
    except SutFileError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    if declared.role != "CSMS":
        raise click.UsageError("only a central system under test has to know something")
    if create:
        sys.exit(0 if known.create(declared, click.echo) else 1)
    click.echo(known.as_json(declared) if as_json else known.as_text(declared))


@main.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="As a list of JSON objects.")
@click.option("--version", "versions", multiple=True, type=VERSION)
@click.option("--role", "roles", multiple=True, type=ROLE)
def list_cases(as_json: bool, versions: Sequence[str], roles: Sequence[str]) -> None:
    """Show the catalogue."""
    from conformance.catalogue import everything, select  # noqa: PLC0415
    from conformance.declared import declared_ids  # noqa: PLC0415

    ready = declared_ids()
    entries = select(everything(), versions=versions, roles=roles)
    if as_json:
        rows = [
            {
                "id": e.id,
                "title": e.title,
                "version": e.version,
                "role": e.role,
                "profiles": dict(e.profiles),
                "condition": e.condition,
                "requirements": list(e.requirements),
                "implemented": e.id in ready,
            }
            for e in entries
        ]
        click.echo(json.dumps(rows, indent=1))
        return
    for e in entries:
        mark = "*" if e.id in ready else " "
        shown = ",".join(f"{p}:{s}" for p, s in e.profiles.items())
        click.echo(f"{mark} {e.version:6}{e.role:5}{e.id:15}{shown:28} {e.title}  {e.condition}")
    click.echo(f"{sum(e.id in ready for e in entries)} of {len(entries)} implemented (*)")


@main.command()
@click.argument("identity", metavar="ID")
def show(identity: str) -> None:
    """Print a case's plan as a step table."""
    from conformance.telling import case_plan  # noqa: PLC0415

    try:
        click.echo(case_plan(identity))
    except LookupError as error:
        raise click.UsageError(str(error)) from error


@main.command()
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", "names", multiple=True, help="A name or address of the tool, repeatable.")
@click.option("--serial", default="CP01", show_default=True, help="The station's serial number.")
@click.option("--organization", default="Test Lab", show_default=True, help="Who operates it.")
@click.option(
    "--revocation-url",
    metavar="URL",
    default="",
    help="http://host:port of the tool's HTTP server, for the addresses of its CRL and OCSP.",
)
def pki(
    directory: Path, names: Sequence[str], serial: str, organization: str, revocation_url: str
) -> None:
    """Make the certificates of a lab in DIR: what to put into a device, and what it must refuse."""
    from conformance.pki.lab import FolderInUseError, Lab, write  # noqa: PLC0415

    named = tuple(names) or ("localhost", "127.0.0.1")
    if revocation_url and not _is_server(revocation_url):
        raise click.UsageError(f"--revocation-url: expected http://host:port, got {revocation_url}")
    lab = Lab(
        organization=organization,
        names=named,
        serial=serial,
        revocation_url=revocation_url.rstrip("/"),
    )
    try:
        written = write(lab, directory)
    except (FolderInUseError, OSError) as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"{len(written)} files in {directory}; {written[0]} says what is what")


def _is_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named = parts.scheme == "http" and bool(parts.hostname) and bool(parts.port)
    except ValueError:
        return False
    bare = parts.path in {"", "/"} and not parts.query and not parts.fragment
    return named and bare and url.isascii() and "@" not in url


@main.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    add_help_option=False,
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def reference(words: Sequence[str]) -> None:
    """Run a reference system alone: station|csms --version V ..."""
    from conformance.reference.process import main as serve  # noqa: PLC0415

    sys.exit(serve(list(words), os.environ.get("OCPP_REFERENCE_PASSWORD", "")))


@main.command()
@click.option("--version", "versions", multiple=True, type=VERSION)
@click.option("--role", "roles", multiple=True, type=ROLE)
@click.option("--case", "cases", multiple=True, metavar="ID")
@click.option("--json", "as_json", is_flag=True)
def prove(
    versions: Sequence[str], roles: Sequence[str], cases: Sequence[str], as_json: bool
) -> None:
    """Spoil each thing that each case checks, and see the case fail there."""
    from conformance.prove import prove_all  # noqa: PLC0415

    try:
        proof = prove_all(versions, roles, cases)
    except LookupError as error:
        raise click.UsageError(str(error)) from error
    click.echo(json.dumps(proof.as_dict(), indent=1) if as_json else proof.as_text())
    sys.exit(0 if proof.complete else 1)


def _sampled(samples: int | None, seed: int | None, exhaustive: bool) -> list[str]:
    given = {"--ocpp-samples": samples, "--ocpp-seed": seed}
    every = ["--ocpp-exhaustive"] if exhaustive else []
    return every + [f"{option}={value}" for option, value in given.items() if value is not None]


def _secured(profile: str | None) -> list[str]:
    return ["--ocpp-security-profile", profile] if profile is not None else []


def _pytest(
    suts: Sequence[str],
    cases: Sequence[str],
    profiles: Sequence[str],
    results: str | None,
    name: str,
    more: Sequence[str],
) -> int:
    """Run pytest on the cases, with nothing of the user's own configuration."""
    import pytest  # noqa: PLC0415

    words = ["--pyargs", "testcases", "-c", os.devnull, f"--rootdir={Path.cwd()}"]
    # Cases have no asserts to rewrite, and what other plugins sum up is not about them.
    words += ["--assert=plain", "-p", "no:hypothesispytest"]
    words += ["-p", "no:cacheprovider", "-p", "conformance.progress", "-q", "--no-header"]
    # The command has loaded the package before pytest could have rewritten its asserts.
    words += ["-W", "ignore::pytest.PytestAssertRewriteWarning", "-rN", "--noconftest"]
    words += [word for sut in suts for word in ("--ocpp-sut", sut)]
    words += [word for case in cases for word in ("--ocpp-case", case)]
    words += [word for profile in profiles for word in ("--ocpp-profile", profile)]
    words += ["--ocpp-results", results] if results else []
    words += ["--ocpp-name", name] if name else []
    code = pytest.main([*words, *more])
    nothing = {pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED}
    return 2 if code in nothing else int(code)
