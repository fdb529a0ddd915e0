"""Pictures of the real program, made by pressing keys on bundled scenarios.

python -m tools.screenshots             write screenshots/*.svg; look at each as a picture before it is committed
python -m tools.screenshots --check     exit 1 and name every picture that would differ
"""

import argparse
import asyncio
import sys
from pathlib import Path

from msgspec import Struct

from vpctui.cli.arguments import explorer_parser
from vpctui.cli.beginning import exploration
from vpctui.cli.files import load
from vpctui.tui.app import ExplorerApp, ExplorerOptions
from vpctui.tui.colours import ColorWish
from vpctui.tui.desk import Language

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "screenshots"


class Shot(Struct, frozen=True):
    """One picture: which scenario, which keys, how large, in which look."""

    name: str
    scenario: str
    keys: str
    columns: int = 80
    lines: int = 24
    language: Language = "en"
    color: ColorWish = "true"
    theme: str = "dark"


SHOTS = (
    Shot("appliance", "appliance", "nn.."),
    Shot("drop", "appliance", "nnn. "),
    Shot("what-if", "appliance", "nnn.f"),
    Shot("refused", "appliance", "nn:igw.route_table=rtb-fw<enter>"),
    Shot("why-not", "appliance", "nn3j<enter>"),
    Shot("light", "appliance", "nnn.", theme="light"),
    Shot("sixteen-colours", "appliance", "nnn. ", color="16"),
    Shot("no-colour", "appliance", "nnn. ", color="never"),
    Shot("japanese", "appliance", "nnn. ", language="ja"),
    Shot("wide", "appliance", "nnn.", columns=120, lines=40),
)


async def picture(shot: Shot) -> str:
    """The screen after the keys, as SVG.  The environment is left out of account: the same picture everywhere."""
    path = str(ROOT / "scenarios" / f"{shot.scenario}.yaml")
    start = exploration(load(path), explorer_parser().parse_args([path]))
    looks = ExplorerOptions(color=shot.color, theme=shot.theme, language=shot.language, keys=shot.keys)
    app = ExplorerApp(start, looks, {"TERM": "xterm"})
    async with app.run_test(size=(shot.columns, shot.lines)) as pilot:
        await pilot.pause()
        return app.export_screenshot(title=f"vpctui {shot.scenario}.yaml")


def stale() -> dict[Path, str]:
    """Pictures that are missing or differ, with what they should be."""
    made = {FOLDER / f"{shot.name}.svg": asyncio.run(picture(shot)) for shot in SHOTS}
    return {path: text for path, text in made.items() if not path.is_file() or path.read_text(encoding="utf-8") != text}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make the pictures of screenshots/ from the real program.")
    parser.add_argument("--check", action="store_true", help="only say which would differ; exit 1 if any")
    check = parser.parse_args().check
    FOLDER.mkdir(exist_ok=True)
    found = stale()
    for path, text in found.items():
        if not check:
            path.write_text(text, encoding="utf-8")
        print(f"{'differs' if check else 'wrote'}: screenshots/{path.name}")
    return 1 if check and found else 0


if __name__ == "__main__":
    sys.exit(main())
