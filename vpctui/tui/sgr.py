"""Looks on a terminal: the SGR sequence of each, and the shortest that turns one into another."""

from collections.abc import Iterator

from msgspec import Struct
from rich.color import ColorSystem
from rich.style import Style

from vpctui.tui.colours import ColorDepth, Palette

SYSTEMS: dict[ColorDepth, ColorSystem] = {"none": ColorSystem.STANDARD, "16": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT, "true": ColorSystem.TRUECOLOR}
OFF = {"1": "22", "2": "22", "4": "24", "7": "27"}
"""What takes an attribute back.  Terminals of 256 colours know these; of others only that `0` takes back everything is certain."""


class Look(Struct, frozen=True):
    """The numbers of an SGR sequence, taken apart."""

    attributes: frozenset[str] = frozenset()
    color: str = ""
    ground: str = ""

    @property
    def codes(self) -> list[str]:
        """All of them."""
        return [*sorted(self.attributes), *filter(None, (self.color, self.ground))]


class Looks:
    """Codes by role and emphasis (empty: the terminal's plain text), and the turns between them, each made once."""

    def __init__(self, palette: Palette) -> None:
        self._palette = palette
        self._codes: dict[tuple[str, str], str] = {}
        self._turns: dict[tuple[str, str], str] = {}
        self._quiet: set[str] = set()
        self.plain = self.codes("plain", "")

    def codes(self, role: str, emphasis: str) -> str:
        """The numbers of the SGR sequence of a look; empty for plain text."""
        found = self._codes.get((role, emphasis))
        if found is None:
            found = self._codes[role, emphasis] = _rendered(self._palette.style(role, emphasis), SYSTEMS[self._palette.depth])
            if not emphasis:
                self._quiet.add(found)
        return found

    def quiet(self, codes: str) -> bool:
        """Whether a blank in this look is the plain ground: no reverse, no underline, no ground of its own."""
        return codes in self._quiet

    def turn(self, before: str, after: str) -> str:
        """What to write so that text gets the look `after` where that of `before` is set; empty where nothing has to be."""
        if before == after:
            return ""
        if (before, after) not in self._turns:
            self._turns[before, after] = self._turn(_taken_apart(before), _taken_apart(after))
        return self._turns[before, after]

    def _turn(self, before: Look, after: Look) -> str:
        if not after.codes:
            return "\x1b[m"
        ways = [["0", *after.codes] if before.codes else after.codes]
        dropped = before.attributes - after.attributes
        if (after.color or not before.color) and (after.ground or not before.ground) and (not dropped or self._palette.depth in ("256", "true")):
            ways.append(list(_added(before, after, {OFF[each] for each in dropped})))
        return f"\x1b[{min((';'.join(way) for way in ways), key=len)}m"


def _added(before: Look, after: Look, off: set[str]) -> Iterator[str]:
    yield from sorted(off)
    # `22` takes back bold and dim together.
    yield from sorted(each for each in after.attributes if each not in before.attributes or OFF[each] in off)
    if after.color != before.color:
        yield after.color
    if after.ground != before.ground:
        yield after.ground


def _rendered(style: Style | None, system: ColorSystem) -> str:
    if style is None:
        return ""
    before = style.render("x", color_system=system).partition("x")[0]
    return before.removeprefix("\x1b[").removesuffix("m")


def _taken_apart(codes: str) -> Look:
    """`1;38;5;7` is bold, and the foreground 7 of 256."""
    attributes: set[str] = set()
    color = ground = ""
    rest = codes.split(";") if codes else []
    while rest:
        taken = {"5": 3, "2": 5}[rest[1]] if rest[0] in ("38", "48") else 1
        one, rest = ";".join(rest[:taken]), rest[taken:]
        if len(one) == 1:
            attributes.add(one)
        elif one[0] in "39":
            color = one
        else:
            ground = one
    return Look(frozenset(attributes), color, ground)
