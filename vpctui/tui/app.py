"""Starts the explorer on a terminal."""

import os
import sys

from msgspec import Struct

from vpctui.exploration import Exploration
from vpctui.handout import Handout
from vpctui.tui.colours import ColorWish, Palette, color_depth, theme_for
from vpctui.tui.desk import Language, Settings
from vpctui.tui.effects import Quit
from vpctui.tui.explorer import Explorer
from vpctui.tui.player import PlayerApp, terminal_size
from vpctui.tui.spelling import spelled
from vpctui.tui.stage import Stage
from vpctui.tui.tape import Reel

__all__ = ["Ended", "ExplorerApp", "ExplorerOptions", "explored", "has_terminal", "palette_of", "spelled"]


class ExplorerOptions(Struct, frozen=True):
    """What the command line says about the screen."""

    language: Language = "en"
    color: ColorWish = "auto"
    theme: str = ""
    ascii: bool = False
    mouse: bool = False
    read_only: bool = False
    at: int = 0
    """The hop to start at."""
    keymap: dict[str, tuple[str, ...]] = {}


class Ended(Struct, frozen=True):
    """How a person left the explorer: the exit status, whether they want out of everything, and the language that they had then."""

    status: int
    entirely: bool = False
    language: Language = "en"


def explored(exploration: Exploration, options: ExplorerOptions, handout: Handout | None = None, stage: Stage | None = None) -> Ended:
    """Let a person explore.  Draws on standard error, so that standard output stays free for the trace that `Q` leaves."""
    stage = stage or Stage(Reel())
    if stage.seen and not has_terminal():
        sys.stderr.write("vpctui: the explorer needs a terminal; `vpctui trace` prints without one\n")
        return Ended(2, entirely=True)
    app = ExplorerApp(exploration, options, handout=handout, stage=stage)
    stage.run(app, options.mouse)
    left = app.return_value or Quit()
    if left.text:
        sys.stdout.write(left.text)
    return Ended(app.return_code or 0, left.entirely, app.explorer.desk.settings.language)


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
        self,
        exploration: Exploration,
        options: ExplorerOptions,
        environment: dict[str, str] | None = None,
        *,
        handout: Handout | None = None,
        stage: Stage | None = None,
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
        size = stage.size if stage and stage.size else terminal_size()
        self.explorer = Explorer(exploration, settings, size, handout)
        super().__init__(self.explorer, palette_of(options, env), stage)
