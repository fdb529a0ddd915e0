"""Starts the explorer on a terminal: keys from Textual to the explorer, frames from the explorer to the canvas, and nothing else."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from textual import events
from textual.app import App
from textual.driver import Driver
from textual.geometry import Offset
from textual.screen import Screen

from vpctui.exploration import Exploration
from vpctui.handout import Handout
from vpctui.tui.canvas import Canvas, Written
from vpctui.tui.colours import ColorWish, Palette, color_depth, theme_for
from vpctui.tui.desk import Language, Settings
from vpctui.tui.effects import Copy, Effect, Picture, Quit, Repaint, Suspend, Write
from vpctui.tui.explorer import Explorer
from vpctui.tui.painting import paint
from vpctui.tui.saving import save


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


def run(exploration: Exploration, options: ExplorerOptions, handout: Handout | None = None) -> int:
    """Let a person explore; the exit status.  Draws on standard error, so that standard output stays free for the trace that `Q` leaves."""
    if not _has_terminal():
        sys.stderr.write("vpctui: the explorer needs a terminal; `vpctui trace` prints without one\n")
        return 2
    app = ExplorerApp(exploration, options, handout=handout)
    app.run(mouse=options.mouse)
    if app.return_value:
        sys.stdout.write(app.return_value)
    return app.return_code or 0


def _has_terminal() -> bool:
    """Whether there is a terminal to draw on and to read keys from."""
    return os.isatty(2) and os.isatty(0)


def spelled(keys: str) -> list[str]:
    """Keys as they are written in `--keys`: `n<enter>` is `n`, then `enter`; `<space>` and a blank are the same, `<<>` is `<`."""
    out: list[str] = []
    rest = keys
    while rest:
        name, bracket, after = rest[1:].partition(">")
        if rest[0] == "<" and bracket and name:
            out.append(name)
            rest = after
        else:
            out.append("space" if rest[0] == " " else rest[0])
            rest = rest[1:]
    return out


class ExplorerScreen(Screen[None], inherit_bindings=False):
    """Keys in, frames out."""

    AUTO_FOCUS = None

    def __init__(self, explorer: Explorer, palette: Palette) -> None:
        super().__init__()
        self.explorer = explorer
        self.canvas = Canvas(palette)

    def compose(self) -> Any:
        """The canvas covers everything."""
        yield self.canvas

    def on_mount(self) -> None:
        self.app.app_resume_signal.subscribe(self, lambda _: self.repaint())

    def repaint(self) -> None:
        """Write every cell: after the shell's `fg`, or when something else wrote on the terminal."""
        self.canvas.forget()
        self.show()

    def on_resize(self, event: events.Resize) -> None:
        self.explorer.resize((event.size.width, event.size.height))
        self.show()

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        self.press(*_named(event))

    def press(self, key: str, character: str | None = None) -> None:
        """A key was pressed."""
        effect = self.explorer.press(key, character)
        self.show()
        if effect is not None:
            self._carry_out(effect)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.explorer.paste(event.text)
        self.show()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self.explorer.click(event.screen_x, event.screen_y)
        self.show()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.explorer.wheel(1)
        self.show()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.explorer.wheel(-1)
        self.show()

    def show(self) -> None:
        """Show the state of the desk."""
        frame = paint(self.explorer.desk)
        # The terminal's own cursor stands on the line that a person is on, for magnifiers and screen readers.
        self.app.cursor_position = Offset(*frame.cursor)
        self.canvas.show(frame)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Copy(text=text):
                self.app.copy_to_clipboard(text)
            case Write(name=name, text=text, over=over):
                self._write(name, text, over)
            case Picture(name=name, over=over):
                self._write(name, self.app.export_screenshot(title="vpctui"), over)
            case Quit(text=text):
                self.app.exit(text)
            case Suspend():
                self.app.action_suspend_process()
            case Repaint():
                self.repaint()

    def _write(self, name: str, text: str, over: bool) -> None:
        """Write a file, and say so or why not."""
        desk, path = self.explorer.desk, Path(name).expanduser()
        try:
            written = save(path, text, over=over)
        except OSError as error:
            desk.tell("not-written", name=path, error=error.strerror)
        else:
            desk.tell("written", name=written)
        self.show()


def _named(event: events.Key) -> tuple[str, str | None]:
    """The key as the key table writes it."""
    character = event.character if event.is_printable else None
    return (character if character and character != " " else event.key), character


class ExplorerApp(App[str], inherit_bindings=False):
    """Textual's part: the driver, the event loop, the compositor."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "vpctui"

    def __init__(
        self, exploration: Exploration, options: ExplorerOptions, environment: dict[str, str] | None = None, *, handout: Handout | None = None
    ) -> None:
        env = dict(os.environ) if environment is None else environment
        depth = color_depth(options.color, env)
        super().__init__(ansi_color=True)
        settings = Settings(
            language=options.language,
            ascii=options.ascii,
            read_only=options.read_only,
            multiplexed=bool(env.get("TMUX") or env.get("STY")),
            keymap=options.keymap,
        )
        if options.at:
            exploration = exploration.jump(options.at)
        self._palette = Palette(theme_for(depth, options.theme or env.get("VPCTUI_THEME", ""), env), depth)
        self._explorer = Explorer(exploration, settings, _terminal_size(), handout)
        self._keys: Sequence[str] = spelled(options.keys)

    def get_driver_class(self) -> type[Driver]:
        """The platform's driver, without reports of the terminal losing focus, and with the size of the terminal that is drawn on."""
        return _quiet(super().get_driver_class())

    def get_default_screen(self) -> Screen[None]:
        """The only screen."""
        return ExplorerScreen(self._explorer, self._palette)

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Let through what the canvas writes, and nothing that Textual paints by itself: the start alone would be painted three times."""
        if isinstance(renderable, Written):
            super()._display(screen, renderable)

    def on_ready(self) -> None:
        screen = self.screen
        assert isinstance(screen, ExplorerScreen)
        for key in self._keys:
            screen.press(key, " " if key == "space" else key if len(key) == 1 else None)


def _terminal_size() -> tuple[int, int]:
    """Columns and rows of the terminal, so that the first thing painted is right; Textual reports every later size."""
    try:
        return os.get_terminal_size(sys.__stderr__.fileno() if sys.__stderr__ else 2)
    except OSError:
        return 80, 24


def _quiet(driver: type[Driver]) -> type[Driver]:
    class QuietDriver(driver):  # type: ignore[misc, valid-type]
        def _get_terminal_size(self) -> tuple[int, int]:
            # Textual asks standard output, which may be a file that the trace goes to; the screen is on standard error.
            return _terminal_size()

        def start_application_mode(self) -> None:
            super().start_application_mode()
            self.write("\x1b[?1004l")
            self.flush()

    return QuietDriver
