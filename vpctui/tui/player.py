"""Textual's part: keys to whoever plays them, frames to the canvas, effects to the world, and nothing else."""

import asyncio
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, Protocol

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.geometry import Offset
from textual.screen import Screen

from vpctui.tui.canvas import Canvas, Written
from vpctui.tui.colours import Palette
from vpctui.tui.effects import Copy, Effect, Picture, Quit, Repaint, Suspend, Write
from vpctui.tui.frame import Frame
from vpctui.tui.saving import save
from vpctui.tui.stage import Stage
from vpctui.tui.tape import Mark, Note, Pause, Press, Reel

PATIENCE = 2.0
"""Seconds for leaving in good order after a signal."""


class Player(Protocol):
    """What a person plays with: the explorer, or the course."""

    def press(self, key: str, character: str | None = None) -> Effect | None:
        """Do what a key means."""

    def paste(self, text: str) -> None:
        """Text from the terminal's clipboard."""

    def click(self, x: int, y: int) -> None:
        """The mouse."""

    def wheel(self, rows: int) -> None:
        """The mouse wheel."""

    def resize(self, size: tuple[int, int]) -> None:
        """The terminal has another size."""

    def tell(self, sentence: str, **facts: object) -> None:
        """Say what came of an effect."""

    def note(self, en: str, ja: str) -> None:
        """A sentence of a tape, until the next key."""

    def frame(self) -> Frame:
        """Everything on the screen."""


class PlayerScreen(Screen[None], inherit_bindings=False):
    """Keys in, frames out."""

    AUTO_FOCUS = None

    def __init__(self, player: Player, palette: Palette) -> None:
        super().__init__()
        self.player = player
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
        self.player.resize((event.size.width, event.size.height))
        self.show()

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key, character = _named(event)
        if isinstance(self.app, PlayerApp):
            self.app.key_pressed(key)
        self.press(key, character)

    def press(self, key: str, character: str | None = None) -> Effect | None:
        """A key was pressed; what it brought about outside the screen."""
        effect = self.player.press(key, character)
        self.show()
        if effect is not None:
            self._carry_out(effect)
        return effect

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.player.paste(event.text)
        self.show()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self.player.click(event.screen_x, event.screen_y)
        self.show()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.player.wheel(1)
        self.show()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.player.wheel(-1)
        self.show()

    def show(self) -> None:
        """Show how things stand."""
        frame = self.player.frame()
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
                from vpctui.tui.picture import picture

                self._write(name, picture(self.app, "vpctui"), over)
            case Quit():
                self.app.exit(effect)
            case Suspend() if self.app.is_web:
                pass
            case Suspend():
                self.app.action_suspend_process()
            case Repaint():
                self.repaint()

    def _write(self, name: str, text: str, over: bool) -> None:
        """Write a file, and say so or why not; whoever sits at a browser writes nothing on the machine that serves."""
        if self.app.is_web:
            self.player.tell("served-no-files")
            self.show()
            return
        path = Path(name).expanduser()
        try:
            written = save(path, text, over=over)
        except OSError as error:
            self.player.tell("not-written", name=path, error=error.strerror)
        else:
            self.player.tell("written", name=written)
        self.show()


def _named(event: events.Key) -> tuple[str, str | None]:
    """The key as the key table writes it."""
    character = event.character if event.is_printable else None
    return (character if character and character != " " else event.key), character


class PlayerApp(App[Quit], inherit_bindings=False):
    """The driver, the event loop, the compositor."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "vpctui"

    def __init__(self, player: Player, palette: Palette, stage: Stage | None = None) -> None:
        super().__init__(ansi_color=True)
        self._player, self._palette = player, palette
        self._stage = stage or Stage(Reel())

    def get_driver_class(self) -> type[Driver]:
        """The platform's driver, without reports of the terminal losing focus, and with the size of the terminal that is drawn on."""
        return _quiet(super().get_driver_class())

    def get_default_screen(self) -> Screen[None]:
        """The only screen."""
        return PlayerScreen(self._player, self._palette)

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Let through what the canvas writes, and nothing that Textual paints by itself: the start alone would be painted three times."""
        if isinstance(renderable, Written):
            super()._display(screen, renderable)

    def on_load(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._ended_by, number)

    def _ended_by(self, number: int) -> None:
        """Give the terminal back, then leave with the status that tells the signal; where no terminal takes it any more, just leave."""
        last_resort = threading.Timer(PATIENCE, os._exit, (128 + number,))
        last_resort.daemon = True
        last_resort.start()
        self.exit(Quit(entirely=True), return_code=128 + number)

    def on_ready(self) -> None:
        self._play()

    def _play(self) -> None:
        """Play on: keys at once, up to the next pause, or until the tape leaves this player."""
        screen = self.screen
        assert isinstance(screen, PlayerScreen)
        for instruction in self._stage.reel:
            match instruction:
                case Press(key=key):
                    if isinstance(screen.press(key, " " if key == "space" else key if len(key) == 1 else None), Quit):
                        return
                case Note(en=en, ja=ja):
                    self._player.note(en, ja)
                    screen.show()
                case Mark(name=name) if self._stage.camera is not None:
                    self._stage.camera(self, name)
                case Pause(seconds=seconds) if self._stage.seen:
                    self.set_timer(max(seconds, 0.001), self._play)
                    return
        if not self._stage.seen:
            self.exit(Quit(entirely=True))

    def key_pressed(self, key: str) -> None:
        """Somebody pressed a key: a tape that still plays ends, and what records takes it down."""
        self._stage.reel.stop()
        if self._stage.recorder is not None:
            self._stage.recorder.press(key, time.monotonic())


def terminal_size() -> tuple[int, int]:
    """Columns and rows of the terminal, so that the first thing painted is right; Textual reports every later size."""
    try:
        return os.get_terminal_size(sys.__stderr__.fileno() if sys.__stderr__ else 2)
    except OSError:
        return 80, 24


def _quiet(driver: type[Driver]) -> type[Driver]:
    class QuietDriver(driver):  # type: ignore[misc, valid-type]
        def _get_terminal_size(self) -> tuple[int, int]:
            # Textual asks standard output, which may be a file that the trace goes to; the screen is on standard error.
            return terminal_size()

        def start_application_mode(self) -> None:
            super().start_application_mode()
            self.write("\x1b[?1004l")
            self.flush()

    return QuietDriver
