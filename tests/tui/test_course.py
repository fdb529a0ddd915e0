"""`vpctui` without a file: the course."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.terminal import Terminal
from vpctui.cli.course import entries, ordered, paths
from vpctui.describe.width import cells
from vpctui.handout import CourseEntry
from vpctui.tui.course import Course
from vpctui.tui.desk import Settings
from vpctui.tui.effects import Effect, Quit
from vpctui.tui.spelling import spelled


class Visitor:
    """Somebody at the course."""

    def __init__(self, size: tuple[int, int] = (80, 24), **settings: object) -> None:
        scenarios = ordered()
        self.course = Course(entries(scenarios), paths(scenarios), Settings(**settings), size)  # type: ignore[arg-type]
        self.effect: Effect | None = None

    def press(self, keys: str) -> "Visitor":
        for key in spelled(keys):
            self.effect = self.course.press(key, " " if key == "space" else key if len(key) == 1 else None)
        return self

    @property
    def lines(self) -> list[str]:
        return self.course.frame().text.split("\n")

    @property
    def names(self) -> list[str]:
        return [row.key for row in self.course._pane.pane.rows]


def test_it_is_in_order_with_titles_slides_and_what_each_teaches() -> None:
    visitor = Visitor()
    assert visitor.names[:3] == ["plain-routing", "ip-forward", "src-dst-check"]
    assert "10-11, 21" in visitor.lines[2]
    text = visitor.course.frame().text
    assert "Each router looks only at the destination" in text
    assert "7 steps" in text
    assert "ルーティングの基本" in visitor.press("L").lines[2]


def test_enter_opens_what_is_under_the_cursor() -> None:
    assert Visitor().press("jj<enter>").effect == Quit("src-dst-check")
    assert Visitor().press("q").effect == Quit(entirely=True)


def test_the_filter_narrows_in_either_language() -> None:
    visitor = Visitor().press("/mtu")
    assert "mtu" in visitor.names
    assert len(visitor.names) < 10
    assert Visitor().press("/フォワードプロキシ<enter>").effect == Quit("forward-proxy")
    visitor.press("<escape>")
    assert len(visitor.names) == len(ordered())
    assert "nothing here contains that" in visitor.press("/zzzz<enter>").course.frame().text
    assert visitor.press("<enter>").effect is None
    assert len(visitor.press("<escape>").names) == len(ordered())


def test_paths_through_the_course() -> None:
    visitor = Visitor()
    assert "the deck as given" in visitor.press("<tab>").lines[0]
    assert visitor.press("<tab>").names == ["plain-routing", "ip-forward", "src-dst-check", "nat-instance", "ingress-only", "appliance"]
    assert "first hour" in visitor.lines[0]
    assert visitor.press("<shift+tab><shift+tab>").names == list(ordered())


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("size", [(40, 10), (60, 16), (80, 24), (200, 60)])
def test_every_line_fits_every_size(size: tuple[int, int], language: str) -> None:
    visitor = Visitor(size, language=language)
    for _ in visitor.names:
        assert len(visitor.lines) == size[1]
        assert all(cells(line) <= size[0] for line in visitor.lines)
        visitor.press("j")
    assert "40x10" in Visitor((30, 8)).course.frame().text


def test_slides_in_a_row_are_a_range() -> None:
    assert CourseEntry("x", ("", ""), ("", ""), (5, 6, 7, 9)).slide_text == "5-7, 9"


def test_on_a_terminal_from_the_course_into_a_scenario_and_back(root: Path, tmp_path: Path) -> None:
    with Terminal([sys.executable, "-m", "vpctui"], env={"PYTHONPATH": str(root), "HOME": str(tmp_path)}) as terminal:
        terminal.wait_for("q quit")
        terminal.press("/src-dst\r\r", quiet=0.5)
        terminal.wait_for("hop 0/")
        terminal.press("Lq", quiet=0.5)
        terminal.wait_for("コースに戻りました")
        assert ". src-dst-check" in terminal.text
        terminal.press("\r", quiet=0.5)
        terminal.wait_for("ホップ0/")
        terminal.press("\x03")
        assert terminal.finish() == (0, "")


def test_without_a_terminal_it_is_a_plain_list(root: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "vpctui"], cwd=str(root), stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].split()[:2] == ["1", "plain-routing"]
    assert len(done.stdout.splitlines()) == len(ordered())
