"""The last line: what was just said, else the keys that matter most here, as many as fit and never half a hint."""

from vpctui.describe.voice import Voice
from vpctui.describe.width import cells, visible
from vpctui.describe.words import setting_name
from vpctui.tui.desk import Desk, Language
from vpctui.tui.frame import Line, Run, fit
from vpctui.tui.keys import BY_ID
from vpctui.tui.walkthrough import hints as walking_hints

Hint = tuple[int, str, str]
"""Rank, key, word."""
WALKING_RANK = 84
"""While the walkthrough is shown, its own key matters more than most."""
FLIP_ROOM = 18
"""Cells kept for the hint of what `space` flips."""


def key_bar(desk: Desk, columns: int) -> Line:
    """One line of exactly so many cells."""
    if desk.message:
        return fit((Run(" " + Voice(desk.settings.language, desk.settings.ascii).cut(visible(desk.message), columns - 1), "current"),), columns)
    if desk.count:
        keys = " ".join(action.keys[0] for action in desk.keymap.actions if action.counts and action.keys)
        return fit((Run(" " + desk.say("count", count=desk.count, keys=keys), "current"),), columns)
    if desk.overlays:
        return fit(_drawn(_fitting(_over(desk), columns)), columns)
    flip = _flip(desk)
    return fit(_drawn([*_fitting(_main(desk), columns - (FLIP_ROOM if flip is not None else 0)), *(flip or ())]), columns)


def _over(desk: Desk) -> list[Hint]:
    close, overlay = desk.keymap.key("close"), desk.overlays[-1]
    if overlay.choices:
        return [(3, "enter", desk.say("choose-hint")), (2, "j k", desk.say("select-hint")), (4, close, desk.say("close-hint"))]
    if overlay.has_links:
        links = [(1, "enter", desk.say("open-hint")), (1, "space", BY_ID["setting.flip"].hint_in(desk.settings.language))]
        return [(2, "j k", desk.say("select-hint")), *links, (3, close, desk.say("close-hint"))]
    return [(2, "j k", desk.say("scroll-hint")), (3, close, desk.say("close-hint"))]


def _main(desk: Desk) -> list[Hint]:
    """Ranked hints; changes are not offered in a network that may only be read."""
    hints, walking = [], walking_hints(desk)
    words = walking if desk.scene is None else walking | {"close": desk.say("close-hint")}
    for action in desk.keymap.actions:
        if not action.rank or not action.keys or (action.changes and desk.settings.read_only) or action.id == "setting.flip":
            continue
        if action.id in ("change.undo", "change.reset") and not desk.exploration.changes:
            continue
        rank = WALKING_RANK if action.id == "walkthrough" and walking else action.rank
        hints.append((rank, desk.keymap.key(action.id), words.get(action.id) or action.hint_in(desk.settings.language)))
    return hints


def _flip(desk: Desk) -> list[Hint] | None:
    """What `space` would flip here, after all other hints and with its room always kept, so that a step never moves them."""
    if desk.settings.read_only:
        return None
    setting = desk.row.setting if desk.row else ""
    flip = BY_ID["setting.flip"]
    key = desk.keymap.key(flip.id)
    return [(flip.rank, key, short_setting(setting, desk.settings.language) or flip.hint_in(desk.settings.language))] if setting and key else []


def short_setting(place: str, language: Language) -> str:
    """The last word of a place: `check` for `eni-fw.source_dest_check`, the destination for a route; empty when it is too long to show."""
    word = place.rpartition("[")[2].rstrip("]") if place.endswith("]") else place.rpartition(".")[2]
    word = word if place.endswith("]") else setting_name(word, language)
    return word if cells(word) <= FLIP_ROOM - 7 else ""


def _fitting(hints: list[Hint], columns: int) -> list[Hint]:
    """The most important hints that fit, in the order of the table."""
    kept: list[Hint] = []
    room = columns - 1
    for hint in sorted(hints, key=lambda hint: -hint[0]):
        taken = cells(hint[1]) + 1 + cells(hint[2]) + 2
        if taken <= room + 1:
            kept.append(hint)
            room -= taken
    return [hint for hint in hints if hint in kept]


def _drawn(hints: list[Hint]) -> Line:
    runs = [Run(" ")]
    for _, key, word in hints:
        runs += [Run(key, "key"), Run(f" {word}  ", "dim")]
    return tuple(runs)
