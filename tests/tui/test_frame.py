"""Lines are cut, laid and compared by cells, whatever is in them."""

import re

import pyte
import pytest
from hypothesis import given, settings, strategies as st

from vpctui.describe.width import cells as width
from vpctui.tui.colours import DARK, LIGHT, TERMINAL, Palette
from vpctui.tui.frame import Frame, Run, cells, cut, fit, lay
from vpctui.tui.row_writing import differences, inked
from vpctui.tui.sgr import Looks
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


def spans(before: Run, after: Run, columns: int = 30) -> list[tuple[int, int]]:
    looks = Looks(Palette(TERMINAL, "16"))
    return differences(inked(fit((before,), columns), looks), inked(fit((after,), columns), looks))


def test_differences_are_spans() -> None:
    assert spans(Run("ttl 64"), Run("ttl 64")) == []
    assert spans(Run("ttl 64      src 10.0.0.1"), Run("ttl 63      src 10.0.0.2")) == [(5, 6), (23, 24)]
    assert spans(Run("abc"), Run("xbz")) == [(0, 1), (2, 3)]
    assert spans(Run("日本"), Run("日a")) == [(2, 4)]
    assert spans(Run("ab日"), Run("日日")) == [(0, 2)]


def test_what_nobody_could_tell_apart_is_no_difference() -> None:
    assert spans(Run("   ", "dim"), Run("   ", "drop")) == []
    assert spans(Run("   ", "dim"), Run("   ", "dim", "cursor")) == [(0, 3)]
    assert spans(Run("eni", "id"), Run("eni", "plain")) == []


def shown(screen: pyte.Screen) -> list[list[tuple[object, ...]]]:
    """What can be seen: characters, and the looks of all but plain blanks, of which the ground can be."""
    rows = ([screen.buffer[y][x] for x in range(COLUMNS)] for y in range(ROWS))
    return [[(c.data, c.bg, c.reverse, c.underscore, *((c.fg, c.bold) if c.data != " " or c.reverse or c.underscore else ())) for c in row] for row in rows]


def terminal() -> tuple[pyte.Screen, pyte.Stream]:
    screen = pyte.Screen(COLUMNS, ROWS)
    screen.reset_mode(7)  # pyte.modes.DECAWM >> 5: Textual turns wrapping off
    return screen, pyte.Stream(screen)


BLANK = Frame(tuple((Run(" " * COLUMNS),) for _ in range(ROWS)))


PALETTES = [Palette(TERMINAL, "none"), Palette(TERMINAL, "16"), Palette(DARK, "256"), Palette(LIGHT, "true")]


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.depth)
@settings(max_examples=200, deadline=None)
@given(FRAMES, FRAMES)
def test_an_update_makes_the_terminal_show_the_new_frame(palette: Palette, before: Frame, after: Frame) -> None:
    writer = Writer(palette)
    stepwise, one = terminal()
    at_once, other = terminal()
    for stream in (one, other):
        stream.feed(writer.whole(BLANK))
    one.feed(writer.update(BLANK, before))
    one.feed(writer.update(before, after))
    other.feed(writer.update(BLANK, after))
    assert shown(stepwise) == shown(at_once)
    one.feed(writer.whole(before))
    one.feed(writer.whole(after))
    assert shown(stepwise) == shown(at_once)


EVERYWHERE = re.compile(r"\x1b\[(?:\d*(?:;\d+)?H|\d*C|K|[\d;]*m)|\r\n{1,2}|[^\x00-\x1f\x7f-\x9f]")


@given(FRAMES, FRAMES)
def test_nothing_is_written_that_some_terminal_does_not_know(before: Frame, after: Frame) -> None:
    """Absolute moves, moves to the right, new lines, erasing to the right edge, looks: a VT100 knows them all, and so do tmux and GNU screen."""
    writer = Writer(Palette(TERMINAL, "16"))
    for text in (writer.whole(before), writer.update(before, after)):
        assert EVERYWHERE.sub("", text) == ""


def test_a_terminal_keeps_its_last_column() -> None:
    """Erasing behind the last cell of a row would erase that cell."""
    before, after = (Frame((fit((Run(words),), COLUMNS), *BLANK.lines[1:])) for words in ("x" * COLUMNS, " " * (COLUMNS - 1) + "y"))
    screen, stream = terminal()
    writer = Writer(Palette(TERMINAL, "16"))
    stream.feed(writer.whole(before))
    stream.feed(writer.update(before, after))
    assert screen.display[0] == " " * (COLUMNS - 1) + "y"


def test_blanks_in_the_middle_are_jumped_over_where_the_rest_is_erased_first() -> None:
    before, after = (
        Frame((fit((Run(words),), COLUMNS), *BLANK.lines[1:])) for words in ("what was here before, to the end  ttl 64", "i-fw" + " " * 30 + "ttl 63")
    )
    assert Writer(Palette(TERMINAL, "16")).update(before, after) == "\x1b[H\x1b[Ki-fw\x1b[30Cttl 63"


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
