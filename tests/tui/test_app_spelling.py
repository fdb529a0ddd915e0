"""Keys as they are written on the command line."""

from vpctui.tui.spelling import spelled


def test_spelled() -> None:
    assert spelled("nn.f") == ["n", "n", ".", "f"]
    assert spelled(":12<enter> <escape>") == [":", "1", "2", "enter", "space", "escape"]
    assert spelled("<ctrl+r><") == ["ctrl+r", "<"]
