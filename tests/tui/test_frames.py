"""What a person reads at 80×24, as text.  `VPCTUI_FRAMES=write pytest tests/tui/test_frames.py` writes the frames anew; read the diff."""

import os
from pathlib import Path

import pytest

from tests.tui.person import Person
from vpctui.tui.desk import Settings

FRAMES = Path(__file__).parent / "frames"
CASES = {
    "start": ("", "en"),
    "hop": ("nn", "en"),
    "check": ("nnn.", "en"),
    "drop": ("nnn. ", "en"),
    "refused": ("nn:igw.route_table=rtb-fw<enter>", "en"),
    "japanese": ("nnn.", "ja"),
    "map": ("nnnm", "en"),
}


@pytest.mark.parametrize("name", CASES)
def test_frame(name: str, root: Path) -> None:
    keys, language = CASES[name]
    person = Person(root / "scenarios" / "appliance.yaml", Settings(language=language), (80, 24))  # type: ignore[arg-type]
    shown = person.press(keys).text + "\n"
    path = FRAMES / f"{name}.txt"
    if os.environ.get("VPCTUI_FRAMES") == "write":
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")
