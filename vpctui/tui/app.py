"""Starts the explorer on a terminal."""

import os
import sys
from pathlib import Path

from msgspec import Struct

from vpctui.exploration import Exploration
from vpctui.handout import Handout
from vpctui.tui.colours import ColorWish, Palette, color_depth, theme_for
from vpctui.tui.desk import Language, Settings
from vpctui.tui.effects import Quit
from vpctui.tui.explorer import Explorer
from vpctui.tui.player import PlayerApp, terminal_size
from vpctui.tui.saving import save
from vpctui.tui.spelling import spelled
from vpctui.tui.tape import Recorder, Tape

__all__ = ["Ended", "ExplorerApp", "ExplorerOptions", "explored", "has_terminal", "palette_of", "spelled"]


class ExplorerOptions(Struct, frozen=True):
    """What the command line says about the screen."""

    language: Language = "en"
    color: ColorWish = "auto"
    theme: str = ""
    ascii: bool = False
    mouse: bool = False
    read_only: bool = False
    keys: str = ""
    """Keys to press at the start, as they are typed: `nnn.`; `<enter>` and the like for keys without a character."""
    at: int = 0
    """The hop to start at."""
    keymap: dict[str, tuple[str, ...]] = {}
    tape: Tape = ()
    """Keys, pauses and notes to play at the start."""
    record: str = ""
    """The file that the keys a person presses are written to."""


class Ended(Struct, frozen=True):
    """How a person left the explorer: the exit status, whether they want out of everything, and the language that they had then."""

    status: int
    entirely: bool = False
    language: Language = "en"


def explored(exploration: Exploration, options: ExplorerOptions, handout: Handout | None = None) -> Ended:
    """Let a person explore.  Draws on standard error, so that standard output stays free for the trace that `Q` leaves."""
    if not has_terminal():
        sys.stderr.write("vpctui: the explorer needs a terminal; `vpctui trace` prints without one\n")
        return Ended(2, entirely=True)
    app = ExplorerApp(exploration, options, handout=handout)
    app.run(mouse=options.mouse)
    left = app.return_value or Quit()
    if app.recorder is not None:
        _keep(app.recorder.tape(exploration.name), options.record)
    if left.text:
        sys.stdout.write(left.text)
    return Ended(app.return_code or 0, left.entirely, app.explorer.desk.settings.language)


def _keep(tape: str, name: str) -> None:
    """Write the tape, and say where, or why not."""
    try:
        said = f"wrote {save(Path(name), tape)}"
    except OSError as error:
        said = f"cannot write {name}: {error.strerror}"
    sys.stderr.write(f"vpctui: {said}\n")


def has_terminal() -> bool:
    """Whether there is a terminal to draw on and to read keys from."""
    return in_browser() or (os.isatty(2) and os.isatty(0))


def in_browser() -> bool:
    """Whether a server draws in a browser for us, over pipes."""
    return "web_driver" in os.environ.get("TEXTUAL_DRIVER", "")


def palette_of(options: ExplorerOptions, env: dict[str, str]) -> Palette:
    """The colours that the options and the terminal ask for."""
    depth = color_depth(options.color, env)
    return Palette(theme_for(depth, options.theme or env.get("VPCTUI_THEME", ""), env), depth)


class ExplorerApp(PlayerApp):
    """The explorer on a terminal."""

    def __init__(
        self, exploration: Exploration, options: ExplorerOptions, environment: dict[str, str] | None = None, *, handout: Handout | None = None
    ) -> None:
        env = dict(os.environ) if environment is None else environment
        settings = Settings(
            language=options.language,
            ascii=options.ascii,
            read_only=options.read_only,
            multiplexed=bool(env.get("TMUX") or env.get("STY")),
            keymap=options.keymap,
        )
        if options.at:
            exploration = exploration.jump(options.at)
        self.recorder = Recorder() if options.record else None
        self.explorer = Explorer(exploration, settings, terminal_size(), handout)
        super().__init__(self.explorer, palette_of(options, env), options.keys, options.tape, self.recorder)
