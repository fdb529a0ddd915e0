"""Tapes: a talk as a small text file of keys, pauses and notes, played on the program itself.

    # vpctui tape 1
    vpctui appliance --lang ja
    size 80x24
    note The packet starts here.
    ja   パケットはここから出る。
    pause 2
    keys nn.
    picture appliance
    keys :eni-fw.source_dest_check=on<enter>

`vpctui` is the command line that the tape belongs to (alone: the course), `size` the screen that it was made for.  `keys` are written as in
`--keys`.  A note stays until the next key; `ja` after it is the same in Japanese.  `picture` marks a screen that makes a good picture: on a
terminal it passes unseen, `tools/screenshots.py` draws it.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

HEAD = "# vpctui tape 1"


class Command(Struct, frozen=True):
    """What is opened: the words after `vpctui`, and the line of the tape where they stand."""

    words: tuple[str, ...]
    line: int = 0


class Size(Struct, frozen=True):
    """The screen that the tape was made for."""

    columns: int
    rows: int


class Press(Struct, frozen=True):
    """A key."""

    key: str


class Pause(Struct, frozen=True):
    """Nothing for so many seconds."""

    seconds: float


class Note(Struct, frozen=True):
    """A sentence below the panes, in both languages."""

    en: str
    ja: str


class Mark(Struct, frozen=True):
    """What is on the screen now makes a picture of that name."""

    name: str


Instruction = Command | Size | Press | Pause | Note | Mark
Tape = tuple[Instruction, ...]


def command_of(tape: Tape) -> Command | None:
    """What the tape opens, if it says so."""
    return next((each for each in tape if isinstance(each, Command)), None)


def size_of(tape: Tape) -> Size | None:
    """The screen that the tape was made for, if it says so."""
    return next((each for each in tape if isinstance(each, Size)), None)


class Reel:
    """What is still to be played.  The course and the explorers that it opens take turns with it."""

    def __init__(self, instructions: Iterable[Instruction] = ()) -> None:
        self._rest = iter(tuple(instructions))

    def __iter__(self) -> Iterator[Instruction]:
        return self._rest

    def stop(self) -> None:
        """Play no more."""
        self._rest = iter(())
