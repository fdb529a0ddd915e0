"""Generated files: what is stale is found, named and written; what is fresh is left alone."""

from pathlib import Path

from tools.generate import PAGES, stale, write
from tools.pages import table
from vpctui.reasons import reasons

PAGE = {"docs/page.md": lambda: "fresh\n"}


def test_a_missing_and_an_old_file_are_stale(tmp_path: Path) -> None:
    assert stale(tmp_path, PAGE) == ["docs/page.md"]
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/page.md").write_text("old\n")
    assert stale(tmp_path, PAGE) == ["docs/page.md"]


def test_writing_makes_fresh_and_a_fresh_file_is_not_touched(tmp_path: Path) -> None:
    assert write(tmp_path, PAGE) == ["docs/page.md"]
    assert stale(tmp_path, PAGE) == []
    assert write(tmp_path, PAGE) == []


def test_every_page_is_the_same_each_time() -> None:
    """Recordings are compared with their files, written by another process, in test_recorded."""
    written = {path: text for path, text in PAGES.items() if path.startswith("docs/")}
    assert {path: text() for path, text in written.items()} == {path: text() for path, text in written.items()}


def test_every_reason_stands_on_its_page() -> None:
    text = PAGES["docs/reasons.md"]()
    assert [code for code in reasons() if f"| `{code}` |" not in text] == []


def test_a_cell_cannot_break_its_table() -> None:
    assert table(("a",), [("one | two\nthree",)]) == "| a |\n| --- |\n| one \\| two three |\n"
