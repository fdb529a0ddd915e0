"""Pictures of the real program, made by playing the tapes beside them.

python -m tools.screenshots             write screenshots/*.svg; look at each as a picture before it is committed
python -m tools.screenshots --check     exit 1 and name every picture that would differ

A tape is played on a screen that nobody sees, without its pauses.  Each `picture NAME` in it is a picture; a tape without one is a picture
of its end.  `vpctui --tape screenshots/drop.tape` plays the same on a terminal.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from vpctui.cli.exploring import course, explore_on_screen
from vpctui.cli.taping import read, said
from vpctui.tui.picture import picture
from vpctui.tui.player import PlayerApp
from vpctui.tui.spelling import spelled
from vpctui.tui.stage import Stage
from vpctui.tui.tape import Command, Mark, Press, Reel, Size, command_of, size_of

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "screenshots"


def pictures(path: Path) -> dict[str, str]:
    """The pictures of one tape as SVG, by name.  Raises Failed for a tape or a scenario with mistakes."""
    tape = read(path)
    options = said(command_of(tape) or Command(()), path)
    size = size_of(tape) or Size(80, 24)
    taken: dict[str, str] = {}

    def take(app: PlayerApp, name: str) -> None:
        taken[name] = picture(app, " ".join(["vpctui", *([Path(options.scenario).name] if options.scenario else [])]))

    last = () if any(isinstance(each, Mark) for each in tape) else (Mark(path.stem),)
    stage = Stage(Reel((*map(Press, spelled(options.keys)), *tape, *last)), None, (size.columns, size.rows), take)
    with nobodys_settings():
        if options.scenario:
            explore_on_screen(options, stage)
        else:
            course(options, stage)
    return taken


@contextmanager
def nobodys_settings() -> Iterator[None]:
    """The same picture everywhere: neither the terminal nor the configuration of whoever runs this has a say."""
    before = dict(os.environ)
    with TemporaryDirectory() as home:
        os.environ.clear()
        os.environ.update(TERM="xterm", HOME=home, XDG_CONFIG_HOME=home, PATH=before.get("PATH", ""))
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def made() -> dict[Path, str]:
    """Every picture of every tape, by the file where it belongs."""
    return {FOLDER / f"{name}.svg": text for tape in sorted(FOLDER.glob("*.tape")) for name, text in pictures(tape).items()}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make the pictures of screenshots/ by playing the tapes there.")
    parser.add_argument("--check", action="store_true", help="only say which would differ; exit 1 if any")
    check = parser.parse_args().check
    pictured = made()
    stale = [path for path, text in pictured.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    left = sorted(set(FOLDER.glob("*.svg")) - set(pictured))
    for path in stale:
        if not check:
            path.write_text(pictured[path], encoding="utf-8")
        print(f"{'differs' if check else 'wrote'}: screenshots/{path.name}")
    for path in left:
        print(f"no tape makes it: screenshots/{path.name}")
    return 1 if (check and stale) or left else 0


if __name__ == "__main__":
    sys.exit(main())
