"""Switching to another sight: the scenes, and the language."""

from msgspec.structs import replace

from vpctui.tui.desk import Desk, does
from vpctui.tui.scenes import SceneName


def _toggle(desk: Desk, scene: SceneName) -> None:
    desk.show_scene(None if desk.scene == scene else scene)


@does("scene.map")
def show_map(desk: Desk, count: int) -> None:
    """The way as a picture."""
    _toggle(desk, "map")


@does("scene.beside")
def show_beside(desk: Desk, count: int) -> None:
    """Forward and return side by side."""
    _toggle(desk, "beside")


@does("scene.ledger")
def show_ledger(desk: Desk, count: int) -> None:
    """Header fields by hops."""
    _toggle(desk, "ledger")


@does("scene.difference")
def show_difference(desk: Desk, count: int) -> None:
    """What the last change did to every flow."""
    if desk.exploration.changes or desk.scene == "difference":
        _toggle(desk, "difference")
    else:
        desk.tell("nothing-differs")


@does("language")
def switch_language(desk: Desk, count: int) -> None:
    """English and Japanese."""
    desk.settings = replace(desk.settings, language="en" if desk.settings.language == "ja" else "ja")
    desk.change_layout()
