"""Tapes on the command line: `--tape` opens what the tape says and plays it, `--record` writes one."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from vpctui.cli.arguments import Parser, explorer_parser
from vpctui.cli.files import bundled
from vpctui.cli.outcome import Failed

if TYPE_CHECKING:
    from vpctui.tui.recording import Recorder
    from vpctui.tui.stage import Stage
    from vpctui.tui.tape import Command, Tape

NOT_ON_TAPES = ("--help", "--version", "--tape", "--record", "--plain")
"""Options of a command line that mean nothing on a tape; so do their beginnings, and `-h`."""


class TapeParser(Parser):
    """Reads the command line of a tape: what is wrong with it is told, and nothing is printed."""

    def error(self, message: str) -> NoReturn:
        """Raises Failed."""
        raise Failed(message)


def played(options: argparse.Namespace) -> "Tape":
    """The tape of `--tape`.  What its command line says, and that of the person does not, is added to the options.  Raises Failed."""
    from vpctui.tui.tape import command_of

    tape = read(Path(options.tape))
    command = command_of(tape)
    if command is not None:
        _add(options, said(command, Path(options.tape)))
    return tape


def read(path: Path) -> "Tape":
    """The instructions of a tape.  Raises Failed with every mistake in it."""
    from vpctui.tui.tape_reading import read_tape

    try:
        tape = read_tape(path.read_bytes().decode("utf-8-sig"), str(path))
    except OSError as error:
        raise Failed(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise Failed(f"{path}: not UTF-8 (byte 0x{error.object[error.start]:02x}); a tape is a text file") from None
    if isinstance(tape, list):
        raise Failed("\n".join(tape) + "\n")
    return tape


def said(command: "Command", path: Path) -> argparse.Namespace:
    """The options of a tape's own command line; a scenario file is looked for beside the tape first.  Raises Failed with the line."""
    unfit = next((word for word in command.words if _unfit(word)), "")
    try:
        if unfit:
            raise Failed(f"{unfit} does not belong on a tape")
        options = explorer_parser(TapeParser).parse_args(command.words)
    except Failed as failed:
        raise Failed(f"{path}:{command.line}: {failed.text}\n   try: vpctui appliance --lang ja; vpctui --help lists the options") from None
    if options.scenario and (path.parent / options.scenario).is_file():
        options.scenario = str(path.parent / options.scenario)
    return options


def _unfit(word: str) -> bool:
    return word.startswith("-h") or (len(word) > 1 and any(option.startswith(word.partition("=")[0]) for option in NOT_ON_TAPES))


def _add(options: argparse.Namespace, taped: argparse.Namespace) -> None:
    """What a person says on the command line counts more than what the tape says; changes of both are made, and keys of both pressed."""
    ordinary = explorer_parser().parse_args([])
    options.changes = [*taped.changes, *options.changes]
    options.keys = taped.keys + options.keys
    for name, value in vars(taped).items():
        if getattr(options, name) == getattr(ordinary, name):
            setattr(options, name, value)


def on_terminal(options: argparse.Namespace, tape: "Tape" = ()) -> "Stage":
    """The person's terminal, on which the keys of `--keys` and the tape are played, and what is pressed is recorded if asked for."""
    from vpctui.tui.spelling import spelled
    from vpctui.tui.stage import Stage
    from vpctui.tui.tape import Press, Reel

    recorder = None
    if options.record:
        from vpctui.tui.recording import Recorder

        recorder = Recorder()
    return Stage(Reel((*map(Press, spelled(options.keys)), *tape)), recorder)


def keep(recorder: "Recorder", options: argparse.Namespace) -> None:
    """Write the tape, and say where, or why not."""
    from vpctui.tui.player import terminal_size
    from vpctui.tui.saving import save

    path = Path(options.record)
    try:
        told = f"wrote {save(path, recorder.tape(tuple(words(options, path.parent)), terminal_size()))}"
    except OSError as error:
        told = f"cannot write {path}: {error.strerror}"
    sys.stderr.write(f"vpctui: {told}\n")


def words(options: argparse.Namespace, folder: Path) -> Iterator[str]:
    """The command line again, without what a tape does not say; the path of a scenario file seen from the folder of the tape."""
    ordinary = vars(explorer_parser().parse_args([]))
    if options.scenario:
        path = Path(options.scenario)
        yield os.path.relpath(path, folder) if path.exists() and options.scenario not in bundled() else options.scenario
    for name, value in vars(options).items():
        if name not in ("scenario", "tape", "record", "plain") and value != ordinary.get(name):
            yield from _option("set" if name == "changes" else name.replace("_", "-"), value)


def _option(name: str, value: str | int | bool | Sequence[str]) -> Iterator[str]:
    if value is True:
        yield f"--{name}"
    else:
        for each in [value] if isinstance(value, (str, int)) else value:
            yield f"--{name}={each}"
