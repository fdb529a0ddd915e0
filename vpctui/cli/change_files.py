"""`--set CHANGE` and `--set @FILE`: changes from the command line and from files of changes, each with the place it came from."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from vpctui.cli.outcome import Failed
from vpctui.describe.width import visible
from vpctui.engine import change
from vpctui.engine.change import Refusal

LONGEST = 1_000_000
"""Bytes; a file of changes is a page at most."""


class Given(Struct, frozen=True):
    """A change, and where it stands (`FILE:LINE`); empty on the command line itself."""

    text: str
    place: str = ""


def given(values: Iterable[str]) -> tuple[Given, ...]:
    """The changes that `--set` asks for, in order.  Raises Failed for a file that cannot be read, with every line that is no change."""
    return tuple(found for value in values for found in (_of_file(value[1:]) if value.startswith("@") else (Given(value),)))


def _of_file(name: str) -> list[Given]:
    lines = _text(name).splitlines()
    found = [Given(line.strip(), f"{name}:{number}") for number, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#")]
    mistakes = list(_mistakes(found))
    if mistakes:
        raise Failed("".join(mistakes))
    return found


def _mistakes(found: Iterable[Given]) -> Iterator[str]:
    """Lines that are no change at all; what a network makes of the others is asked when they are made."""
    for each in found:
        parsed = change.parse(each.text)
        if isinstance(parsed, Refusal):
            lines = (f"{each.place}: {parsed.message}", f"   {each.text}", *((f"   try: {parsed.hint}",) if parsed.hint else ()))
            yield "".join(f"{visible(line)}\n" for line in lines)


def _text(name: str) -> str:
    if not name:
        raise Failed("--set @ needs a file of changes after it: --set @today.changes")
    try:
        data = sys.stdin.buffer.read(LONGEST + 1) if name == "-" else Path(name).read_bytes()
    except FileNotFoundError:
        raise Failed(f"{name}: no such file of changes; write one with :write {name}") from None
    except OSError as error:
        raise Failed(f"{name}: {error.strerror}") from None
    if len(data) > LONGEST:
        raise Failed(f"{name}: too long for a file of changes ({len(data)} bytes)")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Failed(f"{name}:{line}: not UTF-8 (byte 0x{data[error.start]:02x}); a file of changes holds one change a line") from None
