"""Where a player is shown: on the terminal, or on a screen that nobody sees and of which pictures are taken."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from vpctui.tui.tape import Reel

if TYPE_CHECKING:
    from vpctui.tui.player import PlayerApp
    from vpctui.tui.recording import Recorder

Camera = Callable[["PlayerApp", str], None]
"""Takes a picture of that name."""


class Stage(Struct, frozen=True):
    """What is played, who takes it down, and what it is shown on."""

    reel: Reel
    recorder: "Recorder | None" = None
    size: tuple[int, int] | None = None
    """Columns and rows of a screen that nobody sees: there is no terminal, pauses pass at once, and the end of the tape is the end."""
    camera: Camera | None = None
    """Where nobody is, a mark of the tape is not seen."""

    @property
    def seen(self) -> bool:
        """Whether a person sits in front of it."""
        return self.size is None

    def run(self, app: "PlayerApp", mouse: bool) -> None:
        """Show it, until somebody or the tape leaves."""
        if self.size is None:
            app.run(mouse=mouse)
        else:
            app.run(headless=True, size=self.size, mouse=False)
