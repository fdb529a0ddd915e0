"""The explorer without a terminal: a key goes in, a frame comes out.

A key goes to the line that is being typed, else to what lies over the panes, else to the action of the key table.  Digits are kept as a
count for the next movement; as long as nothing follows, `1` to `4` also choose a pane, so `3` works at once and `3n` still means three hops.
"""

import vpctui.tui.exports
import vpctui.tui.leaving
import vpctui.tui.obstacles
import vpctui.tui.reloading
import vpctui.tui.sights
import vpctui.tui.walkthrough  # noqa: F401 - these register their deeds
from vpctui.describe.lines import Row
from vpctui.exploration import Exploration
from vpctui.handout import Handout
from vpctui.tui.alterations import flip_place
from vpctui.tui.desk import DEEDS, Desk, Settings
from vpctui.tui.effects import Effect
from vpctui.tui.frame import Frame
from vpctui.tui.geometry import PaneName
from vpctui.tui.keys import Action
from vpctui.tui.looking import enter, explain_row, narrow
from vpctui.tui.moves import to_row
from vpctui.tui.overlay import Overlay
from vpctui.tui.painting import paint
from vpctui.tui.walkthrough import instead

LONGEST_COUNT = 4


class Explorer:
    """Keys to actions.  `desk` holds the state; `painting.paint(desk)` draws it."""

    def __init__(self, exploration: Exploration, settings: Settings, size: tuple[int, int], handout: Handout | None = None) -> None:
        self.desk = Desk(exploration, settings, size, handout)
        self._judged: tuple[str, ...] = ()
        if self.desk.handout.amiss is not None:
            self.desk.tell("broken-start")
        self._pane_before: PaneName = self.desk.active

    def press(self, key: str, character: str | None = None) -> Effect | None:
        """Do what a key means here."""
        desk = self.desk
        desk.message = ""
        if desk.tiny:
            # Nothing can be seen, so nothing may be changed: only leaving works.
            action = desk.keymap.action(key)
            effect = DEEDS[action.id](desk, 0) if action and action.group == "leaving" else None
        elif desk.prompt is not None:
            effect = self._typed(key, character)
        elif desk.overlays:
            effect = self._over(desk.overlays[-1], key)
        else:
            effect = self._act(key)
        desk.outdated = desk.handout.source is not None and desk.handout.source.changed()
        self._judge()
        desk.refresh()
        return effect

    def _judge(self) -> None:
        """Where faults are hidden: say when the last one is mended, once, and what is left while this flow works although another does not.

        Tracing every flow is only worth it after a change.
        """
        desk, judge = self.desk, self.desk.handout.amiss
        if judge is None or desk.exploration.changes == self._judged:
            return
        self._judged = desk.exploration.changes
        amiss = judge(desk.exploration)
        before, desk.mended = desk.mended, not amiss
        if desk.mended and not before:
            desk.tell("broken-mended" if len(self._judged) != 1 else "broken-mended-one", count=len(self._judged))
        elif amiss and desk.exploration.conversation.outcome in ("ok", "asymmetric"):
            desk.tell("broken-left", wanted=", ".join(f"{flow}: {wanted}" for flow, wanted in amiss.items()))

    def frame(self) -> Frame:
        """Everything on the screen."""
        return paint(self.desk)

    def tell(self, sentence: str, **facts: object) -> None:
        """Say what came of an effect."""
        self.desk.tell(sentence, **facts)

    def note(self, en: str, ja: str) -> None:
        """A sentence of a tape, until the next key."""
        self.desk.message = ja if self.desk.settings.language == "ja" else en

    def resize(self, size: tuple[int, int]) -> None:
        """The terminal has another size."""
        self.desk.resize(size)
        self.desk.refresh()

    def paste(self, text: str) -> None:
        """Text from the terminal's clipboard: only a line that is being typed takes it; it never acts as keys."""
        if self.desk.prompt is not None:
            self.desk.prompt.insert(text)
            self._follow()
            self.desk.refresh()

    def click(self, x: int, y: int) -> None:
        """The mouse, for those who asked for it: choose a pane and a row in it; in a list, choose its row."""
        desk = self.desk
        desk.message, desk.count = "", ""
        if desk.tiny or desk.prompt is not None:
            return
        if desk.overlays:
            self._click_over(desk.overlays[-1], y)
        elif (name := desk.geometry.under(x, y)) is not None:
            desk.activate(name)
            box = desk.geometry.boxes[name]
            row = desk.pane.top + y - box.y - 1
            if y > box.y and row < len(desk.pane.pane.rows):
                self._go_to_row(row)
        desk.refresh()

    def _click_over(self, overlay: Overlay, y: int) -> None:
        available = self.desk.size[1] - 2
        row = overlay.pane.top + y - (self.desk.size[1] - 1 - overlay.height(available)) - 1
        if 0 <= row < len(overlay.choices):
            overlay.move(row - overlay.pane.cursor, available)
            self._choose(overlay)

    def _go_to_row(self, row: int) -> None:
        desk = self.desk
        if desk.active == "path":
            to_row(desk, desk.pane.pane.rows[row])
        else:
            desk.pane.move(row - max(desk.pane.cursor, 0), desk.height())

    def wheel(self, rows: int) -> None:
        """The mouse wheel: as the arrow keys."""
        self.press("down" if rows > 0 else "up")

    # --- the keys of the panes

    def _act(self, key: str) -> Effect | None:
        desk = self.desk
        if key.isdecimal() and (key != "0" or desk.count):
            self._count(key)
            return None
        action = desk.keymap.action(key)
        count, desk.count = desk.count, ""
        if action is None:
            if key != "escape":
                desk.tell("bad-key", key=key, help=desk.keymap.key("help"))
            return None
        if action.counts and count:
            desk.activate(self._pane_before)
        desk.forget_marks()
        return self._do(action, int(count) if action.counts and count else 0)

    def _do(self, action: Action, count: int) -> Effect | None:
        desk = self.desk
        return (instead(desk, action.id) or DEEDS[action.id])(desk, count)

    def _count(self, digit: str) -> None:
        desk = self.desk
        if not desk.count:
            self._pane_before = desk.active
            action = desk.keymap.action(digit)
            if action is not None:
                DEEDS[action.id](desk, 0)
        else:
            desk.activate(self._pane_before)
        desk.count = (desk.count + digit)[-LONGEST_COUNT:]

    # --- what lies over the panes

    def _over(self, overlay: Overlay, key: str) -> Effect | None:
        desk = self.desk
        action = desk.keymap.action(key)
        name = action.id if action else ""
        available = desk.size[1] - 2
        page = overlay.visible(available)
        rows = {"row.down": 1, "row.up": -1, "page.down": page, "page.up": -page, "hop.first": -(10**6), "hop.last": 10**6, "hop.next": 1, "hop.previous": -1}
        if name in rows:
            overlay.move(rows[name], available)
        elif overlay.choices and key in ("enter", "space"):
            return self._choose(overlay)
        elif overlay.choices and key.isdecimal() and 0 < int(key) <= len(overlay.choices):
            overlay.move(int(key) - 1 - overlay.pane.cursor, available)
            return self._choose(overlay)
        elif overlay.linked is not None and key in ("enter", "space"):
            self._follow_link(overlay.linked, key)
        elif key == "enter" or name == "obstacles":
            desk.close()
        elif name == "obstacles.mend":
            return DEEDS[name](desk, 0)
        elif action and (action.group == "leaving" or name == "help"):
            return DEEDS["close" if name == "help" else name](desk, 0)
        return None

    def _follow_link(self, row: Row, key: str) -> None:
        """From a row of a sheet: Enter explains what it names, space flips its setting."""
        if key == "enter":
            explain_row(self.desk, row)
        elif row.setting:
            self.desk.overlays.clear()
            flip_place(self.desk, row.setting)

    def _choose(self, overlay: Overlay) -> Effect | None:
        return overlay.choice.chosen() if overlay.choice is not None else None

    # --- the line that is being typed

    def _typed(self, key: str, character: str | None) -> Effect | None:
        desk = self.desk
        prompt = desk.prompt
        assert prompt is not None
        if key == "enter":
            desk.prompt = None
            return enter(desk, prompt)
        if key in ("escape", "ctrl+c", "ctrl+g") or (key == "backspace" and not prompt.text):
            desk.prompt = None
            if prompt.kind == "find":
                narrow(desk, "")
            return None
        prompt.press(key, character)
        self._follow()
        return None

    def _follow(self) -> None:
        """A search narrows while it is being typed."""
        prompt = self.desk.prompt
        if prompt is not None and prompt.kind == "find":
            narrow(self.desk, prompt.text.strip())
