"""What a role looks like: three palettes, chosen before the screen starts (16 colours of the terminal, own rich colours, none).

Colour only repeats what a glyph, a word or a place says already.  The 16-colour palette keeps to cyan, yellow, magenta and bright red,
which can be read on black and on white, and leaves the background to the terminal; blue, and red against green, appear nowhere.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct
from rich.style import Style

ColorDepth = Literal["none", "16", "256", "true"]
ColorWish = Literal["auto", "never", "16", "256", "true"]
ThemeName = Literal["terminal", "dark", "light"]
THEMES: tuple[ThemeName, ...] = ("terminal", "dark", "light")


class Ink(Struct, frozen=True):
    """A foreground and the attributes that go with it."""

    color: str = ""
    bold: bool = False
    dim: bool = False


class Theme(Struct, frozen=True):
    """Inks by role, and the colours of the ground and of the line of the cursor (empty: the terminal's own, and reverse)."""

    name: ThemeName
    inks: Mapping[str, Ink]
    ground: str = ""
    text: str = ""
    cursor_ground: str = ""
    cursor_text: str = ""


TERMINAL = Theme(
    "terminal",
    {
        "dim": Ink(dim=True), "title": Ink(bold=True), "current": Ink(bold=True), "pass": Ink("cyan"),
        "drop": Ink("bright_red", bold=True), "warn": Ink("yellow"), "changed": Ink("yellow"), "added": Ink("cyan", bold=True),
        "gone": Ink("magenta"), "setting": Ink("magenta"), "key": Ink(bold=True), "refused": Ink("bright_red"),
    },
)  # fmt: skip
DARK = Theme(
    "dark",
    {
        "dim": Ink("#9aa3b2"), "title": Ink("#ffffff", bold=True), "id": Ink("#e4e7ee"), "current": Ink("#ffffff", bold=True), "path": Ink("#7cc7f5"),
        "pass": Ink("#56c2ff"), "drop": Ink("#ff9a66", bold=True), "warn": Ink("#f0c541"), "changed": Ink("#f0c541"), "added": Ink("#6fe0c8", bold=True),
        "gone": Ink("#d7a3d9"), "setting": Ink("#d9b3f2"), "key": Ink("#ffffff", bold=True), "refused": Ink("#ff9a66"),
    },
    ground="#14171c", text="#d5d9e2", cursor_ground="#2d4f7c", cursor_text="#ffffff",
)  # fmt: skip
LIGHT = Theme(
    "light",
    {
        "dim": Ink("#5d6470"), "title": Ink("#000000", bold=True), "id": Ink("#1b1e24"), "current": Ink("#000000", bold=True), "path": Ink("#005a9c"),
        "pass": Ink("#00568f"), "drop": Ink("#a63d00", bold=True), "warn": Ink("#7a5200"), "changed": Ink("#7a5200"), "added": Ink("#00624d", bold=True),
        "gone": Ink("#7d3c80"), "setting": Ink("#6b3396"), "key": Ink("#000000", bold=True), "refused": Ink("#a63d00"),
    },
    ground="#fbfbf8", text="#22252b", cursor_ground="#c9dcf2", cursor_text="#000000",
)  # fmt: skip
_BY_NAME: dict[str, Theme] = {theme.name: theme for theme in (TERMINAL, DARK, LIGHT)}


def color_depth(wish: ColorWish, environment: Mapping[str, str]) -> ColorDepth:
    """How many colours to write: a wish on the command line first, then NO_COLOR (when not empty), then what the terminal says of itself.

    A terminal that says nothing, and `dumb`, gets the sixteen colours that follow its own palette.
    """
    if wish != "auto":
        return "none" if wish == "never" else wish
    if environment.get("NO_COLOR"):
        return "none"
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "true"
    return "256" if environment.get("TERM", "").endswith(("256color", "kitty")) else "16"


def theme_for(depth: ColorDepth, name: str, environment: Mapping[str, str]) -> Theme:
    """The theme of that name, or the fitting one: rich where there are 256 colours, light where the terminal says that it is (COLORFGBG)."""
    if depth in ("none", "16"):
        return TERMINAL
    if name in _BY_NAME:
        return _BY_NAME[name]
    ground = environment.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT if ground in ("7", "15") else DARK


class Palette:
    """Rich styles by role and emphasis, made once per look; None where a look is the terminal's plain text."""

    def __init__(self, theme: Theme, depth: ColorDepth) -> None:
        self.theme = theme
        self.depth = depth
        self._styles: dict[tuple[str, str], Style | None] = {}

    def style(self, role: str, emphasis: str) -> Style | None:
        """The style of a run."""
        look = (role, emphasis)
        if look not in self._styles:
            self._styles[look] = self._made(role, emphasis)
        return self._styles[look]

    def _made(self, role: str, emphasis: str) -> Style | None:
        theme, ink = self.theme, self.theme.inks.get(role, Ink())
        cursor = emphasis == "cursor"
        color = theme.cursor_text if cursor else ink.color or theme.text
        ground = theme.cursor_ground if cursor else theme.ground
        style = Style(
            color=color if color and self.depth != "none" else None,
            bgcolor=ground if ground and self.depth != "none" else None,
            # The line of the cursor is one look from edge to edge: fewer bytes, and no colour lost in reverse video.
            bold=(ink.bold and not cursor) or None,
            dim=(ink.dim and not cursor) or None,
            underline=(emphasis == "trail") or None,
            reverse=(cursor and not theme.cursor_ground) or None,
        )
        return style or None


def luminance(color: str) -> float:
    """Relative luminance of `#rrggbb` after WCAG 2."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two `#rrggbb` colours after WCAG 2: 1 (none) to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
