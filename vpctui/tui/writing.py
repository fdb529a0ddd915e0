"""The bytes that turn one frame into the next on a terminal.

Only cells that differ are written.  The look is set where it changes and not for every run, a jump inside a line is relative, and blanks
up to the right edge are erased instead of written, where the ground is the terminal's own.
"""

from collections.abc import Iterator
from itertools import zip_longest

from rich.color import ColorSystem
from rich.style import Style

from vpctui.tui.colours import ColorDepth, Palette
from vpctui.tui.frame import Cell, Frame, cells, differences

ERASE = 4
"""Blanks at the end of a line that are cheaper to erase (`ESC [ K`) than to write."""
SYSTEMS: dict[ColorDepth, ColorSystem] = {"none": ColorSystem.STANDARD, "16": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT, "true": ColorSystem.TRUECOLOR}


class Writer:
    """Knows the palette; keeps the codes of each look."""

    def __init__(self, palette: Palette) -> None:
        self._palette = palette
        self._codes: dict[tuple[str, str], str] = {}

    def whole(self, frame: Frame) -> str:
        """What to write to a terminal of which nothing is known but its size."""
        parts: list[str] = []
        look = ""
        for y, line in enumerate(frame.lines):
            row = cells(line)
            blank = self._blank_from(row)
            parts.append(f"\x1b[{y + 1};1H")
            look = self._span(parts, row, 0, blank, look)
            if blank < len(row):
                parts.append("\x1b[0m\x1b[K" if look else "\x1b[K")
                look = ""
        return "".join([*parts, "\x1b[0m"])

    def update(self, before: Frame, after: Frame) -> str:
        """What to write; empty when nothing differs.  Both frames have the same size."""
        parts: list[str] = []
        look = ""
        for y, (old, new) in enumerate(zip_longest(before.lines, after.lines, fillvalue=())):
            spans = differences(old, new)
            if not spans:
                continue
            row, at = cells(new), -1
            blank = self._blank_from(row)
            for first, end in spans:
                parts.append(f"\x1b[{first - at}C" if at >= 0 else f"\x1b[{y + 1};{first + 1}H")
                stop = max(first, blank) if spans[-1][1] - max(first, blank) >= ERASE else end
                look = self._span(parts, row, first, min(stop, end), look)
                at = end
                if stop < end:
                    parts.append("\x1b[0m\x1b[K" if look else "\x1b[K")
                    look = ""
                    break  # the spans that follow are blank
        if look:
            parts.append("\x1b[0m")
        return "".join(parts)

    def _span(self, parts: list[str], row: list[Cell], first: int, end: int, look: str) -> str:
        """Write some cells of a line; the look that is set afterwards."""
        for text, codes in self._runs(row, first, end):
            if codes != look:
                # Attributes cannot be taken back one by one in a way that every terminal knows, so all are, in the same sequence.
                parts.append(f"\x1b[0;{codes}m" if look and codes else f"\x1b[{codes or 0}m")
                look = codes
            parts.append(text)
        return look

    def _runs(self, row: list[Cell], first: int, end: int) -> Iterator[tuple[str, str]]:
        """Text and codes; a blank that does not stand out takes the look of what is before it, a plain one at the start: nobody could tell."""
        text, codes, before = "", self.codes("plain", ""), ""
        for character, role, emphasis in row[first:end]:
            own = codes if character == " " and emphasis == before == "" else self.codes(role, emphasis)
            if own != codes and text:
                yield text, codes
                text = ""
            codes, before = own, emphasis
            text += character
        if text:
            yield text, codes

    def _blank_from(self, row: list[Cell]) -> int:
        """Where the blanks at the end of a line start that may be erased; its end where the ground is not the terminal's own."""
        at = len(row)
        if self._palette.theme.ground:
            return at
        while at > 0 and row[at - 1][0] == " " and not row[at - 1][2]:
            at -= 1
        return at

    def codes(self, role: str, emphasis: str) -> str:
        """The numbers of the SGR sequence of a look; empty for plain text."""
        look = (role, emphasis)
        if look not in self._codes:
            self._codes[look] = _codes(self._palette.style(role, emphasis), SYSTEMS[self._palette.depth])
        return self._codes[look]


def _codes(style: Style | None, system: ColorSystem) -> str:
    if style is None:
        return ""
    before = style.render("x", color_system=system).partition("x")[0]
    return before.removeprefix("\x1b[").removesuffix("m")
