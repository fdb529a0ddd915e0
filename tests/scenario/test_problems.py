"""How problems are shown: place, code, message, the source line with its caret, and what to try."""

import re

import pytest

from vpctui.document import Mark, Problem
from vpctui.scenario.problems import arranged, cells, excerpt, render, visible

APPLIANCE = "\n" * 17 + "  rtb-app:  {0.0.0.0/0: i-fw}\n"
ROUTE = Problem("E201", 'a route needs an interface or a gateway, found instance "i-fw"', Mark(18, 25, 4), "eni-fw (the only interface of i-fw)")


def caret(text: str, mark: Mark) -> tuple[str, str]:
    """The source line and the line under it, without their gutters."""
    _, source, under = render([Problem("E100", "x", mark)], "f", text).rstrip("\n").split("\n")
    return source[8:], under[8:]


def test_a_problem_is_shown_as_wanted() -> None:
    assert render([ROUTE], "scenarios/appliance.yaml", APPLIANCE) == (
        'scenarios/appliance.yaml:18:25: E201 a route needs an interface or a gateway, found instance "i-fw"\n'
        "   18 |   rtb-app:  {0.0.0.0/0: i-fw}\n"
        "      |                         ^^^^\n"
        "   try: eni-fw (the only interface of i-fw)\n"
    )


def test_nothing_is_shown_without_problems() -> None:
    assert render([], "f", "x") == ""


def test_without_a_mend_there_is_no_try() -> None:
    assert "try" not in render([Problem("E100", "x", Mark(1, 1, 1))], "f", "a: b")


def test_the_gutter_grows_with_the_line_number() -> None:
    text = "\n" * 1_234_566 + "ab\n"
    assert render([Problem("E100", "x", Mark(1_234_567, 2, 1))], "f", text) == "f:1234567:2: E100 x\n1234567 | ab\n        |  ^\n"


def test_japanese_before_the_caret_takes_two_cells_a_character() -> None:
    assert caret("ja: 戻り確認 x\n", Mark(1, 10, 1)) == ("ja: 戻り確認 x", " " * 13 + "^")
    assert caret("ja: 戻り: 確認\n", Mark(1, 5, 6)) == ("ja: 戻り: 確認", " " * 4 + "^" * 10)


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("戻り", 4), ("１", 2), ("ｱ", 1), ("か\u3099", 2), ("é", 1), ("e\u0301", 1), ("", 0), ("🙂", 2)])
def test_cells(text: str, width: int) -> None:
    assert cells(text) == width


def test_a_place_without_length_or_behind_the_line_gets_one_caret() -> None:
    assert caret("a:\n", Mark(1, 3)) == ("a:", "  ^")
    assert caret("a:\n", Mark(1, 99, 5)) == ("a:", "  ^")


def test_a_line_that_is_not_there_is_not_shown() -> None:
    assert render([Problem("E110", "no scenario", Mark(1, 1))], "f", "") == "f:1:1: E110 no scenario\n"
    assert render([Problem("E110", "no scenario", Mark(9, 1))], "f", "a: b\n") == "f:9:1: E110 no scenario\n"


@pytest.mark.parametrize("at", [0, 3, 40, 150, 250, 297])
def test_a_long_line_is_cut_around_the_caret(at: int) -> None:
    line = "".join(chr(ord("a") + number % 26) for number in range(300))
    source, before, width = excerpt(line, at, 3)
    assert cells(source) <= 100
    assert (source[before : before + width], width) == (line[at : at + 3], 3)
    assert (source.startswith("…"), source.endswith("…")) == (at > 33, at < 230)


def test_a_long_japanese_line_is_cut_by_cells() -> None:
    source, before, width = excerpt("戻" * 100 + "x" + "り" * 100, 100, 1)
    assert cells(source) <= 100
    assert (width, cells(source[: source.index("x")])) == (1, before)


