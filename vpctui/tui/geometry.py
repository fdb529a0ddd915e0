"""Where the panes stand: a pure function of the size of the terminal, what is zoomed, and the pane in use.

status ───────────────────────────────────────      up to 159 columns: two columns
1 network │ 2 path                                  from 160: network │ path │ lookup over header
          │ 3 lookup                                below 70×18: the pane in use alone
          │ 4 header                                below 40×10: nothing, but the size that is needed
keys ─────────────────────────────────────────
"""

from typing import Literal

from msgspec import Struct

PaneName = Literal["tree", "path", "lookup", "header"]
PANES: tuple[PaneName, ...] = ("tree", "path", "lookup", "header")
SMALLEST = (40, 10)
ONE_PANE = (70, 18)
THREE_COLUMNS = 160


class Box(Struct, frozen=True):
    """A rectangle of cells; the first row of a pane's box is its title."""

    x: int
    y: int
    width: int
    height: int

    @property
    def rows(self) -> int:
        """Rows below the title."""
        return max(0, self.height - 1)

    def holds(self, x: int, y: int) -> bool:
        """Whether a cell lies inside."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


class Geometry(Struct, frozen=True):
    """The boxes of the panes that are visible, and the columns of the vertical rules."""

    boxes: dict[PaneName, Box]
    rules: tuple[int, ...] = ()

    @property
    def alone(self) -> bool:
        """Whether one pane has the screen for itself."""
        return len(self.boxes) == 1

    def under(self, x: int, y: int) -> PaneName | None:
        """The pane that holds a cell."""
        return next((name for name, box in self.boxes.items() if box.holds(x, y)), None)


def too_small(width: int, height: int) -> bool:
    """Whether nothing sensible can be shown."""
    return width < SMALLEST[0] or height < SMALLEST[1]


def arrange(width: int, height: int, active: PaneName, zoomed: bool, band: int = 0) -> Geometry:
    """Boxes for a terminal of this size; the first and the last row belong to status and keys, `band` rows above the keys to a narration."""
    body = height - 2 - band
    if zoomed or width < ONE_PANE[0] or height < ONE_PANE[1]:
        return Geometry({active: Box(0, 1, width, body)})
    if width >= THREE_COLUMNS:
        return _three_columns(width, body)
    tree = width // 3 if width > 80 else 26
    side = width - tree - 1
    lookup, header = _lower(body)
    path = body - lookup - header
    boxes: dict[PaneName, Box] = {
        "tree": Box(0, 1, tree, body),
        "path": Box(tree + 1, 1, side, path),
        "lookup": Box(tree + 1, 1 + path, side, lookup),
        "header": Box(tree + 1, 1 + path + lookup, side, header),
    }
    return Geometry(boxes, (tree,))


def _lower(body: int) -> tuple[int, int]:
    """Heights of lookup and header, titles included; what is left belongs to the path."""
    header = 4 if body < 26 else 8
    return min(12, max(4, (body - header) // 4 + (1 if body < 26 else 2))), header


def _three_columns(width: int, body: int) -> Geometry:
    tree = min(56, width // 4)
    side = (width - tree - 2) // 2
    last = width - tree - 2 - side
    lookup = body * 3 // 5
    boxes: dict[PaneName, Box] = {
        "tree": Box(0, 1, tree, body),
        "path": Box(tree + 1, 1, side, body),
        "lookup": Box(tree + side + 2, 1, last, lookup),
        "header": Box(tree + side + 2, 1 + lookup, last, body - lookup),
    }
    return Geometry(boxes, (tree, tree + side + 1))
