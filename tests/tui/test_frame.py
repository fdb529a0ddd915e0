"""Lines are cut, laid and compared by cells, whatever is in them."""

import pyte
from hypothesis import given, settings, strategies as st

from vpctui.describe.width import cells as width
from vpctui.tui.colours import TERMINAL, Palette
from vpctui.tui.frame import Frame, Run, cells, cut, differences, fit, lay
from vpctui.tui.writing import Writer

TEXTS = st.text(alphabet="ab 日本→─[x]/\x1b\t\u202e", max_size=12)
ROLES = st.sampled_from(["plain", "dim", "drop", "title"])
EMPHASES = st.sampled_from(["", "", "cursor", "trail"])
LINES = st.lists(st.builds(Run, TEXTS, ROLES, EMPHASES), max_size=5).map(tuple)
SPARSE = st.lists(st.sampled_from(["", "a", "abcdef"]), max_size=4).map(lambda words: (Run("".join(f"{word:<11}" for word in words)),))
COLUMNS, ROWS = 44, 4
FRAMES = st.lists(LINES | SPARSE, min_size=ROWS, max_size=ROWS).map(lambda lines: Frame(tuple(fit(line, COLUMNS) for line in lines)))


def text(line: tuple[Run, ...]) -> str:
    return "".join(run.text for run in line)


@given(LINES, st.integers(0, 30))
def test_a_fitted_line_has_exactly_the_cells_asked_for(line: tuple[Run, ...], columns: int) -> None:
    assert sum(width(run.text) for run in fit(line, columns)) == columns


@given(LINES, LINES, st.integers(0, 20))
def test_laying_over_never_moves_the_cells_around(line: tuple[Run, ...], over: tuple[Run, ...], at: int) -> None:
    base, top = fit(line, 40), fit(over, 10)
    assert len(cells(lay(base, at, top))) == 40


def test_a_wide_character_at_the_edge_becomes_a_blank() -> None:
    assert text(fit((Run("日本"),), 3)) == "日 "
    assert text(cut((Run("日本語"),), 1, 5)) == " 本 "


def test_what_a_terminal_would_obey_is_shown_as_an_escape() -> None:
    assert text(fit((Run("a\x1b[31mb\x07\u202e"),), 30)).rstrip() == r"a\x1b[31mb\x07\u202e"


def test_brackets_are_characters() -> None:
    assert text(fit((Run("rtb[spoke] [/x]"),), 20)) == "rtb[spoke] [/x]     "


def test_differences_are_spans_and_close_ones_are_one() -> None:
    before, after = fit((Run("ttl 64      src 10.0.0.1"),), 40), fit((Run("ttl 63      src 10.0.0.2"),), 40)
    assert differences(before, before) == []
    assert differences(before, after) == [(5, 6), (23, 24)]
    assert differences(fit((Run("abc"),), 8), fit((Run("xbz"),), 8)) == [(0, 3)]


def test_blanks_of_other_roles_are_no_difference_but_reverse_ones_are() -> None:
    assert differences((Run("   ", "dim"),), (Run("   ", "drop"),)) == []
    assert differences((Run("   ", "dim"),), (Run("   ", "dim", "cursor"),)) == [(0, 3)]


def shown(screen: pyte.Screen) -> list[list[tuple[str, str, bool, bool, bool]]]:
    """What can be seen: characters, and the looks of all but plain blanks."""
    out = []
    for y in range(ROWS):
        row = [screen.buffer[y][x] for x in range(COLUMNS)]
        out.append(
            [
                ("", "", False, False, False) if c.data == " " and not (c.reverse or c.underscore) else (c.data, c.fg, c.bold, c.reverse, c.underscore)
                for c in row
            ]
        )
    return out


def terminal() -> tuple[pyte.Screen, pyte.Stream]:
    screen = pyte.Screen(COLUMNS, ROWS)
    screen.reset_mode(7)  # pyte.modes.DECAWM >> 5: Textual turns wrapping off
    return screen, pyte.Stream(screen)


BLANK = Frame(tuple((Run(" " * COLUMNS),) for _ in range(ROWS)))


@settings(max_examples=200, deadline=None)
@given(FRAMES, FRAMES)
def test_an_update_makes_the_terminal_show_the_new_frame(before: Frame, after: Frame) -> None:
    writer = Writer(Palette(TERMINAL, "16"))
    stepwise, one = terminal()
    at_once, other = terminal()
    one.feed(writer.update(BLANK, before))
    one.feed(writer.update(before, after))
    other.feed(writer.update(BLANK, after))
    assert shown(stepwise) == shown(at_once)
    one.feed(writer.whole(before))
    one.feed(writer.whole(after))
    assert shown(stepwise) == shown(at_once)


def test_what_a_line_held_is_gone_when_only_little_of_it_comes_first() -> None:
    """A short span of blanks is written, a long one after it is still erased."""
    before, after = (Frame((fit((Run(words),), COLUMNS), *BLANK.lines[1:])) for words in ("ab         and much more behind it", ""))
    screen, stream = terminal()
    writer = Writer(Palette(TERMINAL, "16"))
    stream.feed(writer.update(BLANK, before))
    stream.feed(writer.update(before, after))
    assert screen.display[0].strip() == ""


def test_nothing_is_written_for_equal_frames() -> None:
    assert Writer(Palette(TERMINAL, "16")).update(BLANK, BLANK) == ""
