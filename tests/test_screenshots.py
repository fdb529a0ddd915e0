"""Pictures are made by tapes, show the program as it is, and are what a terminal shows."""

import re
from html import unescape
from pathlib import Path

import pytest

from tests.tui.terminal import Terminal, python
from tools.screenshots import FOLDER, pictures
from vpctui.describe.width import cells

TAPES = sorted(FOLDER.glob("*.tape"))
TEXT = re.compile(r'<text class="[^"]*-r\d+" x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"[^>]*>([^<]*)</text>')
WIDTH, HEIGHT = 12.2, 24.4
"""Of a cell of the picture."""


def lines(svg: str) -> list[str]:
    """The text of a picture, every character in its cell."""
    rows: dict[int, list[str]] = {}
    for found in TEXT.finditer(svg):
        text = unescape(found[4]).replace("\xa0", " ")
        x, y, length = (float(found[each]) for each in (1, 2, 3))
        assert length == pytest.approx(cells(text) * WIDTH, abs=0.2), text
        row, at = rows.setdefault(round((y - 20) / HEIGHT), []), round(x / WIDTH)
        row += [" "] * (at + cells(text) - len(row))
        row[at : at + cells(text)] = [*(piece for character in text for piece in (character, "")[: cells(character)])]
    return ["".join(rows.get(number, [])).rstrip() for number in range(max(rows) + 1)]


@pytest.mark.parametrize("tape", TAPES, ids=lambda path: path.stem)
def test_pictures_show_what_the_program_shows_now(tape: Path) -> None:
    for name, svg in pictures(tape).items():
        kept = FOLDER / f"{name}.svg"
        assert kept.is_file(), f"python -m tools.screenshots writes {kept.name}"
        assert lines(kept.read_text(encoding="utf-8")) == lines(svg), f"python -m tools.screenshots writes {name}.svg anew; look at it"


def test_every_picture_has_a_tape() -> None:
    marks = {name for tape in TAPES for name in re.findall(r"^picture (.+)$", tape.read_text(encoding="utf-8"), re.MULTILINE) or [tape.stem]}
    assert marks == {path.stem for path in FOLDER.glob("*.svg")}


@pytest.mark.parametrize(("name", "size"), [("both-ways", (80, 24)), ("header", (80, 32)), ("japanese", (80, 24)), ("obstacles", (80, 24))])
def test_a_terminal_shows_the_same(root: Path, tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    command = python("-m", "vpctui", "--tape", str(FOLDER / f"{name}.tape"))
    (picture,) = pictures(FOLDER / f"{name}.tape").values()
    with Terminal(command, size=size, env={"PYTHONPATH": str(root), "HOME": str(tmp_path)}) as terminal:
        expected = lines(picture)
        terminal.wait_for(expected[-1].strip())
        terminal.read(0.3)
        assert [line.rstrip() for line in terminal.screen.display] == expected
