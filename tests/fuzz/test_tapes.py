"""Damaged tapes: each is a tape, or its mistakes at their lines; never anything else, and never anything that a terminal would obey."""

import random
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from vpctui.cli.outcome import Failed
from vpctui.cli.taping import read, said
from vpctui.tui.tape import Command, command_of
from vpctui.tui.tape_reading import NEWLINE, read_tape

ROOT = Path(__file__).parent.parent.parent
TAPES = sorted((ROOT / "screenshots").glob("*.tape"))
STRANGE = [*"\x00\x07\x0b\x1b\x85\u2028\u202e\ufeff\ud800<>'\"\\#é日", "\x1b[2J", "<<>>", "<enter", "size ", "picture ", "vpctui --", "pause -1", "\r", "\n"]
TOLD = re.compile(r"x\.tape:(\d+): [^\n]+\n   try: [^\n]+")


def damaged(text: str, chance: random.Random) -> str:
    """A few edits anywhere."""
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(text) + 1)
        end = min(len(text), at + chance.randint(0, 12))
        piece = chance.choice((chance.choice(STRANGE), "", text[chance.randrange(len(text) or 1) :][: chance.randint(1, 40)]))
        text = text[:at] + piece + text[end:]
    return text


def answered(act: Callable[[], object]) -> str:
    """What is said where it cannot be done; nothing where it can."""
    try:
        act()
    except Failed as failed:
        return failed.text
    return ""


@pytest.mark.parametrize("tape", TAPES, ids=lambda path: path.stem)
def test_damaged_tapes_are_read_or_answered(tape: Path) -> None:
    chance = random.Random(tape.stem)
    mistakes = 0
    for _ in range(300):
        text = damaged(tape.read_text(encoding="utf-8"), chance)
        found = read_tape(text, "x.tape")
        if isinstance(found, list):
            mistakes += 1
            for told in found:
                place = TOLD.fullmatch(told)
                assert place is not None, told
                assert 1 <= int(place[1]) <= len(NEWLINE.split(text))
                assert told.replace("\n", "").isprintable()
            continue
        command = command_of(found)
        answer = answered(partial(said, command, Path("x.tape"))) if command else ""
        assert not answer or (command and answer.startswith(f"x.tape:{command.line}: "))
    assert mistakes > 50


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbfkeys n\n", b"\xff\xfek\x00", b"keys \xe3\x81", b"\x00" * 4096, b"keys " + b"n" * 200_000, b"\n" * 100_000])
def test_any_bytes_are_read_or_answered(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.tape"
    path.write_bytes(data)
    assert str(path) in (answered(partial(read, path)) or str(path))


def test_what_is_no_file_is_answered(tmp_path: Path) -> None:
    for name in (".", "nothing.tape", "x" * 300):
        with pytest.raises(Failed):
            read(tmp_path / name)


def test_no_damage_opens_a_help_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """argparse takes beginnings of options as well, and would print and leave."""
    for word in ("-h", "--h", "--help", "--ver", "--version", "--ta=x", "--rec", "--pl", "-hh", "--plain"):
        with pytest.raises(Failed, match=r"x\.tape:1: "):
            said(Command((word,), 1), tmp_path / "x.tape")
    assert capsys.readouterr() == ("", "")
