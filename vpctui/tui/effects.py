"""What a key can bring about outside the screen; the application carries it out."""

from msgspec import Struct


class Copy(Struct, frozen=True):
    """Send a text to the terminal's clipboard."""

    text: str


class Write(Struct, frozen=True):
    """Write a text to a file of that name; where there is one, `over` replaces it, and otherwise the new one gets a number."""

    name: str
    text: str
    over: bool = False


class Picture(Struct, frozen=True):
    """Write the screen as SVG to a file, as `Write` does."""

    name: str
    over: bool = False


class Quit(Struct, frozen=True):
    """Leave, and print this when the screen is restored."""

    text: str = ""
    entirely: bool = False
    """Out of the program, not just back to the course."""


class Suspend(Struct, frozen=True):
    """Go to the background."""


class Repaint(Struct, frozen=True):
    """Write every cell again."""


Effect = Copy | Write | Picture | Quit | Suspend | Repaint
