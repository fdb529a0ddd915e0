"""`vpctui import`: a scenario file from a real account; the file to standard output or `--output`, everything said about it to standard error."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from vpctui.cli.anonymizing import anonymized
from vpctui.cli.files import read_bytes
from vpctui.cli.outcome import GOOD, Failed
from vpctui.interop.aws.account import Account, Note
from vpctui.interop.aws.commands import shell_script
from vpctui.interop.aws.files import read
from vpctui.interop.aws.importing import draft, text_of
from vpctui.interop.terraform.document import NotTerraform
from vpctui.interop.terraform.importing import read_terraform

MOST_NOTES = 200
"""Notes on standard error; all of them stand in the file."""
ORDER = {"error": 0, "warning": 1, "assumed": 2, "skipped": 3}


def import_scenario(options: argparse.Namespace) -> int:
    """Write a scenario.  Raises Failed, exit status 2, where there is nothing that can be used."""
    if options.commands:
        sys.stdout.write(shell_script(options.region or [""], options.profile))
        return GOOD
    account, title = _terraform(options) if options.source == "terraform" else _live(options) if options.live else _folders(options)
    written = draft(account)
    _say(account.notes)
    if not written.sections.get("vpcs"):
        told = "no aws_vpc in it" if options.source == "terraform" else "no VPC of describe-vpcs in it; vpctui import aws --commands prints what to collect"
        raise Failed(f"{title}: nothing usable: {told}")
    _write(anonymized(written, _legend(options)) if options.anonymize else text_of(written, title, options.source), options.output)
    return GOOD


def _legend(options: argparse.Namespace) -> str:
    """Where the legend goes: what is asked for, else beside the scenario."""
    return str(options.legend or (f"{options.output}.legend.json" if options.output else "legend.json"))


def _folders(options: argparse.Namespace) -> tuple[Account, str]:
    if not options.folders:
        raise Failed("name a folder of JSON files, or ask the account with --live; --commands prints how to collect the files")
    try:
        account, count = read(options.folders)
    except FileNotFoundError as error:
        raise Failed(f"{error}: no such file or folder") from None
    if count == 0:
        raise Failed(f"{', '.join(options.folders)}: no .json files; vpctui import aws --commands prints how to collect them")
    return account, ", ".join(Path(folder).resolve().name for folder in options.folders)


def _terraform(options: argparse.Namespace) -> tuple[Account, str]:
    if len(options.folders) != 1:
        raise Failed("name one file that terraform show -json wrote, or - for standard input")
    (name,) = options.folders
    try:
        return read_terraform(read_bytes(name), name), Path(name).name
    except NotTerraform as why:
        raise Failed(f"{name}: {why}") from None


def _live(options: argparse.Namespace) -> tuple[Account, str]:
    from vpctui.interop.aws.live import Unavailable, collect

    try:
        return collect(options.profile, options.region, options.endpoint_url, sys.stderr)
    except Unavailable as error:
        raise Failed(str(error)) from None


def _say(notes: list[Note]) -> None:
    """The notes, worst first, and how many there are of each severity."""
    for note in sorted(notes, key=lambda each: ORDER[each.severity])[:MOST_NOTES]:
        sys.stderr.write(f"{printable(str(note))}\n")
    if len(notes) > MOST_NOTES:
        sys.stderr.write(f"… and {len(notes) - MOST_NOTES} more, which stand in the file\n")
    counts = {severity: sum(note.severity == severity for note in notes) for severity in ORDER}
    said = ", ".join(f"{count} {severity}" for severity, count in counts.items() if count)
    if said:
        sys.stderr.write(f"vpctui: {said}\n")


def printable(text: str) -> str:
    """Text from a file as it may stand on a terminal."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def _write(text: str, output: str) -> None:
    """To standard output, or to a file that is never half written.  Raises Failed."""
    if not output:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    target = Path(output)
    name = ""
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            name = file.name
            file.write(text)
        # A temporary file is for its owner alone; the file that it becomes has the rights of any new one.
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        os.replace(name, target)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise Failed(f"{output}: {error.strerror}") from None
