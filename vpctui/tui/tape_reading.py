"""Reads tapes; every mistake with its line and a mend."""

import re
import shlex
from collections.abc import Callable, Iterable
from difflib import get_close_matches

from vpctui.describe.width import visible
from vpctui.tui.geometry import SMALLEST
from vpctui.tui.keys import BY_ID
from vpctui.tui.spelling import spelled
from vpctui.tui.tape import HEAD, Command, Instruction, Mark, Note, Pause, Press, Size, Tape

LONGEST = 600.0
"""Seconds: a longer pause is a mistake."""
LARGEST = 500, 200
"""Columns and rows."""
NEWLINE = re.compile(r"\r\n|\n|\r")
"""Lines as editors count them; `str.splitlines` knows others too."""
NAMED = frozenset(
    {key for action in BY_ID.values() for key in action.keys if len(key) > 1}
    | {"enter", "escape", "tab", "space", "backspace", "delete", "left", "right", "up", "down", "home", "end", "pageup", "pagedown"}
    | {"ctrl+u", "ctrl+w", "ctrl+k", "<"}
)


class Mistake(Exception):
    """What is wrong with a line, and what would be right."""

    def __init__(self, wrong: str, mend: str) -> None:
        super().__init__(f"{wrong}\n   try: {mend}")


def read_tape(text: str, name: str) -> Tape | list[str]:
    """The instructions of a tape; where there are mistakes, all of them, each with its line and a mend."""
    instructions: list[Instruction] = []
    mistakes: list[str] = []
    for number, line in enumerate(NEWLINE.split(text), 1):
        word, _, rest = line.strip().partition(" ")
        try:
            if number == 1:
                _edition(line)
            if not word or word.startswith("#"):
                continue
            _read(word, rest.strip(), instructions, number)
        except Mistake as mistake:
            mistakes.append("\n".join(visible(part) for part in f"{name}:{number}: {mistake}".split("\n")))
    return mistakes or tuple(instructions)


def _edition(line: str) -> None:
    """Refuse what a later program wrote; a tape without a head is one of ours."""
    head, _, edition = line.strip().rpartition(" ")
    if head == HEAD.rpartition(" ")[0] and edition != HEAD.rpartition(" ")[2]:
        raise Mistake(f"a tape of edition {edition}, which this vpctui does not know", f"a newer vpctui, or {HEAD} where that is what it is")


def _read(word: str, rest: str, before: list[Instruction], line: int) -> None:
    """Add the instructions of one line.  Raises Mistake."""
    if word not in READERS:
        right = _nearest(word, READERS)
        mend = right if right else ", ".join(READERS) + "; a line of comment starts with #"
        raise Mistake(f"{word!r} is not an instruction of a tape", mend)
    READERS[word](rest, before, line)


def _nearest(word: str, known: Iterable[str]) -> str:
    return next(iter(get_close_matches(word[:40], list(known), 1)), "")


def _command(rest: str, before: list[Instruction], line: int) -> None:
    if before:
        raise Mistake("vpctui says what is opened, once and before anything else", "take this line to the top of the tape, or take it out")
    try:
        words = shlex.split(rest)
    except ValueError as error:
        raise Mistake(f"{str(error).lower()} in {rest}", "vpctui appliance --lang ja") from None
    before.append(Command(tuple(words), line))


def _size(rest: str, before: list[Instruction], line: int) -> None:
    found = re.fullmatch(r"([0-9]{1,4}) ?[x×] ?([0-9]{1,4})", rest)
    columns, rows = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (SMALLEST[0] <= columns <= LARGEST[0] and SMALLEST[1] <= rows <= LARGEST[1]):
        bounds = f"{SMALLEST[0]}x{SMALLEST[1]} to {LARGEST[0]}x{LARGEST[1]}"
        raise Mistake(f"{rest!r} is not a size of a screen, {bounds} columns and rows", "size 80x24")
    if any(not isinstance(each, Command) for each in before):
        raise Mistake("the size stands once, before the first key", "take this line up below vpctui, or take it out")
    before.append(Size(columns, rows))


def _keys(rest: str, before: list[Instruction], line: int) -> None:
    keys = spelled(rest)
    unknown = [key for key in keys if len(key) > 1 and key not in NAMED]
    if unknown:
        right = _nearest(unknown[0], NAMED)
        mend = f"<{right}>" if right else "<enter>, <escape>, <tab>, <space>, <ctrl+r>; the character < itself is <<>"
        raise Mistake(f"unknown key <{unknown[0]}>", mend)
    if not keys:
        raise Mistake("keys without keys", "keys nn.")
    before += [Press(key) for key in keys]


def _pause(rest: str, before: list[Instruction], line: int) -> None:
    try:
        seconds = float(rest)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST:
        raise Mistake(f"{rest!r} is not a pause in seconds, 0 to {LONGEST:g}", "pause 1.5")
    before.append(Pause(seconds))


def _note(rest: str, before: list[Instruction], line: int) -> None:
    if not rest:
        raise Mistake("a note without words", "note Here the packet dies.")
    before.append(Note(rest, rest))


def _japanese(rest: str, before: list[Instruction], line: int) -> None:
    last = before[-1] if before else None
    if not rest or not isinstance(last, Note):
        raise Mistake("ja is the Japanese of the note in the line before it", "note TEXT, and ja TEXT below it")
    before[-1] = Note(last.en, rest)


def _picture(rest: str, before: list[Instruction], line: int) -> None:
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", rest):
        raise Mistake(f"{rest!r} does not name a picture: small letters, digits, and - between them", "picture what-if")
    if Mark(rest) in before:
        raise Mistake(f"there is a picture {rest} already", f"picture {rest}-2")
    before.append(Mark(rest))


READERS: dict[str, Callable[[str, list[Instruction], int], None]] = {
    "vpctui": _command,
    "size": _size,
    "keys": _keys,
    "pause": _pause,
    "note": _note,
    "ja": _japanese,
    "picture": _picture,
}
"""How each instruction is read."""
