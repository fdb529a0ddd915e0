"""What lies before a person: the exploration, the panes with their cursors, what lies over them, and what was just said."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from vpctui.describe import screen
from vpctui.describe.lines import Layout, Row, View
from vpctui.describe.tree import setting_owner
from vpctui.exploration import Exploration
from vpctui.handout import Handout
from vpctui.tui.band import band_height
from vpctui.tui.effects import Effect
from vpctui.tui.geometry import PANES, Box, Geometry, PaneName, arrange, too_small
from vpctui.tui.keys import Keymap
from vpctui.tui.line_pane import LinePane
from vpctui.tui.overlay import Overlay
from vpctui.tui.progress import Score, Walkthrough
from vpctui.tui.prompt import Prompt
from vpctui.tui.scenes import SceneName, scene_pane
from vpctui.tui.words import say

Language = Literal["en", "ja"]


class Settings(Struct, frozen=True):
    """How a person wants the screen."""

    language: Language = "en"
    ascii: bool = False
    read_only: bool = False
    multiplexed: bool = False
    """Inside tmux or screen, which may swallow what is sent to the clipboard."""
    keymap: dict[str, tuple[str, ...]] = {}


class Desk:
    """The state of the screen.  Actions change it through `go`, `tell`, `open`; drawing only reads it."""

    def __init__(self, exploration: Exploration, settings: Settings, size: tuple[int, int], handout: Handout | None = None) -> None:
        self.exploration = exploration
        self.handout = handout or Handout()
        self.walkthrough: Walkthrough | None = None
        self.band = 0
        """Rows of the narration above the key bar."""
        self.mended = False
        """Everything that the file expects holds again, although faults were hidden in it."""
        self.outdated = False
        """The file on disk is another one than when it was read."""
        self.predicting = self.handout.predict
        self.score = Score()
        self.settings = settings
        self.keymap = Keymap(settings.keymap)
        self.size = size
        self.active: PaneName = "path"
        self.zoomed = False
        self.filter = ""
        self.folded: frozenset[str] = frozenset()
        self.unfolded: frozenset[str] = frozenset()
        self.scene: SceneName | None = None
        """What is shown instead of the panes."""
        self.scene_pane = LinePane()
        self.panes: dict[PaneName, LinePane] = {name: LinePane(whole=name == "path") for name in PANES}
        self.overlays: list[Overlay] = []
        self.prompt: Prompt | None = None
        self.message = ""
        self.count = ""
        self.before: Exploration | None = None
        """What the marks + - ~ compare with, until the next key."""
        self.history: list[str] = []
        self.geometry = Geometry({})
        self.view: View
        self._stale = True
        self.refresh()

    # --- what is shown

    def resize(self, size: tuple[int, int]) -> None:
        """The terminal has another size."""
        self.size = size
        self.change_layout()

    @property
    def tiny(self) -> bool:
        """Whether the terminal is too small to show anything."""
        return too_small(*self.size)

    @property
    def layout(self) -> Layout:
        """What the describer needs to know."""
        boxes = self.geometry.boxes
        return Layout(
            tree_width=self._width("tree"),
            side_width=self._width("path"),
            lookup_width=self._width("lookup"),
            status_width=self.size[0],
            path_height=boxes["path"].rows if "path" in boxes else 0,
            lookup_height=boxes["lookup"].rows if "lookup" in boxes else 4,
            header_height=boxes["header"].rows if "header" in boxes else 3,
            language=self.settings.language,
            ascii=self.settings.ascii,
            folded=self.folded,
            unfolded=self.unfolded,
            filter=self.filter,
            zoomed=self.active if self.zoomed or self.geometry.alone else "",
            narrated=self.walkthrough is not None and self.walkthrough.mode == "walking",
            covered=self.predicting or any(overlay.covers for overlay in self.overlays),
        )

    def _width(self, name: PaneName) -> int:
        box = self.geometry.boxes.get(name)
        return box.width if box else self.size[0]

    @property
    def body(self) -> int:
        """Rows between the status line and the narration, or the key bar."""
        return self.size[1] - 2 - self.band

    def box(self, name: PaneName) -> Box | None:
        """Where a pane stands, if it is visible."""
        return self.geometry.boxes.get(name)

    def change_layout(self) -> None:
        """Something about the arrangement of the panes changed."""
        self._stale = True

    def refresh(self) -> None:
        """Bring the lines up to date, if anything changed since the last time."""
        if not self._stale or self.tiny:
            return
        self.band = band_height(self)
        self.geometry = arrange(*self.size, self.active, self.zoomed, self.band)
        if self.scene is not None:
            self.scene_pane.take(scene_pane(self.scene, self.exploration, self.layout, self.size[0]), self.body - 1)
        screen.gather(self.exploration)
        self.view = screen.view(self.exploration, self.layout, self.before)
        for name in PANES:
            box = self.box(name)
            self.panes[name].take(getattr(self.view, name), box.rows if box else self.body - 1)
        self._stale = False

    # --- what actions do

    def go(self, exploration: Exploration, before: Exploration | None = None) -> None:
        """Show this exploration; with `before`, mark what differs from that one."""
        self.exploration, self.before = exploration, before
        self._stale = True

    def forget_marks(self) -> None:
        """The next key was pressed: the marks of the last change go."""
        if self.before is not None:
            self.before = None
            self._stale = True

    def tell(self, sentence: str, **facts: object) -> None:
        """Say a sentence until the next key."""
        self.message = say(self.settings.language, sentence, **facts)

    def say(self, sentence: str, **facts: object) -> str:
        """A sentence in the person's language."""
        return say(self.settings.language, sentence, **facts)

    def activate(self, name: PaneName) -> None:
        """Work in this pane from now on."""
        if self.scene is not None:
            self.show_scene(None)
        if name != self.active:
            self.active = name
            self.pane.scroll(self.height())
            if self.geometry.alone:
                self.change_layout()

    def select(self, resource: str) -> None:
        """Put the cursor of the network on a resource, where it can be seen."""
        box = self.box("tree")
        self.panes["tree"].to_key(f"resource:{resource}", box.rows if box else self.body - 1)

    def select_setting(self, place: str) -> None:
        """Put the cursor of the network on a setting, or on its resource where the setting is gone."""
        box = self.box("tree")
        if not self.panes["tree"].to_key(f"setting:{place}", box.rows if box else self.body - 1):
            self.select(setting_owner(place))

    def show_scene(self, scene: "SceneName | None") -> None:
        """Show something else instead of the panes, or the panes again."""
        self.scene = scene
        self.scene_pane = LinePane()
        self.change_layout()

    @property
    def pane(self) -> LinePane:
        """The pane in use."""
        return self.panes[self.active] if self.scene is None else self.scene_pane

    @property
    def walks(self) -> bool:
        """Whether the rows of the pane in use are the steps of the packet."""
        return self.scene is None and self.active == "path"

    @property
    def row(self) -> Row | None:
        """The row under the cursor of the pane in use."""
        return self.pane.row

    def height(self) -> int:
        """Rows of the pane in use that are visible."""
        box = self.box(self.active)
        if self.scene is not None or box is None:
            return max(1, self.body - 1)
        return box.rows

    def open(self, overlay: Overlay) -> None:
        """Lay something over the panes."""
        self.overlays.append(overlay)
        self._stale |= overlay.covers

    def close(self) -> None:
        """Take away what was opened last."""
        self._stale |= self.overlays.pop().covers

    def ask(self, prompt: Prompt) -> None:
        """Let a line be typed."""
        self.prompt = prompt


Deed = Callable[[Desk, int], Effect | None]
DEEDS: dict[str, Deed] = {}
"""What each action of the key table does, by its id; the number is the count that was typed, 0 for none."""


def does(identifier: str) -> Callable[[Deed], Deed]:
    """Register the function of an action."""

    def register(deed: Deed) -> Deed:
        DEEDS[identifier] = deed
        return deed

    return register
