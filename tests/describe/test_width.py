"""Cells: cut, pad and wrap with wide characters, and text that a terminal would obey."""

import pytest
from hypothesis import given, strategies as st

from vpctui.describe.width import NO_END, NO_START, cells, cut, cut_middle, fit, pad, pad_left, visible, wrap

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Mn", "Me", "Zl", "Zp")), max_size=60).map(visible)


def test_japanese_is_two_cells_wide() -> None:
    assert cells("経路") == 4
    assert cells("path") == 4
    assert pad("経路", 6) == "経路  "
    assert pad_left("64", 5) == "   64"


def test_cut_never_splits_a_wide_character() -> None:
    assert cut("経路検索", 5) == "経路…"
    assert cut("経路検索", 6) == "経路…"
    assert cells(fit("経路検索", 6)) == 6


def test_ids_are_cut_in_the_middle() -> None:
    assert cut_middle("eni-0a1b2c3d4e5f60718", 12) == "eni-0a…60718"
    assert cut_middle("eni-0a1b2c3d4e5f60718", 12, "..") == "eni-0..60718"
    assert cut_middle("short", 12) == "short"


@pytest.mark.parametrize(
    ("text", "expected"), [("a\x1b[31mb", "a\\x1b[31mb"), ("\u202eevil", "\\u202eevil"), ("rtb[spoke] [/x]", "rtb[spoke] [/x]"), ("\ud800", "\\ud800")]
)
def test_nothing_reaches_a_terminal_as_a_command(text: str, expected: str) -> None:
    assert visible(text) == expected


def test_wrap_keeps_words_and_breaks_japanese_where_it_may() -> None:
    assert wrap("the packet is not addressed to it", 14) == ["the packet is", "not addressed", "to it"]
    assert wrap("宛先がアドレスではない。", 12) == ["宛先がアドレ", "スではない。"]
    assert wrap("あいうえおかき。", 14) == ["あいうえおか", "き。"]


def test_wrap_leaves_no_character_of_a_japanese_word_alone() -> None:
    assert wrap("含むルートが無い", 14) == ["含むルートが", "無い"]
    assert wrap("ハンドシェイクが止まる。", 22) == ["ハンドシェイクが", "止まる。"]
    assert wrap("関連付けるとループ。", 18) == ["関連付けると", "ループ。"]
    assert wrap("r1のip_forwardは無い", 18) == ["r1のip_forwardは", "無い"]
    assert wrap("無い", 2) == ["無", "い"]
    assert wrap("これは（例）", 8) == ["これは", "（例）"]


def test_wrap_indents_and_splits_what_is_longer_than_a_line() -> None:
    assert wrap("aaa bbbbbbbbbb", 6, "  ") == ["aaa", "  bbbb", "  bbbb", "  bb"]
    assert wrap("", 10) == [""]
    assert wrap(" 00", 2) == ["00"]


@given(TEXT, st.integers(2, 40))
def test_every_operation_keeps_to_its_width(text: str, width: int) -> None:
    assert cells(cut(text, width)) <= width
    assert cells(cut_middle(text, width)) <= width
    assert cells(fit(text, width)) == width
    wide = max((cells(character) for character in text), default=1)
    assert all(cells(line) <= width or (width < 2 * wide) for line in wrap(text, width)) or _unbreakable(text)


def _unbreakable(text: str) -> bool:
    """Only a character that must not begin or end a line may stick out."""
    return any(character in NO_START + NO_END for character in text)


@given(TEXT, st.integers(4, 40))
def test_wrap_loses_nothing_but_blanks(text: str, width: int) -> None:
    assert "".join("".join(wrap(text, width)).split()) == "".join(text.split())
