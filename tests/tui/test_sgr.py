"""From one look to the next: whatever is set before, the same is set afterwards."""

import itertools

import pytest

from vpctui.tui.colours import DARK, LIGHT, TERMINAL, Palette
from vpctui.tui.sgr import Looks

ROLES = ["plain", *sorted({role for theme in (TERMINAL, DARK, LIGHT) for role in theme.inks})]
EMPHASES = ["", "cursor", "trail", "bar"]
PALETTES = [Palette(TERMINAL, "none"), Palette(TERMINAL, "16"), Palette(DARK, "256"), Palette(LIGHT, "256"), Palette(DARK, "true"), Palette(LIGHT, "true")]
BACK = {22: {1, 2}, 24: {4}, 27: {7}}
State = tuple[frozenset[int], tuple[int, ...], tuple[int, ...]]


def obeyed(state: State, sequence: str) -> State:
    """What a terminal has set after an SGR sequence (ECMA-48, and the two ways of colours beyond sixteen)."""
    attributes, color, ground = set(state[0]), state[1], state[2]
    assert sequence == "" or (sequence.startswith("\x1b[") and sequence.endswith("m"))
    numbers = [int(number or 0) for number in sequence[2:-1].split(";")] if sequence else []
    while numbers:
        number = numbers.pop(0)
        if number == 0:
            attributes, color, ground = set(), (), ()
        elif number in (1, 2, 4, 7):
            attributes.add(number)
        elif number in BACK:
            attributes -= BACK[number]
        else:
            taken = {5: 2, 2: 4}[numbers[0]] if number in (38, 48) else 0
            value, numbers = (number, *numbers[:taken]), numbers[taken:]
            assert 30 <= number <= 49 or 90 <= number <= 107
            if number // 10 in (3, 9):
                color = value
            else:
                ground = value
    return frozenset(attributes), color, ground


NOTHING: State = (frozenset(), (), ())


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: f"{palette.theme.name}-{palette.depth}")
def test_every_turn_leaves_the_look_that_is_wanted(palette: Palette) -> None:
    looks = Looks(palette)
    all_codes = sorted({"", *(looks.codes(role, emphasis) for role in ROLES for emphasis in EMPHASES)})
    assert len(all_codes) >= 5
    for before, after in itertools.product(all_codes, repeat=2):
        whole = f"\x1b[{after}m" if after else ""
        assert obeyed(obeyed(NOTHING, f"\x1b[{before}m"), looks.turn(before, after)) == obeyed(NOTHING, whole), (before, after)
        assert (looks.turn(before, after) == "") == (before == after)


@pytest.mark.parametrize("depth", ["none", "16"])
def test_terminals_of_sixteen_colours_never_take_back_one_attribute_alone(depth: str) -> None:
    """Not every one of them knows how; `0` takes back all."""
    looks = Looks(Palette(TERMINAL, depth))  # type: ignore[arg-type]
    for one, other in itertools.product(itertools.product(ROLES, EMPHASES), repeat=2):
        turn = looks.turn(looks.codes(*one), looks.codes(*other))
        assert not {"22", "24", "27", "39", "49"} & set(turn.removeprefix("\x1b[").removesuffix("m").split(";"))


def test_turns_are_short() -> None:
    sixteen, true = Looks(Palette(TERMINAL, "16")), Looks(Palette(DARK, "true"))
    assert sixteen.turn("1", "") == "\x1b[m"
    assert sixteen.turn("36", "33") == "\x1b[33m"
    assert sixteen.turn("1", "1;91") == "\x1b[91m"
    assert sixteen.turn("2", "1") == "\x1b[0;1m"
    bold, plain = true.codes("title", ""), true.plain
    assert true.turn(bold, plain) == "\x1b[22;38;2;213;217;226m"
