"""The one widget: it shows a frame, and writes exactly those cells in which the next frame differs.

Textual repaints whole regions, from the left edge of a widget on, and keeps no copy of what the terminal shows.  Here the copy is the last
frame, and every byte on the screen is written by `writing.py`; of Textual's own painting nothing reaches the terminal (`app.py` sees to
that).  `render_lines` gives Textual the frame for what it does besides: screenshots.
"""

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from textual._compositor import CompositorUpdate
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from vpctui.describe.width import cells
from vpctui.tui.colours import Palette
from vpctui.tui.frame import Frame
from vpctui.tui.writing import Writer


class Written(CompositorUpdate):
    """Bytes that Textual is to send as one update of the screen."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """What makes it a renderable; Textual asks for `render_segments` alone."""
        return iter(())

    def render_segments(self, console: Console) -> str:
        """The bytes."""
        return self.text


class Canvas(Widget):
    """Shows frames."""

    DEFAULT_CSS = "Canvas { width: 100%; height: 100%; }"
    ALLOW_SELECT = False

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._writer = Writer(palette)
        self._frame = Frame(())
        self._known = False
        """Whether the terminal shows the frame."""

    def show(self, frame: Frame) -> None:
        """Show this frame, writing what differs from the one before."""
        before, self._frame = self._frame, frame
        if not self._known or _size(before) != _size(frame):
            self._known = True
            self._write(self._writer.whole(frame))
        elif (text := self._writer.update(before, frame)) or before.cursor != frame.cursor:
            self._write(text)

    def forget(self) -> None:
        """The terminal may show anything now: the next frame is written as a whole."""
        self._known = False

    def _write(self, text: str) -> None:
        # The only private call: Textual has no public way to send an update of its own making.
        self.app._display(self.screen, Written(text))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region of the widget, for the compositor."""
        strips = [self._strip(y, crop.right) for y in range(crop.y, crop.bottom)]
        return strips if crop.x == 0 else [strip.crop(crop.x, crop.right) for strip in strips]

    def _strip(self, y: int, columns: int) -> Strip:
        if y >= len(self._frame.lines):
            return Strip.blank(columns)
        line = self._frame.lines[y]
        style = self._palette.style
        return Strip([Segment(run.text, style(run.role, run.emphasis)) for run in line]).adjust_cell_length(columns)


def _size(frame: Frame) -> tuple[int, int]:
    return len(frame.lines), sum(cells(run.text) for run in frame.lines[0]) if frame.lines else 0
