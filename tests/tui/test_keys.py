"""The key table: complete, without clashes, and the source of everything that names a key."""

from collections import Counter

import vpctui.tui.explorer  # noqa: F401 - registers all deeds
from vpctui.tui.desk import DEEDS
from vpctui.tui.keys import ACTIONS, BY_ID, Keymap, keymap_mistakes, reference


def test_every_action_does_something_and_every_deed_has_a_key() -> None:
    assert set(BY_ID) == set(DEEDS)
    assert len(BY_ID) == len(ACTIONS)


def test_no_key_has_two_actions() -> None:
    assert [key for key, count in Counter(key for action in ACTIONS for key in action.keys).items() if count > 1] == []


def test_no_key_needs_alt_or_what_a_multiplexer_takes() -> None:
    keys = {key for action in ACTIONS for key in action.keys}
    assert not any(key.startswith(("alt+", "ctrl+shift")) or (key.startswith("f") and key[1:].isdigit()) for key in keys)
    assert not keys & {"ctrl+a", "ctrl+s", "ctrl+q", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m"}


def test_everything_is_said_in_both_languages() -> None:
    for action in ACTIONS:
        assert all((*action.hint, *action.help)), action.id
        assert action.help[0] != action.help[1]


def test_a_person_can_move_a_key_and_the_old_place_is_free() -> None:
    keymap = Keymap({"hop.next": ("space", "n"), "setting.flip": ("x",)})
    assert keymap.key("hop.next") == "space"
    moved = keymap.action("x")
    assert moved is not None
    assert moved.id == "setting.flip"


def test_mistakes_in_a_keymap_are_named() -> None:
    assert keymap_mistakes({"hop.next": ("x",)}) == []
    assert "unknown action 'hop.nxt'" in keymap_mistakes({"hop.nxt": ("x",)})[0]
    assert "given to hop.next and to hop.previous" in keymap_mistakes({"hop.next": ("x",), "hop.previous": ("x",)})[0]
    assert "no key is left to quit with" in keymap_mistakes({"close": (), "quit": (), "quit.print": ()})


def test_the_reference_names_every_action() -> None:
    page = reference()
    assert all(f"`{action.id}`" in page for action in ACTIONS)
