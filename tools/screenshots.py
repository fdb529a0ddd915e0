"""Pictures of the real program for the README: `python -m tools.screenshots` writes screenshots/*.svg.

Look at each as a picture before it is committed.
"""

import asyncio
import sys
from pathlib import Path

from msgspec import Struct

from vpctui.cli.arguments import explorer_parser
from vpctui.cli.beginning import exploration
from vpctui.cli.files import load
from vpctui.tui.app import ExplorerApp, ExplorerOptions

ROOT = Path(__file__).resolve().parent.parent


class Shot(Struct, frozen=True):
    """One picture: which scenario, which keys, how large."""

    name: str
    scenario: str
    keys: str
    columns: int = 80
    lines: int = 24


SHOTS = (
    Shot("appliance", "appliance", "nn.."),
    Shot("drop", "appliance", "nnn. "),
)


async def picture(shot: Shot) -> str:
    """The screen after the keys, as SVG."""
    path = str(ROOT / "scenarios" / f"{shot.scenario}.yaml")
    start = exploration(load(path), explorer_parser().parse_args([path]))
    app = ExplorerApp(start, ExplorerOptions(color="true", keys=shot.keys))
    async with app.run_test(size=(shot.columns, shot.lines)) as pilot:
        await pilot.pause()
        return app.export_screenshot(title=f"vpctui {shot.scenario}.yaml")


def main() -> int:
    """Write them all."""
    (ROOT / "screenshots").mkdir(exist_ok=True)
    for shot in SHOTS:
        (ROOT / "screenshots" / f"{shot.name}.svg").write_text(asyncio.run(picture(shot)), encoding="utf-8")
        print(f"wrote screenshots/{shot.name}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
