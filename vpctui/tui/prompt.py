"""A line that a person types: edited as a shell's, completed with Tab, without a widget of its own (a focus change costs kilobytes)."""

from collections.abc import Callable, Sequence
from typing import Literal

from vpctui.describe.width import cells, visible
from vpctui.tui.effects import Effect
from vpctui.tui.frame import Line, Run, cut

PromptKind = Literal["find", "command", "flow", "file"]
SHOWN_SUGGESTIONS = 6


class Prompt:
    """Text, the place of the cursor in it, and what could be meant."""

    def __init__(
        self,
        kind: PromptKind,
        label: str,
        suggest: Callable[[str], Sequence[str]],
        text: str = "",
        history: Sequence[str] = (),
        done: Callable[[str], Effect | None] | None = None,
    ) -> None:
        self.kind = kind
        self.label = label
        self.text = text
        self.at = len(text)
        self.done = done
        """What Enter does with the line, where the kind does not say."""
        self._suggest = suggest
        self._history = (*history, "")
        self._past = len(history)
        self.suggestions: tuple[str, ...] = tuple(suggest(text))
        self.chosen = -1

    def press(self, key: str, character: str | None) -> None:
        """Edit: a character, or one of the editing keys; everything else is ignored."""
        edit = _EDITS.get(key)
        if edit is not None:
            edit(self)
        elif character is not None and character.isprintable():
            self.insert(character)

    def insert(self, text: str) -> None:
        """Put text at the cursor; of several lines only the first, and no control characters."""
        kept = "".join(character for character in text.splitlines()[0] if character.isprintable()) if text else ""
        self._put(self.text[: self.at] + kept + self.text[self.at :], self.at + len(kept))

    def _put(self, text: str, at: int) -> None:
        self.text, self.at = text, at
        self.suggestions = tuple(self._suggest(text))
        self.chosen = -1

    def complete(self, step: int = 1) -> None:
        """Take the next suggestion into the line."""
        if not self.suggestions:
            return
        chosen = (self.chosen + step) % len(self.suggestions) if self.chosen >= 0 or step > 0 else len(self.suggestions) - 1
        held = self.suggestions
        self._put(held[chosen], len(held[chosen]))
        if len(held) > 1:
            self.suggestions, self.chosen = held, chosen

    def recall(self, step: int) -> None:
        """An earlier line, or a later one."""
        wanted = self._past + step
        if 0 <= wanted < len(self._history):
            self._past = wanted
            self._put(self._history[wanted], len(self._history[wanted]))

    def line(self, columns: int) -> tuple[Line, int]:
        """The prompt as one line, and the column of the cursor."""
        label = f" {self.label} " if not self.label.endswith(":") else f" {self.label}"
        before, after = visible(self.text[: self.at]), visible(self.text[self.at :])
        column = cells(label) + cells(before)
        shift = max(0, column + 2 - columns)
        under = after[:1] or " "
        runs = (Run(label, "key"), Run(before), Run(under, "plain", "cursor"), Run(after[1:] + " " * columns))
        return cut(runs, shift, shift + columns), column - shift

    def left(self, step: int) -> None:
        """Move the cursor."""
        self.at = max(0, min(len(self.text), self.at + step))

    def erase(self, start: int, end: int) -> None:
        """Take characters away."""
        start, end = max(0, start), min(len(self.text), end)
        self._put(self.text[:start] + self.text[end:], start)

    def erase_word(self) -> None:
        """Take the word before the cursor away."""
        self.erase(self.text[: self.at].rstrip().rfind(" ") + 1, self.at)


_EDITS: dict[str, Callable[[Prompt], None]] = {
    "backspace": lambda line: line.erase(line.at - 1, line.at),
    "ctrl+h": lambda line: line.erase(line.at - 1, line.at),
    "delete": lambda line: line.erase(line.at, line.at + 1),
    "ctrl+u": lambda line: line.erase(0, line.at),
    "ctrl+k": lambda line: line.erase(line.at, len(line.text)),
    "ctrl+w": lambda line: line.erase_word(),
    "left": lambda line: line.left(-1),
    "right": lambda line: line.left(1),
    "home": lambda line: line.left(-len(line.text)),
    "ctrl+a": lambda line: line.left(-len(line.text)),
    "end": lambda line: line.left(len(line.text)),
    "ctrl+e": lambda line: line.left(len(line.text)),
    "tab": lambda line: line.complete(),
    "shift+tab": lambda line: line.complete(-1),
    "up": lambda line: line.recall(-1),
    "down": lambda line: line.recall(1),
}
