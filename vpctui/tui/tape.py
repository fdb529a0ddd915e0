"""Tapes: a talk as a small text file of keys, pauses and notes, written while a person plays it, and played again.

    # vpctui tape 1
    note The packet starts here.
    ja   パケットはここから出る。
    pause 2
    keys nn.
    keys :eni-fw.source_dest_check=on<enter>

`keys` are written as in `--keys`.  A note stays until the next key; `ja` after it is the same in Japanese.
"""

from collections.abc import Iterator

from msgspec import Struct

from vpctui.tui.keys import BY_ID
from vpctui.tui.spelling import spelled, written

HEAD = "# vpctui tape 1"
SHORTEST, LONGEST = 0.3, 600.0
"""Seconds: what is quicker is one movement of the fingers, what is longer is a mistake."""
NAMED = frozenset(
    {key for action in BY_ID.values() for key in action.keys if len(key) > 1}
    | {
        "enter",
        "escape",
        "tab",
        "space",
        "backspace",
        "delete",
        "left",
        "right",
        "up",
        "down",
        "home",
        "end",
        "pageup",
        "pagedown",
        "ctrl+u",
        "ctrl+w",
        "ctrl+k",
        "<",
    }
)


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


Instruction = Press | Pause | Note
Tape = tuple[Instruction, ...]


def read_tape(text: str, name: str) -> Tape | list[str]:
    """The instructions of a tape; where there are mistakes, all of them, each with its line and a mend."""
    instructions: list[Instruction] = []
    mistakes: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        word, _, rest = line.strip().partition(" ")
        if not word or word.startswith("#"):
            continue
        found = _read(word, rest.strip(), instructions)
        if isinstance(found, str):
            mistakes.append(f"{name}:{number}: {found}")
        else:
            instructions = found
    return mistakes or tuple(instructions)


def _read(word: str, rest: str, before: list[Instruction]) -> list[Instruction] | str:
    """The instructions with those of one line; or what is wrong with it."""
    match word:
        case "keys":
            return _keys(rest, before)
        case "pause":
            return _pause(rest, before)
        case "note" if rest:
            return [*before, Note(rest, rest)]
        case "ja" if rest and before and isinstance(before[-1], Note):
            return [*before[:-1], Note(before[-1].en, rest)]
        case "ja":
            return "ja is the Japanese of the note in the line before it\n   try: note TEXT, and ja TEXT below it"
        case "note":
            return "a note without words\n   try: note Here the packet dies."
        case _:
            return f"{word!r} is not an instruction of a tape\n   try: keys, pause, note or ja; a line of comment starts with #"


def _keys(rest: str, before: list[Instruction]) -> list[Instruction] | str:
    keys = spelled(rest)
    unknown = [key for key in keys if len(key) > 1 and key not in NAMED]
    if unknown:
        return f"unknown key <{unknown[0]}>\n   try: <enter>, <escape>, <tab>, <space>, <ctrl+r>; the character < itself is <<>"
    return [*before, *(Press(key) for key in keys)] if keys else "keys without keys\n   try: keys nn."


def _pause(rest: str, before: list[Instruction]) -> list[Instruction] | str:
    try:
        seconds = float(rest)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST:
        return f"{rest!r} is not a pause in seconds, 0 to {LONGEST:g}\n   try: pause 1.5"
    return [*before, Pause(seconds)]


class Recorder:
    """Keeps the keys that are pressed, and when."""

    def __init__(self) -> None:
        self._keys: list[tuple[str, float]] = []

    def press(self, key: str, at: float) -> None:
        """A key, at so many seconds of any clock."""
        self._keys.append((key, at))

    def tape(self, name: str) -> str:
        """What was played, as the text of a tape; `name` is the scenario."""
        return "\n".join([HEAD, f"# {name}", *self._lines()]) + "\n"

    def _lines(self) -> Iterator[str]:
        together = ""
        last = self._keys[0][1] if self._keys else 0.0
        for key, at in self._keys:
            gap, last = at - last, at
            if gap >= SHORTEST:
                if together:
                    yield f"keys {together}"
                yield f"pause {min(round(gap, 1), LONGEST):g}"
                together = ""
            together += written(key)
        if together:
            yield f"keys {together}"