def test_a_long_place_is_cut_itself() -> None:
    source, before, width = excerpt("en: " + "x" * 500, 4, 500)
    assert (cells(source) <= 100, before, source.endswith("…")) == (True, 4, True)
    assert 0 < width <= 67


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("\tx", "\\tx"),
        ("a\u00a0b", "a\\xa0b"),
        ("a\u200bb", "a\\u200bb"),
        ("a\u202eb", "a\\u202eb"),
        ("a\x00b\x7f\x9bb", "a\\x00b\\x7f\\x9bb"),
        ("\U000e0001", "\\U000e0001"),
        ("戻り　：", "戻り　："),
        ("[bold]x[/bold]", "[bold]x[/bold]"),
    ],
)
def test_what_would_move_or_hide_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_no_control_character_leaves_by_any_door() -> None:
    evil = "\x1b]0;x\x07\u202e"
    shown = render([Problem("E100", f"found {evil}", Mark(1, 3, 2), f"write {evil}")], f"f{evil}", f"a{evil}b: c\n")
    assert re.search("[^\n -~]", shown) is None


def test_the_caret_stands_under_an_escape_as_wide_as_it_is_shown() -> None:
    assert caret("a\x1b[1m: b\n", Mark(1, 2, 1)) == ("a\\x1b[1m: b", " ^^^^")
    assert caret("\x00\tx: b\n", Mark(1, 3, 1)) == ("\\x00\\tx: b", " " * 6 + "^")


def test_problems_stand_by_place_and_warnings_behind_errors() -> None:
    problems = [
        Problem("W506", "w", Mark(1, 1, 1), severity="warning"),
        Problem("E202", "b", Mark(2, 5, 1)),
        Problem("E201", "a", Mark(2, 1, 1)),
        Problem("E124", "c", Mark(10, 1, 1)),
    ]
    shown = render(problems, "f", "a\n" * 10)
    assert re.findall("f:([0-9]+:[0-9]+): ([EW][0-9]+)", shown) == [("2:1", "E201"), ("2:5", "E202"), ("10:1", "E124"), ("1:1", "W506")]


def test_many_errors_are_one_run_with_a_limit() -> None:
    problems = [Problem("E202", "x", Mark(line, 1, 1)) for line in range(1, 101)]
    shown = render(problems, "f", "a\n" * 100)
    assert shown.count("E202") == 20
    assert shown.endswith("\n… and 80 more\n")
    assert "more" not in render(problems[:20], "f", "a\n" * 100)
    assert render(problems, "f", "a\n" * 100, limit=1000).count("E202") == 100


def test_warnings_have_a_limit_of_their_own() -> None:
    problems = [Problem("W506", "x", Mark(line, 1, 1), severity="warning") for line in range(1, 4)]
    shown = render([*problems, Problem("E202", "x", Mark(9, 1, 1))], "f", "a\n" * 9, limit=2)
    assert shown.count("W506") == 2
    assert shown.endswith("… and 1 more warnings\n")


def test_the_same_problem_is_shown_once() -> None:
    assert render([ROUTE, ROUTE], "f", APPLIANCE).count("E201") == 1


def test_what_follows_from_a_typing_mistake_at_the_same_place_is_not_shown() -> None:
    typed, follows = Problem("E108", "tag", Mark(1, 4, 8)), Problem("E209", "no CIDR", Mark(1, 4, 8))
    two = Problem("E124", "needs a", Mark(2, 1, 1)), Problem("E124", "needs b", Mark(2, 1, 1))
    warning = Problem("W112", "#", Mark(1, 4, 1), severity="warning")
    assert arranged([follows, typed, *two, warning]) == [typed, warning, *two]


def test_colours_are_added_and_nothing_else() -> None:
    problems = [ROUTE, Problem("W506", "w", Mark(18, 3, 7), severity="warning")]
    coloured = render(problems, "f", APPLIANCE, color=True)
    assert "\x1b[1;31mE201\x1b[0m" in coloured
    assert "\x1b[1;33mW506\x1b[0m" in coloured
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == render(problems, "f", APPLIANCE)
