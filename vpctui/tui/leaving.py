"""Copying, closing, quitting."""

from vpctui.describe import screen
from vpctui.describe.lines import Row, Span
from vpctui.tui.desk import Desk, does
from vpctui.tui.effects import Copy, Effect, Quit, Repaint, Suspend
from vpctui.tui.looking import narrow
from vpctui.tui.overlay import Overlay


@does("copy.step")
def copy_step(desk: Desk, count: int) -> Effect:
    """The step under the cursor, to the clipboard of the terminal."""
    return _copy(desk, screen.step_text(desk.exploration, desk.settings.language, desk.settings.ascii))


@does("copy.trace")
def copy_trace(desk: Desk, count: int) -> Effect:
    """The whole conversation, to the clipboard of the terminal."""
    return _copy(desk, screen.trace_text(desk.exploration, desk.settings.language, desk.settings.ascii))


def _copy(desk: Desk, text: str) -> Effect:
    """Nobody answers OSC 52, so nothing is promised; inside tmux and screen the text is shown as well."""
    lines = text.rstrip("\n").split("\n")
    desk.tell("sent", count=len(lines))
    if desk.settings.multiplexed:
        desk.open(Overlay(desk.say("sent-title"), [Row((Span(line),)) for line in lines]))
    return Copy(text)


@does("close")
def close(desk: Desk, count: int) -> Effect | None:
    """Close what is open; with nothing open, leave."""
    if desk.overlays:
        desk.close()
    elif desk.scene is not None:
        desk.show_scene(None)
    else:
        return Quit()
    return None


@does("back")
def back(desk: Desk, count: int) -> None:
    """Close what is open, leave the zoom, show all resources again."""
    if desk.overlays:
        desk.close()
    elif desk.scene is not None:
        desk.show_scene(None)
    elif desk.filter:
        narrow(desk, "")
        desk.tell("unfiltered")
    elif desk.zoomed:
        desk.zoomed = False
        desk.change_layout()


@does("quit")
def leave(desk: Desk, count: int) -> Effect:
    """Leave."""
    return Quit(entirely=True)


@does("quit.print")
def leave_and_print(desk: Desk, count: int) -> Effect:
    """Leave, and print the conversation."""
    return Quit(screen.trace_text(desk.exploration, desk.settings.language, desk.settings.ascii), entirely=True)


@does("suspend")
def suspend(desk: Desk, count: int) -> Effect:
    """To the background."""
    return Suspend()


@does("repaint")
def repaint(desk: Desk, count: int) -> Effect:
    """Write every cell again, after something else wrote on the terminal."""
    return Repaint()
