"""Writes a tape while a person plays."""

import shlex
from collections.abc import Iterator, Sequence

from vpctui.tui.spelling import written
from vpctui.tui.tape import HEAD
from vpctui.tui.tape_reading import LONGEST

SHORTEST = 0.3
"""Seconds: what is quicker is one movement of the fingers."""


class Recorder:
    """Keeps the keys that are pressed, and when."""

    def __init__(self) -> None:
        self._keys: list[tuple[str, float]] = []

    def press(self, key: str, at: float) -> None:
        """A key, at so many seconds of any clock."""
        self._keys.append((key, at))

    def tape(self, words: Sequence[str], size: tuple[int, int]) -> str:
        """What was played, as the text of a tape: the words after `vpctui`, and the screen on which it was."""
        return "\n".join([HEAD, shlex.join(["vpctui", *words]), f"size {size[0]}x{size[1]}", *self._lines()]) + "\n"

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
