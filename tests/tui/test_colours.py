"""Colours: chosen by the environment, readable, and never needed."""

import itertools
from typing import get_args

import pytest

from vpctui.describe.lines import Role
from vpctui.tui.colours import DARK, LIGHT, TERMINAL, Palette, Theme, color_depth, contrast, theme_for

ROLES: tuple[str, ...] = get_args(Role)


@pytest.mark.parametrize(
    ("wish", "environment", "expected"),
    [
        ("auto", {"TERM": "xterm"}, "16"),
        ("auto", {"TERM": "screen"}, "16"),
        ("auto", {"TERM": "dumb"}, "16"),
        ("auto", {}, "16"),
        ("auto", {"TERM": "xterm-256color"}, "256"),
        ("auto", {"TERM": "xterm-kitty"}, "256"),
        ("auto", {"TERM": "xterm", "COLORTERM": "truecolor"}, "true"),
        ("auto", {"TERM": "xterm", "COLORTERM": "24bit"}, "true"),
        ("auto", {"TERM": "xterm-256color", "NO_COLOR": "1"}, "none"),
        ("auto", {"TERM": "xterm-256color", "NO_COLOR": ""}, "256"),
        ("never", {"COLORTERM": "truecolor"}, "none"),
        ("256", {"NO_COLOR": "1"}, "256"),
        ("true", {"TERM": "xterm"}, "true"),
    ],
)
def test_depth(wish: str, environment: dict[str, str], expected: str) -> None:
    assert color_depth(wish, environment) == expected  # type: ignore[arg-type]


def test_the_rich_theme_follows_a_terminal_that_says_it_is_light() -> None:
    assert theme_for("256", "", {"COLORFGBG": "0;15"}) is LIGHT
    assert theme_for("256", "", {}) is DARK
    assert theme_for("256", "light", {}) is LIGHT
    assert theme_for("true", "terminal", {}) is TERMINAL
    assert theme_for("16", "dark", {}) is TERMINAL


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_every_ink_can_be_read(theme: Theme) -> None:
    for role in ROLES:
        ink = theme.inks[role].color if role in theme.inks else theme.text
        assert contrast(ink or theme.text, theme.ground) >= 4.5, role
    assert contrast(theme.cursor_text, theme.cursor_ground) >= 4.5


def test_known_contrasts() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_terminal_theme_avoids_blue_black_and_red_against_green() -> None:
    assert {ink.color for ink in TERMINAL.inks.values()} <= {"", "cyan", "yellow", "magenta", "bright_red"}


def test_without_colour_there_is_none_and_the_cursor_is_reverse() -> None:
    palette = Palette(TERMINAL, "none")
    for role, emphasis in itertools.product(ROLES, ("", "cursor", "trail")):
        style = palette.style(role, emphasis)
        assert style is None or (style.color is None and style.bgcolor is None)
    cursor = palette.style("plain", "cursor")
    assert cursor is not None
    assert cursor.reverse
