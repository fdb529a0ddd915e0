"""The typed line edits like a shell's."""

from vpctui.tui.prompt import Prompt


def prompt(text: str = "", words: tuple[str, ...] = ()) -> Prompt:
    return Prompt("command", ":", lambda typed: [word for word in words if typed and word.startswith(typed)], text, history=("first", "second"))


def type_in(line: Prompt, *keys: str) -> Prompt:
    for key in keys:
        line.press(key, key if len(key) == 1 else None)
    return line


def test_editing() -> None:
    assert type_in(prompt(), "a", "b", "left", "x").text == "axb"
    assert type_in(prompt("abc"), "home", "delete").text == "bc"
    assert type_in(prompt("set eni=on"), "ctrl+w").text == "set "
    assert type_in(prompt("abc"), "left", "ctrl+u").text == "c"
    assert type_in(prompt("abc"), "home", "ctrl+k").text == ""
    assert type_in(prompt("日本"), "backspace").text == "日"
    assert type_in(prompt(), "backspace", "left", "f5").text == ""


def test_completion_goes_round_and_typing_goes_on_from_there() -> None:
    line = type_in(prompt("", ("igw.route_table=", "igw.vpc=")), "i", "tab")
    assert line.text == "igw.route_table="
    assert type_in(line, "tab").text == "igw.vpc="
    assert type_in(line, "tab").text == "igw.route_table="
    assert type_in(line, "x").text == "igw.route_table=x"


def test_history() -> None:
    assert type_in(prompt(), "up").text == "second"
    assert type_in(prompt(), "up", "up", "up").text == "first"
    assert type_in(prompt(), "up", "down").text == ""


def test_pasting_takes_one_line_without_controls() -> None:
    line = prompt()
    line.insert("eni.x=\x1b[31mon\nrm -rf")
    assert line.text == "eni.x=[31mon"
    line.insert("")
    assert line.text == "eni.x=[31mon"


def test_a_long_line_scrolls_so_that_the_cursor_is_seen() -> None:
    drawn, column = type_in(prompt(), *"abcdefghijklmnopqrstuvwxyz").line(20)
    shown = "".join(run.text for run in drawn)
    assert len(shown) == 20
    assert shown[:column].endswith("z")
    assert shown[column] == " "
